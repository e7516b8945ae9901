import { check, say, show, spawn } from "../../node/parent.mjs";

const desk = await spawn();
const calls = Array.from({ length: 1000 }, () => desk.call("wait", { gate: "all" }));
for (let i = 0; i < calls.length; i++) await desk.events.waiting.next();
say("all are waiting");
say(show(await desk.call("open", { gate: "all" })));
const texts = await Promise.all(calls);
check(
  texts.every(({ text }) => text === "all"),
  "an answer differs",
);
say(`${texts.length} answers`);
await desk.shutdown();
