import { msgpackCodec } from "@procwire/codecs";
import type { OddInput, Shape, Side } from "../../typescript/interop.js";
import { say, show, spawn } from "../../typescript/scenario.js";

const desk = await spawn();
const odd: OddInput = {
  side: "Sell",
  shapes: [{ type: "Point" }, { type: "Circle", radius: 1.5, filled: true }, { type: "Line", value: [3, -4] }],
  names: { one: 1, two: 2 },
  limit: 7,
  maybe: "so",
  clientRef: "c-1",
};
say(show(await desk.odd(odd)));
// What a newer parent knows and we do not is kept as it came.
const square: Shape = {
  type: "$unknown",
  $name: "Square",
  $raw: Buffer.from(msgpackCodec.serialize({ type: "Square", side: 2 })),
};
say(show(await desk.odd({ ...odd, side: "Hold" as Side, shapes: [square] })));
await desk.shutdown();
