/**
 * The calls of this side: requests that go out, and what comes back for them.
 *
 * @module
 */

import { Reader } from "../codec/index.js";
import {
  EXTENSIONS,
  FLAG_ACK,
  FLAG_ERROR,
  FLAG_STREAM,
  FLAG_STREAM_END,
  FLAG_TO_PARENT,
  ID_ABORT,
  ID_CREDIT,
} from "../constants.js";
import { ProcwireError, sentence } from "../error.js";
import { readError } from "../error_payload.js";
import { WireError } from "../frame.js";
import { type ClientSpan, failedWith, methodName, type Tracing } from "../tracing.js";
import { Calls, type LiveCall } from "./calls.js";
import type { Counters } from "./counters.js";
import type { Extensions } from "./extensions.js";
import { answerName, type Failure, refusal, refusedRequest } from "./failures.js";
import type { Limits } from "./limits.js";
import type { Outbox } from "./outbox.js";
import type { CallOptions, RemoteMethod, RetryOptions } from "./remote_method.js";
import { behind, CREDIT, contextOf, META, metaOf, WITH_META } from "./request.js";
import { withRetries } from "./retrying.js";
import { ServedCall } from "./served_call.js";
import { Signals } from "./signals.js";
import { StreamCall } from "./stream_call.js";
import { UnaryCall } from "./unary_call.js";

/** A time limit from here on needs no clock that is more exact than this turn's. */
const COARSE_MS = 10_000;
const NIL = Buffer.from([0xc0]);
const NIL_VIEW = new DataView(NIL.buffer, NIL.byteOffset, NIL.length);

/** The options of a call that tell the peer of its span. */
function within(span: ClientSpan, options: RetryOptions | undefined): RetryOptions | undefined {
  return span.trace === undefined ? options : { ...options, trace: span.trace };
}

/** Sends requests, and gives answers to those who wait for them. */
export class Calling {
  readonly #limits: Limits;
  readonly #counters: Counters;
  readonly #outbox: Outbox;
  readonly #flags: number;
  readonly #extensions: Extensions;
  readonly #tracing: Tracing | undefined;
  /** The name of the worker that is called. */
  readonly #worker: string | undefined;
  readonly #onChange: () => void;
  readonly #calls: Calls;
  readonly #reader = new Reader();
  readonly #signals = new Signals();
  readonly #streams = new Set<StreamCall>();
  /** Live streams that hold more than they should. */
  readonly #lagging = new Set<StreamCall>();
  #now = 0;
  /** Why there are no new calls. */
  #refused: Failure | undefined;
  #closed = false;

  /** `onChange` is called when a change of the calls may allow to read again. */
  constructor(
    role: "parent" | "child",
    limits: Limits,
    counters: Counters,
    outbox: Outbox,
    extensions: Extensions,
    onChange: () => void,
    lastId?: number,
    tracing?: Tracing,
    worker?: string,
  ) {
    this.#tracing = tracing;
    this.#worker = worker;
    this.#extensions = extensions;
    this.#limits = limits;
    this.#counters = counters;
    this.#outbox = outbox;
    this.#flags = role === "parent" ? 0 : FLAG_TO_PARENT;
    this.#onChange = onChange;
    this.#calls = new Calls((call) => this.#expire(call), lastId);
  }

  /** Live calls. */
  get live(): number {
    return this.#calls.size;
  }

  /** Calls a method that is answered once, or not at all. */
  call(method: RemoteMethod, value: unknown, options: RetryOptions | undefined): Promise<unknown> {
    const span = this.#tracing === undefined ? undefined : this.#span(this.#tracing, method, options);
    return span === undefined ? this.#settled(method, value, options) : this.#traced(span, method, value, options);
  }

  /** Begins the span of a call; the runtime's own questions have none. */
  #span(tracing: Tracing, method: RemoteMethod, options: CallOptions | undefined): ClientSpan | undefined {
    if (method.name.startsWith("$")) {
      return undefined;
    }
    const { trace, context } = options ?? {};
    return tracing.call(methodName(method.name, method.isCallback), {
      served: context instanceof ServedCall ? ServedCall.spanOf(context) : undefined,
      trace: trace ?? context?.trace,
      isNamed: trace !== undefined,
      worker: this.#worker,
    });
  }

  async #traced(
    span: ClientSpan,
    method: RemoteMethod,
    value: unknown,
    options: RetryOptions | undefined,
  ): Promise<unknown> {
    try {
      const answer = await this.#settled(method, value, within(span, options));
      span.end();
      return answer;
    } catch (error) {
      span.end(failedWith(error));
      throw error;
    }
  }

  #settled(method: RemoteMethod, value: unknown, options: RetryOptions | undefined): Promise<unknown> {
    if (method.isCallback && !this.#extensions.settled) {
      return this.#extensions.known().then(() => this.#call(method, value, options));
    }
    return this.#call(method, value, options);
  }

  #call(method: RemoteMethod, value: unknown, options: RetryOptions | undefined): Promise<unknown> {
    if (options?.retries !== undefined) {
      return this.#retry(method, value, options);
    }
    return method.kind === "none" ? this.#handOver(method, value, options) : this.#begin(method, value, options);
  }

  async #retry(method: RemoteMethod, value: unknown, options: RetryOptions): Promise<unknown> {
    options.signal?.throwIfAborted();
    const deadline = this.#start(method, options);
    return withRetries(method, options, deadline, (once) => this.#call(method, value, once));
  }

  /** Begins a stream. What goes wrong is what its iterator rejects with. */
  stream(method: RemoteMethod, value: unknown, said: RetryOptions | undefined): StreamCall {
    const span = this.#tracing === undefined ? undefined : this.#span(this.#tracing, method, said);
    const options = span === undefined ? said : within(span, said);
    const signal = options?.signal;
    const { credit, window } = this.#extensions;
    const call = new StreamCall(
      this.#owner,
      method,
      Number.POSITIVE_INFINITY,
      signal,
      contextOf(method, options),
      credit ? window : Number.POSITIVE_INFINITY,
      span,
    );
    if (method.isCallback && !this.#extensions.settled) {
      void this.#extensions.known().then(() => this.#beginStream(call, value, options));
    } else {
      this.#beginStream(call, value, options);
    }
    return call;
  }

  #beginStream(call: StreamCall, value: unknown, options: RetryOptions | undefined): void {
    if (call.ended) {
      return;
    }
    const { method, signal } = call;
    try {
      if (options?.retries) {
        throw new ProcwireError("invalid_argument", `${method.name}: a stream is not sent again`);
      }
      signal?.throwIfAborted();
      call.deadline = this.#start(method, options);
      this.#streams.add(call);
      this.#heed(call);
      this.#send(call, method, value, options);
      if (signal !== undefined) {
        this.#signals.add(signal, call);
      }
    } catch (error) {
      this.#streams.delete(call);
      call.endWith(error);
    }
  }

  /** New calls fail with this from now on. */
  refuse(failure: Failure): void {
    this.#refused ??= failure;
  }

  /** Every call fails with this, live or new. */
  failAll(failure: Failure): void {
    this.#closed = true;
    this.#refused = failure;
    this.#calls.close();
    for (const call of this.#calls.all()) {
      this.#forget(call);
      call.fail(refusal(failure, call.method), false);
    }
  }

  /** Whether reading must rest: some stream lags, and no other call waits. */
  mustPause(): boolean {
    if (this.#lagging.size === 0 || this.#calls.size > this.#streams.size || this.#extensions.callbacks) {
      return false;
    }
    for (const stream of this.#streams) {
      if (stream.waits) {
        return false;
      }
    }
    return true;
  }

  /** Gives an answer to the call that waits for it. */
  deliver(
    flags: number,
    request: number,
    buffer: Buffer,
    view: DataView,
    start: number,
    end: number,
    owned: boolean,
  ): void {
    const call = this.#calls.get(request);
    if (call === undefined) {
      this.#counters.lateFrames += 1;
      return;
    }
    if ((flags & FLAG_ERROR) !== 0) {
      this.#forget(call);
      const { method } = call;
      this.#reader.begin(buffer, view, start, end, owned);
      const error = readError(this.#reader, method.errors);
      if (call.kind === "stream") {
        call.endWith(error);
      } else {
        call.reject(error);
      }
    } else if (call.kind === "stream") {
      if ((flags & FLAG_STREAM_END) !== 0) {
        this.#forget(call);
        call.end();
      } else if ((flags & FLAG_STREAM) !== 0) {
        this.#item(call, buffer, view, start, end, owned);
      } else {
        this.#wrongKind(call, flags);
      }
    } else if (
      (flags & (FLAG_STREAM | FLAG_STREAM_END)) !== 0 ||
      (call.kind === "result" && (flags & FLAG_ACK) !== 0)
    ) {
      this.#wrongKind(call, flags);
    } else {
      this.#value(call, buffer, view, start, end, owned);
    }
  }

  #value(call: UnaryCall, buffer: Buffer, view: DataView, start: number, end: number, owned: boolean): void {
    const { method } = call;
    const reader = this.#reader;
    this.#calls.remove(call);
    let value: unknown;
    try {
      if (start === end && call.kind === "ack" && !method.raw) {
        // Published children acknowledge with an empty payload where they mean nil.
        reader.begin(NIL, NIL_VIEW, 0, 1, false);
      } else {
        reader.begin(buffer, view, start, end, owned);
      }
      value = method.answer.decode(reader);
      reader.finish();
    } catch (error) {
      call.reject(new ProcwireError("internal", `${method.name} ${call.kind}: ${sentence(error)}`));
      return;
    }
    call.resolve(value);
  }

  #item(call: StreamCall, buffer: Buffer, view: DataView, start: number, end: number, owned: boolean): void {
    const reader = this.#reader;
    const cost = end - start + EXTENSIONS.itemCost;
    const { credit } = this.#extensions;
    if (credit) {
      this.#charge(call, cost);
    }
    let item: unknown;
    try {
      reader.begin(buffer, view, start, end, owned);
      item = call.method.answer.decode(reader);
      reader.finish();
    } catch (error) {
      this.#leave(call);
      call.fail(new ProcwireError("internal", `${call.method.name} item: ${sentence(error)}`), false);
      return;
    }
    call.push(item, cost);
    if (call.cost >= this.#limits.streamPause && !credit) {
      this.#watchLag(call);
    }
  }

  /** Counts an item against the window of its stream. */
  #charge(call: StreamCall, cost: number): void {
    const { window } = this.#extensions;
    const { outstanding } = call;
    if (outstanding > Math.floor(window / 2) && cost > window - outstanding) {
      const message = `an item of ${cost} came while ${outstanding} of a stream's window of ${window} were not given back`;
      throw WireError.badCredit(message);
    }
    call.outstanding = outstanding + cost;
  }

  /** Notes a stream whose consumer lags, and aborts it where it lags too far. */
  #watchLag(call: StreamCall): void {
    this.#lagging.add(call);
    if (call.cost > this.#limits.streamQueue) {
      const limit = this.#limits.streamQueue;
      const message = `${call.cost} bytes of the stream were not taken while other calls waited, above the limit of ${limit}`;
      this.#leave(call);
      call.fail(refusal({ code: "resource_exhausted", message }, call.method), true);
    }
  }

  #wrongKind(call: LiveCall, flags: number): void {
    const message = `the peer answered a call of kind ${call.kind} with ${answerName(flags)}`;
    this.#leave(call);
    call.fail(refusal({ code: "internal", message }, call.method), true);
  }

  #expire(call: LiveCall): void {
    this.#leave(call);
    const message = "the peer did not answer before the deadline";
    call.fail(refusal({ code: "deadline_exceeded", message }, call.method), true);
  }

  /** Forgets a call that has not ended; the peer hears of it where it works on it. */
  #leave(call: LiveCall): void {
    if (this.#forget(call) && call.sent && !this.#closed) {
      this.#outbox.header(ID_ABORT, this.#flags, call.id);
    }
  }

  #forget(call: LiveCall): boolean {
    if (!this.#calls.remove(call)) {
      return false;
    }
    if (call.kind === "stream") {
      this.#streams.delete(call);
      this.#lagging.delete(call);
    }
    return true;
  }

  readonly #owner = {
    consumed: (call: StreamCall): void => {
      if (this.#lagging.size > 0) {
        if (call.cost < this.#limits.streamPause) {
          this.#lagging.delete(call);
        }
        this.#onChange();
      }
    },
    left: (call: LiveCall): void => {
      const lagged = this.#lagging.size > 0;
      this.#leave(call);
      if (lagged) {
        this.#onChange();
      }
    },
    release: (call: LiveCall): void => {
      if (call.signal !== undefined) {
        this.#signals.remove(call.signal, call);
      }
      if (call.context !== undefined) {
        ServedCall.release(call.context, call);
      }
    },
    giveBack: (call: StreamCall): void => {
      const credit = call.takenCost;
      call.takenCost = 0;
      call.outstanding -= credit;
      if (!this.#closed) {
        this.#outbox.encode(CREDIT, credit, ID_CREDIT, this.#flags, call.id);
      }
    },
  };

  /** Ends a call together with the one that it is made for. */
  #heed(call: LiveCall): void {
    if (call.context !== undefined) {
      ServedCall.depend(call.context, call);
    }
  }

  /** The deadline of a call that begins now. Throws where it may not begin. */
  #start(method: RemoteMethod, options: CallOptions | undefined): number {
    const refused = this.#refused;
    if (refused !== undefined) {
      throw refusal(refused, method);
    }
    if (method.id === 0 || method.isCallback) {
      this.#mayCall(method);
    }
    let timeout = options?.timeoutMs;
    if (timeout === undefined) {
      timeout = method.timeoutMs;
    } else if (typeof timeout !== "number" || !(timeout >= 0)) {
      const message = `${method.name}: timeoutMs is ${timeout}, expected a number of milliseconds that is not negative`;
      throw new ProcwireError("invalid_argument", message);
    }
    // Reading the clock costs as much as a tenth of a call. Calls of one turn share it where that makes no difference.
    if (timeout < COARSE_MS || !this.#outbox.armed) {
      this.#now = performance.now();
    }
    const deadline = this.#now + timeout;
    return options?.context === undefined ? deadline : this.#bounded(method, deadline, options.context.deadline);
  }

  /** Throws where this method cannot be called here. */
  #mayCall(method: RemoteMethod): void {
    if (method.missing !== undefined) {
      throw new ProcwireError("unsupported", method.missing);
    }
    if (method.isCallback && !this.#extensions.callbacks) {
      throw this.#extensions.missing("callbacks", method.name);
    }
  }

  /** A deadline that is not after that of the call for which this one is made. */
  #bounded(method: RemoteMethod, deadline: number, bound: number | undefined): number {
    if (bound === undefined || deadline < bound) {
      return deadline;
    }
    if (bound <= performance.now()) {
      const message = `${method.name}: the call that it is made for has no time left`;
      throw new ProcwireError("deadline_exceeded", message);
    }
    return bound;
  }

  #begin(method: RemoteMethod, value: unknown, options: CallOptions | undefined): Promise<unknown> {
    // What is thrown in here is what the promise rejects with.
    return new Promise((resolve, reject) => {
      const signal = options?.signal;
      signal?.throwIfAborted();
      const context = contextOf(method, options);
      const deadline = this.#start(method, options);
      const call = new UnaryCall(this.#owner, method, deadline, signal, context, resolve, reject);
      this.#heed(call);
      this.#send(call, method, value, options);
      if (signal !== undefined) {
        this.#signals.add(signal, call);
      }
    });
  }

  /** Gives a call its id and sends its request, now or once there is room. */
  #send(call: LiveCall, method: RemoteMethod, value: unknown, options: CallOptions | undefined): void {
    const outbox = this.#outbox;
    this.#calls.add(call);
    try {
      const meta = metaOf(this.#extensions, method, options, call.deadline);
      if (outbox.full) {
        const frame = this.#held(method, value, call.id, meta);
        outbox.whenRoom(() => {
          if (this.#calls.get(call.id) === call && !this.#closed) {
            call.sent = true;
            outbox.whole(frame);
          }
        });
      } else {
        if (meta === undefined) {
          outbox.encode(method.request, value, method.id, this.#flags, call.id);
        } else {
          outbox.encode(WITH_META, behind(meta, method, value), method.id, this.#flags | META, call.id);
        }
        call.sent = true;
      }
    } catch (error) {
      this.#calls.remove(call);
      this.#owner.release(call);
      throw refusedRequest(method, error);
    }
    if (this.#lagging.size > 0) {
      this.#onChange();
    }
  }

  /** Sends the request of a method that answers nothing; done when it is handed over. */
  #handOver(method: RemoteMethod, value: unknown, options: CallOptions | undefined): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const signal = options?.signal;
      signal?.throwIfAborted();
      const context = contextOf(method, options);
      const deadline = this.#start(method, options);
      if (context?.cancelled) {
        throw new ProcwireError("cancelled", `${method.name}: the caller for which it is made has left`);
      }
      const outbox = this.#outbox;
      try {
        const meta = metaOf(this.#extensions, method, options, deadline);
        if (!outbox.full) {
          if (meta === undefined) {
            outbox.encode(method.request, value, method.id, this.#flags, 0);
          } else {
            outbox.encode(WITH_META, behind(meta, method, value), method.id, this.#flags | META, 0);
          }
          resolve(undefined);
          return;
        }
        const frame = this.#held(method, value, 0, meta);
        outbox.whenRoom(() => {
          if (signal?.aborted) {
            reject(signal.reason);
          } else if (this.#closed && this.#refused !== undefined) {
            reject(refusal(this.#refused, method));
          } else {
            outbox.whole(frame);
            resolve(undefined);
          }
        });
      } catch (error) {
        throw refusedRequest(method, error);
      }
    });
  }

  /** A request that waits for room. */
  #held(method: RemoteMethod, value: unknown, request: number, meta: Buffer | undefined): Buffer {
    const frame =
      meta === undefined
        ? this.#outbox.frame(method.request, value, method.id, this.#flags, request)
        : this.#outbox.frame(WITH_META, behind(meta, method, value), method.id, this.#flags | META, request);
    return frame;
  }
}
