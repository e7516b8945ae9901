import { check, say, show, spawn } from "../../typescript/scenario.js";

const desk = await spawn();
for (const size of [0, 1, 2, 3, 4, 8, 16, 17, 255, 256, 65535, 65536]) {
  const sent = Buffer.alloc(size, 0xc1);
  const { data, length } = await desk.blob({ data: sent });
  check(sent.equals(data) && length === size, `${size} bytes differ`);
}
say(show(await desk.blob({ data: new Uint8Array([1, 2, 3]) })));
for (const ms of [0, 1, 999, 1000, 1700000000123, 4294967295000, 4294967296000, 253402300799999, -1, -62135596800000]) {
  const { at } = await desk.moment({ at: new Date(ms) });
  check(at.getTime() === ms, `${ms} came back as ${at.getTime()}`);
}
const { at } = await desk.moment({ at: new Date(1700000000123) });
say(`${at.getTime()} ms`);
await desk.shutdown();
