import { check, failure, say, spawn } from "../../node/parent.mjs";

const desk = await spawn();
const call = failure(desk.call("sleep", { ms: 20_000, blocking: true }));
await desk.events.waiting.next();
await desk.shutdown();
await call;
say("the call failed");
const { signal } = await desk.exit;
say("the worker ended");
// Nothing can end a process of Node in order while its thread is held.
check(signal === null || /-(real|typescript)$/.test(process.env.INTEROP_PAIR), `killed by ${signal}`);
