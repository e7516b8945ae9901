// Frames that were captured from the published packages.
import { readFileSync } from "node:fs";
import { decode } from "./raw.mjs";

const path = new URL("../../vectors/frames.json", import.meta.url);
const frames = new Map(
  JSON.parse(readFileSync(path, "utf8")).frames.map(({ name, header, payload }) => [
    name,
    { flags: Buffer.from(header, "hex").readUInt8(2), payload: Buffer.from(payload, "hex") },
  ]),
);

export function captured(name) {
  const frame = frames.get(name);
  if (!frame) throw new Error(`no frame was captured as "${name}"`);
  return frame;
}

// Whether two payloads hold the same value: bytes may be bin or an extension.
export const sameValue = (one, other) => JSON.stringify(decode(one)) === JSON.stringify(decode(other));
