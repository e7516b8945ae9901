import { say, show, spawn } from "../../typescript/scenario.js";

const desk = await spawn();
const controller = new AbortController();
say(show(await desk.add({ a: 2, b: 3 }, { signal: controller.signal })));
controller.abort();
say(show(await desk.add({ a: 3, b: 4 })));
await desk.shutdown();
