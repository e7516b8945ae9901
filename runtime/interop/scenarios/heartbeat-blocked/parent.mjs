import { say, show, spawn } from "../../node/parent.mjs";

const desk = await spawn({ policy: { heartbeat: { intervalMs: 50, timeoutMs: 700 } } });
say(show(await desk.call("sleep", { ms: 2000, blocking: true })));
say(desk.module.state);
await desk.shutdown();
