import { check, gone, say, spawn } from "../../typescript/scenario.js";

const desk = await spawn();
await desk.add({ a: 2, b: 3 });
const pid = await desk.pid();
// Fails where the worker had to be killed.
await desk.shutdown();
check(gone(pid), "the worker is still there");
const { code, signal } = await desk.peer.exited;
say(`status ${code}, signal ${signal ?? "none"}`);
