import { failure, say, show, spawn } from "../../node/parent.mjs";

const desk = await spawn();
await failure(desk.call("fail", { how: "panic" }));
say("the call failed");
say(show(await desk.call("add", { a: 2, b: 3 })));
await desk.shutdown();
