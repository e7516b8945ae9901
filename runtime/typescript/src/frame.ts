/**
 * Frames: the 11-byte header, and bytes cut into whole frames.
 *
 * No I/O happens here, and nothing is reserved for a length that was not checked against the limit.
 *
 * @module
 */

import { EXTENSIONS, FLAGS_RESERVED, HEADER_LENGTH, ID_INVALID, MAXIMUM_PAYLOAD_LIMIT } from "./constants.js";

/** What a peer may not send; each closes the connection. */
export class WireError extends Error {
  static {
    WireError.prototype.name = "WireError";
  }

  /** Which rule was broken. */
  readonly kind:
    | "invalid-id"
    | "reserved-flags"
    | "payload-too-large"
    | "reserved-id"
    | "request-id-in-use"
    | "hello"
    | "meta"
    | "credit";

  constructor(kind: WireError["kind"], message: string) {
    super(message);
    this.kind = kind;
  }

  static invalidId(): WireError {
    return new WireError("invalid-id", "a frame has the id 0, which is not valid");
  }

  static reservedFlags(flags: number, reserved: number): WireError {
    const bits = reserved.toString(16).padStart(2, "0");
    return new WireError("reserved-flags", `a frame has the flags ${hex(flags, 2)}, whose bits 0x${bits} must be 0`);
  }

  static payloadTooLarge(length: number, limit: number): WireError {
    const message = `a frame announces a payload of ${length} bytes, above the limit of ${limit}`;
    return new WireError("payload-too-large", message);
  }

  static reservedId(id: number): WireError {
    return new WireError("reserved-id", `a frame has the reserved id ${hex(id, 4)}, which means nothing here`);
  }

  static badHello(reason: string): WireError {
    return new WireError("hello", `a hello that is not allowed: ${reason}`);
  }

  static badMeta(payload: number, length: number): WireError {
    const announced = length < 0 ? "no length of it" : `${length} bytes of it announced`;
    return new WireError("meta", `a frame's metadata is not there: a payload of ${payload} bytes, ${announced}`);
  }

  static metaFlag(id: number, flags: number): WireError {
    const message = `a frame of the id ${hex(id, 4)} has the flags ${hex(flags, 2)}, and takes no metadata`;
    return new WireError("meta", message);
  }

  static badCredit(reason: string): WireError {
    return new WireError("credit", reason);
  }

  static requestIdInUse(request: number): WireError {
    return new WireError("request-id-in-use", `a request has the id ${request}, which a running one has`);
  }
}

function hex(number: number, digits: number): string {
  return `0x${number.toString(16).padStart(digits, "0")}`;
}

/** Writes a header at `at`. */
export function writeHeader(
  buffer: Uint8Array,
  at: number,
  id: number,
  flags: number,
  request: number,
  length: number,
): void {
  buffer[at] = id >>> 8;
  buffer[at + 1] = id;
  buffer[at + 2] = flags;
  buffer[at + 3] = request >>> 24;
  buffer[at + 4] = request >>> 16;
  buffer[at + 5] = request >>> 8;
  buffer[at + 6] = request;
  buffer[at + 7] = length >>> 24;
  buffer[at + 8] = length >>> 16;
  buffer[at + 9] = length >>> 8;
  buffer[at + 10] = length;
}

/** A frame of its own, for what is sent before or beside a connection. */
export function frameOf(id: number, flags: number, request: number, payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(HEADER_LENGTH + payload.length);
  writeHeader(frame, 0, id, flags, request, payload.length);
  frame.set(payload, HEADER_LENGTH);
  return frame;
}

/**
 * Takes one whole frame, whose payload lies in `buffer` from `start` to `end`.
 *
 * `owned` says that nothing else will ever be in that memory; otherwise it is overwritten once this returns.
 * A frame that may not be is thrown as a {@link WireError}.
 */
export interface FrameHandler {
  frame(
    id: number,
    flags: number,
    request: number,
    buffer: Buffer,
    view: DataView,
    start: number,
    end: number,
    owned: boolean,
  ): void;
}

/** Bytes that one read may bring. */
const CHUNK = 64 * 1024;
/** A read with less room than this is not worth a system call. */
const LEAST_SPACE = 8 * 1024;
/**
 * What is reserved for a large body before any of it has arrived. The system gives the pages when they are written, so that
 * a length that is a lie costs addresses and no memory; to grow a body costs more than to read it.
 */
const FIRST_RESERVE = 16 * 1024 * 1024;
/** How many times what has arrived is reserved for the rest. */
const GROWTH = 8;
/** Just below the most that glibc takes for a hint. */
const HINT = 32 * 1024 * 1024 - 64 * 1024;

/**
 * Cuts a stream of bytes into frames.
 *
 * Ask {@link Decoder.space} where the next bytes belong, write them there, and say so by {@link Decoder.filled}.
 * A body that does not fit the buffer gets memory of its own, which it is read into directly and which grows with what
 * has arrived, since the announced length may be a lie.
 */
export class Decoder {
  readonly #limit: number;
  #buffer: Buffer = Buffer.allocUnsafeSlow(CHUNK);
  #view: DataView = viewOf(this.#buffer);
  /** Where bytes that are no whole frame yet begin and end. */
  #start = 0;
  #end = 0;
  #body: Buffer | undefined;
  /** Flags that no frame may have. */
  #reserved: number = FLAGS_RESERVED;
  #bodyFilled = 0;
  #bodyLength = 0;
  #id = 0;
  #flags = 0;
  #request = 0;

  /** A decoder that takes payloads up to `limit` bytes, at most 2 GiB - 1. */
  constructor(limit: number) {
    this.#limit = Math.min(limit, MAXIMUM_PAYLOAD_LIMIT);
  }

  /** Takes frames with metadata from the next one on. */
  allowMeta(): void {
    this.#reserved = FLAGS_RESERVED & ~EXTENSIONS.metaFlag;
  }

  /** Where the next bytes belong; never empty, never beyond what may arrive there. */
  space(): Buffer {
    const body = this.#body;
    if (body !== undefined) {
      return body.subarray(this.#bodyFilled);
    }
    if (this.#start > 0 && this.#buffer.length - this.#end < LEAST_SPACE) {
      this.#buffer.copyWithin(0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
    }
    return this.#end === 0 ? this.#buffer : this.#buffer.subarray(this.#end);
  }

  /** Takes the bytes that were written to the last space, and hands over every frame that they complete. */
  filled(count: number, handler: FrameHandler): void {
    if (this.#body === undefined) {
      this.#end += count;
      this.#take(handler);
      return;
    }
    this.#bodyFilled += count;
    if (this.#bodyFilled === this.#bodyLength) {
      const body = this.#body;
      this.#body = undefined;
      handler.frame(this.#id, this.#flags, this.#request, body, viewOf(body), 0, this.#bodyLength, true);
    } else if (this.#bodyFilled === this.#body.length) {
      const grown = Buffer.allocUnsafeSlow(Math.min(this.#bodyLength, GROWTH * this.#bodyFilled));
      this.#body.copy(grown);
      this.#body = grown;
    }
  }

  /** Takes bytes that were read elsewhere, in pieces of any size. */
  push(bytes: Uint8Array, handler: FrameHandler): void {
    let at = 0;
    while (at < bytes.length) {
      const space = this.space();
      const count = Math.min(space.length, bytes.length - at);
      space.set(bytes.subarray(at, at + count));
      at += count;
      this.filled(count, handler);
    }
  }

  /** Bytes that arrived and were not taken as frames. */
  get buffered(): number {
    return this.#body === undefined ? this.#end - this.#start : HEADER_LENGTH + this.#bodyFilled;
  }

  #take(handler: FrameHandler): void {
    const buffer = this.#buffer;
    const view = this.#view;
    const end = this.#end;
    let at = this.#start;
    try {
      while (end - at >= HEADER_LENGTH) {
        const id = view.getUint16(at);
        const flags = view.getUint8(at + 2);
        const length = view.getUint32(at + 7);
        if (id === ID_INVALID) {
          throw WireError.invalidId();
        }
        if ((flags & this.#reserved) !== 0) {
          throw WireError.reservedFlags(flags, this.#reserved);
        }
        if (length > this.#limit) {
          throw WireError.payloadTooLarge(length, this.#limit);
        }
        const request = view.getUint32(at + 3);
        const payload = at + HEADER_LENGTH;
        if (end - payload < length) {
          if (length > CHUNK - HEADER_LENGTH) {
            this.#begin(id, flags, request, length, payload);
            at = end;
          }
          break;
        }
        at = payload + length;
        handler.frame(id, flags, request, buffer, view, payload, at, false);
      }
    } finally {
      this.#start = at;
      if (at === this.#end) {
        this.#start = 0;
        this.#end = 0;
      }
    }
  }

  /** Begins a body that does not fit the buffer. */
  #begin(id: number, flags: number, request: number, length: number, payload: number): void {
    const arrived = this.#end - payload;
    hint();
    const body = Buffer.allocUnsafeSlow(Math.min(length, FIRST_RESERVE));
    this.#buffer.copy(body, 0, payload, this.#end);
    this.#body = body;
    this.#bodyFilled = arrived;
    this.#bodyLength = length;
    this.#id = id;
    this.#flags = flags;
    this.#request = request;
  }
}

let hinted = false;

/**
 * Has the memory of freed bodies used again.
 *
 * glibc gives large blocks back to the system and takes new ones for the next body, each page of which costs a fault. It
 * keeps blocks up to the length of the longest that was freed, and twice that of free memory: so one is taken, never
 * touched, which costs nothing, and left to the garbage collector. Other allocators do not mind.
 */
function hint(): void {
  if (!hinted) {
    hinted = true;
    Buffer.allocUnsafeSlow(HINT);
  }
}

function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
