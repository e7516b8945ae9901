import { say, show, spawn } from "../../typescript/scenario.js";

const desk = await spawn();
say(show(await desk.add({ a: 2, b: 3 })));
say(show(await desk.add({ a: -2147483648, b: 0 })));
const everything = {
  text: "hi \u{1f600}",
  count: -7,
  ratio: 0.5,
  ok: true,
  tags: ["x", ""],
  wide: BigInt(Number.MAX_SAFE_INTEGER),
  note: null,
};
say(show(await desk.echo(everything)));
say(show(await desk.echo({ ...everything, note: "noted", ratio: 2 })));
await desk.shutdown();
