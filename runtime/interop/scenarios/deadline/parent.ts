import { failure, next, say, show, spawn } from "../../typescript/scenario.js";

const desk = await spawn();
const [waiting, aborted] = [desk.events.waiting.subscribe(), desk.events.aborted.subscribe()];
const call = failure(desk.wait({ gate: "late" }, { timeoutMs: 100 }));
say(`waiting ${show(await next(waiting))}`);
const error = await call;
say(error.code === "deadline_exceeded" ? "the deadline passed" : String(error));
// Unlike the published parent, ours tells the worker.
await next(aborted);
await desk.open({ gate: "late" });
say(show(await desk.add({ a: 2, b: 3 })));
await desk.shutdown();
