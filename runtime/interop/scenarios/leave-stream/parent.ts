import { say, show, spawn } from "../../typescript/scenario.js";

const desk = await spawn();
for await (const item of desk.count({ n: 1000 })) {
  say(show(item));
  if (item.i === 2) break;
}
say("left");
say(show(await desk.add({ a: 2, b: 3 })));
await desk.shutdown();
