/** What generated codecs make of constraints, `ext` types, sensitive fields and given names. */

import { inspect } from "node:util";
import * as $ from "procwire/stub-v1";
import { describe, expect, test } from "vitest";
import { Decimal } from "../fixtures/mapped.js";
import {
  Limits$,
  type LimitsInput,
  Login$,
  Money$,
  Price$,
  Priced$,
  Renamed$,
  Secret$,
  Shape$,
  Symbol as Ticker,
  Times$,
  TOP,
} from "../fixtures/rules.js";
import { refusal, toHex } from "./support.js";

/** The payload of a value without a type. */
const pack = (value: unknown) => $.encode($.any, value);

const limits: LimitsInput = {
  symbol: "A.B",
  wide: 2n ** 63n,
  ratio: 0.5,
  percent: 100,
  body: Buffer.alloc(4096),
  list: ["A"],
};
/** The same as a peer without the constraints writes it. */
const plain = { ...limits, wait: 20_000 };

describe("a constraint of a field", () => {
  const broken: [field: string, value: unknown, message: string][] = [
    ["symbol", "", "symbol: expected 1 to 12 characters, got 0"],
    ["symbol", "a", 'symbol: expected text that matches ^[A-Z.]+$, got "a"'],
    ["symbol", "A\n", 'symbol: expected text that matches ^[A-Z.]+$, got "A\\n"'],
    ["note", "123456", "note: expected at most 5 characters, got 6"],
    ["level", 0, "level: expected 1 to 3, got 0"],
    ["wide", 0, "wide: expected 1 to 9223372036854775808, got 0"],
    ["ratio", 0.7, "ratio: expected 0.1 to below 0.7, got 0.7"],
    ["percent", 101, "percent: expected 0 to 100, got 101"],
    ["wait", 999, "wait: expected 1ms to 5s, got 999us"],
    ["body", Buffer.alloc(4097), "body: expected at most 4096 bytes, got 4097"],
    ["list", [], "list: expected 1 to 2 entries, got 0"],
    ["list", ["A", "b"], 'list[1]: expected text that matches ^[A-Z.]+$, got "b"'],
    ["map", { a: 1, b: 0, c: 0 }, "map: expected at most 2 entries, got 3"],
    ["map", { a: -2 }, 'map["a"]: expected -1 to 1, got -2'],
    ["map", { abcd: 1 }, "map: expected at most 3 characters, got 4"],
    ["pairs", [[10, "1"]], "pairs[0][0]: expected at most 9, got 10"],
    ["pairs", [[1, "٣"]], 'pairs[0][1]: expected text that matches \\d, got "٣"'],
  ];

  test.each(broken)("%s is looked at when it is read", (field, value, message) => {
    expect(refusal(Limits$, pack({ ...plain, [field]: value })).message).toBe(message);
  });

  test.each(broken.filter(([field]) => field !== "wait"))("%s is looked at on request", (field, value, message) => {
    const wrong = { ...limits, [field]: field === "wide" ? BigInt(value as number) : value } as LimitsInput;
    // What is not of the path's own notation differs: keys of maps are shown as names there.
    expect(() => $.check(Limits$, wrong)).toThrow(message.replace('map["a"]', "map.a"));
    expect($.encode(Limits$, wrong).length).toBeGreaterThan(0);
  });

  test("lets everything else through", () => {
    expect($.check(Limits$, limits)).toBeUndefined();
    const read = $.decode(Limits$, pack(plain));
    expect(read).toMatchObject({ symbol: Ticker("A.B"), level: 2, wait: 20, map: {}, pairs: [] });
    expect($.decode(Limits$, $.encode(Limits$, limits))).toEqual(read);
    expect($.decode(Limits$, pack({ ...plain, percent: null, note: null, level: null })).percent).toBe(null);
  });
});

test("constraints hold in variants", () => {
  expect(refusal(Shape$, pack({ type: "Dot", value: 0 })).message).toBe("value: expected 1 or more, got 0");
  expect(refusal(Shape$, pack({ type: "Line", to: [1] })).message).toBe("to: expected 2 entries, got 1");
  expect(refusal(Shape$, pack({ type: "Line", to: [1, 4] })).message).toBe("to[1]: expected at most 3, got 4");
});

describe("sensitive fields", () => {
  const sent = { user: "ada", word: "secret", pin: "1234", codes: { tan: 7 }, old: ["0000"] };
  const read = $.decode(Login$, pack(sent));

  test("are read, and not shown", () => {
    expect(read).toEqual(sent);
    expect(inspect(read)).toBe(
      "{\n  user: 'ada',\n  word: <redacted>,\n  pin: <redacted>,\n  old: <redacted>,\n  codes: <redacted>\n}",
    );
    expect(toHex($.encode(Login$, read))).toBe(toHex($.encode(Login$, sent)));
  });

  test("are not shown by errors either", () => {
    const message = (change: object) => refusal(Login$, pack({ ...sent, ...change })).message;
    expect(message({ word: "ab" })).toBe("word: expected 3 or more characters, got <redacted>");
    expect(message({ pin: "12" })).toBe("pin: expected 4 characters, got <redacted>");
    expect(message({ codes: { tan: 300 } })).toBe("codes: <redacted> is out of range for u8");
    expect(message({ old: ["1"] })).toBe("old: expected 4 characters, got <redacted>");
    expect(message({ user: 7 })).toBe("user: expected string, got int");
    expect(() => $.check(Login$, { ...sent, codes: { tan: 300 } })).toThrow("codes: <redacted> is out of range");
    expect(() => $.check(Login$, { ...sent, old: ["1"] })).toThrow("old: expected 4 characters, got <redacted>");
  });

  test("may stand in variants", () => {
    const shown = (value: object) => inspect($.decode(Secret$, pack(value)));
    expect(shown({ type: "Pinned", value: "1234" })).toBe("{ type: 'Pinned', value: <redacted> }");
    expect(shown({ type: "keyed", key: 1, hint: "h" })).toBe("{ type: 'keyed', key: <redacted>, hint: 'h' }");
  });
});

test("points in time and UUIDs may be written as text, and to the nanosecond", () => {
  const id = "00112233-4455-6677-8899-aabbccddeeff";
  const exact = new $.Timestamp(1n, 2);
  const written = $.encode(Times$, { exact, text: new Date(500), both: exact, id });
  expect($.decode($.any, written)).toEqual({
    exact,
    text: "1970-01-01T00:00:00.5Z",
    both: "1970-01-01T00:00:01.000000002Z",
    id,
  });
  expect($.decode(Times$, written)).toEqual({ exact, text: new Date(500), both: exact, id });
});

describe("types of the user's", () => {
  test("are read in both forms", () => {
    const priced = { price: "1.5", money: new $.Ext(17, Buffer.from([3])), tags: new $.Ext(18, pack(["a"])) };
    const read = $.decode(Priced$, pack(priced));
    expect(read).toEqual({ price: new Decimal("1.5"), money: { cents: 300 }, tags: ["a"], prices: [] });
    expect($.decode($.any, $.encode(Priced$, read))).toEqual({ ...priced, tags: ["a"], prices: [] });
  });

  test("are refused where they cannot be made", () => {
    expect(refusal(Price$, pack("x")).message).toBe('expected Price, got "x"');
    expect(refusal(Price$, pack("")).message).toBe("expected 1 to 20 characters, got 0");
    expect(refusal(Money$, pack(0)).message).toBe("expected 1 or more, got 0");
    expect(() => $.check(Money$, { cents: 0 })).toThrow("expected 1 or more, got 0");
  });
});

test("names may be given", () => {
  const read = $.decode(Renamed$, pack({ total_amount: 1, optional: "x", secret: "s" }));
  expect(read).toEqual({ sum: 1, nothing: "x", hidden: "s" });
  expect(inspect(read)).toBe("{ sum: 1, hidden: <redacted>, nothing: 'x' }");
  expect($.decode($.any, $.encode(Renamed$, read))).toEqual({ total_amount: 1, optional: "x", secret: "s" });
  expect(refusal(Renamed$, pack({ total_amount: "x" })).path).toBe("total_amount");
  expect(TOP).toBe(9);
});
