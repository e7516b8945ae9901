import { check, failure, gone, next, say, spawn } from "../../typescript/scenario.js";

const desk = await spawn({ heartbeat: { intervalMs: 50, timeoutMs: 500 } });
const waiting = desk.events.waiting.subscribe();
const pid = await desk.pid();
const call = failure(desk.wait({ gate: "never" }));
await next(waiting);
process.kill(pid, "SIGSTOP");
check((await call).code === "unavailable", await call);
say("the call failed");
check((await desk.peer.exited).signal === "SIGKILL", "the worker ended otherwise");
check(gone(pid), "the worker is still there");
say("the worker was killed");
await desk.shutdown().catch(() => {});
