// Reads payloads from the standard input and tells for each what comes of it, as `tests/differential/peer.rs` says.
import { readFileSync, writeSync } from "node:fs";
import { DecodeError, decode, encode } from "procwire/stub-v1";
import { Payloads } from "./payloads.js";

const TAKEN = 0;
const REFUSED = 1;
const HARMED = 2;

/** The verdict on a payload, as the type of this place. */
function judge(place: number, payload: Uint8Array): Buffer {
  const method = Payloads.methods[place];
  if (method === undefined) return answer(HARMED, Buffer.from(`there is no type ${place}`));
  try {
    const value = decode(method.request, payload);
    return answer(TAKEN, encode(method.request, value));
  } catch (error) {
    if (error instanceof DecodeError) return answer(REFUSED, Buffer.from(`${error.reason}\n${error.message}`));
    return answer(HARMED, Buffer.from(error instanceof Error ? String(error.stack) : `threw ${error}`));
  }
}

function answer(verdict: number, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(verdict);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}

// All at once: the parent writes everything, whether or not answers come.
const input = readFileSync(0);
const answers: Buffer[] = [];
for (let at = 0; at < input.length; ) {
  const end = at + 6 + input.readUInt32BE(at + 2);
  answers.push(judge(input.readUInt16BE(at), input.subarray(at + 6, end)));
  at = end;
}
let output = Buffer.concat(answers);
while (output.length > 0) output = output.subarray(writeSync(1, output));
