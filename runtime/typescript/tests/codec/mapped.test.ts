/** `ext` types: both forms, and types of the user's. */

import * as $ from "procwire/stub-v1";
import { describe, expect, test } from "vitest";
import { fromHex, refusal, toHex } from "./support.js";

class Decimal {
  readonly digits: string;
  constructor(text: string) {
    if (!/^-?\d+(\.\d+)?$/.test(text)) throw new RangeError("no decimal");
    this.digits = text;
  }
  toString(): string {
    return this.digits;
  }
}

interface Money {
  readonly cents: number;
}
const Money: $.Conversion<Money, number> = {
  decode: (units) => ({ cents: units * 100 }),
  encode: ({ cents }) => cents / 100,
};

describe("an extension", () => {
  const plain = $.ext(16, $.text, false);
  const marked = $.ext(16, $.list($.u8), true);

  test("is read in both forms", () => {
    expect($.decode(plain, fromHex("a3312e35"))).toBe("1.5");
    expect($.decode(plain, fromHex("d610a3312e35"))).toBe("1.5");
    expect($.decode(plain, fromHex("c70410a3312e35"))).toBe("1.5");
    expect($.decode(marked, fromHex("920102"))).toEqual([1, 2]);
    expect($.decode(marked, fromHex("c70310920102"))).toEqual([1, 2]);
    expect($.decode($.list(marked), fromHex("92c703109201029103"))).toEqual([[1, 2], [3]]);
  });

  test("is written as the schema says", () => {
    expect(toHex($.encode(plain, "1.5"))).toBe("a3312e35");
    expect(toHex($.encode(marked, [1, 2]))).toBe("c70310920102");
    const nested = $.ext(17, $.list(marked), true);
    expect(toHex($.encode(nested, [[1], []]))).toBe("d71192d5109101d41090");
    expect($.decode(nested, $.encode(nested, [[1], []]))).toEqual([[1], []]);
    const large = $.ext(16, $.bytes, true);
    const body = Buffer.alloc(100_000, 7);
    expect($.decode(large, $.encode(large, body))).toEqual(body);
  });

  test("holds one value", () => {
    expect(refusal(marked, fromHex("d610920102ff")).reason).toBe("trailing");
    expect(refusal(marked, fromHex("c70410920102ff")).reason).toBe("trailing");
    expect(refusal(marked, fromHex("c702109201")).reason).toBe("truncated");
    expect(refusal(marked, fromHex("c70010")).reason).toBe("truncated");
    expect(refusal(marked, fromHex("c70311920102")).message).toBe("expected a list, got an extension");
    expect(refusal($.list(marked), fromHex("91c7031092a101ff")).path).toBe("[0][0]");
  });

  test("counts as nothing where depth is counted", () => {
    let codec: $.Codec<unknown, unknown> = $.u8 as $.Codec<unknown, never> as $.Codec<unknown, unknown>;
    let value: unknown = 1;
    for (let at = 0; at < 101; at++) {
      codec = $.ext(16, $.list(codec), true) as $.Codec<unknown, never> as $.Codec<unknown, unknown>;
      if (at < 100) value = [value];
    }
    expect(() => $.encode(codec, [value])).toThrow(/more than 100 containers/);
  });

  test("has the path of what is wrong in it", () => {
    expect(() => $.encode($.dictionary($.text, marked), { a: [1, 300] })).toThrow("a[1]: 300 is out of range for u8");
    expect(() => $.encode($.dictionary($.text, $.sensitive(marked)), { a: [1, 300] })).toThrow(
      "a: <redacted> is out of range for u8",
    );
    const checked = $.ext(16, $.rule($.characters(0, 1)).of($.text), true);
    expect(() => $.check($.list(checked), ["ab"])).toThrow("[0]: expected at most 1 characters, got 2");
  });
});

describe("a type of the user's", () => {
  const decimal = $.ext(16, $.textual("Price", Decimal, $.text), false);
  const money = $.ext(17, $.converted("Money", Money, $.u32), true);

  test("is made of a text", () => {
    const read = $.decode(decimal, fromHex("a3312e35"));
    expect(read).toBeInstanceOf(Decimal);
    expect(toHex($.encode(decimal, read))).toBe("a3312e35");
    const error = refusal($.list(decimal), $.encode($.list($.text), ["1", "x"]));
    expect([error.reason, error.message]).toEqual(["value", '[1]: expected Price, got "x"']);
    expect((error.cause as Error).message).toBe("no decimal");
    expect(refusal($.sensitive(decimal), $.encode($.text, "x")).cause).toBeUndefined();
    expect(() => $.encode(decimal, undefined as never)).toThrow("expected Price, got undefined");
  });

  test("is made by its functions", () => {
    expect($.decode(money, $.encode($.u32, 3))).toEqual({ cents: 300 });
    expect(toHex($.encode(money, { cents: 300 }))).toBe("d41103");
    expect(() => $.encode(money, { cents: 150 })).toThrow("expected u32, got the number 1.5");
  });
});

describe("points in time", () => {
  const far = new $.Timestamp(2n ** 62n, 7);

  test("may be precise", () => {
    for (const point of [new $.Timestamp(0n, 1), new $.Timestamp(-1n, 999_999_999), far]) {
      expect($.decode($.preciseTimestamp, $.encode($.preciseTimestamp, point))).toStrictEqual(point);
    }
    const text = $.encode($.text, "2026-11-21T15:00:00.123456789Z");
    expect($.decode($.preciseTimestamp, text).nanos).toBe(123_456_789);
    expect(() => $.encode($.preciseTimestamp, new Date() as never)).toThrow("expected a Timestamp, got Date");
  });

  test("may be text", () => {
    const written = (date: Date) => $.decode($.text, $.encode($.timestampText, date));
    expect(written(new Date(0))).toBe("1970-01-01T00:00:00Z");
    expect(written(new Date(1_795_273_200_500))).toBe("2026-11-21T15:00:00.5Z");
    expect(written(new Date(-1))).toBe("1969-12-31T23:59:59.999Z");
    expect(() => written(new Date(Number.NaN))).toThrow("expected a Date, got an invalid one");
    expect($.decode($.timestampText, $.encode($.timestamp, new Date(7)))).toEqual(new Date(7));
  });

  test("may be both", () => {
    const written = (point: $.Timestamp) => $.decode($.text, $.encode($.preciseTimestampText, point));
    expect(written(new $.Timestamp(0n, 10))).toBe("1970-01-01T00:00:00.00000001Z");
    expect(written(new $.Timestamp(-62_135_596_800n, 0))).toBe("0001-01-01T00:00:00Z");
    expect(() => written(far)).toThrow("a timestamp lies between the years 1 and 9999");
    expect(`${new $.Timestamp(1n, 500_000_000)} ${far}`).toBe("1970-01-01T00:00:01.5Z 4611686018427387904.000000007s");
  });
});

test("a UUID may be text", () => {
  const id = "0F0E0D0C-0b0a-0908-0706-050403020100";
  expect($.decode($.text, $.encode($.uuidText, id))).toBe(id.toLowerCase());
  expect($.decode($.uuidText, $.encode($.uuid, id))).toBe(id.toLowerCase());
  expect(() => $.encode($.uuidText, "x" as never)).toThrow("expected a UUID of 36 letters");
});
