/** `ext` types: values that are written as another type, or as an extension that holds one, and types of the user's. */

import type { Codec } from "./codec.js";
import { DecodeError, quoted, REDACTED } from "./error.js";

/**
 * An `ext` type whose values are those of its target. Both forms are read: the target, and an extension of the code that
 * holds it. The extension is written where `writes` says so.
 */
export function ext<Out, In>(code: number, target: Codec<Out, In>, writes: boolean): Codec<Out, In> {
  return {
    decode(r) {
      const end = r.enterExt(code);
      const value = target.decode(r);
      if (end !== -1) r.leaveExt(end);
      return value;
    },
    encode(w, value) {
      if (writes) w.holding(code, target, value);
      else target.encode(w, value);
    },
  };
}

/** A type of the user's whose values are made of a text, and tell it by `toString`. */
export interface Textual<T> {
  new (text: string): T;
}

/** The codec of a type that is mapped from a text; `name` is that of the schema. */
export function textual<T extends { toString(): string }>(
  name: string,
  type: Textual<T>,
  text: Codec<string, string>,
): Codec<T> {
  return {
    decode(r) {
      const found = text.decode(r);
      try {
        return new type(found);
      } catch (cause) {
        throw notOne(name, quoted(found), cause);
      }
    },
    encode(w, value) {
      if (value === undefined || value === null) throw w.unexpected(name, value);
      text.encode(w, value.toString());
    },
  };
}

/** What turns values of a type of the user's into those of its target and back. */
export interface Conversion<T, Out, In = Out> {
  decode(target: Out): T;
  encode(value: T): In;
}

/** The codec of a type that is mapped from any other type; `name` is that of the schema. */
export function converted<T, Out, In>(
  name: string,
  conversion: Conversion<T, Out, In>,
  target: Codec<Out, In>,
): Codec<T> {
  return {
    decode(r) {
      const found = target.decode(r);
      try {
        return conversion.decode(found);
      } catch (cause) {
        throw notOne(name, "a value that it cannot be made of", cause);
      }
    },
    encode(w, value) {
      target.encode(w, conversion.encode(value));
    },
  };
}

function notOne(name: string, found: string, cause: unknown): DecodeError {
  return new DecodeError("value", `expected ${name}, got ${found}`, `expected ${name}, got ${REDACTED}`, { cause });
}
