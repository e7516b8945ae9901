import { say, show, spawn } from "../../typescript/scenario.js";

const desk = await spawn();
for await (const item of desk.count({ n: 3 })) say(show(item));
say("end");
for await (const item of desk.count({ n: 0 })) say(show(item));
say("end");
let sum = 0;
for await (const { i } of desk.count({ n: 20_000 })) sum += i;
say(`20000 items, sum ${sum}`);
await desk.shutdown();
