import { check, failure, gone, say, spawn, workerIsOurs } from "../../typescript/scenario.js";

const desk = await spawn();
const pid = await desk.pid();
const call = failure(desk.sleep({ ms: 20_000 }));
await desk.add({ a: 2, b: 3 });
const end = await desk.shutdown().catch((error: Error) => error);
await call;
say("the call failed");
check(gone(pid), "the worker is still there");
say("the worker ended");
check(end === undefined || !workerIsOurs(), end);
