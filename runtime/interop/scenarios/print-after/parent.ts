import { say, show, spawn } from "../../typescript/scenario.js";

const desk = await spawn({ heartbeat: { intervalMs: 50, timeoutMs: 30_000 } });
await desk.print({ lines: 100_000 }, { timeoutMs: 100_000 });
say(show(await desk.add({ a: 2, b: 3 })));
say("ready");
await desk.shutdown();
