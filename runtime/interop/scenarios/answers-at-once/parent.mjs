import { check, say, spawn } from "../../node/parent.mjs";

const desk = await spawn();
const answers = await Promise.all(Array.from({ length: 10000 }, (_, i) => desk.call("greet", { name: String(i) })));
for (const [i, { text }] of answers.entries()) check(text === `hello ${i}`, `call ${i} got ${text}`);
say(`${answers.length} answers`);
await desk.shutdown();
