import { failure, say, show, spawn } from "../../typescript/scenario.js";

const desk = await spawn();
await failure(desk.fail({ how: "panic" }));
say("the call failed");
say(show(await desk.add({ a: 2, b: 3 })));
await desk.shutdown();
