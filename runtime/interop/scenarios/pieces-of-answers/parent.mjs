import { say, show, spawn } from "../../node/parent.mjs";

const desk = await spawn();
const sums = await Promise.all([1, 2, 3].map((i) => desk.call("add", { a: i, b: i })));
say(show(sums));
await desk.shutdown();
