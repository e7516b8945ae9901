import { say, show, spawn } from "../../node/parent.mjs";

const desk = await spawn();
for await (const item of desk.stream("count", { n: 3 })) say(show(item));
say("end");
for await (const item of desk.stream("count", { n: 0 })) say(show(item));
say("end");
let sum = 0;
for await (const { i } of desk.stream("count", { n: 20000 })) sum += i;
say(`20000 items, sum ${sum}`);
await desk.shutdown();
