import { check, failure, say, spawn } from "../../node/parent.mjs";

const desk = await spawn({ policy: { heartbeat: { intervalMs: 50, timeoutMs: 500 } } });
const call = failure(desk.call("wait", { gate: "never" }));
await desk.events.waiting.next();
process.kill(await desk.call("pid", {}), "SIGSTOP");
await call;
say("the call failed");
check((await desk.exit).signal === "SIGKILL", "the worker ended otherwise");
say("the worker was killed");
await desk.shutdown();
