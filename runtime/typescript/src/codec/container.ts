/** The codecs of lists, tuples, maps and nullable values. */

import { types } from "node:util";
import type { Codec, KeyCodec } from "./codec.js";
import { DecodeError } from "./error.js";
import { inElement, inEntry } from "./reader/refusal.js";
import type { Writer } from "./writer.js";

/** `list<T>` */
export function list<Out, In>(element: Codec<Out, In>): Codec<Out[], readonly In[]> {
  return {
    decode(r) {
      const length = r.list();
      const values: Out[] = [];
      let at = 0;
      try {
        for (; at < length; at++) values.push(element.decode(r));
      } catch (error) {
        throw inElement(error, at);
      }
      r.leave();
      return values;
    },
    encode(w, values) {
      if (!Array.isArray(values)) throw w.unexpected("an array", values);
      w.list(values.length);
      for (let at = 0; at < values.length; at++) element.encode(w, values[at] as In);
      w.leave();
    },
  };
}

type Outs<T extends readonly Codec<unknown, never>[]> = {
  [At in keyof T]: T[At] extends Codec<infer Out, never> ? Out : never;
};
type Ins<T extends readonly Codec<unknown, never>[]> = {
  readonly [At in keyof T]: T[At] extends Codec<unknown, infer In> ? In : never;
};

/** `(A, B)` */
export function tuple<T extends readonly Codec<unknown, never>[]>(...elements: T): Codec<Outs<T>, Ins<T>> {
  const [first, second, third] = elements;
  if (first !== undefined && second !== undefined && third === undefined) {
    return pair(first, second) as unknown as Codec<Outs<T>, Ins<T>>;
  }
  return {
    decode(r) {
      r.tuple(elements.length);
      const values: unknown[] = [];
      let at = 0;
      try {
        for (; at < elements.length; at++) values.push((elements[at] as Codec<unknown, never>).decode(r));
      } catch (error) {
        throw inElement(error, at);
      }
      r.leave();
      return values as Outs<T>;
    },
    encode(w, values) {
      w.tuple(values, elements.length);
      for (let at = 0; at < elements.length; at++)
        (elements[at] as Codec<unknown, never>).encode(w, values[at] as never);
      w.leave();
    },
  };
}

/** A tuple of two, which most tuples are: without a loop it takes half the time. */
function pair(
  first: Codec<unknown, never>,
  second: Codec<unknown, never>,
): Codec<[unknown, unknown], readonly [never, never]> {
  return {
    decode(r) {
      r.tuple(2);
      let at = 0;
      try {
        const one = first.decode(r);
        at = 1;
        const other = second.decode(r);
        r.leave();
        return [one, other];
      } catch (error) {
        throw inElement(error, at);
      }
    },
    encode(w, values) {
      w.tuple(values, 2);
      first.encode(w, values[0]);
      second.encode(w, values[1]);
      w.leave();
    },
  };
}

/** `T?` */
export function nullable<Out, In>(inner: Codec<Out, In>): Codec<Out | null, In | null> {
  return {
    decode: (r) => (r.nil() ? null : inner.decode(r)),
    encode(w, value) {
      if (value === null) w.nil();
      else inner.encode(w, value);
    },
  };
}

/** `map<K, V>` where keys are texts: an object. */
export function dictionary<Out, In>(
  key: KeyCodec<string, never>,
  value: Codec<Out, In>,
): Codec<{ [key: string]: Out }, { readonly [key: string]: In }> {
  return {
    decode(r) {
      const object: { [key: string]: Out } = {};
      let name: string | undefined;
      try {
        for (let left = r.map(); left > 0; left--) {
          name = undefined;
          const found = key.decodeKey(r);
          name = found;
          const entry = value.decode(r);
          if (object[found] !== undefined || entry === undefined) refuseRepeated(object, found);
          object[found] = entry;
        }
      } catch (error) {
        throw name === undefined ? error : inEntry(error, name);
      }
      r.leave();
      return object;
    },
    encode(w, object) {
      if (typeof object !== "object" || object === null) throw w.unexpected("an object", object);
      const names = Object.keys(object);
      w.map(names.length);
      for (const name of names) {
        encodeKey(w, key, name);
        value.encode(w, object[name] as In);
      }
      w.leave();
    },
  };
}

/** `map<K, V>` where keys are no texts: a `Map`. */
export function map<K, KIn, Out, In>(
  key: KeyCodec<K, KIn>,
  value: Codec<Out, In>,
): Codec<ReadonlyMap<K, Out>, ReadonlyMap<KIn, In>> {
  return {
    decode(r) {
      const entries = new Map<K, Out>();
      let name: K | undefined;
      try {
        for (let left = r.map(); left > 0; left--) {
          name = undefined;
          const found = key.decodeKey(r);
          name = found;
          const entry = value.decode(r);
          if (entries.has(found)) throw repeated();
          entries.set(found, entry);
        }
      } catch (error) {
        throw name === undefined ? error : inEntry(error, name);
      }
      r.leave();
      return entries;
    },
    encode(w, entries) {
      if (!(entries instanceof Map || types.isMap(entries))) throw w.unexpected("a Map", entries);
      w.map(entries.size);
      for (const [name, entry] of entries) {
        key.encode(w, name);
        value.encode(w, entry);
      }
      w.leave();
    },
  };
}

function encodeKey(w: Writer, codec: KeyCodec<string, never>, key: string): void {
  if (key === "__proto__") w.textKey(key);
  else codec.encode(w, key as never);
}

/** Looking a property up is cheap, and asking whether it is the object's own is not. */
function refuseRepeated(object: object, key: string): void {
  if (Object.hasOwn(object, key)) throw repeated();
}

function repeated(): DecodeError {
  return new DecodeError("duplicate", "a key appears twice");
}

/** A codec that is declared further down, of a type that holds itself. */
export function lazy<Out, In>(get: () => Codec<Out, In>): Codec<Out, In> {
  return {
    decode: (r) => get().decode(r),
    encode: (w, value) => get().encode(w, value),
  };
}

/** The same codec for a newtype, whose values are those of another type. */
export function branded<Brand extends Out, Out, In>(codec: KeyCodec<Out, In>): KeyCodec<Brand, In>;
export function branded<Brand extends Out, Out, In>(codec: Codec<Out, In>): Codec<Brand, In>;
export function branded<Brand extends Out, Out, In>(codec: Codec<Out, In>): Codec<Brand, In> {
  return codec as Codec<Brand, In>;
}
