import { say, show, spawn } from "../../node/parent.mjs";

const desk = await spawn({ policy: { auth: true } });
say(show(await desk.call("add", { a: 2, b: 3 })));
await desk.shutdown();
