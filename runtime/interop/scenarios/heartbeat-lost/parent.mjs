import { failure, say, spawn } from "../../node/parent.mjs";

const desk = await spawn({ policy: { heartbeat: { intervalMs: 50, timeoutMs: 500 } } });
const call = failure(desk.call("wait", { gate: "never" }));
await desk.events.waiting.next();
process.kill(await desk.call("pid", {}), "SIGSTOP");
await call;
say("the call failed");
say((await desk.exit).signal);
await desk.shutdown();
