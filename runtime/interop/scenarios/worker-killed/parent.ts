import { check, failure, next, say, spawn } from "../../typescript/scenario.js";

const desk = await spawn();
const pid = await desk.pid();
const waiting = desk.events.waiting.subscribe();
const call = failure(desk.wait({ gate: "never" }));
const stream = failure(
  (async () => {
    for await (const _ of desk.forever({ gate: "s" }));
  })(),
);
await next(waiting);
process.kill(pid, "SIGKILL");
const error = await call;
check(error.code === "unavailable" && /SIGKILL|signal/.test(error.message), error);
say("the call failed");
await stream;
say("the stream failed");
await failure(desk.add({ a: 2, b: 3 }));
say("and so does the next call");
await desk.shutdown().catch(() => {});
