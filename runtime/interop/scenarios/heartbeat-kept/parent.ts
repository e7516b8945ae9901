import { say, show, spawn } from "../../typescript/scenario.js";

const desk = await spawn({ heartbeat: { intervalMs: 20, timeoutMs: 5000 } });
const slept = desk.sleep({ ms: 300 });
for (let i = 0; i < 300; i++) await desk.add({ a: i, b: 1 });
say(show(await slept));
say("ready");
await desk.shutdown();
