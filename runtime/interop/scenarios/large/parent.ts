import { check, say, spawn } from "../../typescript/scenario.js";

const desk = await spawn();
const bytes = Buffer.alloc(10_000_000);
for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 7) % 251;
const { data, length } = await desk.blob({ data: bytes });
check(bytes.equals(data), "the bytes of the value differ");
say(`${length} bytes as a value`);
const mirrored = await desk.mirror(bytes);
check(bytes.equals(mirrored), "the raw bytes differ");
say(`${mirrored.length} raw bytes`);
await desk.shutdown();
