import { say, show, spawn } from "../../node/parent.mjs";

const desk = await spawn();
for await (const item of desk.stream("count", { n: 1000 })) {
  say(show(item));
  if (item.i === 2) break;
}
say("left");
// The published parent sends no abort here, and drops what still comes.
say(show(await desk.call("add", { a: 2, b: 3 })));
await desk.shutdown();
