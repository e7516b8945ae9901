import { failure, say, show, spawn } from "../../node/parent.mjs";

const desk = await spawn();
await failure(desk.call("add", { a: 1, b: 1 }));
say("the call failed");
say(show(await desk.call("add", { a: 2, b: 3 })));
await desk.shutdown();
