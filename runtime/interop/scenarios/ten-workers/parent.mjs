import { say, show, spawn } from "../../node/parent.mjs";

const desks = await Promise.all(Array.from({ length: 10 }, () => spawn()));
const sums = await Promise.all(desks.map((desk, i) => desk.call("add", { a: i, b: 1 })));
say(show(sums.map(({ sum }) => sum)));
const pids = await Promise.all(desks.map((desk) => desk.call("pid", {})));
say(`${new Set(pids).size} processes`);
await Promise.all(desks.map((desk) => desk.shutdown()));
