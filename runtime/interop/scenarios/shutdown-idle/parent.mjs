import { say, spawn } from "../../node/parent.mjs";

const desk = await spawn();
await desk.call("add", { a: 2, b: 3 });
await desk.shutdown();
const { code, signal } = await desk.exit;
say(`status ${code}, signal ${signal ?? "none"}`);
