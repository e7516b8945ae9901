import { range, say, show, spawn } from "../../typescript/scenario.js";

const desks = await Promise.all(range(10).map(() => spawn()));
const sums = await Promise.all(desks.map((desk, i) => desk.add({ a: i, b: 1 })));
say(show(sums.map(({ sum }) => sum)));
const pids = await Promise.all(desks.map((desk) => desk.pid()));
say(`${new Set(pids).size} processes`);
await Promise.all(desks.map((desk) => desk.shutdown()));
