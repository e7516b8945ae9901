import { captured, sameValue } from "../../node/captured.mjs";
import { check, say } from "../../node/parent.mjs";
import { ABORT, decode, encode, start } from "../../node/raw.mjs";

const worker = await start();
const connection = await worker.connect();
let request = 0;

function ask(method, payload) {
  request += 1;
  connection.send(worker.id(method), 0, request, payload);
}

async function expect(method, { flags, payload }, compare = (one, other) => one.equals(other)) {
  const frame = await connection.answer();
  check(frame.id === worker.id(method) && frame.request === request, `${method}: another frame`);
  check(frame.flags === flags, `${method}: flags ${frame.flags} instead of ${flags}`);
  check(compare(frame.payload, payload), `${method}: ${frame.payload.toString("hex")}`);
}

ask("add", captured("add request").payload);
await expect("add", captured("add result"));
say("add");

const echo = captured("echo request").payload;
ask("echo", echo);
await expect("echo", { flags: captured("add result").flags, payload: echo });
say("echo");

ask("blob", captured("bytes request (a JavaScript Buffer)").payload);
await expect("blob", captured("bytes result"), sameValue);
say("bytes");

const moment = captured("timestamp request (a JavaScript Date)").payload;
ask("moment", moment);
await expect("moment", { flags: captured("add result").flags, payload: moment });
say("timestamp");

ask("touch", encode({ text: "hi" }));
await expect("touch", captured("ack with a value"));
say("ack");

ask("count", encode({ n: 2 }));
await expect("count", captured("stream item 0"), sameValue);
await expect("count", captured("stream item 1"), sameValue);
await expect("count", captured("stream end"));
say("stream");

ask("count", encode({ n: 0, fail: "text" }));
await expect("count", captured("stream error"), () => true);
say("stream error");

ask("fail", encode({ how: "text" }));
await expect("fail", captured("error as a string"), () => true);
say("error");

ask("mirror", captured("raw request").payload);
await expect("mirror", captured("raw result"));
say("raw");

// The next frame with this id; others in between are of no interest.
async function event(name) {
  for (;;) {
    const frame = await connection.next();
    if (frame.id === worker.id(name) && frame.request === 0) return frame;
  }
}

connection.send(worker.id("note"), 0, 0, captured("request of a none method").payload);
const noted = await event("noted");
check(noted.flags === captured("event").flags, `an event has the flags ${noted.flags}`);
check(decode(noted.payload).text === "n", "the event holds something else");
say("none, event");

ask("wait", encode({ gate: "a" }));
await event("waiting");
connection.send(ABORT, captured("abort").flags, request, captured("abort").payload);
await event("aborted");
say("abort");
await worker.end();
