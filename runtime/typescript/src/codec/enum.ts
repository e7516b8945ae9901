/** The codecs of enums and errors, in every form that they have on the wire. */

import type { Codec, KeyCodec } from "./codec.js";
import { DecodeError, REDACTED, shown } from "./error.js";
import { Keys, UNKNOWN } from "./keys.js";
import type { Bytes } from "./primitive.js";
import { inField, once, required } from "./reader/refusal.js";
import type { Reader } from "./reader.js";
import { isSensitive } from "./sensitive.js";
import type { Writer } from "./writer.js";

declare const unknownName: unique symbol;

/**
 * The name of a variant that this version of an enum does not know, or its number in decimal. It is a string, and is
 * written as it came.
 */
export type UnknownName = string & { readonly [unknownName]: true };

/**
 * A variant with data that this version of an enum does not know. It is written as it came.
 *
 * The key `Tag` is the enum's, so that a `switch` over it narrows; `$name` is the variant's name on the wire, and `$raw`
 * the whole value as MsgPack.
 */
export type UnknownVariant<Tag extends string> = { readonly [Key in Tag]: "$unknown" } & {
  readonly $name: string;
  readonly $raw: Bytes;
};

const UNKNOWN_TAG = "$unknown";

function notThere(name: string | number | bigint, known: readonly string[]): DecodeError {
  const text = typeof name === "string" ? JSON.stringify(shown(name)) : String(name);
  const there = `there are ${known.join(", ")}`;
  return new DecodeError(
    "unknown-variant",
    `unknown variant ${text}; ${there}`,
    `unknown variant ${REDACTED}; ${there}`,
  );
}

function notKnown(w: Writer, value: unknown, known: readonly string[]): Error {
  if (typeof value !== "string") return w.unexpected(`one of ${known.join(", ")}`, value);
  const there = `there are ${known.join(", ")}`;
  return w.error(`unknown variant ${JSON.stringify(shown(value))}; ${there}`, `unknown variant ${REDACTED}; ${there}`);
}

/** An enum without data: its name. */
export function names<T extends string>(variants: readonly string[], strict: boolean): KeyCodec<T> {
  const keys = new Keys(variants, strict);
  const known = new Set(variants);
  const decode = (r: Reader): T => {
    const found = r.name(keys);
    if (found !== UNKNOWN) return variants[found] as T;
    if (strict) throw notThere(r.variantName, variants);
    return r.variantName as T;
  };
  return {
    decode,
    encode(w, value) {
      if (strict && !known.has(value)) throw notKnown(w, value, variants);
      w.text(value);
    },
    decodeKey(r) {
      const name = decode(r);
      return name === "__proto__" ? refuseKey(name) : name;
    },
  };
}

function refuseKey(name: string): never {
  throw new DecodeError("key", `no map may have the key "${name}"`);
}

type IntName = "u8" | "u16" | "u32" | "u64" | "i8" | "i16" | "i32" | "i64";

/** An enum without data under `@repr`: its number, which is told by the variant's name here. */
export function numbers<T extends string>(
  int: IntName,
  variants: readonly (readonly [name: string, number: number | bigint])[],
  strict: boolean,
): KeyCodec<T> {
  const known = variants.map(([name]) => name);
  const byNumber = new Map(variants.map(([name, number]) => [BigInt(number), name]));
  const byName = new Map(variants.map(([name, number]) => [name, BigInt(number)]));
  const [min, max] = rangeOf(int);
  const named = (number: bigint): T => {
    const name = byNumber.get(number);
    if (name !== undefined) return name as T;
    if (strict) throw notThere(number, known);
    return number.toString() as T;
  };
  return {
    decode: (r) => named(BigInt(r[int]())),
    encode(w, value) {
      const number = byName.get(value);
      if (number !== undefined) w.bigint(number);
      else if (!strict && /^-?\d{1,20}$/.test(value) && BigInt(value) >= min && BigInt(value) <= max) {
        w.bigint(BigInt(value));
      } else {
        throw notKnown(w, value, known);
      }
    },
    decodeKey: (r) => named(r.isText() ? r.decimalKey(min, max, int) : BigInt(r[int]())),
  };
}

function rangeOf(int: IntName): [min: bigint, max: bigint] {
  const bits = BigInt(int.slice(1));
  if (int.startsWith("u")) return [0n, 2n ** bits - 1n];
  return [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n];
}

/** A variant of a tagged enum: its name, and the codec of its whole map. */
export type Variant = readonly [name: string, codec: Codec<unknown, never>];

/** An enum whose value is a map that names the variant under `tag`. */
export function tagged<Out, In = Out>(tag: string, variants: readonly Variant[], strict: boolean): Codec<Out, In> {
  const tagKeys = new Keys([tag], false);
  const known = variants.map(([name]) => name);
  const keys = new Keys(known, strict);
  const codecs = variants.map(([, codec]) => codec);
  const byName = new Map(variants);
  return {
    decode(r) {
      const found = r.tag(tagKeys, keys);
      if (found !== UNKNOWN) return (codecs[found] as Codec<unknown, never>).decode(r) as Out;
      const name = r.variantName;
      if (strict) throw notThere(name, known);
      return { [tag]: UNKNOWN_TAG, $name: name, $raw: r.raw() } as Out;
    },
    encode(w, value) {
      if (typeof value !== "object" || value === null) throw w.unexpected("an object", value);
      const name = (value as { [key: string]: unknown })[tag];
      const codec = byName.get(name as string);
      if (codec !== undefined) codec.encode(w, value as never);
      else if (name === UNKNOWN_TAG && !strict) writeRaw(w, value);
      else if (typeof name === "string") throw notKnown(w, name, known);
      else throw w.unexpected(`a variant's name under ${JSON.stringify(tag)}`, name);
    },
  };
}

function writeRaw(w: Writer, value: object): void {
  const { $raw } = value as { $raw?: unknown };
  if (!($raw instanceof Uint8Array) || $raw.length === 0) throw w.unexpected("the raw value of a variant", $raw);
  w.raw($raw);
}

/** A variant without data of a tagged enum. */
export function unitVariant(tag: string, name: string, strict: boolean): Variant {
  const keys = new Keys([tag], strict);
  return [
    name,
    {
      decode(r) {
        let seen = 0;
        for (let left = r.map(); left > 0; left--) {
          const field = r.key(keys, 0);
          if (field === UNKNOWN) continue;
          seen = passTag(r, keys, seen);
        }
        r.leave();
        return { [tag]: name };
      },
      encode(w) {
        w.map(1);
        w.key(keys, 0);
        w.text(name);
        w.leave();
      },
    },
  ];
}

/** A variant of a tagged enum whose value lies under `value`. */
export function tupleVariant(tag: string, name: string, strict: boolean, inner: Codec<unknown, never>): Variant {
  const keys = new Keys([tag, "value"], strict);
  const hides = isSensitive(inner);
  if (hides) keys.hiding("value");
  return [
    name,
    {
      decode(r) {
        let seen = 0;
        let value: unknown;
        for (let left = r.map(), next = 0; left > 0; left--) {
          const field = r.key(keys, next);
          if (field === 0) {
            seen = passTag(r, keys, seen);
          } else if (field === 1) {
            try {
              seen = once(seen, 2);
              value = inner.decode(r);
            } catch (error) {
              throw inField(error, keys, field);
            }
          }
          next = field + 1;
        }
        r.leave();
        required(keys, seen, 2);
        const variant = { [tag]: name, value };
        return hides ? keys.conceal(variant) : variant;
      },
      encode(w, variant: { readonly value: never }) {
        w.map(2);
        w.key(keys, 0);
        w.text(name);
        w.key(keys, 1);
        inner.encode(w, variant.value);
        w.leave();
      },
    },
  ];
}

function passTag(r: Reader, keys: Keys, seen: number): number {
  try {
    const now = once(seen, 1);
    r.skip();
    return now;
  } catch (error) {
    throw inField(error, keys, 0);
  }
}

/** A variant of an external enum: its name, and the codec of its data where it has any. */
export type ExternalVariant = readonly [name: string, data?: Codec<unknown, never>];

/** An enum in serde's own form: `"Unit"`, `{"Struct": {..}}`. */
export function external<Out, In = Out>(variants: readonly ExternalVariant[], strict: boolean): Codec<Out, In> {
  const known = variants.map(([name]) => name);
  const keys = new Keys(known, strict);
  const byName = new Map<unknown, ExternalVariant>(variants.map((variant) => [variant[0], variant]));
  const hidden = variants.filter(([, data]) => data !== undefined && isSensitive(data)).map(([name]) => name);
  if (hidden.length > 0) keys.hiding(...hidden);
  return {
    decode(r) {
      const isBare = r.isText();
      const found = r.external(keys);
      if (found === UNKNOWN) {
        const name = r.variantName;
        if (strict) throw notThere(name, known);
        return { [UNKNOWN_TAG]: UNKNOWN_TAG, $name: name, $raw: r.raw() } as Out;
      }
      const [name, data] = variants[found] as ExternalVariant;
      if (isBare) {
        if (data === undefined) return name as Out;
        throw new DecodeError(
          "type",
          `variant ${JSON.stringify(name)} has data, so it comes as a map with it, got its bare name`,
          "a variant that has data comes as a map with it, got its bare name",
        );
      }
      try {
        if (data === undefined) {
          if (!r.nil()) throw r.unexpected("nil");
          r.leave();
          return name as Out;
        }
        const value = data.decode(r);
        r.leave();
        const variant = { [name]: value } as object;
        return (keys.hides(name) ? keys.conceal(variant) : variant) as Out;
      } catch (error) {
        throw inField(error, keys, found);
      }
    },
    encode(w, value) {
      if (typeof value === "string") {
        const variant = byName.get(value);
        if (variant === undefined || variant[1] !== undefined) throw notKnown(w, value, known);
        w.text(value);
        return;
      }
      if (typeof value !== "object" || value === null) throw w.unexpected("a variant", value);
      const [entry, more] = Object.entries(value).filter(([, data]) => data !== undefined);
      if (entry?.[0] === UNKNOWN_TAG && !byName.has(UNKNOWN_TAG) && !strict) {
        writeRaw(w, value);
        return;
      }
      const data = byName.get(entry?.[0])?.[1];
      if (entry === undefined || more !== undefined || data === undefined) {
        throw w.error(`expected an object with one of ${known.join(", ")}`);
      }
      w.map(1);
      w.text(entry[0]);
      data.encode(w, entry[1] as never);
      w.leave();
    },
  };
}
