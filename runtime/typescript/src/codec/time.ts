/** Points in time: seconds and nanoseconds since 1970, in the forms that the wire has for them. */

import { TIMESTAMP_MAX_S, TIMESTAMP_MIN_S } from "./limits.js";

const NANOS_PER_SECOND = 1_000_000_000;
/** What of a number of seconds lies in the upper half of 64 bits. */
const UPPER = 0x1_0000_0000;
const MAX_SECONDS = 2n ** 63n - 1n;
const MIN_SECONDS = -(2n ** 63n);

/** A point in time to the nanosecond, as the wire has it: everything that MsgPack's timestamp can say. */
export class Timestamp {
  /** Whole seconds since 1970-01-01T00:00:00Z, rounded down. */
  readonly seconds: bigint;
  /** Nanoseconds after {@link Timestamp.seconds}, below a thousand million. */
  readonly nanos: number;

  /** @throws {RangeError} where the wire cannot hold it */
  constructor(seconds: bigint, nanos: number) {
    if (seconds < MIN_SECONDS || seconds > MAX_SECONDS) {
      throw new RangeError(`${seconds} seconds do not fit an integer of 64 bits`);
    }
    if (!Number.isInteger(nanos) || nanos < 0 || nanos >= NANOS_PER_SECOND) {
      throw new RangeError(`expected 0 to 999999999 nanoseconds, got ${nanos}`);
    }
    this.seconds = seconds;
    this.nanos = nanos;
  }

  /**
   * The point of a date.
   *
   * @throws {RangeError} where the date is invalid
   */
  static fromDate(date: Date): Timestamp {
    const millis = date.getTime();
    const seconds = Math.floor(millis / 1000);
    return new Timestamp(BigInt(seconds), (millis - seconds * 1000) * 1_000_000);
  }

  /** The point as text of RFC 3339; outside of the years 1 to 9999 as seconds since 1970. */
  toString(): string {
    const { seconds, nanos } = this;
    const point = { seconds: Number(seconds), nanos, exact: seconds };
    return isInRange(point) ? textOfPoint(point) : `${describe(point)}s`;
  }

  /** The point as a date: the millisecond that it lies in; an invalid date where there is none. */
  toDate(): Date {
    return new Date(Number(this.seconds) * 1000 + Math.floor(this.nanos / 1_000_000));
  }
}

/** A point in time as two numbers. Far ones, which no date can hold, have inexact seconds; their `exact` are right. */
export interface Point {
  seconds: number;
  nanos: number;
  exact?: bigint;
}

/** The point that an extension of code -1 names; undefined where it names none. */
export function pointFromExt(view: DataView, at: number, length: number): Point | undefined {
  switch (length) {
    case 4:
      return { seconds: view.getUint32(at), nanos: 0 };
    case 8: {
      const upper = view.getUint32(at);
      const nanos = upper >>> 2;
      return nanos < NANOS_PER_SECOND ? { seconds: (upper & 3) * UPPER + view.getUint32(at + 4), nanos } : undefined;
    }
    case 12: {
      const nanos = view.getUint32(at);
      if (nanos >= NANOS_PER_SECOND) return undefined;
      const upper = view.getInt32(at + 4);
      const seconds = upper * UPPER + view.getUint32(at + 8);
      return Number.isSafeInteger(seconds) ? { seconds, nanos } : { seconds, nanos, exact: view.getBigInt64(at + 4) };
    }
    default:
      return undefined;
  }
}

/** The point `millis` milliseconds after 1970, rounded to microseconds; undefined where a timestamp holds none. */
export function pointFromMillis(millis: number): Point | undefined {
  // About 292 million years; what a timestamp may be is checked by its type.
  const far = 9.2e18;
  if (!Number.isFinite(millis) || Math.abs(millis) > far) return undefined;
  const whole = Math.floor(millis);
  // The fraction is exact before it is rounded, whatever the size of the whole.
  const fraction = roundHalfAway((millis - whole) * 1000);
  if (!Number.isSafeInteger(whole)) {
    const exact = BigInt(whole);
    const seconds = (exact - mod(exact, 1000n)) / 1000n;
    return { seconds: Number(seconds), nanos: Number(mod(exact, 1000n)) * 1_000_000, exact: seconds };
  }
  let seconds = Math.floor(whole / 1000);
  let micros = (whole - seconds * 1000) * 1000 + fraction;
  if (micros >= 1_000_000) {
    micros -= 1_000_000;
    seconds += 1;
  }
  return { seconds, nanos: micros * 1000 };
}

/** Whether a point lies where a timestamp of a schema may lie: in the years 1 to 9999. */
export function isInRange(point: Point): boolean {
  return point.seconds >= TIMESTAMP_MIN_S && point.seconds <= TIMESTAMP_MAX_S;
}

/** A point as seconds since 1970, for a message. */
export function describe(point: Point): string {
  const nanos = (point.exact ?? BigInt(point.seconds)) * BigInt(NANOS_PER_SECOND) + BigInt(point.nanos);
  const positive = nanos < 0n ? -nanos : nanos;
  const whole = `${nanos < 0n ? "-" : ""}${positive / BigInt(NANOS_PER_SECOND)}`;
  const fraction = positive % BigInt(NANOS_PER_SECOND);
  return fraction === 0n ? whole : `${whole}.${fraction.toString().padStart(9, "0")}`;
}

/** A point in the years 1 to 9999 as text: `2026-11-21T15:00:00.5Z`. */
export function textOfPoint({ seconds, nanos }: Point): string {
  const whole = new Date(seconds * 1000).toISOString().slice(0, -5);
  if (nanos === 0) return `${whole}Z`;
  return `${whole}.${nanos.toString().padStart(9, "0").replace(/0+$/, "")}Z`;
}

/** `2026-11-21T15:00:00.5Z`, with an offset in the place of `Z` too. Anchored, and without a choice to backtrack into. */
const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** The point that a text of RFC 3339 names; undefined where it names none. */
export function pointFromText(text: string): Point | undefined {
  const match = RFC_3339.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second] = match.map(Number) as [number, ...number[]];
  const [y, m, d] = [year ?? 0, month ?? 0, day ?? 0];
  if (m < 1 || m > 12 || d < 1 || d > daysIn(y, m)) return undefined;
  // A leap second is no point of the wire's time.
  if ((hour ?? 0) > 23 || (minute ?? 0) > 59 || (second ?? 0) > 59) return undefined;
  const [fraction, sign, hours, minutes] = [match[7], match[8], Number(match[9] ?? 0), Number(match[10] ?? 0)];
  if (hours > 23 || minutes > 59) return undefined;
  const ahead = (hours * 3600 + minutes * 60) * (sign === "-" ? -1 : 1);
  const date = new Date(0);
  // `Date.UTC` would take the years below 100 for those of a century ago.
  date.setUTCFullYear(y, m - 1, d);
  date.setUTCHours(hour ?? 0, minute ?? 0, second ?? 0);
  // Digits past the ninth say nothing.
  const nanos = fraction === undefined ? 0 : Number(fraction.slice(0, 9).padEnd(9, "0"));
  return { seconds: date.getTime() / 1000 - ahead, nanos };
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Half of one goes up; what is rounded here is not negative. */
function roundHalfAway(value: number): number {
  const floor = Math.floor(value);
  return value - floor >= 0.5 ? floor + 1 : floor;
}

function mod(value: bigint, by: bigint): bigint {
  const rest = value % by;
  return rest < 0n ? rest + by : rest;
}
