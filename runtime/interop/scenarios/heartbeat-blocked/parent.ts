import { say, show, spawn } from "../../typescript/scenario.js";

const desk = await spawn({ heartbeat: { intervalMs: 50, timeoutMs: 700 } });
say(show(await desk.sleep({ ms: 2000, blocking: true })));
say("ready");
await desk.shutdown();
