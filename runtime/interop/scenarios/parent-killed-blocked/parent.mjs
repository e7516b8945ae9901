import { say, spawn } from "../../node/parent.mjs";

const desk = await spawn();
await desk.call("add", { a: 2, b: 3 });
desk.call("sleep", { ms: 60_000, blocking: true });
await desk.events.waiting.next();
say("working");
process.kill(process.pid, "SIGKILL");
