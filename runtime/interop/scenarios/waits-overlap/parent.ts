import { check, next, range, say, show, spawn } from "../../typescript/scenario.js";

const desk = await spawn();
const waiting = desk.events.waiting.subscribe();
const calls = range(1000).map(() => desk.wait({ gate: "all" }));
for (const _ of calls) await next(waiting);
say("all are waiting");
say(show(await desk.open({ gate: "all" })));
const texts = await Promise.all(calls);
check(
  texts.every(({ text }) => text === "all"),
  "an answer differs",
);
say(`${texts.length} answers`);
await desk.shutdown();
