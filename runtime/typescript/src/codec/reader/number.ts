/** Numbers: any form of an integer that is in range, a float that is whole, and floats from either. */

import { DecodeError, REDACTED } from "../error.js";
import { DURATION_MAX_US } from "../limits.js";
import { Cursor } from "./cursor.js";
import { outOfRange } from "./refusal.js";

const UPPER = 0x1_0000_0000;
const U64_END = 2 ** 64;

/** The part of a reader that reads numbers. */
export class NumberReader extends Cursor {
  /** An integer of 8 bits. */
  u8(): number {
    return this.smallInteger(0, 0xff, "u8");
  }

  /** An integer of 16 bits. */
  u16(): number {
    return this.smallInteger(0, 0xffff, "u16");
  }

  /** An integer of 32 bits. */
  u32(): number {
    return this.smallInteger(0, 0xffff_ffff, "u32");
  }

  /** A signed integer of 8 bits. */
  i8(): number {
    return this.smallInteger(-0x80, 0x7f, "i8");
  }

  /** A signed integer of 16 bits. */
  i16(): number {
    return this.smallInteger(-0x8000, 0x7fff, "i16");
  }

  /** A signed integer of 32 bits. */
  i32(): number {
    return this.smallInteger(-0x8000_0000, 0x7fff_ffff, "i32");
  }

  /** An integer of 64 bits. */
  u64(): bigint {
    return this.wideInteger(0n, 0xffff_ffff_ffff_ffffn, "u64");
  }

  /** A signed integer of 64 bits. */
  i64(): bigint {
    return this.wideInteger(-0x8000_0000_0000_0000n, 0x7fff_ffff_ffff_ffffn, "i64");
  }

  /** An integer of 64 bits that is a safe one, for a field under `@ts(number)`. */
  safeU64(): number {
    return this.smallInteger(0, Number.MAX_SAFE_INTEGER, "u64 @ts(number)");
  }

  /** A signed integer of 64 bits that is a safe one, for a field under `@ts(number)`. */
  safeI64(): number {
    return this.smallInteger(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, "i64 @ts(number)");
  }

  /** A duration in milliseconds. */
  duration(): number {
    return this.integer(0, DURATION_MAX_US, "duration") / 1000;
  }

  /** A float of 64 bits: either width, or an integer. */
  f64(): number {
    if (this.pos + 9 <= this.end && this.buf[this.pos] === 0xcb) {
      const value = this.view.getFloat64(this.pos + 1);
      this.pos += 9;
      return value;
    }
    return Number(this.anyFloat("f64"));
  }

  /** A float of 32 bits: either width, rounded to the nearest, or an integer. */
  f32(): number {
    const value = this.anyFloat("f32");
    if (typeof value === "bigint") return nearestFloat32(value);
    const narrow = Math.fround(value);
    if (!Number.isFinite(narrow) && Number.isFinite(value)) throw outOfRange(value, "f32");
    return narrow;
  }

  /** An integer of any size that the wire has: a number where it is a safe one. */
  int(): number | bigint {
    return this.anyNumber("int");
  }

  /** An integer from `min` to `max`, which are safe ones. */
  integer(min: number, max: number, expected: string): number {
    const value = this.anyNumber(expected);
    if (typeof value === "number") {
      if (value >= min && value <= max) return value;
    } else if (value >= min && value <= max) return Number(value);
    throw outOfRange(value, expected);
  }

  protected smallInteger(min: number, max: number, expected: string): number {
    if (this.pos < this.end) {
      const marker = this.buf[this.pos] as number;
      if (marker < 0x80) {
        this.pos++;
        return marker;
      }
    }
    return this.integer(min, max, expected);
  }

  protected wideInteger(min: bigint, max: bigint, expected: string): bigint {
    const found = this.anyNumber(expected);
    if (typeof found === "number" && found >= 0) return BigInt(found);
    const value = BigInt(found);
    if (value < min || value > max) throw outOfRange(value, expected);
    return value;
  }

  /** The integer that comes next: a bigint only where it is no safe number. */
  protected anyNumber(expected: string): number | bigint {
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
        this.take(2);
        return view.getUint8(at);
      case 0xcd:
        this.take(3);
        return view.getUint16(at);
      case 0xce:
        this.take(5);
        return view.getUint32(at);
      case 0xcf: {
        this.take(9);
        const value = view.getUint32(at) * UPPER + view.getUint32(at + 4);
        return Number.isSafeInteger(value) ? value : view.getBigUint64(at);
      }
      case 0xd0:
        this.take(2);
        return view.getInt8(at);
      case 0xd1:
        this.take(3);
        return view.getInt16(at);
      case 0xd2:
        this.take(5);
        return view.getInt32(at);
      case 0xd3: {
        this.take(9);
        const value = view.getInt32(at) * UPPER + view.getUint32(at + 4);
        return Number.isSafeInteger(value) ? value : view.getBigInt64(at);
      }
      case 0xca:
        this.take(5);
        return whole(view.getFloat32(at), expected);
      case 0xcb:
        this.take(9);
        return whole(view.getFloat64(at), expected);
      default:
        throw this.unexpected(expected);
    }
  }

  protected anyFloat(expected: string): number | bigint {
    const marker = this.peek();
    const at = this.pos + 1;
    if (marker === 0xcb) {
      this.take(9);
      return this.view.getFloat64(at);
    }
    if (marker === 0xca) {
      this.take(5);
      return this.view.getFloat32(at);
    }
    return this.anyNumber(expected);
  }
}

/** A float as the integer that it is. */
function whole(value: number, expected: string): number | bigint {
  if (Number.isNaN(value) || Math.trunc(value) !== value) {
    throw new DecodeError(
      "type",
      `expected ${expected}, got the float ${value}`,
      `expected ${expected}, got ${REDACTED}`,
    );
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
