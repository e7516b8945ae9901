/** What the tests of the codec share: bytes as hex, codecs by the name of a type, and values as the vectors write them. */

import { readFileSync } from "node:fs";
import * as $ from "procwire/stub-v1";
import * as vectors from "../fixtures/vectors.js";

export type AnyCodec = $.Codec<unknown, unknown>;

/** A file of `runtime/vectors`. */
export function readVectors<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../../vectors/${name}`, import.meta.url), "utf8")) as T;
}

export function fromHex(hex: string): Buffer {
  return Buffer.from(hex, "hex");
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/** The error that a codec throws for a payload; fails where it takes it or throws something else. */
export function refusal(codec: $.Codec<unknown, never>, payload: Uint8Array): $.DecodeError {
  try {
    $.decode(codec, payload);
  } catch (error) {
    if (error instanceof $.DecodeError) return error;
    throw error;
  }
  throw new Error(`${toHex(payload)} was taken`);
}

/** Types as a tree. */
export type TypeTree =
  | { kind: "named"; name: string }
  | { kind: "list" | "nullable"; inner: TypeTree }
  | { kind: "map"; key: TypeTree; value: TypeTree }
  | { kind: "tuple"; elements: TypeTree[] };

/** A type as a schema writes it: `map<string, list<u8?>>`. */
export function parseType(text: string): TypeTree {
  let rest = text.replaceAll(" ", "");
  const take = (token: string): void => {
    if (!rest.startsWith(token)) throw new Error(`expected ${token} in ${text}, got ${rest}`);
    rest = rest.slice(token.length);
  };
  const one = (): TypeTree => {
    let tree: TypeTree;
    if (rest.startsWith("list<")) {
      take("list<");
      tree = { kind: "list", inner: one() };
      take(">");
    } else if (rest.startsWith("map<")) {
      take("map<");
      const key = one();
      take(",");
      tree = { kind: "map", key, value: one() };
      take(">");
    } else if (rest.startsWith("()")) {
      take("()");
      tree = { kind: "named", name: "()" };
    } else if (rest.startsWith("(")) {
      const elements: TypeTree[] = [];
      take("(");
      while (!rest.startsWith(")")) {
        elements.push(one());
        if (rest.startsWith(",")) take(",");
      }
      take(")");
      tree = { kind: "tuple", elements };
    } else {
      const name = /^\w+/.exec(rest)?.[0] ?? "";
      take(name);
      tree = { kind: "named", name };
    }
    while (rest.startsWith("?")) {
      take("?");
      tree = { kind: "nullable", inner: tree };
    }
    return tree;
  };
  return one();
}

const BUILT_IN: { [name: string]: $.Codec<unknown, never> } = {
  bool: $.bool,
  string: $.text,
  u8: $.u8,
  u16: $.u16,
  u32: $.u32,
  u64: $.u64,
  i8: $.i8,
  i16: $.i16,
  i32: $.i32,
  i64: $.i64,
  f32: $.f32,
  f64: $.f64,
  bytes: $.bytes,
  timestamp: $.timestamp,
  duration: $.duration,
  uuid: $.uuid,
  any: $.any,
  "()": $.unit,
};

/** The codec of a type of the vectors. */
export function codecOf(tree: TypeTree): AnyCodec {
  switch (tree.kind) {
    case "list":
      return $.list(codecOf(tree.inner)) as AnyCodec;
    case "nullable":
      return $.nullable(codecOf(tree.inner)) as AnyCodec;
    case "tuple":
      return $.tuple(...tree.elements.map(codecOf)) as AnyCodec;
    case "map": {
      const key = codecOf(tree.key) as $.KeyCodec<never, never>;
      const value = codecOf(tree.value);
      return (hasTextKeys(tree.key) ? $.dictionary(key, value) : $.map(key, value)) as AnyCodec;
    }
    default: {
      const declared = (vectors as unknown as { [name: string]: AnyCodec | undefined })[`${tree.name}$`];
      const codec = declared ?? BUILT_IN[tree.name];
      if (codec === undefined) throw new Error(`no codec of the type ${tree.name}`);
      return codec as AnyCodec;
    }
  }
}

/** Whether the keys of a map are texts: also those of enums, which are told by their names. */
function hasTextKeys(key: TypeTree): boolean {
  return key.kind === "named" && ["string", "Symbol", "Side", "Mode"].includes(key.name);
}

/** The types of the fields whose values are not what JSON says. */
const FIELDS: { [name: string]: { [field: string]: string } } = {
  Item: { ratio: "f64?" },
  Circle: { radius: "f64" },
  RateLimited: { retry_after: "duration" },
  Round: { radius: "f64" },
  Bill: { amounts: "list<i64>" },
  Stamped: { id: "uuid", ids: "list<uuid>" },
};
/** What declared types are that have values of a built-in one. */
const STANDS_FOR: { [name: string]: string } = {
  Signed: "i64",
  Wide: "u64",
  Share: "f64",
  Half: "f32",
  Wait: "duration",
  Amount: "i64",
  TextId: "uuid",
};
const MODES: { [name: string]: number } = { Paper: 0, Live: 1, Test: 200, Down: -1, Low: 1, High: 300 };

/** A value that was read, in the notation of the vectors. */
export function notation(value: unknown, tree: TypeTree): unknown {
  switch (tree.kind) {
    case "nullable":
      return value === null ? null : notation(value, tree.inner);
    case "list":
      return (value as unknown[]).map((element) => notation(element, tree.inner));
    case "tuple":
      return (value as unknown[]).map((element, at) => notation(element, tree.elements[at] as TypeTree));
    case "map": {
      const entries = value instanceof Map ? [...value] : Object.entries(value as object);
      const noted = entries.map(([key, entry]) => [notation(key, tree.key), notation(entry, tree.value)]);
      return noted.every(([key]) => typeof key === "string") ? Object.fromEntries(noted) : { $map: noted };
    }
    default:
      return notationOf(value, STANDS_FOR[tree.name] ?? tree.name);
  }
}

function notationOf(value: unknown, name: string): unknown {
  switch (name) {
    case "f64":
      return { $f64: hexOf(value as number) };
    case "f32": {
      const bytes = Buffer.alloc(4);
      bytes.writeFloatBE(value as number);
      return { $f32: toHex(bytes) };
    }
    case "u64":
    case "i64":
      return integer(value as bigint);
    case "bytes":
      return { $bytes: toHex(value as Uint8Array) };
    case "uuid":
      return { $bytes: (value as string).replaceAll("-", "") };
    case "timestamp":
      return time($.Timestamp.fromDate(value as Date));
    case "duration":
      // The longest one is finer than its milliseconds can say.
      return value === Number.MAX_SAFE_INTEGER / 1000 ? Number.MAX_SAFE_INTEGER : Math.round((value as number) * 1000);
    case "()":
      return value ?? null;
    case "Mode":
    case "OpenMode":
      return MODES[value as string] ?? Number(value);
    case "any":
      return notationOfAny(value);
    default:
      return notationOfDeclared(value, name);
  }
}

function notationOfDeclared(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Uint8Array) return { $bytes: toHex(value) };
  if (value instanceof Date) return time($.Timestamp.fromDate(value));
  if (value instanceof $.Timestamp) return time(value);
  if (Array.isArray(value)) return value.map((element) => notationOfDeclared(element, ""));
  const record = value as { [field: string]: unknown };
  // What an enum does not know is told by the value that it keeps.
  const raw = record["$raw"];
  if (raw instanceof Uint8Array) return notationOfAny($.decode($.any, raw));
  const variant = record["type"] ?? record["kind"];
  const types = FIELDS[typeof variant === "string" ? variant : name] ?? {};
  return Object.fromEntries(
    Object.entries(record).map(([field, entry]) => {
      const type = types[field];
      return [field, type === undefined ? notationOfDeclared(entry, "") : notation(entry, parseType(type))];
    }),
  );
}

/** A value of no type in the notation of the vectors. */
export function notationOfAny(value: unknown): unknown {
  if (typeof value === "bigint") return integer(value);
  if (typeof value === "number") return Number.isSafeInteger(value) ? value : { $f64: hexOf(value) };
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(notationOfAny);
  if (value instanceof Uint8Array) return { $bytes: toHex(value) };
  if (value instanceof Date) return time($.Timestamp.fromDate(value));
  if (value instanceof $.Timestamp) return time(value);
  if (value instanceof $.Ext) return { $ext: [value.code, toHex(value.data)] };
  if (value instanceof Map) return { $map: [...value].map((entry) => entry.map(notationOfAny)) };
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, notationOfAny(entry)]));
}

function integer(value: bigint): unknown {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : { $int: value.toString() };
}

function time({ seconds, nanos }: $.Timestamp): unknown {
  return { $time: [seconds.toString(), nanos] };
}

export function hexOf(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return toHex(bytes);
}
