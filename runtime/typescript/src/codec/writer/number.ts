/** Numbers: integers in their shortest form, floats in the width of their type. */

import { type EncodeError, REDACTED } from "../error.js";
import { DURATION_MAX_US } from "../limits.js";
import { Output } from "./output.js";

const UPPER = 0x1_0000_0000;

/** The part of a writer that writes numbers. */
export class NumberWriter extends Output {
  /** An integer of 8 bits. */
  u8(value: number): void {
    this.checkedInteger(value, 0, 0xff, "u8");
  }

  /** An integer of 16 bits. */
  u16(value: number): void {
    this.checkedInteger(value, 0, 0xffff, "u16");
  }

  /** An integer of 32 bits. */
  u32(value: number): void {
    this.checkedInteger(value, 0, 0xffff_ffff, "u32");
  }

  /** A signed integer of 8 bits. */
  i8(value: number): void {
    this.checkedInteger(value, -0x80, 0x7f, "i8");
  }

  /** A signed integer of 16 bits. */
  i16(value: number): void {
    this.checkedInteger(value, -0x8000, 0x7fff, "i16");
  }

  /** A signed integer of 32 bits. */
  i32(value: number): void {
    this.checkedInteger(value, -0x8000_0000, 0x7fff_ffff, "i32");
  }

  /** An integer of 64 bits. */
  u64(value: bigint): void {
    if (typeof value !== "bigint") throw this.unexpected("u64 (a bigint)", value);
    if (value < 0n || value > 0xffff_ffff_ffff_ffffn) throw this.outOfRange(value, "u64");
    this.bigint(value);
  }

  /** A signed integer of 64 bits. */
  i64(value: bigint): void {
    if (typeof value !== "bigint") throw this.unexpected("i64 (a bigint)", value);
    if (value < -0x8000_0000_0000_0000n || value > 0x7fff_ffff_ffff_ffffn) throw this.outOfRange(value, "i64");
    this.bigint(value);
  }

  /** An integer of 64 bits that is a safe one, for a field under `@ts(number)`. */
  safeU64(value: number): void {
    this.checkedInteger(value, 0, Number.MAX_SAFE_INTEGER, "u64 @ts(number)");
  }

  /** A signed integer of 64 bits that is a safe one, for a field under `@ts(number)`. */
  safeI64(value: number): void {
    this.checkedInteger(value, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, "i64 @ts(number)");
  }

  /** A duration in milliseconds, to the microsecond. */
  duration(value: number): void {
    if (typeof value !== "number") throw this.unexpected("a duration (a number of milliseconds)", value);
    const micros = Math.round(value * 1000);
    if (!(micros >= 0)) {
      const text = "expected a duration of 0 ms or more, got";
      throw this.error(`${text} ${value}`, `${text} ${REDACTED}`);
    }
    // The longest duration is finer than its milliseconds can say.
    if (micros > DURATION_MAX_US) {
      const text = `longer than the wire allows (${DURATION_MAX_US} microseconds)`;
      throw this.error(`a duration of ${value} ms is ${text}`, `the duration is ${text}`);
    }
    this.int(value === DURATION_MAX_US / 1000 ? DURATION_MAX_US : micros);
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
    if (!Number.isFinite(narrow) && Number.isFinite(value)) {
      throw this.error(`${value} is out of range for f32`, `${REDACTED} is out of range for f32`);
    }
    this.ensure(5);
    this.buf[this.pos] = 0xca;
    this.view.setFloat32(this.pos + 1, narrow);
    this.pos += 5;
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

  /** An integer of any size that the wire has. */
  bigint(value: bigint): void {
    const small = Number(value);
    if (Number.isSafeInteger(small)) {
      this.int(small);
      return;
    }
    this.ensure(9);
    if (value > 0n) {
      if (value > 0xffff_ffff_ffff_ffffn) throw this.outOfRange(value, "an integer of 64 bits");
      this.buf[this.pos] = 0xcf;
      this.view.setBigUint64(this.pos + 1, value);
    } else {
      if (value < -0x8000_0000_0000_0000n) throw this.outOfRange(value, "an integer of 64 bits");
      this.buf[this.pos] = 0xd3;
      this.view.setBigInt64(this.pos + 1, value);
    }
    this.pos += 9;
  }

  protected checkedInteger(value: number, min: number, max: number, expected: string): void {
    if (typeof value !== "number") throw this.unexpected(`${expected} (a number)`, value);
    if (!Number.isInteger(value) || value < min || value > max) throw this.outOfRange(value, expected);
    this.int(value);
  }

  protected outOfRange(value: unknown, expected: string): EncodeError {
    if (typeof value === "number" && !Number.isInteger(value)) {
      return this.error(`expected ${expected}, got the number ${value}`, `expected ${expected}, got ${REDACTED}`);
    }
    return this.error(
      `${String(value)} is out of range for ${expected}`,
      `${REDACTED} is out of range for ${expected}`,
    );
  }
}
