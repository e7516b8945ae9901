import { failure, say, spawn } from "../../typescript/scenario.js";

const desk = await spawn();
await failure(desk.add({ a: 1, b: 1 }));
say("the call failed");
await desk.peer.exited;
say("the worker ended");
await desk.shutdown().catch(() => {});
