import { check, failure, say, spawn } from "../../node/parent.mjs";

const desk = await spawn();
const call = failure(desk.call("sleep", { ms: 20_000 }));
await desk.call("add", { a: 2, b: 3 });
await desk.shutdown();
await call;
say("the call failed");
const { code } = await desk.exit;
say("the worker ended");
// The published child is kept alive by its timers, until it is killed.
check(code === 0 || process.env.INTEROP_PAIR.endsWith("-real"), `status ${code}`);
