import { check, next, range, say, spawn } from "../../typescript/scenario.js";

const desk = await spawn();
const waiting = desk.events.waiting.subscribe();
let [answered, aborted] = [0, 0];
for (const round of range(300)) {
  const gate = `${round}`;
  const controller = new AbortController();
  const call = desk.wait({ gate }, { signal: controller.signal }).then(
    ({ text }) => {
      check(text === gate, "another answer");
      answered += 1;
    },
    () => {
      aborted += 1;
    },
  );
  await next(waiting);
  const opened = desk.open({ gate });
  // From before the answer is asked for until after it has come.
  for (const _ of range(round % 6)) await new Promise((resolve) => setImmediate(resolve));
  controller.abort();
  await call;
  await opened;
}
say("300 calls ended");
say(`${answered + aborted} were answered or aborted`);
// What was aborted ends soon, whatever it waits for.
while ((await desk.peer.health()).running > 0);
say((await desk.add({ a: 2, b: 3 })).sum);
await desk.shutdown();
