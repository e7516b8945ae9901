import { check, say, spawn } from "../../node/parent.mjs";

const desk = await spawn();
const bytes = Buffer.alloc(10_000_000);
for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 7) % 251;
const { data, length } = await desk.call("blob", { data: bytes });
check(Buffer.compare(data, bytes) === 0, "the bytes of the value differ");
say(`${length} bytes as a value`);
const mirrored = await desk.call("mirror", bytes);
check(Buffer.compare(mirrored, bytes) === 0, "the raw bytes differ");
say(`${mirrored.length} raw bytes`);
await desk.shutdown();
