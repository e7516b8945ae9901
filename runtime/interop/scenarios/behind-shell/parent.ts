import { say, show, spawn, worker } from "../../typescript/scenario.js";

// The shell stays, since it has something to do afterwards.
const desk = await spawn({}, ["sh", "-c", '"$@"; exit $?', "sh", ...worker()]);
say(show(await desk.add({ a: 2, b: 3 })));
await desk.shutdown();
