import { say, spawn } from "../../node/parent.mjs";

const desk = await spawn();
let sum = 0;
for await (const { i } of desk.stream("count", { n: 2000 })) {
  // 1,999 items wait meanwhile.
  ({ sum } = await desk.call("add", { a: sum, b: i }));
}
say(`sum ${sum}`);
await desk.shutdown();
