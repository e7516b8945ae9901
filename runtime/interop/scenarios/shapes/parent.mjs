import { say, show, spawn } from "../../node/parent.mjs";

const desk = await spawn();
const odd = {
  side: "Sell",
  shapes: [{ type: "Point" }, { type: "Circle", radius: 1.5, filled: true }, { type: "Line", value: [3, -4] }],
  names: { one: 1, two: 2 },
  limit: 7,
  maybe: "so",
  clientRef: "c-1",
};
say(show(await desk.call("odd", odd)));
say(show(await desk.call("odd", { ...odd, side: "Hold", shapes: [{ type: "Square", side: 2 }] })));
await desk.shutdown();
