/** What a reader refuses, and from where that is seen. */

import { DecodeError, REDACTED, type Reason, shown } from "../error.js";
import { type Keys, UNKNOWN } from "../keys.js";

function error(reason: Reason, text: string): DecodeError {
  return new DecodeError(reason, text);
}

/** The payload ends where there should be more. */
export function truncated(): DecodeError {
  return error("truncated", "the payload ends inside a value");
}

/** A byte that begins no value. */
export function malformed(): DecodeError {
  return error("malformed", "the byte c1 begins no value");
}

/** A text that is none. */
export function notUtf8(): DecodeError {
  return error("utf8", "text is not UTF-8");
}

/** A number that the type cannot hold. */
export function outOfRange(value: number | bigint | string, expected: string): DecodeError {
  return new DecodeError(
    "range",
    `${value} is out of range for ${expected}`,
    `${REDACTED} is out of range for ${expected}`,
  );
}

/** The same error, seen from the record that has the field. */
export function inField(error: unknown, keys: Keys, field: number): unknown {
  if (!(error instanceof DecodeError) || field === UNKNOWN) return error;
  const name = keys.names[field] as string;
  return (keys.hides(name) ? error.redact() : error).within(name);
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
