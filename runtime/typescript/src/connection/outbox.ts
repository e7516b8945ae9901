import type { Socket } from "node:net";

import { type Codec, Writer } from "../codec/index.js";
import { HEADER_LENGTH } from "../constants.js";
import { writeHeader } from "../frame.js";
import { Queue } from "../queue.js";

/** What was gathered is written at the end of the turn, or when it has this length. */
const BATCH = 64 * 1024;
/** The length of a new buffer, which has room for a batch and the frame that completes it. */
const BUFFER = 2 * BATCH;
/** A buffer that grew beyond this is not kept. */
const LARGEST_KEPT = 1024 * 1024;
/** Buffers that are kept for the next frames. */
const SPARES = 4;

/** A payload over what the peer takes. */
export class TooLarge extends Error {
  readonly length: number;

  constructor(length: number, limit: number) {
    super(`has ${length} bytes, above the ${limit} that the peer takes`);
    this.length = length;
  }
}

/**
 * Frames that wait to be written, in order.
 *
 * A frame is encoded behind a place for its header, straight into the buffer that is written. All frames of one turn
 * leave in one write.
 */
export class Outbox {
  readonly #writeQueue: number;
  #peerPayload: number;
  readonly #onChange: () => void;
  readonly #onWritten: (frames: number) => void;
  #socket: Socket | undefined;
  readonly #writer: Writer = new Writer(BUFFER);
  #armed = false;
  /** A payload is being encoded. What is sent meanwhile, by a getter of the value, is encoded elsewhere. */
  #encoding = false;
  #late: Buffer[] = [];
  /** Bytes that the socket has and the system has not. */
  #backlog = 0;
  #full = false;
  #spares: Buffer[] = [];
  /** Buffers that the socket may still read from. */
  #retired: Buffer[] = [];
  readonly #room = new Queue<() => void>();
  #flushed: (() => void)[] = [];
  #frames = 0;
  /** Frames that were handed to the system or its queue. */
  #written = 0;

  /**
   * `onChange` is called when what was written may allow something that did not go before, `onWritten` when the system
   * took so many frames at once.
   */
  constructor(
    limits: { readonly writeQueue: number; readonly peerPayload: number },
    checks: boolean,
    onChange: () => void,
    onWritten: (frames: number) => void,
  ) {
    this.#writeQueue = limits.writeQueue;
    this.#writer.checks = checks;
    this.#onWritten = onWritten;
    this.#peerPayload = limits.peerPayload;
    this.#onChange = onChange;
  }

  attach(socket: Socket): void {
    this.#socket = socket;
    if (this.#writer.pos > 0) {
      this.#arm();
    }
  }

  /** The peer says itself what it takes. */
  limitPayload(peerPayload: number): void {
    this.#peerPayload = Math.min(this.#peerPayload, peerPayload);
  }

  /** Throws where a payload of this length is more than the peer takes. */
  checkLength(length: number): void {
    if (length > this.#peerPayload) {
      throw new TooLarge(length, this.#peerPayload);
    }
  }

  /** Frames that were handed over so far. */
  get frames(): number {
    return this.#frames;
  }

  /** Whether producers must wait for room. */
  get full(): boolean {
    return this.#full;
  }

  /** Whether frames wait for the end of this turn. */
  get armed(): boolean {
    return this.#armed;
  }

  /** Bytes that wait to be written. */
  get queued(): number {
    return this.#backlog + this.#writer.pos + this.#writer.extra;
  }

  /** Adds a frame with this payload, and gives the payload's length. Throws where that cannot be encoded or is too large. */
  encode(codec: Codec<unknown, unknown>, value: unknown, id: number, flags: number, request: number): number {
    if (this.#encoding) {
      return this.#encodeElsewhere(codec, value, id, flags, request);
    }
    const writer = this.#writer;
    const start = writer.pos;
    const extra = writer.extra;
    writer.ensure(HEADER_LENGTH);
    writer.pos = start + HEADER_LENGTH;
    writer.begin();
    this.#encoding = true;
    try {
      codec.encode(writer, value);
      const length = writer.pos - start - HEADER_LENGTH + writer.extra - extra;
      this.checkLength(length);
      writeHeader(writer.buf, start, id, flags, request, length);
      this.#encoding = false;
      this.#added();
      return length;
    } catch (error) {
      this.#encoding = false;
      writer.truncate(start);
      this.#addLate();
      throw error;
    }
  }

  /** A frame with this payload, in memory of its own. Throws as {@link Outbox.encode} does. */
  frame(codec: Codec<unknown, unknown>, value: unknown, id: number, flags: number, request: number): Buffer {
    const frame = encodeFrame(codec, value, id, flags, request, this.#writer.checks);
    this.checkLength(frame.length - HEADER_LENGTH);
    return frame;
  }

  /** Adds a frame without a payload. */
  header(id: number, flags: number, request: number): void {
    if (this.#encoding) {
      const frame = Buffer.allocUnsafe(HEADER_LENGTH);
      writeHeader(frame, 0, id, flags, request, 0);
      this.#late.push(frame);
      return;
    }
    const writer = this.#writer;
    writer.ensure(HEADER_LENGTH);
    writeHeader(writer.buf, writer.pos, id, flags, request, 0);
    writer.pos += HEADER_LENGTH;
    this.#added();
  }

  /** Adds a whole frame that was encoded before. */
  whole(frame: Buffer): void {
    if (this.#encoding) {
      this.#late.push(frame);
      return;
    }
    const writer = this.#writer;
    writer.ensure(frame.length);
    frame.copy(writer.buf, writer.pos);
    writer.pos += frame.length;
    this.#added();
  }

  /** Runs this once there is room, after those that asked before. */
  whenRoom(run: () => void): void {
    this.#room.push(run);
  }

  /** Writes what waits. Resolves once the system has all of it, or is `undefined` where it has it at once. */
  lent(): Promise<void> | undefined {
    this.flush();
    return this.#backlog === 0 ? undefined : this.flushed();
  }

  /** Resolves once all that was handed over so far is written, or cannot be any more. */
  flushed(): Promise<void> {
    this.flush();
    if (this.#socket === undefined || this.#socket.destroyed || this.#backlog === 0) {
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#flushed.push(resolve));
  }

  /** Hands what was gathered to the system. */
  flush = (): void => {
    this.#armed = false;
    const writer = this.#writer;
    const socket = this.#socket;
    if (writer.pos === 0 || socket === undefined || this.#encoding) {
      return;
    }
    if (socket.destroyed || socket.writableEnded) {
      this.clear();
      return;
    }
    const buffer = writer.buf;
    if (writer.segments.length === 0) {
      socket.write(buffer.subarray(0, writer.pos), this.#wrote);
    } else {
      this.#writeSegments(socket, writer);
    }
    this.#backlog = socket.writableLength;
    const frames = this.#frames - this.#written;
    this.#written = this.#frames;
    if (this.#backlog > 0) {
      this.#retired.push(buffer);
      writer.replace(this.#spares.pop() ?? Buffer.allocUnsafeSlow(BUFFER));
      if (this.#backlog >= this.#writeQueue) {
        this.#full = true;
      }
      return;
    }
    if (buffer.length > LARGEST_KEPT) {
      writer.replace(Buffer.allocUnsafeSlow(BUFFER));
    } else {
      writer.reset();
    }
    this.#onWritten(frames);
  };

  /** Forgets what waits, and lets everybody go on who waited for it. */
  clear(): void {
    this.#writer.reset();
    this.#backlog = 0;
    this.#retired = [];
    this.#freed();
  }

  /** Large bodies leave from where they are, in one vectored write. */
  #writeSegments(socket: Socket, writer: Writer): void {
    const buffer = writer.buf;
    socket.cork();
    let at = 0;
    for (const segment of writer.segments) {
      if (segment.at > at) {
        socket.write(buffer.subarray(at, segment.at));
        at = segment.at;
      }
      socket.write(segment.bytes);
    }
    if (writer.pos > at) {
      socket.write(buffer.subarray(at, writer.pos));
    }
    // The last piece tells when all of them are written.
    socket.write(NOTHING, this.#wrote);
    socket.uncork();
  }

  #added(): void {
    this.#frames += 1;
    if (this.#late.length > 0) {
      this.#addLate();
    }
    if (this.#writer.pos + this.#writer.extra >= BATCH) {
      this.flush();
    } else if (!this.#armed) {
      this.#arm();
    }
  }

  #arm(): void {
    if (this.#socket !== undefined) {
      this.#armed = true;
      process.nextTick(this.flush);
    }
  }

  #addLate(): void {
    const late = this.#late;
    if (late.length > 0) {
      this.#late = [];
      for (const frame of late) {
        this.whole(frame);
      }
    }
  }

  #encodeElsewhere(codec: Codec<unknown, unknown>, value: unknown, id: number, flags: number, request: number): number {
    const frame = this.frame(codec, value, id, flags, request);
    this.#late.push(frame);
    return frame.length - HEADER_LENGTH;
  }

  #wrote = (): void => {
    const backlog = this.#socket?.writableLength ?? 0;
    this.#backlog = backlog;
    if (backlog === 0 && this.#retired.length > 0) {
      for (const buffer of this.#retired) {
        if (this.#spares.length < SPARES && buffer.length <= LARGEST_KEPT) {
          this.#spares.push(buffer);
        }
      }
      this.#retired = [];
    }
    if (this.#full && backlog <= this.#writeQueue / 2) {
      this.#freed();
    } else if (backlog === 0 && this.#flushed.length > 0) {
      this.#tellFlushed();
    }
    this.#onChange();
  };

  #freed(): void {
    this.#full = false;
    while (!this.#full && this.#room.size > 0) {
      this.#room.shift()?.();
    }
    if (this.#backlog === 0) {
      this.#tellFlushed();
    }
  }

  #tellFlushed(): void {
    const flushed = this.#flushed;
    this.#flushed = [];
    for (const resolve of flushed) {
      resolve();
    }
  }
}

const NOTHING = Buffer.alloc(0);

/** A frame with this payload, in memory of its own. */
export function encodeFrame(
  codec: Codec<unknown, unknown>,
  value: unknown,
  id: number,
  flags: number,
  request: number,
  checks = false,
): Buffer {
  const writer = new Writer();
  writer.checks = checks;
  writer.ensure(HEADER_LENGTH);
  writer.pos = HEADER_LENGTH;
  writer.begin();
  codec.encode(writer, value);
  const frame = writer.take();
  writeHeader(frame, 0, id, flags, request, frame.length - HEADER_LENGTH);
  return frame;
}
