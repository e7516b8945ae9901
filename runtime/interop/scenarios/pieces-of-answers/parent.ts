import { say, show, spawn } from "../../typescript/scenario.js";

const desk = await spawn();
say(show(await Promise.all([1, 2, 3].map((i) => desk.add({ a: i, b: i })))));
await desk.shutdown();
