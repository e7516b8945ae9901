import { next, say, spawn } from "../../typescript/scenario.js";

const desk = await spawn();
await desk.add({ a: 2, b: 3 });
const waiting = desk.events.waiting.subscribe();
desk.sleep({ ms: 60_000, blocking: true });
await next(waiting);
say("working");
process.kill(process.pid, "SIGKILL");
