/** Any value: what a schema calls `any`. */

import { types } from "node:util";
import { DecodeError, REDACTED, shown } from "./error.js";
import { Ext } from "./ext.js";
import { inElement, inEntry } from "./reader/refusal.js";
import type { Reader } from "./reader.js";
import { Timestamp } from "./time.js";
import type { Writer } from "./writer.js";

/**
 * Reads any value. Integers are numbers where those are exact, else bigints; a point in time is a `Date` where that is
 * exact, else a {@link Timestamp}; a map is an object where all keys are texts, else a `Map`.
 */
export function readAny(r: Reader): unknown {
  const marker = r.peek();
  if (marker < 0x80 || marker >= 0xe0 || (marker >= 0xcc && marker <= 0xd3)) return r.int();
  if (marker < 0x90 || marker === 0xde || marker === 0xdf) return readMap(r);
  if (marker < 0xa0 || marker === 0xdc || marker === 0xdd) return readList(r);
  if (marker < 0xc0 || (marker >= 0xd9 && marker <= 0xdb)) return r.text();
  switch (marker) {
    case 0xc0:
      r.nil();
      return null;
    case 0xc2:
    case 0xc3:
      return r.bool();
    case 0xca:
    case 0xcb:
      return r.f64();
    case 0xc4:
    case 0xc5:
    case 0xc6:
      return r.bytes();
    case 0xc1:
      throw r.unexpected("a value");
    default:
      return readExt(r);
  }
}

function readList(r: Reader): unknown[] {
  const length = r.list();
  const list: unknown[] = [];
  let at = 0;
  try {
    for (; at < length; at++) list.push(readAny(r));
  } catch (error) {
    throw inElement(error, at);
  }
  r.leave();
  return list;
}

function readMap(r: Reader): unknown {
  const object: { [key: string]: unknown } = {};
  let name: string | undefined;
  try {
    for (let left = r.map(); left > 0; left--) {
      name = undefined;
      if (!r.isText()) return readEntries(r, left, new Map(Object.entries(object)));
      const key = r.textKey();
      name = key;
      const value = readAny(r);
      if (object[key] !== undefined && Object.hasOwn(object, key)) throw repeated(key);
      object[key] = value;
    }
  } catch (error) {
    throw name === undefined ? error : inEntry(error, name);
  }
  r.leave();
  return object;
}

/** Reads the rest of a map that has a key which is no text. */
function readEntries(r: Reader, left: number, map: Map<unknown, unknown>): Map<unknown, unknown> {
  // Two keys that are equal are not always the same object.
  const seen = new Set<string>();
  for (let at = 0; at < left; at++) {
    const key = r.isText() ? r.textKey() : readAny(r);
    let value: unknown;
    try {
      value = readAny(r);
    } catch (error) {
      throw inEntry(error, typeof key === "object" ? "…" : key);
    }
    if (typeof key === "object" && key !== null) {
      const form = canonical(key);
      if (seen.has(form)) throw repeated("…");
      seen.add(form);
    } else if (map.has(key)) {
      throw repeated(String(key));
    }
    map.set(key, value);
  }
  r.leave();
  return map;
}

/** A text that is the same for equal values only. */
function canonical(value: unknown): string {
  if (value instanceof Map) {
    return `{${Array.from(value, ([key, entry]) => `${canonical(key)}:${canonical(entry)}`).join()}}`;
  }
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (value instanceof Uint8Array) return `b${Buffer.from(value).toString("hex")}`;
  if (value instanceof Date) return `t${value.getTime()}`;
  if (value instanceof Timestamp) return `t${value.seconds}.${value.nanos}`;
  if (value instanceof Ext) return `e${value.code}:${Buffer.from(value.data).toString("hex")}`;
  if (typeof value === "object" && value !== null) return canonical(new Map(Object.entries(value)));
  if (typeof value === "string") return JSON.stringify(value);
  return Object.is(value, -0) ? "-0" : String(value);
}

function readExt(r: Reader): unknown {
  const code = r.ext();
  const { extLength } = r;
  if (code === 1) return r.share(r.pos - extLength, extLength);
  // Of another length it is somebody else's extension, of which nothing may be lost.
  if (code === -1 || (code === 2 && extLength === 8)) {
    const point = r.extPoint(code);
    const date = new Date(point.seconds * 1000 + point.nanos / 1_000_000);
    const isExact = point.exact === undefined && point.nanos % 1_000_000 === 0 && !Number.isNaN(date.getTime());
    return isExact ? date : new Timestamp(point.exact ?? BigInt(point.seconds), point.nanos);
  }
  return new Ext(code, r.share(r.pos - extLength, extLength));
}

function repeated(key: string): DecodeError {
  return new DecodeError(
    "duplicate",
    `the key ${JSON.stringify(shown(key))} appears twice`,
    `the key ${REDACTED} appears twice`,
  );
}

/**
 * Writes any value. A property that is undefined is left out; undefined elsewhere is nil.
 *
 * @throws {EncodeError} for functions, symbols, and what lies more than 100 containers deep
 */
export function writeAny(w: Writer, value: unknown): void {
  switch (typeof value) {
    case "string":
      w.text(value);
      return;
    case "number":
      if (Number.isSafeInteger(value) && !Object.is(value, -0)) w.int(value);
      else w.f64(value);
      return;
    case "boolean":
      w.bool(value);
      return;
    case "bigint":
      w.bigint(value);
      return;
    case "undefined":
      w.nil();
      return;
    case "object":
      writeObject(w, value);
      return;
    default:
      throw w.error(`expected a value, got a ${typeof value}`);
  }
}

function writeObject(w: Writer, value: object | null): void {
  if (value === null) w.nil();
  else if (Array.isArray(value)) {
    w.list(value.length);
    for (const element of value) writeAny(w, element);
    w.leave();
  } else if (value instanceof Uint8Array || types.isUint8Array(value)) w.bytes(value);
  else if (value instanceof Date || types.isDate(value)) w.date(value);
  else if (value instanceof Timestamp) w.point(value.seconds, value.nanos);
  else if (value instanceof Map || types.isMap(value)) {
    w.map(value.size);
    for (const [key, entry] of value) {
      if (typeof key === "string") w.textKey(key);
      else writeAny(w, key);
      writeAny(w, entry);
    }
    w.leave();
  } else if (value instanceof Ext) w.ext(value.code, value.data);
  else if (ArrayBuffer.isView(value)) w.bytes(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  else if (types.isAnyArrayBuffer(value)) w.bytes(new Uint8Array(value));
  else {
    const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
    w.map(entries.length);
    for (const [key, entry] of entries) {
      w.textKey(key);
      writeAny(w, entry);
    }
    w.leave();
  }
}
