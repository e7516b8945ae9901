import { check, range, say, show, spawn } from "../../typescript/scenario.js";

const desk = await spawn();
const streams = range(20).map(async (index) => {
  let next = 0;
  for await (const { i } of desk.count({ n: 100 * index })) {
    check(i === next, `stream ${index} gave ${i} where ${next} was due`);
    next += 1;
  }
  return next;
});
const sums = range(100).map((i) => desk.add({ a: i, b: 1 }));
say(show(await Promise.all(streams)));
say((await Promise.all(sums)).reduce((all, { sum }) => all + sum, 0));
await desk.shutdown();
