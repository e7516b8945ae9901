import { say, show, spawn } from "../../node/parent.mjs";

const desk = await spawn();
const lengths = [];
const streams = Array.from({ length: 20 }, async (_, index) => {
  let next = 0;
  for await (const { i } of desk.stream("count", { n: 100 * index })) {
    if (i !== next) throw new Error(`stream ${index} gave ${i} where ${next} was due`);
    next += 1;
  }
  lengths[index] = next;
});
const sums = Array.from({ length: 100 }, (_, i) => desk.call("add", { a: i, b: 1 }));
await Promise.all(streams);
say(show(lengths));
say(show((await Promise.all(sums)).reduce((all, { sum }) => all + sum, 0)));
await desk.shutdown();
