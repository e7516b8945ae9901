import { check, range, say, spawn } from "../../typescript/scenario.js";

const desk = await spawn();
const sums = await Promise.all(range(1000).map((i) => desk.add({ a: i, b: 1_000_000 })));
for (const [i, { sum }] of sums.entries()) check(sum === i + 1_000_000, `call ${i} got ${sum}`);
say(`${sums.length} answers`);
await desk.shutdown();
