/** The public MessagePack test suite: 85 values in 233 encodings. */

import * as $ from "procwire/stub-v1";
import { expect, test } from "vitest";
import { fromHex, readVectors, toHex } from "./support.js";

interface Encoding {
  wire: string;
  must_accept: boolean;
  shortest: boolean;
}
interface SuiteCase {
  id: string;
  kind: string;
  value?: unknown;
  seconds?: string;
  nanos?: number;
  type?: number;
  encodings: Encoding[];
}

const { cases } = readVectors<{ cases: SuiteCase[] }>("msgpack-suite/vectors.json");

/** The value of a case as JavaScript has it. */
function expected({ kind, value, seconds, nanos, type }: SuiteCase): unknown {
  switch (kind) {
    case "int": {
      const integer = BigInt(value as string);
      const small = Number(integer);
      return Number.isSafeInteger(small) ? small : integer;
    }
    case "float":
      return fromHex(value as string).readDoubleBE();
    case "bin":
      return fromHex(value as string);
    case "ext":
      // Extension 1 is how JavaScript writes bytes.
      return type === 1 ? fromHex(value as string) : new $.Ext(type ?? 0, fromHex(value as string));
    case "timestamp": {
      const point = new $.Timestamp(BigInt(seconds ?? 0), nanos ?? 0);
      const date = point.toDate();
      return point.nanos % 1_000_000 === 0 && !Number.isNaN(date.getTime()) ? date : point;
    }
    default:
      return value;
  }
}

test("the suite is all there", () => {
  expect(cases.length).toBe(85);
  expect(cases.flatMap(({ encodings }) => encodings).length).toBe(233);
});

test.each(cases)("$id is read", (one) => {
  for (const { wire, must_accept } of one.encodings) {
    const payload = fromHex(wire);
    if (must_accept) {
      expect([wire, $.decode($.any, payload)]).toEqual([wire, expected(one)]);
      continue;
    }
    // An integer that was written as a float: an integer field takes it.
    const codec = (one.value as string).startsWith("-") ? $.i64 : $.u64;
    expect([wire, $.decode(codec, payload)]).toEqual([wire, BigInt(one.value as string)]);
  }
});

test.each(cases)("$id is written in its shortest form", (one) => {
  const value = one.type === 1 ? new $.Ext(1, fromHex(one.value as string)) : expected(one);
  const shortest = one.encodings.filter(({ shortest }) => shortest).map(({ wire }) => wire);
  // A whole float is an integer to JavaScript, unless a schema says what it is.
  const codec = one.kind === "float" ? $.f64 : $.any;
  const written = toHex($.encode(codec as $.Codec<unknown>, value));
  if (one.kind === "float" && shortest.every((wire) => wire.startsWith("ca"))) {
    // There are no floats of 32 bits in JavaScript.
    expect($.decode($.f64, fromHex(written))).toBe(value);
  } else {
    expect(shortest).toContain(written);
  }
});
