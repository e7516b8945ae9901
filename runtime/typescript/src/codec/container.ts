/** The codecs of lists, tuples, maps and nullable values. */

import type { Codec, KeyCodec } from "./codec.js";
import { DecodeError } from "./error.js";
import { inElement, inEntry, type Reader } from "./reader.js";
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
  return {
    decode(r) {
      r.tuple(elements.length);
      const values: unknown[] = [];
      let at = 0;
      try {
        for (const element of elements) {
          values.push(element.decode(r));
          at++;
        }
      } catch (error) {
        throw inElement(error, at);
      }
      r.leave();
      return values as Outs<T>;
    },
    encode(w, values) {
      w.tuple(values, elements.length);
      elements.forEach((element, at) => {
        element.encode(w, values[at] as never);
      });
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
      const left = r.map();
      const object: { [key: string]: Out } = {};
      for (let at = 0; at < left; at++) {
        const name = key.decodeKey(r);
        const entry = entryOf(r, value, name);
        if (Object.hasOwn(object, name)) throw inEntry(repeated(), name);
        object[name] = entry;
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
      const left = r.map();
      const entries = new Map<K, Out>();
      for (let at = 0; at < left; at++) {
        const name = key.decodeKey(r);
        const entry = entryOf(r, value, name);
        if (entries.has(name)) throw inEntry(repeated(), name);
        entries.set(name, entry);
      }
      r.leave();
      return entries;
    },
    encode(w, entries) {
      if (!(entries instanceof Map)) throw w.unexpected("a Map", entries);
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

function entryOf<Out>(r: Reader, value: Codec<Out, never>, key: unknown): Out {
  try {
    return value.decode(r);
  } catch (error) {
    throw inEntry(error, key);
  }
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
