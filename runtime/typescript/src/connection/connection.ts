/**
 * One connection between a parent and a child: calls, streams and events in both directions.
 *
 * It is symmetric. How it comes to be, and what its end means for the process, is not known here.
 *
 * @module
 */

import type { Socket } from "node:net";

import type { Codec } from "../codec/index.js";
import {
  EXTENSIONS,
  FLAG_RESPONSE,
  FLAG_TO_PARENT,
  ID_ABORT,
  ID_AUTHENTICATE,
  ID_CREDIT,
  ID_HELLO,
  ID_RESERVED,
} from "../constants.js";
import type { EmitOptions } from "../context.js";
import { ProcwireError, sentence } from "../error.js";
import { Decoder, type FrameHandler, WireError } from "../frame.js";
import type { Tracing } from "../tracing.js";
import { Calling } from "./calling.js";
import type { CloseReason } from "./closing.js";
import { type Counters, type Counts, newCounters } from "./counters.js";
import { type ExtensionName, Extensions, inCommon } from "./extensions.js";
import type { Failure } from "./failures.js";
import { readHello } from "./hello.js";
import type { Limits } from "./limits.js";
import { type CallMeta, metaLength, readMeta, withMeta } from "./metadata.js";
import { Outbox, TooLarge } from "./outbox.js";
import type { RemoteEvents } from "./remote_events.js";
import { metaOfEvent } from "./request.js";
import type { ServedMethod } from "./served_call.js";
import { Serving } from "./serving.js";
import { Spin } from "./spin.js";
import type { Reading } from "./transport.js";

/** Frames that are few, so that whoever sent them soon waits. */
const FEW = 4;

const META = EXTENSIONS.metaFlag;

/** What a connection is made with. */
export interface Settings {
  /** Which end it is: the process that spawned the other, or the worker. */
  readonly role: "parent" | "child";
  readonly limits: Limits;
  /** What this side serves, in the order of the ids, from 1; where a parent serves nothing there are holes. */
  readonly methods: readonly (ServedMethod | undefined)[];
  /** What the runtime itself serves. */
  readonly builtins?: readonly ServedMethod[];
  /** The extensions that a child offers, and those in force of a parent's connection. The base protocol alone by default. */
  readonly extensions?: readonly ExtensionName[];
  /** What this side hears. */
  readonly events?: RemoteEvents;
  /** Whether the constraints of the schema are checked before anything is sent. */
  readonly checkSent?: boolean;
  /** Whether to look again for a moment before sleeping. */
  readonly spin?: boolean;
  /** Follows the calls of both sides. */
  readonly tracing?: Tracing | undefined;
  /** The name of the worker that this side calls, for those who follow calls. */
  readonly worker?: string;
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
  readonly extensions: Extensions;
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
  readonly #offered: readonly ExtensionName[];
  /** No frame has come that decides what is in force. */
  #isFresh: boolean;
  #onClosed: (reason: CloseReason) => void = () => {};
  /** The last event that waits for the peer's first frame, be it sent or not. */
  #early: Promise<void> | undefined;
  /** Why nothing is sent any more. */
  #failure: Failure | undefined;

  constructor(settings: Settings) {
    const { role, limits, methods } = settings;
    this.#role = role;
    this.limits = limits;
    this.#decoder = new Decoder(limits.payload);
    this.#events = settings.events;
    this.#spin = new Spin(settings.spin ?? true);
    this.outbox = new Outbox(limits, settings.checkSent ?? false, this.#mayReadAgain, this.#wrote);
    const extensions = new Extensions(role, limits.window);
    this.extensions = extensions;
    this.#offered = settings.extensions ?? [];
    this.#isFresh = role === "child";
    const { counters, outbox } = this;
    this.calling = new Calling(
      role,
      limits,
      counters,
      outbox,
      extensions,
      this.#mayReadAgain,
      settings.lastId,
      settings.tracing,
      settings.worker,
    );
    const { builtins = [] } = settings;
    this.serving = new Serving(role, methods, builtins, limits, counters, outbox, extensions, settings.tracing);
    if (role === "parent") {
      extensions.settle();
    }
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

  /** These extensions are in force from now on; the peer takes such payloads and such streams, and may want tracebacks. */
  agree(
    names: readonly ExtensionName[],
    payload: number | undefined,
    window: number | undefined,
    tracebacks = false,
  ): void {
    this.extensions.tracebacks = tracebacks;
    this.extensions.agree(names, window);
    if (payload !== undefined) {
      this.outbox.limitPayload(payload);
    }
    if (this.extensions.meta) {
      this.#decoder.allowMeta();
    }
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
      if ((flags & META) !== 0) {
        throw WireError.metaFlag(id, flags);
      }
      this.#settle();
      this.calling.deliver(flags, request, buffer, view, start, end, owned);
      return;
    }
    if (id >= ID_RESERVED) {
      this.#reserved(id, flags, request, buffer, view, start, end);
      return;
    }
    this.#settle();
    let payload = start;
    let meta: CallMeta | string | undefined;
    if ((flags & META) !== 0) {
      payload += metaLength(view, start, end);
      meta = this.#meta(buffer, view, start, payload);
    }
    if ((request === 0 || this.#role === "parent") && !this.serving.has(id)) {
      if (typeof meta === "string") {
        this.counters.eventsUndecodable += 1;
      } else {
        this.#event(id, buffer, view, payload, end, owned, meta);
      }
    } else {
      this.serving.request(id, request, buffer, view, payload, end, owned, meta);
    }
  }

  /** Whoever says no hello first speaks the base protocol. */
  #settle(): void {
    if (this.#isFresh) {
      this.#isFresh = false;
      this.extensions.settle();
    }
  }

  /** What stands beside a payload, or what is wrong with it. */
  #meta(buffer: Buffer, view: DataView, start: number, end: number): CallMeta | string {
    try {
      return readMeta(buffer, view, start, end);
    } catch (error) {
      return sentence(error);
    }
  }

  /** A frame of the protocol itself. */
  #reserved(
    id: number,
    flags: number,
    request: number,
    buffer: Buffer,
    view: DataView,
    start: number,
    end: number,
  ): void {
    if ((flags & META) !== 0) {
      throw WireError.metaFlag(id, flags);
    }
    if (id === ID_HELLO && this.#role === "child") {
      // What opens a connection is not counted, since a parent writes it before there is one.
      this.counters.framesRead -= 1;
      this.#hello(flags, request, buffer, view, start, end);
      return;
    }
    if (id === ID_AUTHENTICATE) {
      // The token was taken before; a parent may send one to a child that wants none.
      return;
    }
    this.#settle();
    if (id === ID_ABORT) {
      this.serving.abort(request);
    } else if (id === ID_CREDIT && this.extensions.credit) {
      this.serving.credit(request, view, start, end);
    } else {
      throw WireError.reservedId(id);
    }
  }

  #hello(flags: number, request: number, buffer: Buffer, view: DataView, start: number, end: number): void {
    if (!this.#isFresh) {
      throw WireError.badHello("it is not the first frame");
    }
    if (flags !== 0 || request !== 0) {
      throw WireError.badHello("its flags or its request id are not 0");
    }
    this.#isFresh = false;
    const { ext, payload, window, tracebacks } = readHello(buffer, view, start, end);
    this.agree(inCommon(this.#offered, ext), payload, window, tracebacks);
  }

  /** Sends an event, as soon as there is room. */
  emit(id: number, name: string, codec: Codec<unknown, unknown>, value: unknown, options?: EmitOptions): Promise<void> {
    const flags = this.#role === "child" ? FLAG_TO_PARENT : 0;
    if (this.#early === undefined && (options === undefined || this.extensions.settled)) {
      return this.#emitWith(id, name, flags, codec, value, options);
    }
    // Whether the peer takes what is said beside an event is known with its first frame; what comes later waits behind.
    const sent = (this.#early ?? this.extensions.known()).then(() =>
      this.#emitWith(id, name, flags, codec, value, options),
    );
    const settled = sent.then(
      () => {},
      () => {},
    );
    this.#early = settled;
    void settled.then(() => {
      if (this.#early === settled) {
        this.#early = undefined;
      }
    });
    return sent;
  }

  /** Sends an event with what is said beside it. */
  #emitWith(
    id: number,
    name: string,
    flags: number,
    codec: Codec<unknown, unknown>,
    value: unknown,
    options: EmitOptions | undefined,
  ): Promise<void> {
    if (options === undefined) {
      return this.#emit(id, name, flags, codec, value);
    }
    let meta: Buffer | undefined;
    try {
      meta = metaOfEvent(this.extensions, name, options);
    } catch (error) {
      return Promise.reject(error);
    }
    return meta === undefined
      ? this.#emit(id, name, flags, codec, value)
      : this.#emit(id, name, flags | META, withMeta as Codec<unknown, unknown>, { meta, codec, value });
  }

  #emit(id: number, name: string, flags: number, codec: Codec<unknown, unknown>, value: unknown): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#throwIfOver(name);
      const { outbox } = this;
      try {
        if (!outbox.full) {
          outbox.encode(codec, value, id, flags, 0);
          resolve();
          return;
        }
        const frame = outbox.frame(codec, value, id, flags, 0);
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

  #event(
    id: number,
    buffer: Buffer,
    view: DataView,
    start: number,
    end: number,
    owned: boolean,
    meta: CallMeta | undefined,
  ): void {
    if (this.#events === undefined) {
      this.counters.requestsDropped += 1;
    } else {
      this.#events.hear(id, buffer, view, start, end, owned, this.counters, meta);
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
    this.extensions.settle();
    this.serving.close();
    this.#socket?.destroy();
    this.outbox.clear();
    this.#onClosed(reason);
  }
}
