import { say, spawn } from "../../typescript/scenario.js";

const desk = await spawn();
let sum = 0;
for await (const { i } of desk.count({ n: 2000 })) {
  // 1,999 items wait meanwhile.
  ({ sum } = await desk.add({ a: sum, b: i }));
}
say(`sum ${sum}`);
await desk.shutdown();
