/** What generated codecs do beside what the vectors pin: defaults, many fields, numbers by wish, errors with paths. */

import { runInNewContext } from "node:vm";
import * as $ from "procwire/stub-v1";
import { describe, expect, test } from "vitest";
import {
  type Color,
  Command$,
  Defaults$,
  Everything$,
  Level$,
  type Many,
  Many$,
  Name,
  Safe$,
  type Shape,
  Shape$,
  Small$,
  Trouble,
  Wide$,
} from "../fixtures/extra.js";
import * as globals from "../fixtures/globals.js";
import { fromHex, refusal, toHex } from "./support.js";

/** The payload of a value without a type. */
const pack = (value: unknown) => $.encode($.any, value);

function encodeError(write: () => unknown): $.EncodeError {
  try {
    write();
  } catch (error) {
    if (error instanceof $.EncodeError) return error;
    throw error;
  }
  throw new Error("it was written");
}

describe("defaults", () => {
  const all = {
    flag: true,
    count: 5n,
    safe: 7,
    ratio: 0.5,
    text: 'a"b',
    name: Name("x"),
    wait: 1.5,
    list: [],
    map: {},
    numbers: new Map(),
    color: "blue!",
    level: "High",
    shape: { kind: "Dot" },
    maybe: 3,
  };

  test("stand for what is absent", () => {
    expect($.decode(Defaults$, pack({}))).toStrictEqual(all);
    expect($.decode(Defaults$, $.encode(Defaults$, {}))).toStrictEqual(all);
  });

  test("stand for nil, unless nil is a value of the type", () => {
    const nils = Object.fromEntries(Object.keys(all).map((field) => [field, null]));
    expect($.decode(Defaults$, pack({ ...nils, optional: null }))).toStrictEqual({ ...all, maybe: null });
  });

  test("are always written", () => {
    expect(Object.keys($.decode($.any, $.encode(Defaults$, {})) as object)).toEqual(Object.keys(all));
  });

  test("are made anew for each record", () => {
    const [first, second] = [$.decode(Defaults$, pack({})), $.decode(Defaults$, pack({}))];
    expect(first.list).not.toBe(second.list);
    expect(first.numbers).not.toBe(second.numbers);
  });

  test("an optional field may be undefined where it is written", () => {
    expect($.decode(Defaults$, $.encode(Defaults$, { also: undefined }))).not.toHaveProperty("also");
    expect($.decode(Defaults$, $.encode(Defaults$, { also: [1] })).also).toEqual([1]);
  });
});

describe("a record with more fields than one mask has bits", () => {
  const names = Array.from({ length: 65 }, (_, at) => (at === 64 ? "f64_" : `f${at}`));
  const full = Object.fromEntries(names.map((field, at) => [field, at])) as unknown as Many;

  test("is read and written", () => {
    expect($.decode(Many$, $.encode(Many$, full))).toStrictEqual(full);
    expect($.decode(Many$, pack(Object.fromEntries(Object.entries(full).reverse())))).toEqual(full);
  });

  test.each(names)("%s may be missing only where it says so", (field) => {
    const rest = Object.fromEntries(Object.entries(full).filter(([name]) => name !== field));
    if (["f33", "f34", "f35"].includes(field)) {
      $.decode(Many$, pack(rest));
    } else {
      const error = refusal(Many$, pack(rest));
      expect([error.reason, error.path]).toEqual(["missing-field", field]);
    }
  });

  test.each(["f0", "f30", "f31", "f33", "f61", "f62", "f64_"])("%s may come once", (field) => {
    const payload = $.encode(Many$, full);
    // A map of 16 bits: one entry more, behind the others.
    payload.writeUInt16BE(payload.readUInt16BE(1) + 1, 1);
    const error = refusal(Many$, Buffer.concat([payload, pack(field), pack(1)]));
    expect([error.reason, error.path]).toEqual(["duplicate", field]);
  });
});

describe("@ts(number)", () => {
  const value = { id: 2 ** 53 - 1, offset: -(2 ** 53 - 1), list: [0, 1], map: new Map([[5, 6]]) };

  test("gives numbers", () => {
    expect($.decode(Safe$, $.encode(Safe$, value))).toStrictEqual(value);
    expect($.decode(Safe$, pack({ ...value, map: { "5": 6 } }))).toStrictEqual(value);
  });

  test.each([
    ["id", { id: 2n ** 53n }],
    ["offset", { offset: -(2n ** 53n) }],
    ["list[1]", { list: [0, 2n ** 64n - 1n] }],
  ])("refuses what is no safe integer at %s", (path, change) => {
    const error = refusal(Safe$, pack({ ...value, ...change }));
    expect([error.reason, error.path]).toEqual(["range", path]);
  });

  test.each([
    ["id", { id: 2 ** 53 }],
    ["id", { id: 0.5 }],
    ["id", { id: -1 }],
    ["offset", { offset: -(2 ** 53) }],
    ["list[1]", { list: [0, Number.NaN] }],
  ])("writes nothing that is no safe integer at %s", (path, change) => {
    expect(encodeError(() => $.encode(Safe$, { ...value, ...change })).path).toBe(path);
  });
});

describe("values that cannot be written", () => {
  const small = { id: 1n, name: "n", ok: true, count: 1, ratio: 0.5 };
  const wrong: [string, string, object][] = [
    ["id", "expected u64 (a bigint), got number", { id: 1 }],
    ["id", "-1 is out of range for u64", { id: -1n }],
    ["name", "expected a string, got undefined", { name: undefined }],
    ["name", "expected text, got half of a surrogate pair in it", { name: "\ud800" }],
    ["ok", "expected a boolean, got null", { ok: null }],
    ["count", "4294967296 is out of range for u32", { count: 2 ** 32 }],
    ["count", "expected u32, got the number 0.5", { count: 0.5 }],
    ["ratio", "expected f64 (a number), got an array", { ratio: [] }],
  ];

  test.each(wrong)("at %s: %s", (path, text, change) => {
    const error = encodeError(() => $.encode(Small$, { ...small, ...change }));
    expect([error.path, error.message]).toEqual([path, `${path}: ${text}`]);
  });

  test.each([undefined, null, 5, "text"])("%s is no record", (value) => {
    expect(encodeError(() => $.encode(Small$, value as never)).message).toMatch(/^expected an object, got /);
    expect(encodeError(() => $.encode(Defaults$, value as never)).message).toMatch(/^expected an object, got /);
  });

  test("the path leads into lists, tuples, maps and variants", () => {
    const shape = {
      kind: "Many",
      value: [
        { kind: "Dot" },
        {
          kind: "Line",
          value: [
            [0, 0],
            [0, "x"],
          ],
        },
      ],
    } as never;
    expect(encodeError(() => $.encode(Shape$, shape)).path).toBe("value[1].value[1][1]");
    const command = { Batch: ["Ping", { run: { script: 5 } }] } as never;
    expect(encodeError(() => $.encode(Command$, command)).path).toBe("Batch[1].run.script");
    const codec = $.dictionary($.text, $.list($.u8));
    expect(encodeError(() => $.encode(codec, { good: [1], "a b": [1, 256] })).path).toBe("a b[1]");
    expect(encodeError(() => $.encode($.any, { body: Buffer.alloc(40_000), last: [() => 1] })).path).toBe("last[0]");
  });

  test("a value that holds itself is too deep, and no overflow", () => {
    const ring: unknown[] = [];
    ring.push(ring);
    expect(encodeError(() => $.encode($.any, ring)).message).toMatch(/more than 100 containers/);
    const shape = { kind: "Many", value: [] as Shape[] } as const;
    shape.value.push(shape);
    expect(encodeError(() => $.encode(Shape$, shape)).message).toMatch(/more than 100 containers/);
  });

  test.each([
    ["a date that is none", $.timestamp, new Date(Number.NaN)],
    ["a date past the year 9999", $.timestamp, new Date(253_402_300_800_000)],
    ["a UUID of 35 letters", $.uuid, "00112233-4455-6677-8899-aabbccddeef"],
    ["a UUID with a letter that is no digit", $.uuid, "00112233-4455-6677-8899-aabbccddeefg"],
    ["a negative duration", $.duration, -0.001],
    ["a duration that is no number", $.duration, Number.NaN],
    ["a duration that is too long", $.duration, 2 ** 53],
    ["an f32 that is too large", $.f32, 1e39],
    ["a bigint of 65 bits", $.any, 2n ** 64n],
    ["a symbol", $.any, Symbol("x")],
    ["the key __proto__", $.any, JSON.parse('{"__proto__": 1}')],
    ["the key __proto__ of a dictionary", $.dictionary($.text, $.u8), JSON.parse('{"__proto__": 1}')],
    ["a tuple that is too long", $.tuple($.u8), [1, 2]],
    ["an object for a list", $.list($.u8), {}],
    ["an object for a map", $.map($.u8, $.u8), {}],
    ["text for bytes", $.bytes, "text"],
  ])("%s", (_, codec, value) => {
    encodeError(() => $.encode(codec as $.Codec<unknown>, value));
  });

  test("what was written before stays", () => {
    const writer = new $.Writer();
    writer.begin();
    writer.text("first");
    const end = writer.pos;
    writer.begin();
    encodeError(() => Small$.encode(writer, { ...small, ratio: "x" } as never));
    writer.truncate(end);
    writer.begin();
    Small$.encode(writer, small);
    expect($.decode(Small$, writer.take().subarray(end))).toEqual(small);
  });
});

describe("enums", () => {
  test("an unknown name is written as it came", () => {
    const color: Color = $.decode($.list($.nullable($.text)), pack(["Mauve"]))[0] as Color;
    expect(color === "Red" || color === "Green" || color === "blue!").toBe(false);
  });

  test("numbers beyond the safe integers have names", () => {
    for (const [name, number] of [
      ["Least", -(2n ** 63n)],
      ["Most", 2n ** 63n - 1n],
      ["One", 1n],
    ] as const) {
      expect($.decode(Wide$, $.encode($.i64, number))).toBe(name);
      expect($.decode($.i64, $.encode(Wide$, name))).toBe(number);
    }
  });

  test("an unknown number is its decimal text", () => {
    const level = $.decode(Level$, pack(7));
    expect(level).toBe("7");
    expect(toHex($.encode(Level$, level))).toBe("07");
    expect(encodeError(() => $.encode(Level$, "256" as never)).message).toMatch(/^unknown variant "256"/);
    expect(encodeError(() => $.encode(Level$, "Middle" as never)).message).toBe(
      'unknown variant "Middle"; there are Low, High',
    );
  });

  test("an unknown variant keeps its value, large ones too", () => {
    for (const extra of [1, Buffer.alloc(70_000, 7)]) {
      const payload = pack([{ more: extra, kind: "Blob" }]);
      const codec = $.list(Shape$);
      const shapes = $.decode(codec, payload);
      const [shape] = shapes;
      expect(shape?.kind).toBe("$unknown");
      if (shape?.kind !== "$unknown") continue;
      expect(shape.$name).toBe("Blob");
      expect($.encode(codec, shapes).equals(payload)).toBe(true);
      expect(encodeError(() => $.encode($.tuple(codec, $.u8), [shapes, 300])).path).toBe("[1]");
    }
  });

  test("an unknown variant without its value is refused", () => {
    encodeError(() => $.encode(Shape$, { kind: "$unknown" } as never));
    encodeError(() => $.encode(Shape$, { kind: "Hexagon" } as never));
    encodeError(() => $.encode(Shape$, {} as never));
    encodeError(() => $.encode(Command$, {} as never));
    encodeError(() => $.encode(Command$, { run: {}, Batch: [] } as never));
    encodeError(() => $.encode(Command$, "run" as never));
  });
});

describe("bytes", () => {
  test("are copied out of a buffer that is used again", () => {
    const payload = fromHex("c403010203");
    const read = (owned: boolean): Uint8Array => {
      const buf = Buffer.from(payload);
      const reader = new $.Reader();
      reader.begin(buf, new DataView(buf.buffer, buf.byteOffset, buf.length), 0, buf.length, owned);
      const bytes = $.bytes.decode(reader);
      buf.fill(9);
      return bytes;
    };
    expect([...read(false)]).toEqual([1, 2, 3]);
    expect([...read(true)]).toEqual([9, 9, 9]);
  });

  test("are not copied while they are written where they are many", () => {
    const body = Buffer.alloc(100_000, 5);
    const writer = new $.Writer();
    $.list($.bytes).encode(writer, [body, Buffer.of(1), body]);
    expect(writer.segments.map(({ bytes }) => bytes === body)).toEqual([true, true]);
    expect(writer.extra).toBe(200_000);
    expect($.decode($.list($.bytes), writer.take())).toEqual([body, Buffer.of(1), body]);
  });
});

test("values of another realm are taken for what they are", () => {
  const other = runInNewContext("({ date: new Date(5), bytes: new Uint8Array([1, 2]), map: new Map([[1, [2]]]) })");
  expect($.decode($.any, $.encode($.any, other))).toEqual({
    date: new Date(5),
    bytes: Buffer.of(1, 2),
    map: new Map([[1, [2]]]),
  });
  expect($.decode($.timestamp, $.encode($.timestamp, other.date))).toEqual(new Date(5));
  expect($.decode($.bytes, $.encode($.bytes, other.bytes))).toEqual(Buffer.of(1, 2));
  const map = $.map($.u8, $.list($.u8));
  expect($.decode(map, $.encode(map, other.map))).toEqual(new Map([[1, [2]]]));
});

test("a declared error is made of its data", () => {
  const error = new Trouble({ type: "Named", value: "n" });
  expect(error).toBeInstanceOf(Error);
  expect([error.code, error.message, error.data]).toEqual(["declared", "Trouble.Named", { type: "Named", value: "n" }]);
  expect($.decode(Trouble.$codec, $.encode(Trouble.$codec, error.data))).toEqual(error.data);
});

test("a record with every type refuses what it lacks by name", () => {
  expect(refusal(Everything$, pack({})).message).toBe("flag: required field is missing");
});

describe("names of what JavaScript has already", () => {
  test("are types, fields and variables like others", () => {
    const read = $.decode(globals.Map$, pack({}));
    expect(read).toStrictEqual({ a: new Map(), Symbol: "x", String: "y" });
    const locals = {
      r: 1,
      w: 2,
      value: 3,
      left: 4,
      next: 5,
      seen: 6,
      error: 7,
      keys: 8,
      key: 9,
      globalThis: 10,
      exports: 11,
    };
    expect($.decode(globals.Locals$, $.encode(globals.Locals$, locals))).toStrictEqual(locals);
    const call = { type: "Call", this: 1, arguments: 2, undefined: 1, NaN: 1.5, value: 3, field: 4, seen: 5 } as const;
    expect($.decode(globals.Function$, $.encode(globals.Function$, call))).toStrictEqual(call);
  });

  test("are escaped where a client would be taken for something else", () => {
    const names = globals.Proxy.methods.map(({ name }) => name);
    expect(names.slice(0, 8)).toEqual([
      "then_",
      "constructor_",
      "toString_",
      "valueOf_",
      "events_",
      "shutdown_",
      "peer_",
      "new_",
    ]);
    expect(globals.Proxy.methods.map(({ wire }) => wire).slice(0, 3)).toEqual(["then", "constructor", "to_string"]);
    expect(globals.Proxy.events.map(({ name }) => name)).toEqual(["toJSON_", "prototype_", "on"]);
  });
});
