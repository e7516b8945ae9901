import { failure, say, spawn } from "../../node/parent.mjs";

const desk = await spawn();
const call = failure(desk.call("wait", { gate: "never" }));
const stream = failure(
  (async () => {
    for await (const _ of desk.stream("forever", { gate: "s" }));
  })(),
);
await desk.events.waiting.next();
process.kill(await desk.call("pid", {}), "SIGKILL");
await call;
say("the call failed");
await stream;
say("the stream failed");
await failure(desk.call("add", { a: 2, b: 3 }));
say("and so does the next call");
await desk.shutdown();
