/** What is `@sensitive`: values that are read as they are, and that nothing shows. */

import { inspect } from "node:util";
import type { Codec } from "./codec.js";
import { DecodeError, REDACTED } from "./error.js";

/** Under this name a record that hides fields tells which. */
const HIDDEN: unique symbol = Symbol("procwire.hidden");

interface Concealing {
  readonly [HIDDEN]?: ReadonlySet<string>;
}

/**
 * The prototype of records that hide these fields from `util.inspect`, and so from `console.log`.
 *
 * It is the prototype that does it, since a property of the record's own would be seen by what copies and compares.
 */
export function concealing(hidden: ReadonlySet<string>): object {
  return Object.create(Object.prototype, {
    [HIDDEN]: { value: hidden },
    [inspect.custom]: {
      value(this: object, _depth: number, options: object, show: typeof inspect): string {
        return show(withoutHidden(this, hidden, MARK), options);
      },
    },
  }) as object;
}

const PROTOTYPES = new WeakMap<readonly string[], object>();

/** A copy of a record that hides these fields; the record itself where it hides some already. */
export function conceal<T>(record: T, hidden: readonly string[]): T {
  if (typeof record !== "object" || record === null || HIDDEN in record) return record;
  let prototype = PROTOTYPES.get(hidden);
  if (prototype === undefined) {
    prototype = concealing(new Set(hidden));
    PROTOTYPES.set(hidden, prototype);
  }
  return Object.setPrototypeOf({ ...record }, prototype) as T;
}

/** Shows itself without quotes. */
const MARK: object = { [inspect.custom]: () => REDACTED };

function withoutHidden(record: object, hidden: ReadonlySet<string>, mark: unknown): object {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, hidden.has(name) ? mark : value]));
}

/** A copy of what a value holds, in which `<redacted>` stands for what is hidden. */
export function redacted(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(redacted);
  const hidden = (value as Concealing)[HIDDEN];
  if (hidden === undefined && Object.getPrototypeOf(value) !== Object.prototype) return value;
  const shown = hidden === undefined ? value : withoutHidden(value, hidden, REDACTED);
  return Object.fromEntries(Object.entries(shown).map(([name, entry]) => [name, redacted(entry)]));
}

/** Whether the values of a codec are never shown. */
export function isSensitive(codec: Codec<unknown, never>): boolean {
  return (codec as { readonly [SENSITIVE]?: true })[SENSITIVE] === true;
}

const SENSITIVE: unique symbol = Symbol("procwire.sensitive");

/** The same codec for a newtype whose values are never shown: its errors show none of them. */
export function sensitive<C extends Codec<unknown, never>>(codec: C): C {
  if (isSensitive(codec)) return codec;
  const { decode, encode, decodeKey } = codec as unknown as {
    decode: Codec<unknown>["decode"];
    encode: Codec<unknown, unknown>["encode"];
    decodeKey?: Codec<unknown>["decode"];
  };
  const quietly =
    (read: Codec<unknown>["decode"]): Codec<unknown>["decode"] =>
    (r) => {
      try {
        return read.call(codec, r);
      } catch (error) {
        throw error instanceof DecodeError ? error.redact() : error;
      }
    };
  return {
    [SENSITIVE]: true,
    decode: quietly(decode),
    encode(w: Parameters<typeof encode>[0], value: unknown) {
      w.hide();
      encode.call(codec, w, value);
      w.show();
    },
    ...(decodeKey === undefined ? {} : { decodeKey: quietly(decodeKey) }),
  } as unknown as C;
}
