/**
 * Reader: one cursor over a payload, the only owner of the rules that hold for every payload.
 *
 * It counts depth and cost while it reads, believes no length that is not backed by bytes, and takes every form of a
 * value that a peer may write.
 */

import { readAny } from "./any.js";
import { DecodeError, nameOfMarker, type Reason, shown } from "./error.js";
import { type Keys, UNKNOWN } from "./keys.js";
import {
  BUDGET_BASE,
  BUDGET_FACTOR,
  CONTAINER_COST,
  DEPTH,
  DURATION_MAX_US,
  FORBIDDEN_KEY,
  SCALAR_COST,
} from "./limits.js";
import { ascii, checkUtf8, SHORT_TEXT, utf8 } from "./text.js";
import { describe, isInRange, type Point, pointFromExt, pointFromMillis, pointFromText } from "./time.js";
import { type Uuid, uuidText } from "./uuid.js";

const UPPER = 0x1_0000_0000;
const U64_END = 2 ** 64;
const FORBIDDEN: Buffer = Buffer.from(FORBIDDEN_KEY);
const EMPTY: Buffer = Buffer.alloc(0);
const EMPTY_VIEW = new DataView(EMPTY.buffer, 0, 0);
/** What a container costs beside the scalar that stands for it in what holds it. */
const CONTAINER_EXTRA = CONTAINER_COST - SCALAR_COST;
const HOLDS_NO_POINT = "an extension that names no point in time";

/** Reads values in their wire form. One reader serves one payload after the other. */
export class Reader {
  /** The buffer that the payload lies in. */
  buf: Buffer = EMPTY;
  /** A view of the whole of {@link Reader.buf}. */
  view: DataView = EMPTY_VIEW;
  /** Where the next value begins. */
  pos = 0;
  /** Where the payload ends. */
  end = 0;
  /** The buffer is the payload's own: bytes are handed out as slices of it, and copied otherwise. */
  owned = false;
  /** The length of the extension that {@link Reader.ext} found. */
  extLength = 0;
  #depth = 0;
  #cost = 0;
  #budget = 0;

  /** Sets out to read the payload from `start` to `end` of `buf`; `view` is a view of the whole buffer. */
  begin(buf: Buffer, view: DataView, start: number, end: number, owned: boolean): void {
    this.buf = buf;
    this.view = view;
    this.pos = start;
    this.end = end;
    this.owned = owned;
    this.#depth = 0;
    this.#cost = SCALAR_COST;
    this.#budget = BUDGET_BASE + BUDGET_FACTOR * (end - start);
  }

  /**
   * Ends the reading.
   *
   * @throws {DecodeError} where more than one value was there
   */
  finish(): void {
    if (this.pos !== this.end) throw new DecodeError("trailing", `bytes follow the value: ${this.end - this.pos}`);
    this.#afford();
  }

  /** Lets go of the buffer. */
  release(): void {
    this.buf = EMPTY;
    this.view = EMPTY_VIEW;
    this.pos = 0;
    this.end = 0;
  }

  /** The first byte of the next value. */
  peek(): number {
    if (this.pos >= this.end) throw truncated();
    return this.buf[this.pos] as number;
  }

  /** The error for a next value that is of another type. */
  unexpected(expected: string): DecodeError {
    if (this.pos >= this.end) return truncated();
    const marker = this.buf[this.pos] as number;
    if (marker === 0xc1) return malformed();
    return new DecodeError("type", `expected ${expected}, got ${nameOfMarker(marker)}`);
  }

  /** Whether the next value is a text. */
  isText(): boolean {
    if (this.pos >= this.end) return false;
    const marker = this.buf[this.pos] as number;
    return (marker & 0xe0) === 0xa0 || (marker >= 0xd9 && marker <= 0xdb);
  }

  /** Takes the next value where it is nil. */
  nil(): boolean {
    if (this.pos < this.end && this.buf[this.pos] === 0xc0) {
      this.pos++;
      return true;
    }
    return false;
  }

  /** Nothing: every value is taken, so that an answer may grow from nothing to something. */
  unit(): undefined {
    this.skip();
  }

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

  /** An integer of 8 bits. */
  u8(): number {
    return this.#small(0, 0xff, "u8");
  }

  /** An integer of 16 bits. */
  u16(): number {
    return this.#small(0, 0xffff, "u16");
  }

  /** An integer of 32 bits. */
  u32(): number {
    return this.#small(0, 0xffff_ffff, "u32");
  }

  /** A signed integer of 8 bits. */
  i8(): number {
    return this.#small(-0x80, 0x7f, "i8");
  }

  /** A signed integer of 16 bits. */
  i16(): number {
    return this.#small(-0x8000, 0x7fff, "i16");
  }

  /** A signed integer of 32 bits. */
  i32(): number {
    return this.#small(-0x8000_0000, 0x7fff_ffff, "i32");
  }

  /** A duration in milliseconds. */
  duration(): number {
    return this.integer(0, DURATION_MAX_US, "duration") / 1000;
  }

  #small(min: number, max: number, expected: string): number {
    if (this.pos < this.end) {
      const marker = this.buf[this.pos] as number;
      if (marker < 0x80) {
        this.pos++;
        return marker;
      }
    }
    return this.integer(min, max, expected);
  }

  /** An integer from `min` to `max`, which are safe ones. */
  integer(min: number, max: number, expected: string): number {
    const value = this.#number(expected);
    if (typeof value === "number") {
      if (value >= min && value <= max) return value;
    } else if (value >= min && value <= max) return Number(value);
    throw outOfRange(value, expected);
  }

  /** The integer that comes next: a bigint only where it is no safe number. */
  #number(expected: string): number | bigint {
    const { view } = this;
    const at = this.pos + 1;
    const marker = this.peek();
    if (marker < 0x80) {
      this.pos = at;
      return marker;
    }
    if (marker >= 0xe0) {
      this.pos = at;
      return marker - 0x100;
    }
    switch (marker) {
      case 0xcc:
        this.#take(2);
        return view.getUint8(at);
      case 0xcd:
        this.#take(3);
        return view.getUint16(at);
      case 0xce:
        this.#take(5);
        return view.getUint32(at);
      case 0xcf: {
        this.#take(9);
        const value = view.getUint32(at) * UPPER + view.getUint32(at + 4);
        return Number.isSafeInteger(value) ? value : view.getBigUint64(at);
      }
      case 0xd0:
        this.#take(2);
        return view.getInt8(at);
      case 0xd1:
        this.#take(3);
        return view.getInt16(at);
      case 0xd2:
        this.#take(5);
        return view.getInt32(at);
      case 0xd3: {
        this.#take(9);
        const value = view.getInt32(at) * UPPER + view.getUint32(at + 4);
        return Number.isSafeInteger(value) ? value : view.getBigInt64(at);
      }
      case 0xca:
        this.#take(5);
        return whole(view.getFloat32(at), expected);
      case 0xcb:
        this.#take(9);
        return whole(view.getFloat64(at), expected);
      default:
        throw this.unexpected(expected);
    }
  }

  /** Goes on by `length` bytes, which must be there. */
  #take(length: number): void {
    const next = this.pos + length;
    if (next > this.end) throw truncated();
    this.pos = next;
  }

  /** An integer of 64 bits. */
  u64(): bigint {
    return this.#wide(0n, 0xffff_ffff_ffff_ffffn, "u64");
  }

  /** A signed integer of 64 bits. */
  i64(): bigint {
    return this.#wide(-0x8000_0000_0000_0000n, 0x7fff_ffff_ffff_ffffn, "i64");
  }

  /** An integer of 64 bits that is a safe one, for a field under `@ts(number)`. */
  safeU64(): number {
    return this.#small(0, Number.MAX_SAFE_INTEGER, "u64 @ts(number)");
  }

  /** A signed integer of 64 bits that is a safe one, for a field under `@ts(number)`. */
  safeI64(): number {
    return this.#small(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, "i64 @ts(number)");
  }

  #wide(min: bigint, max: bigint, expected: string): bigint {
    const found = this.#number(expected);
    if (typeof found === "number" && found >= 0) return BigInt(found);
    const value = BigInt(found);
    if (value < min || value > max) throw outOfRange(value, expected);
    return value;
  }

  /** An integer of any size that the wire has: a number where it is a safe one. */
  int(): number | bigint {
    return this.#number("int");
  }

  /** A float of 64 bits: either width, or an integer. */
  f64(): number {
    if (this.pos + 9 <= this.end && this.buf[this.pos] === 0xcb) {
      const value = this.view.getFloat64(this.pos + 1);
      this.pos += 9;
      return value;
    }
    return Number(this.#float("f64"));
  }

  /** A float of 32 bits: either width, rounded to the nearest, or an integer. */
  f32(): number {
    const value = this.#float("f32");
    if (typeof value === "bigint") return nearestFloat32(value);
    const narrow = Math.fround(value);
    if (!Number.isFinite(narrow) && Number.isFinite(value)) throw outOfRange(value, "f32");
    return narrow;
  }

  #float(expected: string): number | bigint {
    const marker = this.peek();
    const at = this.pos + 1;
    if (marker === 0xcb) {
      this.#take(9);
      return this.view.getFloat64(at);
    }
    if (marker === 0xca) {
      this.#take(5);
      return this.view.getFloat32(at);
    }
    return this.#number(expected);
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
            this.#cost += length;
            return text;
          }
        }
        return this.#textOf(start, length);
      }
    }
    const length = this.textHeader("string");
    return this.#textOf(this.pos, length);
  }

  #textOf(start: number, length: number): string {
    const end = start + length;
    const text = utf8(this.buf, start, end);
    if (text === undefined) throw notUtf8();
    this.pos = end;
    this.#cost += length;
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
      length = this.#length(marker - 0xd9);
      head = 1 + (1 << (marker - 0xd9));
    } else {
      throw this.unexpected(expected);
    }
    const start = this.pos + head;
    if (start + length > this.end) throw truncated();
    this.pos = start;
    return length;
  }

  /** A length of 8, 16 or 32 bits behind the marker at the position, which stays. */
  #length(width: number): number {
    const at = this.pos + 1;
    if (at + (1 << width) > this.end) throw truncated();
    if (width === 0) return this.buf[at] as number;
    return width === 1 ? this.view.getUint16(at) : this.view.getUint32(at);
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
    const length = this.#length(marker - 0xc4);
    this.#take(1 + (1 << (marker - 0xc4)) + length);
    return length;
  }

  /** Bytes of this payload as a value of its own. */
  share(start: number, length: number): Buffer {
    if (this.owned) return this.buf.subarray(start, start + length);
    const bytes = Buffer.allocUnsafe(length);
    this.buf.copy(bytes, 0, start, start + length);
    return bytes;
  }

  /** Goes past an extension: its code. Its data are the {@link Reader.extLength} bytes before the position. */
  ext(): number {
    const marker = this.peek();
    let length: number;
    let head = 1;
    if (marker >= 0xd4 && marker <= 0xd8) {
      length = 1 << (marker - 0xd4);
    } else if (marker >= 0xc7 && marker <= 0xc9) {
      length = this.#length(marker - 0xc7);
      head = 1 + (1 << (marker - 0xc7));
    } else {
      throw this.unexpected("an extension");
    }
    this.#take(head + 1 + length);
    this.extLength = length;
    return this.view.getInt8(this.pos - length - 1);
  }

  /** A point in time as a date: the millisecond that it lies in. */
  timestamp(): Date {
    const point = this.#point();
    if (!isInRange(point)) {
      throw new DecodeError(
        "range",
        `a timestamp lies between the years 1 and 9999, not ${describe(point)} seconds from 1970`,
      );
    }
    return new Date(point.seconds * 1000 + Math.floor(point.nanos / 1_000_000));
  }

  #point(): Point {
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
    if (point === undefined) throw new DecodeError("value", HOLDS_NO_POINT);
    return point;
  }

  /** A UUID: sixteen bytes, or its text. */
  uuid(): Uuid {
    if (this.isText()) {
      const text = this.text();
      if (UUID.test(text)) return text.toLowerCase() as Uuid;
      throw new DecodeError("value", "expected a UUID of 36 letters, got another text");
    }
    const length = this.bin("uuid");
    if (length !== 16) throw new DecodeError("value", `expected a UUID of 16 bytes, got ${length} bytes`);
    return uuidText(this.buf, this.pos - 16);
  }

  /** Any value. */
  any(): unknown {
    return readAny(this);
  }

  /** The header of a list: its length. One level deeper until {@link Reader.leave}. */
  list(): number {
    const marker = this.peek();
    let length: number;
    if ((marker & 0xf0) === 0x90) {
      length = marker & 0x0f;
      this.pos++;
    } else if (marker === 0xdc || marker === 0xdd) {
      length = this.#length(marker - 0xdb);
      this.pos += marker === 0xdc ? 3 : 5;
    } else {
      throw this.unexpected("a list");
    }
    this.#enter(length);
    return length;
  }

  /** The header of a tuple of `length` elements. One level deeper until {@link Reader.leave}. */
  tuple(length: number): void {
    const found = this.list();
    if (found !== length) {
      throw new DecodeError("length", `expected a tuple of ${length}, got ${found} elements`);
    }
  }

  /** The header of a map: its number of entries. One level deeper until {@link Reader.leave}. */
  map(): number {
    const marker = this.peek();
    let length: number;
    if ((marker & 0xf0) === 0x80) {
      length = marker & 0x0f;
      this.pos++;
    } else if (marker === 0xde || marker === 0xdf) {
      length = this.#length(marker - 0xdd);
      this.pos += marker === 0xde ? 3 : 5;
    } else {
      throw this.unexpected("a map");
    }
    this.#enter(length * 2);
    return length;
  }

  /** The same, for parameters that may all be left out: nil is an empty map. */
  mapOrNil(): number {
    if (!this.nil()) return this.map();
    this.#depth++;
    return 0;
  }

  /** One level deeper, for so many values. */
  #enter(values: number): void {
    if (values > this.end - this.pos) throw truncated();
    if (this.#depth >= DEPTH) {
      throw new DecodeError("depth", `more than ${DEPTH} containers lie inside each other`);
    }
    this.#depth++;
    // The container's own scalar was paid by what holds it.
    this.#cost += CONTAINER_EXTRA + SCALAR_COST * values;
    if (this.#cost >= this.#budget) this.#afford();
  }

  /** Back from a container. */
  leave(): void {
    this.#depth--;
  }

  #afford(): void {
    if (this.#cost < this.#budget) return;
    throw new DecodeError(
      "budget",
      `the values would take more memory than a payload of this length may (${this.#budget} bytes)`,
    );
  }

  /**
   * The key of a record's field: its place in `keys`, where `expected` is tried first. A field that the record does not
   * know is passed over with its value, and gives -1.
   */
  key(keys: Keys, expected: number): number {
    const packed = keys.packed[expected];
    return packed !== undefined && this.#isKey(packed) ? expected : this.#keyOther(keys);
  }

  #keyOther(keys: Keys): number {
    if (!this.isText()) {
      this.skip();
      this.skip();
      if (keys.strict) throw new DecodeError("unknown-field", "unknown field: its key is no text");
      return UNKNOWN;
    }
    const length = this.textHeader("string");
    const start = this.pos;
    this.pos = start + length;
    this.#cost += length;
    const found = keys.find(this.buf, start, length);
    if (found !== UNKNOWN) return found;
    this.#checkKey(start, length);
    if (!checkUtf8(this.buf, start, start + length)) throw notUtf8();
    const name = () => shown(this.buf.toString("utf8", start, start + length));
    try {
      this.skip();
    } catch (error) {
      throw error instanceof DecodeError ? error.within(name()) : error;
    }
    if (keys.strict) throw new DecodeError("unknown-field", `unknown field ${JSON.stringify(name())}`);
    return UNKNOWN;
  }

  /** Refuses the one key that no map may have. */
  #checkKey(start: number, length: number): void {
    if (length === FORBIDDEN.length && this.buf.compare(FORBIDDEN, 0, length, start, start + length) === 0) {
      throw new DecodeError("key", `no map may have the key "${FORBIDDEN_KEY}"`);
    }
  }

  /** The text that is the key of a map which is no record. */
  textKey(): string {
    const key = this.text();
    if (key === FORBIDDEN_KEY) throw new DecodeError("key", `no map may have the key "${FORBIDDEN_KEY}"`);
    return key;
  }

  /** An integer as JavaScript writes it as a key: in decimal text. */
  decimalKey(min: bigint, max: bigint, expected: string): bigint {
    const text = this.textKey();
    if (!/^-?(?:0|[1-9]\d*)$/.test(text)) {
      throw new DecodeError("type", `expected ${expected}, got a key that is no decimal number`);
    }
    // A longer one cannot fit, and is not worth parsing.
    const value = text.length > 20 ? undefined : BigInt(text);
    if (value === undefined || value < min || value > max) throw outOfRange(shown(text), expected);
    return value;
  }

  /**
   * The place in `variants` of the variant that the tag of the next map names. The map is still to be read.
   *
   * Where there is no such variant it is -1, and the name stands in {@link Reader.variantName}.
   */
  tag(tag: Keys, variants: Keys): number {
    const { pos } = this;
    const depth = this.#depth;
    const cost = this.#cost;
    const left = this.map();
    // It comes first but from a peer that sorts its keys.
    if (left === 0 || !this.#isKey(tag.packed[0] as Uint8Array)) {
      let at = 0;
      while (at < left && this.#findKey(tag) === UNKNOWN) at++;
      if (at === left) throw missing(tag, 0);
    }
    try {
      return this.variant(variants, "string");
    } catch (error) {
      throw inField(error, tag, 0);
    } finally {
      this.pos = pos;
      this.#depth = depth;
      this.#cost = cost;
    }
  }

  /** Takes a key where it is the next one, in its shortest form. */
  #isKey(packed: Uint8Array): boolean {
    const { buf, pos } = this;
    const { length } = packed;
    if (pos + length > this.end) return false;
    for (let at = 0; at < length; at++) if (packed[at] !== buf[pos + at]) return false;
    this.pos = pos + length;
    this.#cost += length - 1;
    return true;
  }

  /** The next key where it is one of `keys`; any other is passed over with its value. */
  #findKey(keys: Keys): number {
    if (this.isText()) {
      const length = this.textHeader("string");
      const start = this.pos;
      this.pos = start + length;
      this.#cost += length;
      const found = keys.find(this.buf, start, length);
      if (found !== UNKNOWN) return found;
    } else {
      this.skip();
    }
    this.skip();
    return UNKNOWN;
  }

  /** The name that {@link Reader.variant} found where it gave -1. */
  variantName = "";

  /** The place in `variants` of the variant that a text names; -1 where it names none of them. */
  variant(variants: Keys, expected: string): number {
    const length = this.textHeader(expected);
    const start = this.pos;
    this.pos = start + length;
    this.#cost += length;
    const found = variants.find(this.buf, start, length);
    if (found === UNKNOWN) {
      const name = utf8(this.buf, start, start + length);
      if (name === undefined) throw notUtf8();
      this.variantName = name;
    }
    return found;
  }

  /** Passes over the next value: its bytes. */
  raw(): Buffer {
    const start = this.pos;
    this.skip();
    return this.share(start, this.pos - start);
  }

  /** Passes over the next value, whatever it is. The depth limit ends the recursion. */
  skip(): void {
    const marker = this.peek();
    if (marker < 0x80 || marker >= 0xe0) {
      this.pos++;
    } else if (marker < 0x90 || marker === 0xde || marker === 0xdf) {
      const left = this.map();
      for (let at = 0; at < left; at++) {
        if (this.isText()) this.#skipText(true);
        else this.skip();
        this.skip();
      }
      this.leave();
    } else if (marker < 0xa0 || marker === 0xdc || marker === 0xdd) {
      const length = this.list();
      for (let at = 0; at < length; at++) this.skip();
      this.leave();
    } else if (marker < 0xc0 || (marker >= 0xd9 && marker <= 0xdb)) {
      this.#skipText(false);
    } else if (marker === 0xc1) {
      throw malformed();
    } else if (marker >= 0xc4 && marker <= 0xc6) {
      this.bin("bytes");
    } else if (isExt(marker)) {
      this.ext();
    } else {
      this.#take(FIXED[marker - 0xc0] as number);
    }
  }

  #skipText(isKey: boolean): void {
    const length = this.textHeader("string");
    const start = this.pos;
    if (isKey) this.#checkKey(start, length);
    if (!checkUtf8(this.buf, start, start + length)) throw notUtf8();
    this.pos = start + length;
    this.#cost += length;
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The lengths of the values whose marker is c0 to d3, where the marker alone tells it. */
const FIXED: readonly number[] = [1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 5, 9, 2, 3, 5, 9, 2, 3, 5, 9];

function isExt(marker: number): boolean {
  return (marker >= 0xc7 && marker <= 0xc9) || (marker >= 0xd4 && marker <= 0xd8);
}

/** A float as the integer that it is. */
function whole(value: number, expected: string): number | bigint {
  if (Number.isNaN(value) || Math.trunc(value) !== value) {
    throw new DecodeError("type", `expected ${expected}, got the float ${value}`);
  }
  if (Number.isSafeInteger(value)) return value + 0;
  if (value < -U64_END || value >= U64_END) throw outOfRange(value, expected);
  return BigInt(value);
}

/** An integer that is no safe number as the nearest float of 32 bits, rounded once. */
function nearestFloat32(value: bigint): number {
  const positive = value < 0n ? -value : value;
  const shift = BigInt(positive.toString(2).length - 32);
  let top = positive >> shift;
  // What is cut off only has to tell a half from more than a half.
  if (top << shift !== positive) top |= 1n;
  return Math.fround(Number(top) * 2 ** Number(shift)) * (value < 0n ? -1 : 1);
}

function error(reason: Reason, text: string): DecodeError {
  return new DecodeError(reason, text);
}

function truncated(): DecodeError {
  return error("truncated", "the payload ends inside a value");
}

function malformed(): DecodeError {
  return error("malformed", "the byte c1 begins no value");
}

function notUtf8(): DecodeError {
  return error("utf8", "text is not UTF-8");
}

function outOfRange(value: number | bigint | string, expected: string): DecodeError {
  return error("range", `${value} is out of range for ${expected}`);
}

/** The same error, seen from the record that has the field. */
export function inField(error: unknown, keys: Keys, field: number): unknown {
  return error instanceof DecodeError && field !== UNKNOWN ? error.within(keys.names[field] as string) : error;
}

/** The same error, seen from the list or tuple that has the element. */
export function inElement(error: unknown, index: number): unknown {
  return error instanceof DecodeError ? error.within(`[${index}]`) : error;
}

/** The same error, seen from the map that has the entry. */
export function inEntry(error: unknown, key: unknown): unknown {
  if (!(error instanceof DecodeError)) return error;
  return error.within(`[${typeof key === "string" ? JSON.stringify(shown(key)) : String(key)}]`);
}

/** The error for a required field that is not there. */
export function missing(keys: Keys, field: number): DecodeError {
  return error("missing-field", "required field is missing").within(keys.names[field] as string);
}

/** Notes that a field was read: `bit` is its bit in `seen`. */
export function once(seen: number, bit: number): number {
  if ((seen & bit) !== 0) throw error("duplicate", "field appears twice");
  return seen | bit;
}

/** Refuses a record in which a required field is missing; `first` is the place of the field whose bit is the lowest. */
export function required(keys: Keys, seen: number, bits: number, first = 0): void {
  const absent = bits & ~seen;
  if (absent !== 0) throw missing(keys, first + 31 - Math.clz32(absent & -absent));
}
