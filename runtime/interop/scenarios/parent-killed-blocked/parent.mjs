import { say, spawn } from "../../node/parent.mjs";

const desk = await spawn();
await desk.call("add", { a: 2, b: 3 });
desk.call("sleep", { ms: 60_000, blocking: true });
say("working");
// The request has to leave before the end.
setTimeout(() => process.kill(process.pid, "SIGKILL"), 100);
