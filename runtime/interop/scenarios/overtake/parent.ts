import { next, say, show, spawn } from "../../typescript/scenario.js";

const desk = await spawn();
const waiting = desk.events.waiting.subscribe();
const order: string[] = [];
const calls = ["a", "b", "c"].map(async (gate) => {
  const { text } = await desk.wait({ gate });
  order.push(text);
});
for (const _ of calls) await next(waiting);
for (const gate of ["c", "a", "b"]) await desk.open({ gate });
await Promise.all(calls);
say(show(order));
await desk.shutdown();
