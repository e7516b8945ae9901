/** Booleans, text, bytes, points in time, UUIDs. */

import { DecodeError, REDACTED } from "../error.js";
import { ascii, SHORT_TEXT, utf8 } from "../text.js";
import { describe, isInRange, type Point, pointFromExt, pointFromMillis, pointFromText, Timestamp } from "../time.js";
import { isUuid, type Uuid, uuidText } from "../uuid.js";
import { NumberReader } from "./number.js";
import { inElement, notUtf8, truncated } from "./refusal.js";

/** The part of a reader that reads what holds no other values. */
export class ScalarReader extends NumberReader {
  /** The length of the extension that {@link ScalarReader.ext} found. */
  extLength = 0;

  /** A boolean. */
  bool(): boolean {
    if (this.pos < this.end) {
      const marker = this.buf[this.pos];
      if (marker === 0xc3 || marker === 0xc2) {
        this.pos++;
        return marker === 0xc3;
      }
    }
    throw this.unexpected("bool");
  }

  /** A text. */
  text(): string {
    if (this.pos < this.end) {
      const marker = this.buf[this.pos] as number;
      const length = marker & 0x1f;
      const start = this.pos + 1;
      if ((marker & 0xe0) === 0xa0 && start + length <= this.end) {
        if (length <= SHORT_TEXT) {
          const text = ascii(this.buf, start, length);
          if (text !== undefined) {
            this.pos = start + length;
            this.cost += length;
            return text;
          }
        }
        return this.textOf(start, length);
      }
    }
    const length = this.textHeader("string");
    return this.textOf(this.pos, length);
  }

  protected textOf(start: number, length: number): string {
    const end = start + length;
    const text = utf8(this.buf, start, end);
    if (text === undefined) throw notUtf8();
    this.pos = end;
    this.cost += length;
    return text;
  }

  /** The header of a text: its length, whose bytes are there. The text itself is still to be read. */
  textHeader(expected: string): number {
    const marker = this.peek();
    let length: number;
    let head = 1;
    if ((marker & 0xe0) === 0xa0) {
      length = marker & 0x1f;
    } else if (marker >= 0xd9 && marker <= 0xdb) {
      length = this.lengthOf(marker - 0xd9);
      head = 1 + (1 << (marker - 0xd9));
    } else {
      throw this.unexpected(expected);
    }
    const start = this.pos + head;
    if (start + length > this.end) throw truncated();
    this.pos = start;
    return length;
  }

  /** Bytes: bin, an extension of code 1, or a list of `u8`. */
  bytes(): Uint8Array {
    const marker = this.peek();
    if (marker >= 0xc4 && marker <= 0xc6) {
      const length = this.bin("bytes");
      return this.share(this.pos - length, length);
    }
    if (isExt(marker)) {
      const start = this.pos;
      if (this.ext() === 1) return this.share(this.pos - this.extLength, this.extLength);
      this.pos = start;
      throw this.unexpected("bytes");
    }
    if ((marker & 0xf0) === 0x90 || marker === 0xdc || marker === 0xdd) {
      const length = this.list();
      const bytes = Buffer.allocUnsafe(length);
      for (let at = 0; at < length; at++) {
        try {
          bytes[at] = this.u8();
        } catch (error) {
          throw inElement(error, at);
        }
      }
      this.leave();
      return bytes;
    }
    throw this.unexpected("bytes");
  }

  /** Goes past a bin: the length of its data, which ends at the position. */
  bin(expected: string): number {
    const marker = this.peek();
    if (marker < 0xc4 || marker > 0xc6) throw this.unexpected(expected);
    const length = this.lengthOf(marker - 0xc4);
    this.take(1 + (1 << (marker - 0xc4)) + length);
    return length;
  }

  /** Bytes of this payload as a value of its own. */
  share(start: number, length: number): Buffer {
    if (this.owned) return this.buf.subarray(start, start + length);
    const bytes = Buffer.allocUnsafe(length);
    this.buf.copy(bytes, 0, start, start + length);
    return bytes;
  }

  /** Goes past an extension: its code. Its data are the {@link ScalarReader.extLength} bytes before the position. */
  ext(): number {
    const marker = this.peek();
    let length: number;
    let head = 1;
    if (marker >= 0xd4 && marker <= 0xd8) {
      length = 1 << (marker - 0xd4);
    } else if (marker >= 0xc7 && marker <= 0xc9) {
      length = this.lengthOf(marker - 0xc7);
      head = 1 + (1 << (marker - 0xc7));
    } else {
      throw this.unexpected("an extension");
    }
    this.take(head + 1 + length);
    this.extLength = length;
    return this.view.getInt8(this.pos - length - 1);
  }

  /** A point in time as a date: the millisecond that it lies in. */
  timestamp(): Date {
    const point = this.anyPoint();
    if (!isInRange(point)) {
      const text = "a timestamp lies between the years 1 and 9999, not";
      throw new DecodeError("range", `${text} ${describe(point)} seconds from 1970`, `${text} ${REDACTED}`);
    }
    return new Date(point.seconds * 1000 + Math.floor(point.nanos / 1_000_000));
  }

  /** A point in time to the nanosecond, in any year. */
  preciseTimestamp(): Timestamp {
    const point = this.anyPoint();
    return new Timestamp(point.exact ?? BigInt(point.seconds), point.nanos);
  }

  protected anyPoint(): Point {
    if (this.isText()) {
      const point = pointFromText(this.text());
      if (point !== undefined) return point;
      throw new DecodeError("value", "expected a timestamp such as 2026-11-21T15:00:00Z, got another text");
    }
    if (!isExt(this.peek())) throw this.unexpected("timestamp");
    const start = this.pos;
    const code = this.ext();
    if (code !== -1 && code !== 2) {
      this.pos = start;
      throw this.unexpected("timestamp");
    }
    return this.extPoint(code);
  }

  /** The point that the extension before the position names, whose code is -1 or 2. */
  extPoint(code: number): Point {
    const at = this.pos - this.extLength;
    let point: Point | undefined;
    if (code === -1) point = pointFromExt(this.view, at, this.extLength);
    else if (this.extLength === 8) point = pointFromMillis(this.view.getFloat64(at));
    if (point === undefined) throw new DecodeError("value", "an extension that names no point in time");
    return point;
  }

  /** A UUID: sixteen bytes, or its text. */
  uuid(): Uuid {
    if (this.isText()) {
      const text = this.text();
      if (isUuid(text)) return text.toLowerCase() as Uuid;
      throw new DecodeError("value", "expected a UUID of 36 letters, got another text");
    }
    const length = this.bin("uuid");
    if (length !== 16) throw new DecodeError("value", `expected a UUID of 16 bytes, got ${length} bytes`);
    return uuidText(this.buf, this.pos - 16);
  }
}

/** Whether a byte begins an extension. */
export function isExt(marker: number): boolean {
  return (marker >= 0xc7 && marker <= 0xc9) || (marker >= 0xd4 && marker <= 0xd8);
}
