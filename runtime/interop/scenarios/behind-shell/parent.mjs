import { say, show, spawn, worker } from "../../node/parent.mjs";

// The shell stays, since it has something to do afterwards.
const desk = await spawn({ argv: ["sh", "-c", '"$@"; exit $?', "sh", ...worker()], policy: { auth: true } });
say(show(await desk.call("add", { a: 2, b: 3 })));
await desk.shutdown();
