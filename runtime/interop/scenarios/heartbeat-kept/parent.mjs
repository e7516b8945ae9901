import { say, show, spawn } from "../../node/parent.mjs";

const desk = await spawn({ policy: { heartbeat: { intervalMs: 20, timeoutMs: 5000 } } });
const slept = desk.call("sleep", { ms: 300 });
for (let i = 0; i < 300; i++) await desk.call("add", { a: i, b: 1 });
say(show(await slept));
say(desk.module.state);
await desk.shutdown();
