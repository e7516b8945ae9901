// Encodes and decodes the small record with each codec in turns and prints nanoseconds as one line of JSON: a list of
// `[contestant, case, [samples]]`, as the Rust program of this kind does. All of them run in one process, so that no
// inline cache has seen but one of them.
//
// `encode` leaves the bytes in memory that is kept, as a connection does; `encode fresh` takes new memory each time.
import { Decoder, Encoder } from "@msgpack/msgpack";
import { Packr } from "msgpackr";
import { decode, encode, Reader, Writer } from "procwire/stub-v1";

import { NAME, SCORE } from "../load.js";
import { type Small, Small$ } from "./echo.js";

const REPETITIONS = 2_000;
/** V8 compiles and compiles again until it has seen enough. */
const WARM_UP_ROUNDS = 50;

interface Contestant {
  readonly name: string;
  readonly case: string;
  step(): unknown;
}

const value: Small = { id: 1_000_000n, name: NAME, score: SCORE };
/** What a program has whose codec knows no 64-bit integers. */
const loose = { id: 1_000_000, name: NAME, score: SCORE };
const bytes = encode(Small$, value);

function ours(): Contestant[] {
  const [name, writer, reader] = ["procwire", new Writer(), new Reader()];
  // A connection makes one view for each buffer that it receives into, not one for each message.
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kept = (): number => {
    writer.reset();
    writer.begin();
    Small$.encode(writer, value);
    return writer.pos;
  };
  const read = (): Small => {
    reader.begin(bytes, view, 0, bytes.length, false);
    const read = Small$.decode(reader);
    reader.finish();
    return read;
  };
  return [
    { name, case: "small, encode", step: kept },
    { name, case: "small, encode fresh", step: () => encode(Small$, value) },
    { name, case: "small, decode", step: read },
    { name, case: "small, decode with a view of its own", step: () => decode(Small$, bytes) },
  ];
}

function msgpackr(): Contestant[] {
  // As a typed interface needs it; by itself it would number the records, and lose what is above 2^53.
  const packr = new Packr({ useRecords: false, int64AsType: "bigint" });
  const name = "msgpackr";
  return [
    { name, case: "small, encode", step: () => packr.pack(value) },
    { name, case: "small, encode fresh", step: () => Buffer.from(packr.pack(value)) },
    { name, case: "small, decode", step: () => packr.unpack(bytes) },
    { name: "msgpackr, id as a number", case: "small, encode", step: () => packr.pack(loose) },
  ];
}

function published(): Contestant[] {
  const [name, encoder, decoder] = ["@msgpack/msgpack, id as a number", new Encoder(), new Decoder()];
  return [
    { name, case: "small, encode", step: () => encoder.encodeSharedRef(loose) },
    { name, case: "small, encode fresh", step: () => encoder.encode(loose) },
    { name, case: "small, decode", step: () => decoder.decode(bytes) },
  ];
}

/** Keeps V8 from leaving out what nobody looks at. */
let sink: unknown;

function measure({ step }: Contestant): number {
  const begin = process.hrtime.bigint();
  for (let repetition = 0; repetition < REPETITIONS; repetition += 1) sink = step();
  return Number(process.hrtime.bigint() - begin) / REPETITIONS;
}

const rounds = Number(process.argv[2]);
const contestants = [...ours(), ...msgpackr(), ...published()];
const samples = contestants.map((): number[] => []);
for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
  for (const [index, contestant] of contestants.entries()) {
    const nanoseconds = measure(contestant);
    if (round >= 0) samples[index]?.push(nanoseconds);
  }
}
if (sink === undefined) throw new Error("nothing was measured");
process.stdout.write(`${JSON.stringify(contestants.map((one, index) => [one.name, one.case, samples[index]]))}\n`);
