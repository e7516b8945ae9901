import { check, next, rejection, say, show, spawn } from "../../typescript/scenario.js";

const desk = await spawn();
const aborted = desk.events.aborted.subscribe();
const controller = new AbortController();
let items = 0;
const left = await rejection(
  (async () => {
    for await (const _ of desk.forever({ gate: "s" }, { signal: controller.signal })) {
      items += 1;
      if (items === 10) controller.abort();
    }
  })(),
);
check(left === controller.signal.reason, left);
say(items >= 10 ? "ten items and more" : `${items} items`);
say(`aborted ${show(await next(aborted))}`);
say(show(await desk.add({ a: 2, b: 3 })));
await desk.shutdown();
