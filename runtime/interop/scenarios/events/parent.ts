import { next, say, show, spawn } from "../../typescript/scenario.js";

let hear: (hello: unknown) => void;
const heard = new Promise((resolve) => {
  hear = resolve;
});
const desk = await spawn({ on: { hello: (hello) => hear(hello) } });
const ticks = desk.events.tick.subscribe();
say(`before: ${show(await heard)}`);
await desk.emit({ during: 3, after: 2 });
for (let i = 0; i < 5; i++) say(show(await next(ticks)));
say(show(await desk.add({ a: 1, b: 1 })));
await desk.shutdown();
