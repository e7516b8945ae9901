import { say, show, spawn } from "../../node/parent.mjs";

const desk = await spawn({ policy: { heartbeat: { intervalMs: 50, timeoutMs: 30_000 } } });
await desk.call("print", { lines: 100_000 }, {});
say(show(await desk.call("add", { a: 2, b: 3 })));
say(desk.module.state);
await desk.shutdown();
