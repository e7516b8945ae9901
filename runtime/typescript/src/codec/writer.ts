/** Writer: MsgPack into one growing buffer, the shortest form of everything, and nothing that no reader would take. */

import { types } from "node:util";
import { writeAny } from "./any.js";
import type { Codec } from "./codec.js";
import { EncodeError, REDACTED } from "./error.js";
import type { Keys } from "./keys.js";
import { FORBIDDEN_KEY, TIMESTAMP_MAX_S, TIMESTAMP_MIN_S } from "./limits.js";
import { Timestamp, textOfPoint } from "./time.js";
import { isUuid, writeUuid } from "./uuid.js";
import { NumberWriter } from "./writer/number.js";

export type { Segment } from "./writer/output.js";

const { isDate, isUint8Array } = types;
const UPPER = 0x1_0000_0000;
/** A text of less than this many characters is written one character at a time. */
const SHORT_TEXT = 32;
/** The first buffer for what extensions hold, and the largest one that is kept. */
const INNER = 256;
const INNER_KEPT = 64 * 1024;

/** Writes values in their wire form, one behind the other. */
export class Writer extends NumberWriter {
  /** Writes what extensions hold. */
  protected inner: Writer | undefined;

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

  /** A text. */
  text(value: string): void {
    if (typeof value !== "string") throw this.unexpected("a string", value);
    const { length } = value;
    if (length >= SHORT_TEXT) {
      this.longText(value);
      return;
    }
    this.ensure(1 + length);
    const { buf } = this;
    let pos = this.pos;
    buf[pos++] = 0xa0 | length;
    for (let at = 0; at < length; at++) {
      const code = value.charCodeAt(at);
      if (code >= 0x80) {
        this.longText(value);
        return;
      }
      buf[pos++] = code;
    }
    this.pos = pos;
  }

  protected longText(value: string): void {
    if (!value.isWellFormed()) throw this.error("expected text, got half of a surrogate pair in it");
    const { length } = value;
    // Most texts are ASCII, so the header is guessed from their length, and moved where that was wrong.
    this.ensure(5 + length * 3);
    const guessed = textHeader(length);
    const written = this.buf.write(value, this.pos + guessed, length * 3, "utf8");
    const head = textHeader(written);
    if (head !== guessed) this.buf.copyWithin(this.pos + head, this.pos + guessed, this.pos + guessed + written);
    this.header(written, 0xd9, 0xa0);
    this.pos += written;
  }

  /** Bytes. Many of them are kept as they are, and must not be changed before they are sent. */
  bytes(value: Uint8Array): void {
    // A value of another realm, as test runners have them, is no instance of what is known here.
    if (!(value instanceof Uint8Array || isUint8Array(value))) throw this.unexpected("bytes (a Uint8Array)", value);
    const { length } = value;
    if (length >= UPPER) throw this.error(`bytes of ${length} are longer than the wire allows (4294967295)`);
    this.ensure(5);
    this.header(length, 0xc4, 0);
    this.raw(value);
  }

  /** An extension. */
  ext(code: number, data: Uint8Array): void {
    const { length } = data;
    this.ensure(6);
    if (length === 1 || length === 2 || length === 4 || length === 8 || length === 16) {
      this.buf[this.pos++] = 0xd4 + (31 - Math.clz32(length));
    } else {
      this.header(length, 0xc7, 0);
    }
    this.buf[this.pos++] = code & 0xff;
    this.raw(data);
  }

  /** An extension that holds one value. */
  holding<In>(code: number, codec: Codec<unknown, In>, value: In): void {
    // What it holds may hold another one, so that each writer has one of its own for it.
    this.inner ??= new Writer(INNER);
    const { inner } = this;
    inner.reset();
    inner.checks = this.checks;
    inner.depth = this.depth;
    if (this.concealed > 0) inner.hide();
    try {
      codec.encode(inner, value);
    } catch (error) {
      if (!(error instanceof EncodeError)) throw error;
      const outer = this.error(error.text);
      throw this.concealed > 0 ? outer : new EncodeError(error.text, joined(outer.path, error.path));
    }
    const data = inner.take();
    inner.reset();
    if (inner.buf.length > INNER_KEPT) this.inner = undefined;
    this.ext(code, data);
  }

  /** A point in time in the years 1 to 9999. */
  timestamp(value: Date): void {
    this.inYears(value);
    this.date(value);
  }

  /** The same as text of RFC 3339. */
  timestampText(value: Date): void {
    const seconds = this.inYears(value);
    const text = textOfPoint({ seconds, nanos: (value.getTime() - seconds * 1000) * 1_000_000 });
    this.text(text);
  }

  /** The whole seconds of a date in the years 1 to 9999. */
  protected inYears(value: Date): number {
    if (!(value instanceof Date || isDate(value))) throw this.unexpected("a Date", value);
    const seconds = Math.floor(value.getTime() / 1000);
    if (Number.isNaN(seconds)) throw this.error("expected a Date, got an invalid one");
    if (!(seconds >= TIMESTAMP_MIN_S && seconds <= TIMESTAMP_MAX_S)) throw this.notInYears(seconds);
    return seconds;
  }

  protected notInYears(seconds: number | bigint): EncodeError {
    const text = "a timestamp lies between the years 1 and 9999, not";
    return this.error(`${text} ${seconds} seconds from 1970`, `${text} ${REDACTED}`);
  }

  /** A point in time to the nanosecond, in any year. */
  preciseTimestamp(value: Timestamp): void {
    if (!(value instanceof Timestamp)) throw this.unexpected("a Timestamp", value);
    this.point(value.seconds, value.nanos);
  }

  /** The same as text of RFC 3339, which has the years 1 to 9999. */
  preciseTimestampText(value: Timestamp): void {
    if (!(value instanceof Timestamp)) throw this.unexpected("a Timestamp", value);
    const { seconds, nanos } = value;
    if (seconds < TIMESTAMP_MIN_S || seconds > TIMESTAMP_MAX_S) throw this.notInYears(seconds);
    this.text(textOfPoint({ seconds: Number(seconds), nanos }));
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
      this.farPoint(BigInt(seconds), nanos);
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
      this.farPoint(seconds, nanos);
    }
  }

  protected farPoint(seconds: bigint, nanos: number): void {
    const { buf, view, pos } = this;
    buf[pos] = 0xc7;
    buf[pos + 1] = 12;
    buf[pos + 2] = 0xff;
    view.setUint32(pos + 3, nanos);
    view.setBigInt64(pos + 7, seconds);
    this.pos = pos + 15;
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

  /** A UUID as its text, in small letters. */
  uuidText(value: string): void {
    if (typeof value !== "string") throw this.unexpected("a UUID (a string)", value);
    if (!isUuid(value)) throw this.error("expected a UUID of 36 letters, got another text");
    this.text(value.toLowerCase());
  }

  /** Any value. */
  any(value: unknown): void {
    writeAny(this, value);
  }

  /** Refuses what has no properties. */
  object(value: object): void {
    if (typeof value !== "object" || value === null) throw this.unexpected("an object", value);
  }

  /** The header of the map that `value` is written as. Its fields follow, and {@link Writer.leave}. */
  record(value: object, fields: number): void {
    this.object(value);
    this.enter(fields, 0x80, 0xde);
  }

  /** The header of the tuple that `value` is written as. Its elements follow, and {@link Writer.leave}. */
  tuple(value: readonly unknown[], length: number): void {
    if (!Array.isArray(value)) throw this.unexpected("an array", value);
    if (value.length !== length) throw this.error(`expected ${length} elements, got ${value.length}`);
    this.enter(length, 0x90, 0xdc);
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
}

function joined(outer: string, inner: string): string {
  if (outer === "" || inner === "") return outer + inner;
  return inner.startsWith("[") ? outer + inner : `${outer}.${inner}`;
}

function textHeader(length: number): number {
  if (length < 32) return 1;
  if (length < 0x100) return 2;
  return length < 0x1_0000 ? 3 : 5;
}
