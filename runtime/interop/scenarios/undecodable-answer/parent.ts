import { failure, say, show, spawn } from "../../typescript/scenario.js";

const desk = await spawn();
await failure(desk.add({ a: 1, b: 1 }));
say("the call failed");
say(show(await desk.add({ a: 2, b: 3 })));
await desk.shutdown();
