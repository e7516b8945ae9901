import { check, failure, say, spawn } from "../../node/parent.mjs";

const desk = await spawn();
const call = failure(desk.call("sleep", { ms: 20_000, blocking: true }));
await desk.events.waiting.next();
await desk.shutdown();
await call;
say("the call failed");
const { signal } = await desk.exit;
say("the worker ended");
check(signal === null || process.env.INTEROP_PAIR.endsWith("-real"), `killed by ${signal}`);
