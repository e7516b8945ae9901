/**
 * Writer: MsgPack into one growing buffer, with large bodies kept aside as they are.
 *
 * It writes the shortest form of everything, and refuses what no reader would take.
 */

import { types } from "node:util";
import { writeAny } from "./any.js";
import { EncodeError, nameOfValue } from "./error.js";
import type { Keys } from "./keys.js";
import { DEPTH, DURATION_MAX_US, FORBIDDEN_KEY, SEGMENT, TIMESTAMP_MAX_S, TIMESTAMP_MIN_S } from "./limits.js";
import { pathOf } from "./path.js";
import { writeUuid } from "./uuid.js";

const { isDate, isUint8Array } = types;
const UPPER = 0x1_0000_0000;
/** A text of less than this many characters is written one character at a time. */
const SHORT_TEXT = 32;
const INITIAL = 1024;

/** A body that was not copied. */
export interface Segment {
  /** The place in {@link Writer.buf} before which it belongs. */
  at: number;
  bytes: Uint8Array;
}

/** Writes values in their wire form, one behind the other. */
export class Writer {
  /** What was written, up to {@link Writer.pos}. */
  buf: Buffer;
  /** A view of the whole of {@link Writer.buf}. */
  view: DataView;
  /** Where the next byte goes. */
  pos = 0;
  /** Bodies that were not copied, in order. */
  segments: Segment[] = [];
  /** Bytes in {@link Writer.segments}. */
  extra = 0;
  /** Where the payload begins that is being written. */
  start = 0;
  #depth = 0;

  constructor(size: number = INITIAL) {
    this.buf = Buffer.allocUnsafeSlow(size);
    this.view = viewOf(this.buf);
  }

  /** Sets out to write a payload at the position, whatever became of the one before. */
  begin(): void {
    this.start = this.pos;
    this.#depth = 0;
  }

  /** Forgets everything; the buffer is used again. */
  reset(): void {
    this.pos = 0;
    this.start = 0;
    this.segments = [];
    this.extra = 0;
    this.#depth = 0;
  }

  /** Takes another buffer in the place of the one that was written; everything begins anew. */
  replace(buf: Buffer): void {
    this.buf = buf;
    this.view = viewOf(buf);
    this.reset();
  }

  /** Drops what was written from `pos` on, segments too. */
  truncate(pos: number): void {
    this.pos = pos;
    this.#depth = 0;
    let last = this.segments.at(-1);
    // A segment at this very place belongs to what was written before it.
    while (last !== undefined && last.at > pos) {
      this.segments.pop();
      this.extra -= last.bytes.length;
      last = this.segments.at(-1);
    }
  }

  /** Makes room for `length` bytes behind the position. */
  ensure(length: number): void {
    if (this.pos + length > this.buf.length) this.#grow(length);
  }

  #grow(length: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(this.buf.length * 2, this.pos + length));
    this.buf.copy(grown, 0, 0, this.pos);
    this.buf = grown;
    this.view = viewOf(grown);
  }

  /** An error about the value that was to be written next; it tells the path. */
  error(text: string): EncodeError {
    return new EncodeError(text, pathOf(this));
  }

  /** The error for a value of another type. */
  unexpected(expected: string, value: unknown): EncodeError {
    return this.error(`expected ${expected}, got ${nameOfValue(value)}`);
  }

  #range(value: unknown, expected: string): EncodeError {
    if (typeof value === "number" && !Number.isInteger(value)) {
      return this.error(`expected ${expected}, got the number ${value}`);
    }
    return this.error(`${String(value)} is out of range for ${expected}`);
  }

  /** nil. */
  nil(): void {
    this.ensure(1);
    this.buf[this.pos++] = 0xc0;
  }

  /** Nothing, which is nil. */
  unit(_value?: unknown): void {
    this.nil();
  }

  /** A boolean. */
  bool(value: boolean): void {
    if (typeof value !== "boolean") throw this.unexpected("a boolean", value);
    this.ensure(1);
    this.buf[this.pos++] = value ? 0xc3 : 0xc2;
  }

  /** An integer of 8 bits. */
  u8(value: number): void {
    this.#integer(value, 0, 0xff, "u8");
  }

  /** An integer of 16 bits. */
  u16(value: number): void {
    this.#integer(value, 0, 0xffff, "u16");
  }

  /** An integer of 32 bits. */
  u32(value: number): void {
    this.#integer(value, 0, 0xffff_ffff, "u32");
  }

  /** A signed integer of 8 bits. */
  i8(value: number): void {
    this.#integer(value, -0x80, 0x7f, "i8");
  }

  /** A signed integer of 16 bits. */
  i16(value: number): void {
    this.#integer(value, -0x8000, 0x7fff, "i16");
  }

  /** A signed integer of 32 bits. */
  i32(value: number): void {
    this.#integer(value, -0x8000_0000, 0x7fff_ffff, "i32");
  }

  #integer(value: number, min: number, max: number, expected: string): void {
    if (typeof value !== "number") throw this.unexpected(`${expected} (a number)`, value);
    if (!Number.isInteger(value) || value < min || value > max) throw this.#range(value, expected);
    this.int(value);
  }

  /** An integer, which is a safe one. */
  int(value: number): void {
    this.ensure(9);
    const { buf, view, pos } = this;
    if (value >= 0) {
      if (value < 0x80) {
        buf[pos] = value;
        this.pos = pos + 1;
      } else if (value < 0x100) {
        buf[pos] = 0xcc;
        buf[pos + 1] = value;
        this.pos = pos + 2;
      } else if (value < 0x1_0000) {
        buf[pos] = 0xcd;
        view.setUint16(pos + 1, value);
        this.pos = pos + 3;
      } else if (value < UPPER) {
        buf[pos] = 0xce;
        view.setUint32(pos + 1, value);
        this.pos = pos + 5;
      } else {
        buf[pos] = 0xcf;
        view.setUint32(pos + 1, Math.floor(value / UPPER));
        view.setUint32(pos + 5, value % UPPER);
        this.pos = pos + 9;
      }
    } else if (value >= -0x20) {
      buf[pos] = value + 0x100;
      this.pos = pos + 1;
    } else if (value >= -0x80) {
      buf[pos] = 0xd0;
      buf[pos + 1] = value + 0x100;
      this.pos = pos + 2;
    } else if (value >= -0x8000) {
      buf[pos] = 0xd1;
      view.setInt16(pos + 1, value);
      this.pos = pos + 3;
    } else if (value >= -0x8000_0000) {
      buf[pos] = 0xd2;
      view.setInt32(pos + 1, value);
      this.pos = pos + 5;
    } else {
      buf[pos] = 0xd3;
      view.setBigInt64(pos + 1, BigInt(value));
      this.pos = pos + 9;
    }
  }

  /** An integer of 64 bits. */
  u64(value: bigint): void {
    if (typeof value !== "bigint") throw this.unexpected("u64 (a bigint)", value);
    if (value < 0n || value > 0xffff_ffff_ffff_ffffn) throw this.#range(value, "u64");
    this.bigint(value);
  }

  /** A signed integer of 64 bits. */
  i64(value: bigint): void {
    if (typeof value !== "bigint") throw this.unexpected("i64 (a bigint)", value);
    if (value < -0x8000_0000_0000_0000n || value > 0x7fff_ffff_ffff_ffffn) throw this.#range(value, "i64");
    this.bigint(value);
  }

  /** An integer of 64 bits that is a safe one, for a field under `@ts(number)`. */
  safeU64(value: number): void {
    this.#integer(value, 0, Number.MAX_SAFE_INTEGER, "u64 @ts(number)");
  }

  /** A signed integer of 64 bits that is a safe one, for a field under `@ts(number)`. */
  safeI64(value: number): void {
    this.#integer(value, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, "i64 @ts(number)");
  }

  /** An integer of any size that the wire has. */
  bigint(value: bigint): void {
    const small = Number(value);
    if (Number.isSafeInteger(small)) {
      this.int(small);
      return;
    }
    this.ensure(9);
    if (value > 0n) {
      if (value > 0xffff_ffff_ffff_ffffn) throw this.#range(value, "an integer of 64 bits");
      this.buf[this.pos] = 0xcf;
      this.view.setBigUint64(this.pos + 1, value);
    } else {
      if (value < -0x8000_0000_0000_0000n) throw this.#range(value, "an integer of 64 bits");
      this.buf[this.pos] = 0xd3;
      this.view.setBigInt64(this.pos + 1, value);
    }
    this.pos += 9;
  }

  /** A float of 64 bits. */
  f64(value: number): void {
    if (typeof value !== "number") throw this.unexpected("f64 (a number)", value);
    this.ensure(9);
    this.buf[this.pos] = 0xcb;
    this.view.setFloat64(this.pos + 1, value);
    this.pos += 9;
  }

  /** A float of 32 bits. */
  f32(value: number): void {
    if (typeof value !== "number") throw this.unexpected("f32 (a number)", value);
    const narrow = Math.fround(value);
    if (!Number.isFinite(narrow) && Number.isFinite(value)) throw this.error(`${value} is out of range for f32`);
    this.ensure(5);
    this.buf[this.pos] = 0xca;
    this.view.setFloat32(this.pos + 1, narrow);
    this.pos += 5;
  }

  /** A text. */
  text(value: string): void {
    if (typeof value !== "string") throw this.unexpected("a string", value);
    const { length } = value;
    if (length >= SHORT_TEXT) {
      this.#textLong(value);
      return;
    }
    this.ensure(1 + length);
    const { buf } = this;
    let pos = this.pos;
    buf[pos++] = 0xa0 | length;
    for (let at = 0; at < length; at++) {
      const code = value.charCodeAt(at);
      if (code >= 0x80) {
        this.#textLong(value);
        return;
      }
      buf[pos++] = code;
    }
    this.pos = pos;
  }

  #textLong(value: string): void {
    if (!value.isWellFormed()) throw this.error("expected text, got half of a surrogate pair in it");
    const { length } = value;
    // Most texts are ASCII, so the header is guessed from their length, and moved where that was wrong.
    this.ensure(5 + length * 3);
    const guessed = textHeader(length);
    const written = this.buf.write(value, this.pos + guessed, length * 3, "utf8");
    const head = textHeader(written);
    if (head !== guessed) this.buf.copyWithin(this.pos + head, this.pos + guessed, this.pos + guessed + written);
    this.#length(written, 0xd9, 0xa0);
    this.pos += written;
  }

  /** A header of 1 to 5 bytes: `small` holds lengths below 32 in itself; `marker8` is the marker of the 8-bit form. */
  #length(length: number, marker8: number, small: number): void {
    const { buf, view, pos } = this;
    if (small !== 0 && length < 32) {
      buf[pos] = small | length;
      this.pos = pos + 1;
    } else if (length < 0x100) {
      buf[pos] = marker8;
      buf[pos + 1] = length;
      this.pos = pos + 2;
    } else if (length < 0x1_0000) {
      buf[pos] = marker8 + 1;
      view.setUint16(pos + 1, length);
      this.pos = pos + 3;
    } else {
      buf[pos] = marker8 + 2;
      view.setUint32(pos + 1, length);
      this.pos = pos + 5;
    }
  }

  /** Bytes. Many of them are kept as they are, and must not be changed before they are sent. */
  bytes(value: Uint8Array): void {
    // A value of another realm, as test runners have them, is no instance of what is known here.
    if (!(value instanceof Uint8Array || isUint8Array(value))) throw this.unexpected("bytes (a Uint8Array)", value);
    const { length } = value;
    if (length >= UPPER) throw this.error(`bytes of ${length} are longer than the wire allows (4294967295)`);
    this.ensure(5);
    this.#length(length, 0xc4, 0);
    this.raw(value);
  }

  /** Bytes that are MsgPack already, kept as they are where they are many. */
  raw(value: Uint8Array): void {
    const { length } = value;
    if (length >= SEGMENT) {
      this.segments.push({ at: this.pos, bytes: value });
      this.extra += length;
      return;
    }
    this.ensure(length);
    const { buf, pos } = this;
    if (length < 16) for (let at = 0; at < length; at++) buf[pos + at] = value[at] as number;
    else buf.set(value, pos);
    this.pos = pos + length;
  }

  /** An extension. */
  ext(code: number, data: Uint8Array): void {
    const { length } = data;
    this.ensure(6);
    if (length === 1 || length === 2 || length === 4 || length === 8 || length === 16) {
      this.buf[this.pos++] = 0xd4 + (31 - Math.clz32(length));
    } else {
      this.#length(length, 0xc7, 0);
    }
    this.buf[this.pos++] = code & 0xff;
    this.raw(data);
  }

  /** A point in time in the years 1 to 9999. */
  timestamp(value: Date): void {
    if (!(value instanceof Date || isDate(value))) throw this.unexpected("a Date", value);
    const seconds = Math.floor(value.getTime() / 1000);
    if (!(seconds >= TIMESTAMP_MIN_S && seconds <= TIMESTAMP_MAX_S)) {
      throw this.error(
        Number.isNaN(seconds)
          ? "expected a Date, got an invalid one"
          : `a timestamp lies between the years 1 and 9999, not ${seconds} seconds from 1970`,
      );
    }
    this.date(value);
  }

  /** Any point in time that a date can hold. */
  date(value: Date): void {
    const millis = value.getTime();
    if (Number.isNaN(millis)) throw this.error("expected a Date, got an invalid one");
    const seconds = Math.floor(millis / 1000);
    const nanos = (millis - seconds * 1000) * 1_000_000;
    this.ensure(15);
    const { buf, view, pos } = this;
    if (nanos === 0 && seconds >= 0 && seconds < UPPER) {
      buf[pos] = 0xd6;
      buf[pos + 1] = 0xff;
      view.setUint32(pos + 2, seconds);
      this.pos = pos + 6;
    } else if (seconds >= 0 && seconds < 4 * UPPER) {
      buf[pos] = 0xd7;
      buf[pos + 1] = 0xff;
      view.setUint32(pos + 2, nanos * 4 + Math.floor(seconds / UPPER));
      view.setUint32(pos + 6, seconds % UPPER);
      this.pos = pos + 10;
    } else {
      this.#farPoint(BigInt(seconds), nanos);
    }
  }

  /** Any point in time that the wire has. */
  point(seconds: bigint, nanos: number): void {
    this.ensure(15);
    const { buf, view, pos } = this;
    if (nanos === 0 && seconds >= 0n && seconds < 0x1_0000_0000n) {
      buf[pos] = 0xd6;
      buf[pos + 1] = 0xff;
      view.setUint32(pos + 2, Number(seconds));
      this.pos = pos + 6;
    } else if (seconds >= 0n && seconds < 0x4_0000_0000n) {
      buf[pos] = 0xd7;
      buf[pos + 1] = 0xff;
      view.setBigUint64(pos + 2, (BigInt(nanos) << 34n) | seconds);
      this.pos = pos + 10;
    } else {
      this.#farPoint(seconds, nanos);
    }
  }

  #farPoint(seconds: bigint, nanos: number): void {
    const { buf, view, pos } = this;
    buf[pos] = 0xc7;
    buf[pos + 1] = 12;
    buf[pos + 2] = 0xff;
    view.setUint32(pos + 3, nanos);
    view.setBigInt64(pos + 7, seconds);
    this.pos = pos + 15;
  }

  /** A duration in milliseconds, to the microsecond. */
  duration(value: number): void {
    if (typeof value !== "number") throw this.unexpected("a duration (a number of milliseconds)", value);
    const micros = Math.round(value * 1000);
    if (!(micros >= 0)) throw this.error(`expected a duration of 0 ms or more, got ${value}`);
    // The longest duration is finer than its milliseconds can say.
    if (micros > DURATION_MAX_US) {
      throw this.error(`a duration of ${value} ms is longer than the wire allows (${DURATION_MAX_US} microseconds)`);
    }
    this.int(value === DURATION_MAX_US / 1000 ? DURATION_MAX_US : micros);
  }

  /** A UUID. */
  uuid(value: string): void {
    if (typeof value !== "string") throw this.unexpected("a UUID (a string)", value);
    this.ensure(18);
    const { buf, pos } = this;
    if (!writeUuid(buf, pos + 2, value)) throw this.error("expected a UUID of 36 letters, got another text");
    buf[pos] = 0xc4;
    buf[pos + 1] = 16;
    this.pos = pos + 18;
  }

  /** Any value. */
  any(value: unknown): void {
    writeAny(this, value);
  }

  /** The header of a list, and one level of depth until {@link Writer.leave}. */
  list(length: number): void {
    this.#enter(length, 0x90, 0xdc);
  }

  /** The header of a map, and one level of depth until {@link Writer.leave}. */
  map(length: number): void {
    this.#enter(length, 0x80, 0xde);
  }

  /** Refuses what has no properties. */
  object(value: object): void {
    if (typeof value !== "object" || value === null) throw this.unexpected("an object", value);
  }

  /** The header of the map that `value` is written as. Its fields follow, and {@link Writer.leave}. */
  record(value: object, fields: number): void {
    this.object(value);
    this.#enter(fields, 0x80, 0xde);
  }

  /** The header of the tuple that `value` is written as. Its elements follow, and {@link Writer.leave}. */
  tuple(value: readonly unknown[], length: number): void {
    if (!Array.isArray(value)) throw this.unexpected("an array", value);
    if (value.length !== length) throw this.error(`expected ${length} elements, got ${value.length}`);
    this.#enter(length, 0x90, 0xdc);
  }

  #enter(length: number, small: number, marker16: number): void {
    if (this.#depth >= DEPTH) throw this.error(`more than ${DEPTH} containers lie inside each other`);
    this.#depth++;
    this.ensure(5);
    if (length < 16) this.buf[this.pos++] = small | length;
    else if (length < 0x1_0000) {
      this.buf[this.pos] = marker16;
      this.view.setUint16(this.pos + 1, length);
      this.pos += 3;
    } else {
      this.buf[this.pos] = marker16 + 1;
      this.view.setUint32(this.pos + 1, length);
      this.pos += 5;
    }
  }

  /** Back from a container. */
  leave(): void {
    this.#depth--;
  }

  /** The key of a record's field. */
  key(keys: Keys, field: number): void {
    const packed = keys.packed[field] as Uint8Array;
    const { length } = packed;
    this.ensure(length);
    const { buf, pos } = this;
    for (let at = 0; at < length; at++) buf[pos + at] = packed[at] as number;
    this.pos = pos + length;
  }

  /** The text that is the key of a map which is no record. */
  textKey(key: string): void {
    if (key === FORBIDDEN_KEY) throw this.error(`no map may have the key "${FORBIDDEN_KEY}"`);
    this.text(key);
  }

  /** All that was written, in one piece of its own. */
  take(): Buffer {
    const whole = Buffer.allocUnsafe(this.pos + this.extra);
    let from = 0;
    let to = 0;
    for (const { at, bytes } of this.segments) {
      to += this.buf.copy(whole, to, from, at);
      whole.set(bytes, to);
      to += bytes.length;
      from = at;
    }
    this.buf.copy(whole, to, from, this.pos);
    return whole;
  }
}

function textHeader(length: number): number {
  if (length < 32) return 1;
  if (length < 0x100) return 2;
  return length < 0x1_0000 ? 3 : 5;
}

function viewOf(buf: Buffer): DataView {
  return new DataView(buf.buffer, buf.byteOffset, buf.length);
}
