/**
 * Types that hold no others: what a reader of one makes of a writer of another.
 *
 * @module
 */

import { held } from "./held.js";
import type { Interface, Type } from "./interface.js";
import { ALIKE, behaviour, breaks, type Outcome, type Outcomes } from "./verdict.js";

/** Whether nil is a value of the type. */
export function takesNil(of: Interface, type: Type): boolean {
  const { kind } = held(of, type);
  return kind === "nullable" || kind === "unit" || kind === "any" || kind === "unknown";
}

/** Whether only its program knows the type. */
export function isUnknown(of: Interface, type: Type): boolean {
  return held(of, type).kind === "unknown";
}

/** Types that are not alike; `undefined` where both read and write the same. */
export function scalars(
  oldInterface: Interface,
  old: Type,
  afterInterface: Interface,
  after: Type,
): Outcomes | undefined {
  const other = breaks("a value of another type is refused");
  if (old.kind === after.kind && (old.kind === "any" || old.kind === "unit")) {
    return undefined;
  }
  // Whoever reads any value takes these as well.
  if (after.kind === "any") {
    return [behaviour("it is read as any value"), other];
  }
  if (old.kind === "any") {
    return [other, behaviour("it is read as any value")];
  }
  if (old.kind === "int" && after.kind === "int") {
    return ranges(old, after);
  }
  if (old.kind === "int" && isFloat(after)) {
    return [ALIKE, breaks("fractions are refused")];
  }
  if (isFloat(old) && after.kind === "int") {
    return [breaks("fractions are refused"), ALIKE];
  }
  if (isFloat(old) && isFloat(after) && old.kind !== after.kind) {
    const narrow = breaks("a number that is too large for f32 is refused");
    return after.kind === "f32" ? [narrow, ALIKE] : [ALIKE, narrow];
  }
  // A reader of unit takes whatever comes.
  if (old.kind === "unit") {
    return [takesNil(afterInterface, after) ? ALIKE : breaks("nil is refused"), ALIKE];
  }
  if (after.kind === "unit") {
    return [ALIKE, takesNil(oldInterface, old) ? ALIKE : breaks("nil is refused")];
  }
  if (old.kind === "named" && after.kind === "string" && isNames(oldInterface, old.index)) {
    return [ALIKE, names(oldInterface, old.index)];
  }
  if (old.kind === "string" && after.kind === "named" && isNames(afterInterface, after.index)) {
    return [names(afterInterface, after.index), ALIKE];
  }
  if (isTimestamp(old) && isTimestamp(after) && old.kind !== after.kind) {
    const cut = behaviour("what is finer than the language's own type is cut off");
    return old.kind === "timestamp_precise" ? [cut, ALIKE] : [ALIKE, cut];
  }
  if (old.kind === "tuple" && after.kind === "tuple") {
    const length = breaks("a tuple of another length is refused");
    return [length, length];
  }
  return old.kind === after.kind ? undefined : [other, other];
}

function isFloat({ kind }: Type): boolean {
  return kind === "f32" || kind === "f64";
}

function isTimestamp({ kind }: Type): boolean {
  return kind === "timestamp" || kind === "timestamp_precise";
}

/** Whether a declared type is a string with a closed or open set of values. */
function isNames(of: Interface, index: number): boolean {
  const kind = of.types[index]?.kind;
  return kind?.kind === "enum" && kind.form.kind === "name";
}

function names(of: Interface, index: number): Outcome {
  const kind = of.types[index]?.kind;
  return kind?.kind === "enum" && kind.strict
    ? breaks("a variant that it does not know is refused")
    : behaviour("it arrives as an unknown variant");
}

/** A range of integers. */
interface Ints {
  readonly least: bigint;
  readonly most: bigint;
}

/** What a reader of one range makes of numbers of another one; `undefined` where they are the same. */
export function ranges(old: Ints, after: Ints): Outcomes | undefined {
  const outcome = (inner: Ints, outer: Ints): Outcome =>
    outer.least <= inner.least && inner.most <= outer.most ? ALIKE : breaks("a number out of its range is refused");
  return old.least === after.least && old.most === after.most ? undefined : [outcome(old, after), outcome(after, old)];
}
