/** Round trips of random values, msgpackr as an oracle, and payloads with bytes changed. */

import fc from "fast-check";
import { Packr, Unpackr } from "msgpackr";
import * as $ from "procwire/stub-v1";
import { describe, expect, test } from "vitest";
import * as extra from "../fixtures/extra.js";
import * as vectors from "../fixtures/vectors.js";

const packr = new Packr({ useRecords: false });
/** Gives numbers where they are exact, as we do. */
const unpackr = new Unpackr({ useRecords: false, int64AsType: "auto" } as object);
/** Gives bigints and maps, which it writes again as what they were. */
const faithful = new Unpackr({ useRecords: false, int64AsType: "bigint", mapsAsObjects: false });

const text = fc.string({ unit: "binary", maxLength: 80 });
const key = text.filter((name) => name !== "__proto__");
const integer = fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -300, max: 300 }), fc.integer());
// Whole floats beyond the safe integers have two forms, of which msgpackr and we choose another one.
const float = fc.double({ noNaN: true }).filter((value) => !Number.isInteger(value) || Number.isSafeInteger(value));
/** msgpackr writes no sign of zero; the vectors see to that. */
const double = fc.double().map((value) => (value === 0 ? 0 : value));
const date = fc.date({
  min: new Date("0001-01-01T00:00:00Z"),
  max: new Date("9999-12-31T23:59:59Z"),
  noInvalidDate: true,
});
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));

/** Values that msgpackr and we hold alike. */
const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    integer,
    float.filter((value) => !Object.is(value, -0)),
    text,
    bytes,
    fc.array(tie("value"), { maxLength: 20 }),
    fc.dictionary(key, tie("value"), { maxKeys: 20, noNullPrototype: true }),
  ),
})).value;

describe("any", () => {
  test("what is written is read", () => {
    fc.assert(
      fc.property(plain, (value) => {
        expect($.decode($.any, $.encode($.any, value))).toEqual(value);
      }),
    );
  });

  test("msgpackr reads what is written", () => {
    fc.assert(
      fc.property(plain, (value) => {
        expect(unpackr.unpack($.encode($.any, value))).toEqual(value);
      }),
    );
  });

  test("what msgpackr writes is read", () => {
    fc.assert(
      fc.property(plain, (value) => {
        expect($.decode($.any, packr.pack(value))).toEqual(value);
      }),
    );
  });

  test("dates of msgpackr are read, and it reads ours", () => {
    fc.assert(
      fc.property(date, (value) => {
        expect($.decode($.any, packr.pack(value))).toEqual(value);
        expect($.decode($.timestamp, packr.pack(value))).toEqual(value);
        expect(unpackr.unpack($.encode($.timestamp, value))).toEqual(value);
      }),
    );
  });
});

const u8 = fc.integer({ min: 0, max: 0xff });
const name = text.map((value) => value as extra.Name);
const color = fc.constantFrom<extra.Color>("Red", "Green", "blue!", "Mauve" as $.UnknownName);
const level = fc.constantFrom<extra.Level>("Low", "High", "7" as $.UnknownName);
const wide = (min: bigint, max: bigint) => fc.bigInt({ min, max });
const u64 = wide(0n, 2n ** 64n - 1n);
const small = fc.record<extra.Small>({
  id: u64,
  name: text,
  ok: fc.boolean(),
  count: fc.nat(0xffff_ffff),
  ratio: double,
});
const branches: fc.Memo<extra.Branch> = fc.memo((depth) =>
  fc.record(
    {
      label: name,
      forest: fc.array(depth > 1 ? branches(depth - 1) : fc.constant({ label: "leaf" as extra.Name, next: null }), {
        maxLength: 3,
      }) as fc.Arbitrary<unknown> as fc.Arbitrary<extra.Forest>,
      next: depth > 1 ? fc.option(branches(depth - 1)) : fc.constant(null),
    },
    { requiredKeys: ["label", "next"] },
  ),
);

const mapOf = <K, V>(keys: fc.Arbitrary<K>, values: fc.Arbitrary<V>) =>
  fc.array(fc.tuple(keys, values), { maxLength: 8 }).map((entries) => new Map(entries));
const dictionary = <V>(values: fc.Arbitrary<V>, keys: fc.Arbitrary<string> = key) =>
  fc.dictionary(keys, values, { maxKeys: 8, noNullPrototype: true });

const everything = fc.record<extra.EverythingInput>({
  flag: fc.boolean(),
  a: u8,
  b: fc.integer({ min: 0, max: 0xffff }),
  c: fc.nat(0xffff_ffff),
  d: u64,
  e: fc.integer({ min: -128, max: 127 }),
  f: fc.integer({ min: -0x8000, max: 0x7fff }),
  g: fc.integer(),
  h: wide(-(2n ** 63n), 2n ** 63n - 1n),
  half: fc.float().map((value) => (value === 0 ? 0 : value)),
  full: double,
  text,
  body: bytes,
  at: date,
  took: fc.nat(2 ** 40).map((micros) => micros / 1000),
  id: fc.uuid() as fc.Arbitrary<$.Uuid>,
  what: plain,
  nothing: fc.constant(undefined),
  list: fc.array(fc.array(fc.integer(), { maxLength: 20 }), { maxLength: 20 }),
  pair: fc.tuple(text, fc.option<number>(u8)),
  single: fc.tuple(color),
  names: dictionary(u8),
  numbers: mapOf(fc.integer({ min: 0, max: 0xffff }), text),
  wides: mapOf(u64, color),
  flags: mapOf(fc.boolean(), fc.constant(undefined)),
  colors: dictionary(level, fc.constantFrom("Red", "Green", "blue!", "Mauve")),
  levels: dictionary(u8, fc.constantFrom("Low", "High", "9")),
});

const shape: fc.Arbitrary<extra.Shape> = fc.letrec((tie) => ({
  shape: fc.oneof(
    { maxDepth: 4 },
    fc.constant({ kind: "Dot" }),
    fc.record({ kind: fc.constant("Circle"), radius: double, "x y": text }, { requiredKeys: ["kind", "radius"] }),
    fc.record({ kind: fc.constant("Line"), value: fc.tuple(fc.tuple(double, double), fc.tuple(double, double)) }),
    fc.record({ kind: fc.constant("Many"), value: fc.array(tie("shape"), { maxLength: 4 }) }),
  ),
})).shape as fc.Arbitrary<extra.Shape>;

const command: fc.Arbitrary<extra.Command> = fc.letrec((tie) => ({
  command: fc.oneof(
    { maxDepth: 4 },
    fc.constant("Ping"),
    fc.record({ run: fc.record({ script: text }) }),
    fc.record({ Batch: fc.array(tie("command"), { maxLength: 4 }) }),
  ),
})).command as fc.Arbitrary<extra.Command>;

/** Types with values of theirs. */
const SAMPLES: { [name: string]: [$.Codec<unknown, never>, fc.Arbitrary<unknown>] } = {
  Small: [extra.Small$, small],
  Branch: [extra.Branch$, branches(4)],
  Everything: [extra.Everything$, everything],
  Shape: [extra.Shape$, shape],
  Command: [extra.Command$, command],
};

describe.each(Object.entries(SAMPLES))("%s", (_, [codec, values]) => {
  const encode = (value: unknown) => $.encode(codec as $.Codec<unknown>, value);

  test("what is written is read", () => {
    fc.assert(
      fc.property(values, (value) => {
        expect($.decode(codec, encode(value))).toEqual(value);
      }),
    );
  });

  test("what msgpackr writes is read", () => {
    fc.assert(
      fc.property(values, (value) => {
        // By way of what travels, since msgpackr knows nothing of types.
        expect($.decode(codec, packr.pack(faithful.unpack(encode(value))))).toEqual(value);
      }),
    );
  });

  test("fields may come in any order, and beside others", () => {
    fc.assert(
      fc.property(values, plain, (value, unknown) => {
        const fields = $.decode($.any, encode(value));
        if (typeof fields !== "object" || fields === null || codec === extra.Command$) return;
        const turned = Object.fromEntries([["nobody knows this", unknown], ...Object.entries(fields).reverse()]);
        // What is whole is written as an integer on the way, which a float takes.
        expect($.decode(codec, $.encode($.any, turned))).toEqual(value);
      }),
    );
  });

  test("of a payload with changed bytes only a DecodeError comes", () => {
    const change = fc.tuple(fc.nat(), fc.nat(0xff), fc.constantFrom("set", "cut", "insert", "drop", "repeat"));
    fc.assert(
      fc.property(values, fc.array(change, { minLength: 1, maxLength: 6 }), (value, changes) => {
        let payload: Buffer = encode(value);
        for (const [place, byte, what] of changes) {
          const at = place % (payload.length + 1);
          const [head, tail] = [payload.subarray(0, at), payload.subarray(at)];
          if (what === "set") payload = Buffer.concat([head, Buffer.of(byte), tail.subarray(1)]);
          else if (what === "cut") payload = Buffer.from(head);
          else if (what === "insert") payload = Buffer.concat([head, Buffer.of(byte), tail]);
          else if (what === "drop") payload = Buffer.concat([head, tail.subarray(byte % 8)]);
          else payload = Buffer.concat([head, tail.subarray(0, byte % 16), tail]);
        }
        let read: unknown;
        try {
          read = $.decode(codec, payload);
        } catch (error) {
          if (!(error instanceof $.DecodeError)) throw error;
          return;
        }
        // What is taken has a form, and means the same in it.
        expect($.decode(codec, encode(read))).toEqual(read);
        $.decode($.any, encode(read));
      }),
      { numRuns: 2000 },
    );
  });
});

test("random bytes are no reason for anything but a DecodeError", () => {
  const codecs = [...Object.values({ ...extra, ...vectors }), $.any].filter(
    (it): it is $.Codec<unknown, never> => typeof it === "object" && it !== null && "decode" in it,
  );
  expect(codecs.length).toBeGreaterThan(25);
  fc.assert(
    fc.property(fc.constantFrom(...codecs), fc.uint8Array({ maxLength: 60 }), (codec, payload) => {
      try {
        $.decode(codec, payload);
      } catch (error) {
        if (!(error instanceof $.DecodeError)) throw error;
      }
    }),
    { numRuns: 20_000 },
  );
});
