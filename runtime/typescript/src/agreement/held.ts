/**
 * What a place really holds: newtypes, aliases, extensions and constraints looked through.
 *
 * @module
 */

import { byBytes } from "../fingerprint.js";
import type { Bound, Constraints, Interface, Type } from "./interface.js";
import { boundText, quoted } from "./spelling.js";
import { ALIKE, breaks, type Outcome, type Outcomes } from "./verdict.js";

/** A type with what was on the way to it. */
export class Held {
  readonly type: Type;
  readonly bounds: Bounds = new Bounds();
  /** The codes of extensions that are read here. */
  readonly #read: number[] = [];
  /** The code of the extension that is written here. */
  #written: number | undefined;

  constructor(of: Interface, type: Type) {
    let held = type;
    for (;;) {
      if (held.kind === "constrained") {
        this.bounds.add(held.constraints);
        held = held.of;
        continue;
      }
      const kind = held.kind === "named" ? of.types[held.index]?.kind : undefined;
      if (kind?.kind === "transparent") {
        held = kind.target;
      } else if (kind?.kind === "ext") {
        this.#read.push(kind.code);
        this.#written ??= kind.write ? kind.code : undefined;
        held = kind.target;
      } else {
        break;
      }
    }
    this.type = held;
  }

  /** What becomes of an extension that is written on one side. */
  extension(after: Held): readonly [message: string, outcomes: Outcomes] | undefined {
    if (this.#written === after.#written) {
      return undefined;
    }
    const form = (written: number | undefined): string =>
      written === undefined ? "as it is" : `as the extension ${written}`;
    const outcome = (writer: Held, reader: Held): Outcome =>
      writer.#written !== undefined && !reader.#read.includes(writer.#written)
        ? breaks("an extension that it does not know is refused")
        : ALIKE;
    const message = `was written ${form(this.#written)}, and is written ${form(after.#written)} now`;
    return [message, [outcome(this, after), outcome(after, this)]];
  }
}

/** What a type looks like behind its names. */
export function held(of: Interface, type: Type): Type {
  return new Held(of, type).type;
}

/** All constraints of one place. */
class Bounds {
  #shortest = 0n;
  #longest: bigint | undefined;
  #least: Bound | undefined;
  #most: Bound | undefined;
  /** Whether the greatest value itself is excluded. */
  #excluded = false;
  #patterns: ReadonlySet<string> = new Set();

  add({ length, range, pattern }: Constraints): void {
    if (length !== undefined) {
      if (length.least > this.#shortest) {
        this.#shortest = length.least;
      }
      if (length.most !== undefined && (this.#longest === undefined || length.most < this.#longest)) {
        this.#longest = length.most;
      }
    }
    if (range !== undefined) {
      const { least, most } = range;
      if (least !== undefined && (this.#least === undefined || (order(this.#least, least) ?? 0) < 0)) {
        this.#least = least;
      }
      if (most !== undefined && (this.#most === undefined || (order(most, this.#most) ?? 0) < 0)) {
        this.#most = most;
        this.#excluded = range.exclusive;
      }
    }
    if (pattern !== undefined) {
      this.#patterns = new Set([...this.#patterns, pattern]);
    }
  }

  /** What becomes of values that keep one side's constraints. */
  compare(after: Bounds): readonly [message: string, outcomes: Outcomes] | undefined {
    if (this.#equals(after)) {
      return undefined;
    }
    const outcome = (fits: boolean): Outcome => (fits ? ALIKE : breaks("a value that breaks a constraint is refused"));
    const message = `${this.#text()} became ${after.#text()}`;
    return [message, [outcome(this.#isWithin(after)), outcome(after.#isWithin(this))]];
  }

  #equals(other: Bounds): boolean {
    return (
      this.#shortest === other.#shortest &&
      this.#longest === other.#longest &&
      isSame(this.#least, other.#least) &&
      isSame(this.#most, other.#most) &&
      this.#excluded === other.#excluded &&
      this.#patterns.size === other.#patterns.size &&
      isSubset(this.#patterns, other.#patterns)
    );
  }

  /** Whether each value that keeps these constraints keeps the others. */
  #isWithin(other: Bounds): boolean {
    const length =
      this.#shortest >= other.#shortest &&
      (other.#longest === undefined || (this.#longest !== undefined && this.#longest <= other.#longest));
    const least =
      other.#least === undefined || (this.#least !== undefined && (order(this.#least, other.#least) ?? -1) >= 0);
    return length && least && this.#endsWithin(other) && isSubset(other.#patterns, this.#patterns);
  }

  #endsWithin(other: Bounds): boolean {
    if (other.#most === undefined) {
      return true;
    }
    const found = this.#most === undefined ? undefined : order(this.#most, other.#most);
    return found !== undefined && (found < 0 || (found === 0 && (this.#excluded || !other.#excluded)));
  }

  #text(): string {
    const parts: string[] = [];
    if (this.#longest !== undefined) {
      parts.push(`@len(${this.#shortest}..=${this.#longest})`);
    } else if (this.#shortest !== 0n) {
      parts.push(`@len(${this.#shortest}..)`);
    }
    if (this.#least !== undefined || this.#most !== undefined) {
      const least = this.#least === undefined ? "" : boundText(this.#least);
      const most = this.#most === undefined ? "" : `${this.#excluded ? "" : "="}${boundText(this.#most)}`;
      parts.push(`@range(${least}..${most})`);
    }
    parts.push(...[...this.#patterns].sort(byBytes).map((pattern) => `@pattern(${quoted(pattern)})`));
    return parts.length === 0 ? "no constraint" : parts.join(" ");
  }
}

function isSubset(inner: ReadonlySet<string>, outer: ReadonlySet<string>): boolean {
  return [...inner].every((one) => outer.has(one));
}

function isSame(one: Bound | undefined, other: Bound | undefined): boolean {
  return one === undefined || other === undefined
    ? one === other
    : one.kind === other.kind && one.value === other.value;
}

/** Bounds of one kind, in order: negative, zero or positive; `undefined` where they have none. */
function order(one: Bound, other: Bound): number | undefined {
  if (one.kind === other.kind && one.kind !== "float") {
    return one.value === other.value ? 0 : one.value < other.value ? -1 : 1;
  }
  if (one.kind === "duration" || other.kind === "duration") {
    return undefined;
  }
  // A bound of a number that became a float, or was one.
  const difference = Number(one.value) - Number(other.value);
  return Number.isNaN(difference) ? undefined : difference;
}
