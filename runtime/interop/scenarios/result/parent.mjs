import { say, show, spawn } from "../../node/parent.mjs";

const desk = await spawn();
say(show(await desk.call("add", { a: 2, b: 3 })));
say(show(await desk.call("add", { a: -2147483648, b: 0 })));
const everything = {
  text: "hi \u{1f600}",
  count: -7,
  ratio: 0.5,
  ok: true,
  tags: ["x", ""],
  wide: Number.MAX_SAFE_INTEGER,
  note: null,
};
say(show(await desk.call("echo", everything)));
say(show(await desk.call("echo", { ...everything, note: "noted", ratio: 2 })));
await desk.shutdown();
