/**
 * Values and types as a schema writes them, for messages.
 *
 * @module
 */

import type { Bound, Constraints, Interface, Type } from "./interface.js";

const UNITS: readonly (readonly [bigint, string])[] = [
  [3_600_000_000n, "h"],
  [60_000_000n, "m"],
  [1_000_000n, "s"],
  [1000n, "ms"],
];

/** A whole number of the largest unit that holds so many microseconds. */
export function durationText(microseconds: bigint): string {
  if (microseconds === 0n) {
    return "0s";
  }
  const [unit, name] = UNITS.find(([unit]) => microseconds % unit === 0n) ?? [1n, "us"];
  return `${microseconds / unit}${name}`;
}

/** The bounds between which a number is written without an exponent. */
const SMALL = 1e-4;
const LARGE = 1e16;

/** A number as a float: with a point or an exponent. */
export function floatText(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < SMALL || size >= LARGE)) {
    return value.toExponential().replace("e+", "e");
  }
  if (Object.is(value, -0)) {
    return "-0.0";
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** A bound of a range. */
export function boundText(bound: Bound): string {
  switch (bound.kind) {
    case "int":
      return String(bound.value);
    case "float":
      return floatText(bound.value);
    case "duration":
      return durationText(bound.value);
  }
}

/** A text in quotes and escaped. */
export function quoted(text: string): string {
  const escaped = text.replaceAll(/["\\\p{Cc}]/gu, (character) => {
    switch (character) {
      case '"':
      case "\\":
        return `\\${character}`;
      case "\n":
        return "\\n";
      case "\t":
        return "\\t";
      default:
        return `\\u{${character.charCodeAt(0).toString(16)}}`;
    }
  });
  return `"${escaped}"`;
}

/** Constraints, each with a blank before it. */
export function constraintsText({ length, range, pattern }: Constraints): string {
  let text = "";
  if (length !== undefined) {
    const { least, most } = length;
    if (most === undefined) {
      text += ` @len(${least}..)`;
    } else if (most === least) {
      text += ` @len(${least})`;
    } else {
      text += ` @len(${least === 0n ? "" : least}..=${most})`;
    }
  }
  if (range !== undefined) {
    const least = range.least === undefined ? "" : boundText(range.least);
    const most = range.most === undefined ? "" : `${range.exclusive ? "" : "="}${boundText(range.most)}`;
    text += ` @range(${least}..${most})`;
  }
  return pattern === undefined ? text : `${text} @pattern(${quoted(pattern)})`;
}

/** The name of the integer type of this range. */
export function intText(least: bigint, most: bigint): string {
  const bits = most.toString(2).length;
  return least === 0n ? `u${bits}` : `i${bits + 1}`;
}

/** A type for a message. */
export function typeText(of: Interface, type: Type): string {
  switch (type.kind) {
    case "int":
      return intText(type.least, type.most);
    case "list":
      return `list<${typeText(of, type.of)}>`;
    case "tuple": {
      const types = type.types.map((element) => typeText(of, element)).join(", ");
      return `(${types}${type.types.length === 1 ? "," : ""})`;
    }
    case "map":
      return `map<${typeText(of, type.key)}, ${typeText(of, type.value)}>`;
    case "nullable":
      return `${typeText(of, type.of)}?`;
    case "named":
      return of.types[type.index]?.name ?? "";
    case "constrained":
      return `${typeText(of, type.of)}${constraintsText(type.constraints)}`;
    case "timestamp_precise":
      return "timestamp @precise";
    case "unit":
      return "()";
    default:
      return type.kind;
  }
}

/** What is to be said of something that is gone. */
export function removed(name: string, reserved: readonly string[]): string {
  return `was removed${reserved.includes(name) ? "" : "; its name has to become `reserved`"}`;
}
