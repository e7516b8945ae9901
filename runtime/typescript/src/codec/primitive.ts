/** The codecs of the built-in types that hold no other values. */

import type { Codec, KeyCodec } from "./codec.js";
import { Keys } from "./keys.js";
import type { Reader } from "./reader.js";
import type { Timestamp } from "./time.js";
import type { Uuid } from "./uuid.js";
import type { Writer } from "./writer.js";

/** What bytes are: a `Buffer` where they were read. */
export type Bytes = Uint8Array;

/** `bool` */
export const bool: KeyCodec<boolean> = {
  decode: (r) => r.bool(),
  encode: (w, value) => w.bool(value),
  decodeKey: (r) => r.bool(),
};

/** `string` */
export const text: KeyCodec<string> = {
  decode: (r) => r.text(),
  encode: (w, value) => w.text(value),
  decodeKey: (r) => r.textKey(),
};

type Small = "u8" | "u16" | "u32" | "i8" | "i16" | "i32" | "safeU64" | "safeI64";

function small(name: Small, min: bigint, max: bigint): KeyCodec<number> {
  return {
    decode: (r) => r[name](),
    encode: (w, value) => w[name](value),
    decodeKey: (r) => (r.isText() ? Number(r.decimalKey(min, max, name)) : r[name]()),
  };
}

function wide(name: "u64" | "i64", min: bigint, max: bigint): KeyCodec<bigint> {
  return {
    decode: (r) => r[name](),
    encode: (w, value) => w[name](value),
    decodeKey: (r) => (r.isText() ? r.decimalKey(min, max, name) : r[name]()),
  };
}

/** `u8` */
export const u8: KeyCodec<number> = small("u8", 0n, 0xffn);
/** `u16` */
export const u16: KeyCodec<number> = small("u16", 0n, 0xffffn);
/** `u32` */
export const u32: KeyCodec<number> = small("u32", 0n, 0xffff_ffffn);
/** `i8` */
export const i8: KeyCodec<number> = small("i8", -0x80n, 0x7fn);
/** `i16` */
export const i16: KeyCodec<number> = small("i16", -0x8000n, 0x7fffn);
/** `i32` */
export const i32: KeyCodec<number> = small("i32", -0x8000_0000n, 0x7fff_ffffn);
/** `u64` */
export const u64: KeyCodec<bigint> = wide("u64", 0n, 0xffff_ffff_ffff_ffffn);
/** `i64` */
export const i64: KeyCodec<bigint> = wide("i64", -0x8000_0000_0000_0000n, 0x7fff_ffff_ffff_ffffn);
/** `u64 @ts(number)` */
export const safeU64: KeyCodec<number> = small("safeU64", 0n, BigInt(Number.MAX_SAFE_INTEGER));
/** `i64 @ts(number)` */
export const safeI64: KeyCodec<number> = small(
  "safeI64",
  BigInt(Number.MIN_SAFE_INTEGER),
  BigInt(Number.MAX_SAFE_INTEGER),
);

function plain<Out, In>(decode: (r: Reader) => Out, encode: (w: Writer, value: In) => void): Codec<Out, In> {
  return { decode, encode };
}

/** `f32` */
export const f32: Codec<number> = plain(
  (r) => r.f32(),
  (w, value) => w.f32(value),
);
/** `f64` */
export const f64: Codec<number> = plain(
  (r) => r.f64(),
  (w, value) => w.f64(value),
);
/** `bytes` */
export const bytes: Codec<Bytes> = plain(
  (r) => r.bytes(),
  (w, value) => w.bytes(value),
);
/** `timestamp` */
export const timestamp: Codec<Date> = plain(
  (r) => r.timestamp(),
  (w, value) => w.timestamp(value),
);
/** `timestamp @text` */
export const timestampText: Codec<Date> = plain(
  (r) => r.timestamp(),
  (w, value) => w.timestampText(value),
);
/** `timestamp @precise` */
export const preciseTimestamp: Codec<Timestamp> = plain(
  (r) => r.preciseTimestamp(),
  (w, value) => w.preciseTimestamp(value),
);
/** `timestamp @precise @text` */
export const preciseTimestampText: Codec<Timestamp> = plain(
  (r) => r.preciseTimestamp(),
  (w, value) => w.preciseTimestampText(value),
);
/** `duration`, in milliseconds */
export const duration: Codec<number> = plain(
  (r) => r.duration(),
  (w, value) => w.duration(value),
);
/** `uuid` */
export const uuid: Codec<Uuid> = plain(
  (r) => r.uuid(),
  (w, value) => w.uuid(value),
);
/** `uuid @text` */
export const uuidText: Codec<Uuid> = plain(
  (r) => r.uuid(),
  (w, value) => w.uuidText(value),
);
/** `any` */
export const any: Codec<unknown> = plain(
  (r) => r.any(),
  (w, value) => w.any(value),
);
/** `()`: nil; whatever comes is taken */
export const unit: Codec<undefined, undefined> = plain(
  (r) => r.unit(),
  (w) => w.nil(),
);

/** What a method or event without parameters carries: an empty map; nil is taken too. */
export const nothing: Codec<undefined, undefined> = plain((r) => readEmpty(r, r.mapOrNil(), NO_KEYS), writeEmpty);

/** A record without fields. */
export function empty<Out extends object>(strict: boolean): Codec<Out> {
  const keys = new Keys([], strict);
  return {
    decode(r) {
      readEmpty(r, r.map(), keys);
      return {} as Out;
    },
    encode(w, value) {
      w.object(value);
      writeEmpty(w);
    },
  };
}

const NO_KEYS = new Keys([], false);

function readEmpty(r: Reader, entries: number, keys: Keys): undefined {
  for (let left = entries; left > 0; left--) r.key(keys, 0);
  r.leave();
}

function writeEmpty(w: Writer): void {
  w.map(0);
  w.leave();
}
