/** Constraints: what they say, in which units they count, and when they are looked at. */

import * as $ from "procwire/stub-v1";
import { describe, expect, test } from "vitest";
import { refusal } from "./support.js";

const pack = (value: unknown) => $.encode($.any, value);

/** What is said of a value that is read as one of this type. */
function said<T>(codec: $.Codec<T, never>, conditions: readonly $.Condition<T>[], value: unknown): string {
  const checked = $.rule(...conditions).of(codec as unknown as $.Codec<T>);
  const error = refusal(checked, pack(value));
  expect(error.reason).toBe("constraint");
  return error.message;
}

test("a length is told in the unit of its type", () => {
  expect(said($.text, [$.characters(1, 12)], "x".repeat(13))).toBe("expected 1 to 12 characters, got 13");
  expect(said($.text, [$.characters(1)], "")).toBe("expected 1 or more characters, got 0");
  expect(said($.text, [$.characters(0, 2)], "abc")).toBe("expected at most 2 characters, got 3");
  expect(said($.text, [$.characters(4, 4)], "abc")).toBe("expected 4 characters, got 3");
  expect(said($.bytes, [$.octets(2)], Buffer.from("a"))).toBe("expected 2 or more bytes, got 1");
  expect(said($.list($.u8), [$.elements(0, 1)], [1, 2])).toBe("expected at most 1 entries, got 2");
  expect(said($.dictionary($.text, $.u8), [$.entries(1)], {})).toBe("expected 1 or more entries, got 0");
  expect(said($.map($.u8, $.u8), [$.entries(1, 1)], new Map())).toBe("expected 1 entries, got 0");
});

test("characters are Unicode scalar values", () => {
  const four = $.rule($.characters(4, 4)).of($.text);
  for (const text of ["abcd", "äöüß", "🦀🦀🦀🦀", "a🦀b🦀"]) expect($.decode(four, pack(text))).toBe(text);
  for (const text of ["🦀🦀", "🦀🦀🦀", "a🦀b", "🦀🦀🦀🦀🦀"])
    expect(refusal(four, pack(text)).reason).toBe("constraint");
});

test("a size is no property of an object", () => {
  const one = $.rule($.entries(1, 1)).of($.dictionary($.text, $.u8));
  expect($.decode(one, pack({ size: 9 }))).toEqual({ size: 9 });
});

test("a range is told as the schema says it", () => {
  expect(said($.u8, [$.range(1, 100)], 101)).toBe("expected 1 to 100, got 101");
  expect(said($.i8, [$.range(-1, undefined)], -2)).toBe("expected -1 or more, got -2");
  expect(said($.u8, [$.range(undefined, 3)], 4)).toBe("expected at most 3, got 4");
  expect(said($.f64, [$.range(0, 1, true)], 1)).toBe("expected 0 to below 1, got 1");
  expect(said($.f64, [$.range(undefined, 0.5, true)], 0.5)).toBe("expected below 0.5, got 0.5");
  expect(said($.f64, [$.range(0, undefined)], Number.NaN)).toBe("expected 0 or more, got NaN");
  expect(said($.u64, [$.wideRange(1n, 2n ** 63n)], 0)).toBe("expected 1 to 9223372036854775808, got 0");
  expect(said($.duration, [$.span(1000, 5_000_000)], 6_000_000)).toBe("expected 1ms to 5s, got 6s");
  expect(said($.duration, [$.span(60_000_000, undefined)], 1)).toBe("expected 1m or more, got 1us");
  expect(said($.duration, [$.span(3_600_000_000, undefined)], 0)).toBe("expected 1h or more, got 0s");
});

test("floats of 32 bits are told in their own precision", () => {
  expect(said($.f32, [$.narrowRange(0.1, 0.7)], 0.8)).toBe("expected 0.1 to 0.7, got 0.8");
  expect(said($.f32, [$.narrowRange(undefined, 16777216, true)], 16777216)).toBe(
    "expected below 16777216, got 16777216",
  );
  expect(said($.f32, [$.narrowRange(0, undefined)], Number.NaN)).toBe("expected 0 or more, got NaN");
  expect($.decode($.rule($.narrowRange(0.1, 0.7)).of($.f32), pack(0.7))).toBe(Math.fround(0.7));
});

test("bounds belong to their range", () => {
  const codec = $.rule($.range(0, 1)).of($.f64);
  for (const value of [0, 1, -0, 0.5]) expect($.decode(codec, pack(value))).toBe(value);
  const wide = $.rule($.wideRange(1n, 2n)).of($.u64);
  for (const value of [1n, 2n]) expect($.decode(wide, pack(value))).toBe(value);
});

test("a pattern shows the text, cut to forty characters", () => {
  const condition = $.pattern("^[A-Z.]+$", "^[A-Z.]+$");
  expect(said($.text, [condition], "ab")).toBe('expected text that matches ^[A-Z.]+$, got "ab"');
  expect(said($.text, [condition], 'a"\n')).toBe('expected text that matches ^[A-Z.]+$, got "a\\"\\n"');
  expect(said($.text, [condition], "🦀".repeat(50))).toContain(`got "${"🦀".repeat(40)}"`);
});

test("the first condition that is broken speaks", () => {
  const conditions = [$.characters(2), $.pattern("b", "b")];
  expect(said($.text, conditions, "a")).toBe("expected 2 or more characters, got 1");
  expect(said($.text, conditions, "aa")).toBe('expected text that matches b, got "aa"');
});

test("an error has the path of the value", () => {
  const short = $.rule($.characters(0, 1)).of($.text);
  expect(refusal($.list(short), pack(["a", "bc"])).message).toBe("[1]: expected at most 1 characters, got 2");
  expect(refusal($.dictionary($.text, short), pack({ k: "bc" })).path).toBe('["k"]');
  expect(refusal($.dictionary(short, $.u8), pack({ kk: 1 })).path).toBe("");
  expect($.decode($.nullable(short), pack(null))).toBe(null);
});

describe("before sending", () => {
  const short = $.rule($.characters(0, 1)).of($.text);

  test("only on request", () => {
    expect($.decode($.text, $.encode(short, "abc"))).toBe("abc");
    expect(() => $.check(short, "abc")).toThrow(new $.EncodeError("expected at most 1 characters, got 3"));
    expect($.check(short, "a")).toBeUndefined();
    // The request does not outlast the call.
    expect($.encode(short, "abc")).toHaveLength(4);
  });

  test("an error has the path of the value", () => {
    expect(() => $.check($.dictionary($.text, $.list(short)), { a: ["b", "cd"] })).toThrow(
      "a[1]: expected at most 1 characters, got 2",
    );
  });

  test("a value of another type is told as such", () => {
    const conditions: [$.Codec<never, unknown>, $.Condition<never>][] = [
      [$.text as never, $.characters(1)],
      [$.text as never, $.pattern("a", "a")],
      [$.bytes as never, $.octets(1)],
      [$.list($.u8) as never, $.elements(1)],
      [$.dictionary($.text, $.u8) as never, $.entries(1)],
      [$.u8 as never, $.range(1, 2)],
      [$.u64 as never, $.wideRange(1n, 2n)],
      [$.duration as never, $.span(1, 2)],
    ];
    for (const [codec, condition] of conditions) {
      for (const value of [undefined, null, true]) {
        const checked = $.rule(condition).of(codec as $.Codec<never, never>);
        expect(() => $.check(checked, value as never)).toThrow(/, got (undefined|null|boolean)$/);
      }
    }
  });
});
