/**
 * Payloads, and those among them that are bytes as they are.
 *
 * @module
 */

import { type Codec, nothing, unit } from "./codec/index.js";

/** The whole payload as bytes. */
export const rawBytes: Codec<Uint8Array, Uint8Array> = {
  decode(r) {
    const bytes = r.buf.subarray(r.pos, r.end);
    r.pos = r.end;
    // What is not of its own is overwritten by the next read.
    return r.owned ? bytes : Buffer.from(bytes);
  },
  encode(w, value) {
    if (!(value instanceof Uint8Array)) {
      throw new TypeError("expected bytes");
    }
    w.raw(value);
  },
};

/** An empty payload; what is there is not looked at. */
export const rawUnit: Codec<undefined, unknown> = {
  decode(r) {
    r.pos = r.end;
    return undefined;
  },
  encode() {},
};

/** The codec of a payload. */
export function payloadCodec(raw: true | undefined, codec: Codec<unknown, never>): Codec<unknown, unknown> {
  if (raw === undefined) {
    // The compiler checked what is given to a method against the codec's own type.
    return codec as Codec<unknown, unknown>;
  }
  return (codec === unit || codec === nothing ? rawUnit : rawBytes) as Codec<unknown, unknown>;
}
