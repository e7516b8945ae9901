/** The codec: readers, writers, and how the values of each type travel. */

export type { Codec, KeyCodec } from "./codec.js";
export { branded, dictionary, lazy, list, map, nullable, tuple } from "./container.js";
export {
  type ExternalVariant,
  external,
  names,
  numbers,
  tagged,
  tupleVariant,
  type UnknownName,
  type UnknownVariant,
  unitVariant,
  type Variant,
} from "./enum.js";
export { DecodeError, EncodeError, type Reason } from "./error.js";
export { Ext } from "./ext.js";
export { Keys } from "./keys.js";
export * as limits from "./limits.js";
export { type Conversion, converted, ext, type Textual, textual } from "./mapped.js";
export {
  any,
  type Bytes,
  bool,
  bytes,
  duration,
  empty,
  f32,
  f64,
  i8,
  i16,
  i32,
  i64,
  nothing,
  preciseTimestamp,
  preciseTimestampText,
  safeI64,
  safeU64,
  text,
  timestamp,
  timestampText,
  u8,
  u16,
  u32,
  u64,
  unit,
  uuid,
  uuidText,
} from "./primitive.js";
export { inField, once, required } from "./reader/refusal.js";
export { Reader } from "./reader.js";
export {
  type Broken,
  type Condition,
  characters,
  elements,
  entries,
  narrowRange,
  octets,
  pattern,
  Rule,
  range,
  rule,
  span,
  wideRange,
} from "./rule.js";
export { conceal, redacted, sensitive } from "./sensitive.js";
export { Timestamp } from "./time.js";
export type { Args, Brand, Case, Data, Handlers, Hidden, Mutable, Only, Optional } from "./types.js";
export type { Uuid } from "./uuid.js";
export { check, decode, encode, keys, strictKeys } from "./whole.js";
export { type Segment, Writer } from "./writer.js";
