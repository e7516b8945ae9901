/**
 * One connection between a parent and a child: calls, streams and events in both directions.
 *
 * It is symmetric. How it comes to be, and what its end means for the process, is not known here.
 *
 * @module
 */

import type { Socket } from "node:net";

import type { Codec } from "../codec/index.js";
import { FLAG_RESPONSE, FLAG_TO_PARENT, ID_ABORT, ID_AUTHENTICATE, ID_RESERVED } from "../constants.js";
import { ProcwireError, sentence } from "../error.js";
import { Decoder, type FrameHandler, WireError } from "../frame.js";
import { Calling, type Failure } from "./calling.js";
import type { CloseReason } from "./closing.js";
import { type Counters, type Counts, newCounters } from "./counters.js";
import type { Limits } from "./limits.js";
import { encodeFrame, Outbox, TooLarge } from "./outbox.js";
import type { RemoteEvents } from "./remote_events.js";
import type { ServedMethod } from "./served_call.js";
import { Serving } from "./serving.js";
import { Spin } from "./spin.js";
import type { Reading } from "./transport.js";

/** Frames that are few, so that whoever sent them soon waits. */
const FEW = 4;

/** What a connection is made with. */
export interface Settings {
  /** Which end it is: the process that spawned the other, or the worker. */
  readonly role: "parent" | "child";
  readonly limits: Limits;
  /** What this side serves, in the order of the ids, from 1. */
  readonly methods: readonly ServedMethod[];
  /** What this side hears. */
  readonly events?: RemoteEvents;
  /** Whether to look again for a moment before sleeping. */
  readonly spin?: boolean;
  /** The request id before the first. */
  readonly lastId?: number;
}

/** One end of a connection. */
export class Connection implements FrameHandler, Reading {
  readonly counters: Counters = newCounters();
  readonly calling: Calling;
  readonly serving: Serving;
  readonly outbox: Outbox;
  readonly limits: Limits;
  /** Resolves with the reason when the connection is over. */
  readonly closed: Promise<CloseReason>;
  readonly #role: "parent" | "child";
  readonly #decoder: Decoder;
  readonly #events: RemoteEvents | undefined;
  readonly #spin: Spin;
  #socket: Socket | undefined;
  #paused = false;
  #over = false;
  #reads = 0;
  #onClosed: (reason: CloseReason) => void = () => {};
  /** Why nothing is sent any more. */
  #failure: Failure | undefined;

  constructor(settings: Settings) {
    const { role, limits, methods } = settings;
    this.#role = role;
    this.limits = limits;
    this.#decoder = new Decoder(limits.payload);
    this.#events = settings.events;
    this.#spin = new Spin(settings.spin ?? true);
    this.outbox = new Outbox(limits, this.#mayReadAgain, this.#wrote);
    this.calling = new Calling(role, limits, this.counters, this.outbox, this.#mayReadAgain, settings.lastId);
    this.serving = new Serving(role, methods, limits, this.counters, this.outbox);
    this.closed = new Promise((resolve) => {
      this.#onClosed = resolve;
    });
  }

  /** Begins to write to this socket, which reads into this connection. */
  attach(socket: Socket): void {
    this.#socket = socket;
    socket.on("error", (error: Error) => this.#close({ kind: "broken", error }));
    socket.on("end", () => this.#close({ kind: this.#decoder.buffered > 0 ? "truncated" : "ended" }));
    socket.on("close", () => this.#close({ kind: "ended" }));
    this.outbox.attach(socket);
  }

  get isOver(): boolean {
    return this.#over;
  }

  /** What was read, written, dropped or went wrong so far. */
  counts(): Counts {
    this.counters.framesWritten = this.outbox.frames;
    return { ...this.counters };
  }

  space(): Uint8Array {
    return this.#decoder.space();
  }

  filled(count: number): boolean {
    if (this.#over) {
      return false;
    }
    this.#reads += 1;
    this.#spin.found();
    try {
      this.#decoder.filled(count, this);
    } catch (error) {
      this.#broken(error);
    }
    if (this.#over) {
      return false;
    }
    this.#paused = this.#mustRest();
    return !this.#paused;
  }

  frame(
    id: number,
    flags: number,
    request: number,
    buffer: Buffer,
    view: DataView,
    start: number,
    end: number,
    owned: boolean,
  ): void {
    if (this.#over) {
      return;
    }
    this.counters.framesRead += 1;
    if ((flags & FLAG_RESPONSE) !== 0) {
      this.calling.deliver(flags, request, buffer, view, start, end, owned);
    } else if (id >= ID_RESERVED) {
      if (id === ID_ABORT) {
        this.serving.abort(request);
      } else if (id !== ID_AUTHENTICATE) {
        // The token was taken before; a parent may send one to a child that wants none.
        throw WireError.reservedId(id);
      }
    } else if ((request === 0 || this.#role === "parent") && !this.serving.has(id)) {
      this.#event(id, buffer, view, start, end, owned);
    } else {
      this.serving.request(id, request, buffer, view, start, end, owned);
    }
  }

  /** Sends an event, as soon as there is room. */
  emit(id: number, name: string, codec: Codec<unknown, unknown>, value: unknown): Promise<void> {
    const flags = this.#role === "child" ? FLAG_TO_PARENT : 0;
    return new Promise((resolve, reject) => {
      this.#throwIfOver(name);
      const { outbox } = this;
      try {
        if (!outbox.full) {
          outbox.encode(codec, value, id, flags, 0);
          resolve();
          return;
        }
        const frame = encodeFrame(codec, value, id, flags, 0);
        outbox.whenRoom(() => {
          try {
            this.#throwIfOver(name);
            outbox.whole(frame);
            resolve();
          } catch (error) {
            reject(error);
          }
        });
      } catch (error) {
        if (error instanceof TooLarge) {
          throw new ProcwireError("resource_exhausted", `${name} event ${error.message}`);
        }
        throw new ProcwireError("internal", `${name} event cannot be encoded: ${sentence(error)}`);
      }
    });
  }

  /** Takes the requests that lie in the socket already, and answers those after them `unavailable`. */
  drain(): void {
    this.serving.setIntake("draining");
    let reads = -1;
    // A whole turn of the loop without a read has found the socket empty.
    const look = (): void => {
      if (this.#over || (reads === this.#reads && !this.#paused)) {
        this.serving.setIntake("refusing");
        return;
      }
      reads = this.#reads;
      if (this.#paused) {
        setTimeout(look, 10);
      } else {
        setImmediate(() => setImmediate(look));
      }
    };
    look();
  }

  /** Ends every call with this failure. */
  fail(failure: Failure): void {
    this.#failure = failure;
    this.calling.failAll(failure);
    this.#events?.close();
    this.outbox.clear();
  }

  /**
   * Writes what waits, and is no reason for the process to stay any more.
   *
   * The socket closes with the process, so that the peer finds the end of both at once.
   */
  async leave(): Promise<void> {
    await this.outbox.flushed();
    this.#socket?.unref();
  }

  /** Ends the connection, which then tells this reason. */
  close(message: string): void {
    this.#close({ kind: "local", message });
  }

  #throwIfOver(name: string): void {
    if (this.#over) {
      const message = this.#failure?.message ?? "the connection is over";
      throw new ProcwireError("unavailable", `${name}: ${message}`);
    }
  }

  #event(id: number, buffer: Buffer, view: DataView, start: number, end: number, owned: boolean): void {
    if (this.#events === undefined) {
      this.counters.requestsDropped += 1;
    } else {
      this.#events.hear(id, buffer, view, start, end, owned, this.counters);
    }
  }

  /** A peer that broke the protocol; anything else is an error of this program. */
  #broken(error: unknown): void {
    if (!(error instanceof WireError)) {
      throw error;
    }
    this.#close({ kind: "protocol", error });
  }

  /** Whether nothing may be read now. */
  #mustRest(): boolean {
    return this.outbox.queued > this.limits.unwrittenAnswers || this.calling.mustPause();
  }

  /** The system took frames at once. A side that sent many has work enough, and one without calls waits for nobody. */
  readonly #wrote = (frames: number): void => {
    if (frames <= FEW && (this.#role === "child" || this.calling.live > 0)) {
      this.#spin.wait();
    }
  };

  readonly #mayReadAgain = (): void => {
    if (this.#paused && !this.#over && !this.#mustRest()) {
      this.#paused = false;
      this.#socket?.resume();
    }
  };

  #close(reason: CloseReason): void {
    if (this.#over) {
      return;
    }
    this.#over = true;
    this.serving.close();
    this.#socket?.destroy();
    this.outbox.clear();
    this.#onClosed(reason);
  }
}
