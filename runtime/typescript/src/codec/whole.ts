/** Whole payloads: one value each. */

import type { Codec } from "./codec.js";
import { Keys } from "./keys.js";
import { Reader } from "./reader.js";
import { Writer } from "./writer.js";

/** Above this length a buffer is not kept for the next payload. */
const KEPT: number = 64 * 1024;

/** A writer for the next payload; none while one is being written, since a getter may write another. */
let spare: Writer | undefined;

/**
 * The payload of one value.
 *
 * @throws {EncodeError} where the value has no form on the wire
 */
export function encode<In>(codec: Codec<unknown, In>, value: In): Buffer {
  return written(codec, value, false, (writer) => writer.take());
}

/**
 * Checks a value as the peer will: its types, and the `@len`, `@range` and `@pattern` of them.
 *
 * @example
 * ```ts
 * check(Order$, order);
 * ```
 * @throws {EncodeError} where the peer would refuse it
 */
export function check<In>(codec: Codec<unknown, In>, value: In): void {
  written(codec, value, true, () => {});
}

function written<In, T>(codec: Codec<unknown, In>, value: In, checks: boolean, then: (writer: Writer) => T): T {
  const writer = spare ?? new Writer();
  spare = undefined;
  writer.reset();
  writer.checks = checks;
  codec.encode(writer, value);
  const result = then(writer);
  writer.reset();
  if (writer.buf.length <= KEPT) spare = writer;
  return result;
}

/**
 * The one value of a payload. Bytes in it are slices of the payload.
 *
 * @throws {DecodeError} where there is no value of the type, or more than one
 */
export function decode<Out>(codec: Codec<Out, never>, payload: Uint8Array): Out {
  const { buffer, byteOffset, length } = payload;
  const reader = new Reader();
  reader.begin(Buffer.from(buffer, byteOffset, length), new DataView(buffer, byteOffset, length), 0, length, true);
  const value = codec.decode(reader);
  reader.finish();
  return value;
}

/** The names of a record's fields; others are passed over. */
export function keys(...names: readonly string[]): Keys {
  return new Keys(names, false);
}

/** The names of a strict record's fields; others are refused. */
export function strictKeys(...names: readonly string[]): Keys {
  return new Keys(names, true);
}
