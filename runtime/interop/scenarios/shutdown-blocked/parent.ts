import { check, failure, gone, next, say, spawn, workerIsInNode } from "../../typescript/scenario.js";

const desk = await spawn();
const pid = await desk.pid();
const waiting = desk.events.waiting.subscribe();
const call = failure(desk.sleep({ ms: 20_000, blocking: true }));
await next(waiting);
const end = await desk.shutdown().catch((error: Error) => error);
await call;
say("the call failed");
check(gone(pid), "the worker is still there");
say("the worker ended");
check(end === undefined || workerIsInNode(), end);
