import { check, range, say, spawn } from "../../typescript/scenario.js";

const desk = await spawn();
const answers = await Promise.all(range(10_000).map((i) => desk.greet({ name: String(i) })));
for (const [i, { text }] of answers.entries()) check(text === `hello ${i}`, `call ${i} got ${text}`);
say(`${answers.length} answers`);
await desk.shutdown();
