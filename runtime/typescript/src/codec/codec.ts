/** Codec: how the values of one type travel. */

import type { Reader } from "./reader.js";
import type { Writer } from "./writer.js";

/** Reads and writes the values of one type. `Out` is what is read, `In` is what may be written. */
export interface Codec<Out, In = Out> {
  /**
   * Reads the value at the reader's position.
   *
   * @throws {DecodeError} where there is no value of the type
   */
  decode(r: Reader): Out;
  /**
   * Writes a value behind what was written before.
   *
   * @throws {EncodeError} where the value has no form on the wire
   */
  encode(w: Writer, value: In): void;
}

/** A codec whose values may be the keys of a map. */
export interface KeyCodec<Out, In = Out> extends Codec<Out, In> {
  /** Reads a key: integers come as decimal text too, since JavaScript has no other keys. */
  decodeKey(r: Reader): Out;
}
