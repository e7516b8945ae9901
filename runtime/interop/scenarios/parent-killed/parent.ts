import { next, say, spawn } from "../../typescript/scenario.js";

const desk = await spawn();
const waiting = desk.events.waiting.subscribe();
desk.wait({ gate: "never" });
await next(waiting);
await next(desk.forever({ gate: "s" })[Symbol.asyncIterator]());
say("working");
process.kill(process.pid, "SIGKILL");
