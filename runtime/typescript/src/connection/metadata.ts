/**
 * What travels beside a payload: a length, and a map with the caller's deadline, trace, nesting and keys.
 *
 * @module
 */

import { type Codec, Reader, Writer } from "../codec/index.js";
import { EXTENSIONS } from "../constants.js";
import type { Metadata, Trace } from "../context.js";
import { ProcwireError, sentence } from "../error.js";
import { WireError } from "../frame.js";

/** Bytes of the length in front of the map. */
const LENGTH = 2;
/** What nobody sent. */
export const NO_METADATA: Metadata = Object.freeze({});

/** What a caller said beside the payload. */
export interface CallMeta {
  /** When the call must be done, in milliseconds of `performance.now()`; `Infinity` where it was not said. */
  readonly deadline: number;
  /** The caller had no time left when it sent this. */
  readonly isLate: boolean;
  readonly trace: Trace | undefined;
  readonly depth: number;
  readonly user: Metadata;
}

/** What is to be said. */
export interface Said {
  /** Milliseconds that are left; what is no safe integer is for ever, and not said. */
  readonly leftMs: number;
  readonly trace: Trace | undefined;
  readonly depth: number;
  readonly user: Metadata | undefined;
}

const writer = new Writer();

/** Writes the length and the map. Throws `invalid_argument` where they cannot be written. */
export function writeMeta(name: string, said: Said): Buffer {
  const { leftMs, trace, depth, user } = said;
  const keys = user === undefined ? [] : Object.keys(user);
  const timed = leftMs <= Number.MAX_SAFE_INTEGER;
  const w = writer;
  w.reset();
  w.ensure(LENGTH);
  w.pos = LENGTH;
  w.begin();
  try {
    const { traceparent, tracestate, baggage } = trace ?? {};
    const texts = [
      ["tp", traceparent],
      ["ts", tracestate],
      ["bg", baggage],
    ] as const;
    const count = texts.filter(([, text]) => text !== undefined).length;
    w.map(count + (timed ? 1 : 0) + (depth > 0 ? 1 : 0) + (keys.length > 0 ? 1 : 0));
    for (const [key, text] of texts) {
      if (text !== undefined) {
        w.text(key);
        w.text(text);
      }
    }
    if (timed) {
      w.text("dl");
      // A part of a millisecond is not none.
      w.any(Math.ceil(Math.max(leftMs, 0)));
    }
    if (depth > 0) {
      w.text("nd");
      w.any(depth);
    }
    if (user !== undefined && keys.length > 0) {
      w.text("u");
      writeUser(w, keys, user);
    }
    w.leave();
  } catch (error) {
    throw new ProcwireError("invalid_argument", `${name}: the metadata cannot be encoded: ${sentence(error)}`);
  }
  const bytes = w.take();
  const length = bytes.length - LENGTH;
  if (length > EXTENSIONS.metaLimit) {
    const message = `${name}: the metadata has ${length} bytes, above the limit of ${EXTENSIONS.metaLimit}`;
    throw new ProcwireError("invalid_argument", message);
  }
  bytes.writeUInt16BE(length, 0);
  return bytes;
}

function writeUser(w: Writer, keys: readonly string[], user: Metadata): void {
  w.map(keys.length);
  for (const key of keys) {
    const value: unknown = user[key];
    w.text(key);
    if (typeof value === "string") {
      w.text(value);
    } else if (value instanceof Uint8Array) {
      w.any(value);
    } else {
      throw new TypeError(`${key}: expected a string or bytes, got ${value === null ? "null" : typeof value}`);
    }
  }
  w.leave();
}

/** A payload behind what is said beside it. */
export interface WithMeta {
  readonly meta: Buffer;
  readonly codec: Codec<unknown, unknown>;
  readonly value: unknown;
}

/** Writes a payload behind what is said beside it. */
export const withMeta: Codec<never, WithMeta> = {
  decode(): never {
    throw new TypeError("what stands beside a payload is read by `readMeta`");
  },
  encode(w: Writer, { meta, codec, value }: WithMeta): void {
    w.raw(meta);
    // Paths in errors are those of the payload proper.
    w.begin();
    codec.encode(w, value);
  },
};

/** The bytes of the length and the map, which begin at `start`. Throws a {@link WireError} where they are not there. */
export function metaLength(view: DataView, start: number, end: number): number {
  const length = end - start < LENGTH ? -1 : view.getUint16(start);
  if (length === -1 || length > EXTENSIONS.metaLimit || LENGTH + length > end - start) {
    throw WireError.badMeta(end - start, length);
  }
  return LENGTH + length;
}

const reader = new Reader();

/** Reads the map whose bytes end at `end`. Throws a sentence where it is not one of the protocol. */
export function readMeta(buffer: Buffer, view: DataView, start: number, end: number): CallMeta {
  const r = reader;
  r.begin(buffer, view, start + LENGTH, end, false);
  let dl: number | undefined;
  let depth = 0;
  let traceparent: string | undefined;
  let tracestate: string | undefined;
  let baggage: string | undefined;
  let user = NO_METADATA;
  for (let left = r.map(); left > 0; left--) {
    const key = r.textKey();
    switch (key) {
      case "dl":
        dl = whole(key, r.any());
        break;
      case "nd":
        depth = whole(key, r.any());
        if (depth > 0xffff_ffff) {
          throw new TypeError("nd: expected an int of 32 bits");
        }
        break;
      case "tp":
        traceparent = r.text();
        break;
      case "ts":
        tracestate = r.text();
        break;
      case "bg":
        baggage = r.text();
        break;
      case "u":
        user = readUser(r.any());
        break;
      default:
        r.skip();
    }
  }
  r.leave();
  r.finish();
  r.release();
  return {
    deadline: dl === undefined ? Number.POSITIVE_INFINITY : performance.now() + dl,
    isLate: dl === 0,
    depth,
    user,
    trace: traceOf(traceparent, tracestate, baggage),
  };
}

function traceOf(
  traceparent: string | undefined,
  tracestate: string | undefined,
  baggage: string | undefined,
): Trace | undefined {
  if (traceparent === undefined || !isTraceparent(traceparent)) {
    return undefined;
  }
  return {
    traceparent,
    ...(tracestate === undefined ? {} : { tracestate }),
    ...(baggage === undefined ? {} : { baggage }),
  };
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/;

/** Whether this is a `traceparent` that a trace can go on from. */
export function isTraceparent(text: string): boolean {
  const [, version, trace = "", span = "", more] = TRACEPARENT.exec(text) ?? [];
  if (version === undefined || version === "ff" || (version === "00" && more !== undefined)) {
    return false;
  }
  return !/^0+$/.test(trace) && !/^0+$/.test(span);
}

function whole(key: string, value: unknown): number {
  const found = typeof value === "bigint" ? Number(value) : value;
  if (typeof found !== "number" || !Number.isInteger(found) || found < 0) {
    throw new TypeError(`${key}: expected an int that is not negative`);
  }
  return found;
}

function readUser(value: unknown): Metadata {
  if (value === null || typeof value !== "object" || Array.isArray(value) || value instanceof Map) {
    throw new TypeError("u: expected a map with keys of text");
  }
  for (const [key, one] of Object.entries(value)) {
    if (typeof one !== "string" && !(one instanceof Uint8Array)) {
      throw new TypeError(`u[${JSON.stringify(key)}]: expected text or bytes`);
    }
  }
  return value as Metadata;
}
