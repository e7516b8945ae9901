import { failure, say, spawn } from "../../node/parent.mjs";

const desk = await spawn();
await failure(desk.call("add", { a: 1, b: 1 }));
say("the call failed");
await desk.exit;
say("the worker ended");
await desk.shutdown();
