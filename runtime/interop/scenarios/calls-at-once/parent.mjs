import { check, say, spawn } from "../../node/parent.mjs";

const desk = await spawn();
const sums = await Promise.all(Array.from({ length: 1000 }, (_, i) => desk.call("add", { a: i, b: 1_000_000 })));
for (const [i, { sum }] of sums.entries()) check(sum === i + 1_000_000, `call ${i} got ${sum}`);
say(`${sums.length} answers`);
await desk.shutdown();
