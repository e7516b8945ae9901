/** Rules: what a value must satisfy beyond its type. */

import type { Codec, KeyCodec } from "./codec.js";
import { DecodeError, quoted, REDACTED } from "./error.js";
import type { Writer } from "./writer.js";

/**
 * One condition. It gives the sentence about a value that breaks it: what was expected, and what there is instead.
 *
 * What is of another type breaks no condition: before it is written, the type itself has still to be looked at.
 */
export type Condition<T> = (value: T) => Broken | undefined;

/** Why a value breaks a condition. */
export interface Broken {
  readonly expected: string;
  readonly found: string;
}

/** All conditions of one type, in the order in which they speak. */
export class Rule<T> {
  readonly #conditions: readonly Condition<T>[];

  constructor(conditions: readonly Condition<T>[]) {
    this.#conditions = conditions;
  }

  /**
   * A value that was read.
   *
   * @throws {DecodeError} where it breaks the rule
   */
  read<U extends T>(value: U): U {
    const broken = this.#broken(value);
    if (broken === undefined) return value;
    throw new DecodeError("constraint", sentence(broken), redactedSentence(broken));
  }

  /**
   * A value that is written next, which is looked at where the writer is told to.
   *
   * @throws {EncodeError} where it breaks the rule
   */
  write<U extends T>(w: Writer, value: U): U {
    if (!w.checks) return value;
    const broken = this.#broken(value);
    if (broken === undefined) return value;
    throw w.error(sentence(broken), redactedSentence(broken));
  }

  /** The same codec for values that follow the rule. */
  of<Out extends T, In extends T>(codec: KeyCodec<Out, In>): KeyCodec<Out, In>;
  of<Out extends T, In extends T>(codec: Codec<Out, In>): Codec<Out, In>;
  of<Out extends T, In extends T>(codec: Codec<Out, In> & Partial<KeyCodec<Out, In>>): Codec<Out, In> {
    const checked: Codec<Out, In> = {
      decode: (r) => this.read(codec.decode(r)),
      encode: (w, value) => codec.encode(w, this.write(w, value)),
    };
    if (codec.decodeKey === undefined) return checked;
    const decodeKey: KeyCodec<Out, In>["decodeKey"] = (r) => this.read((codec as KeyCodec<Out, In>).decodeKey(r));
    return { ...checked, decodeKey } as KeyCodec<Out, In>;
  }

  #broken(value: T): Broken | undefined {
    for (const condition of this.#conditions) {
      const broken = condition(value);
      if (broken !== undefined) return broken;
    }
    return undefined;
  }
}

function sentence({ expected, found }: Broken): string {
  return `expected ${expected}, got ${found}`;
}

function redactedSentence({ expected }: Broken): string {
  return `expected ${expected}, got ${REDACTED}`;
}

/** A rule of these conditions. */
export function rule<T>(...conditions: readonly Condition<T>[]): Rule<T> {
  return new Rule(conditions);
}

/** `@len` of a text, in Unicode scalar values. */
export function characters(min: number, max: number = Number.POSITIVE_INFINITY): Condition<string> {
  const expected = lengths(min, max, "characters");
  return (value) => {
    if (typeof value !== "string") return undefined;
    const { length } = value;
    // A character takes one or two units, so that most texts need no counting.
    if (length <= max && length >= min * 2) return undefined;
    const count = countCharacters(value);
    return count >= min && count <= max ? undefined : { expected, found: String(count) };
  };
}

function countCharacters(text: string): number {
  let count = text.length;
  for (let at = 1; at < text.length; at++) {
    // The second half of a pair; there are no lone ones in what was read.
    if ((text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800) count--;
  }
  return count;
}

/** `@len` of bytes. */
export function octets(min: number, max: number = Number.POSITIVE_INFINITY): Condition<Uint8Array> {
  const expected = lengths(min, max, "bytes");
  return (value) => outside(value?.length, min, max, expected);
}

/** `@len` of a list. */
export function elements(min: number, max: number = Number.POSITIVE_INFINITY): Condition<readonly unknown[]> {
  const expected = lengths(min, max, "entries");
  return (value) => outside(value?.length, min, max, expected);
}

/** `@len` of a map: an object, or a `Map`. */
export function entries(min: number, max: number = Number.POSITIVE_INFINITY): Condition<object> {
  const expected = lengths(min, max, "entries");
  return (value) => {
    if (typeof value !== "object" || value === null) return undefined;
    const { size } = value as { readonly size?: unknown };
    const isMap = typeof size === "number" && typeof (value as { get?: unknown }).get === "function";
    return outside(isMap ? size : Object.keys(value).length, min, max, expected);
  };
}

function outside(length: unknown, min: number, max: number, expected: string): Broken | undefined {
  if (typeof length !== "number" || (length >= min && length <= max)) return undefined;
  return { expected, found: String(length) };
}

function lengths(min: number, max: number, unit: string): string {
  if (max === Number.POSITIVE_INFINITY) return `${min} or more ${unit}`;
  if (min === max) return `${min} ${unit}`;
  return min === 0 ? `at most ${max} ${unit}` : `${min} to ${max} ${unit}`;
}

/** A bound that is not there. */
type Bound<T> = T | undefined;

/** `@range` of a number. NaN is in none. */
export function range(min: Bound<number>, max: Bound<number>, isExclusive = false): Condition<number> {
  const expected = bounds(min, max, isExclusive, String);
  const [low, high] = [min ?? Number.NEGATIVE_INFINITY, max ?? Number.POSITIVE_INFINITY];
  return (value) => {
    if (typeof value !== "number") return undefined;
    if (value >= low && (isExclusive ? value < high : value <= high)) return undefined;
    return { expected, found: String(value) };
  };
}

/** `@range` of a float of 32 bits, whose bounds are the nearest ones that it holds. */
export function narrowRange(min: Bound<number>, max: Bound<number>, isExclusive = false): Condition<number> {
  const [low, high] = [min, max].map((bound) => (bound === undefined ? undefined : Math.fround(bound)));
  const isInside = range(low, high, isExclusive);
  const expected = bounds(low, high, isExclusive, narrowText);
  return (value) => (isInside(value) === undefined ? undefined : { expected, found: narrowText(value) });
}

/** The shortest text that means a float of 32 bits. */
function narrowText(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(value);
}

/** `@range` of an integer of 64 bits. */
export function wideRange(min: Bound<bigint>, max: Bound<bigint>): Condition<bigint> {
  const expected = bounds(min, max, false, String);
  return (value) => {
    if (typeof value !== "bigint") return undefined;
    if ((min === undefined || value >= min) && (max === undefined || value <= max)) return undefined;
    return { expected, found: String(value) };
  };
}

/** `@range` of a duration; its bounds are microseconds, its values milliseconds. */
export function span(min: Bound<number>, max: Bound<number>): Condition<number> {
  const expected = bounds(min, max, false, durationText);
  return (value) => {
    if (typeof value !== "number") return undefined;
    const micros = Math.round(value * 1000);
    if ((min === undefined || micros >= min) && (max === undefined || micros <= max)) return undefined;
    return { expected, found: durationText(micros) };
  };
}

function bounds<T>(min: Bound<T>, max: Bound<T>, isExclusive: boolean, text: (value: T) => string): string {
  if (max === undefined) return min === undefined ? "a number" : `${text(min)} or more`;
  if (min === undefined) return isExclusive ? `below ${text(max)}` : `at most ${text(max)}`;
  return isExclusive ? `${text(min)} to below ${text(max)}` : `${text(min)} to ${text(max)}`;
}

const UNITS: readonly (readonly [name: string, micros: number])[] = [
  ["h", 3_600_000_000],
  ["m", 60_000_000],
  ["s", 1_000_000],
  ["ms", 1000],
];

/** A duration as a schema writes it: in the largest unit that tells it whole. */
function durationText(micros: number): string {
  if (micros === 0) return "0s";
  const unit = UNITS.find(([, size]) => micros % size === 0);
  return unit === undefined ? `${micros}us` : `${micros / unit[1]}${unit[0]}`;
}

/** `@pattern`: `source` is the expression for this engine, `shown` the one that the schema has. */
export function pattern(source: string, shown: string): Condition<string> {
  const expression = new RegExp(source, "u");
  const expected = `text that matches ${shown}`;
  return (value) =>
    typeof value !== "string" || expression.test(value) ? undefined : { expected, found: quoted(value) };
}
