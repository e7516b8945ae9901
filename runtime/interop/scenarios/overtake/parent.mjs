import { say, show, spawn } from "../../node/parent.mjs";

const desk = await spawn();
const order = [];
const calls = ["a", "b", "c"].map(async (gate) => {
  const { text } = await desk.call("wait", { gate });
  order.push(text);
});
for (let i = 0; i < 3; i++) await desk.events.waiting.next();
for (const gate of ["c", "a", "b"]) await desk.call("open", { gate });
await Promise.all(calls);
say(show(order));
await desk.shutdown();
