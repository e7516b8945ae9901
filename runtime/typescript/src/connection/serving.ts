/**
 * Requests of the peer: which are taken, which wait, how their handlers start, and what they answer.
 *
 * @module
 */

import { type Codec, Reader } from "../codec/index.js";
import { EXTENSIONS, FLAG_TO_PARENT, KINDS } from "../constants.js";
import { ProcwireError, sentence } from "../error.js";
import { errorCodec, partsOf } from "../error_payload.js";
import { WireError } from "../frame.js";
import { Queue } from "../queue.js";
import { endedBy, LEFT, methodName, type Tracing } from "../tracing.js";
import type { Counters } from "./counters.js";
import type { Extensions } from "./extensions.js";
import type { Limits } from "./limits.js";
import type { CallMeta } from "./metadata.js";
import type { Outbox } from "./outbox.js";
import { isThenable, produce } from "./producing.js";
import { ServedCall, type ServedMethod } from "./served_call.js";
import { StreamSink, unsendable } from "./stream_sink.js";

const { methodOf, requestOf, isMuted, isNested, spanOf } = ServedCall;
/** Methods that an answer to an unknown id names. */
const NAMED = 64;

/** Bytes of the payload of a credit. */
const CREDIT_LENGTH = 4;

/** Whether requests of the peer are taken. */
type Intake = "open" | "draining" | "refusing";

/** A request that waits for a handler to end. */
interface Waiting {
  readonly call: ServedCall;
  readonly payload: Buffer;
}

/** Runs the handlers of this side. */
export class Serving {
  readonly #methods: readonly (ServedMethod | undefined)[];
  readonly #builtins: ReadonlyMap<number, ServedMethod>;
  readonly #extensions: Extensions;
  readonly #role: "parent" | "child";
  readonly #tracing: Tracing | undefined;
  readonly #limits: Limits;
  readonly #counters: Counters;
  readonly #outbox: Outbox;
  /** What the flags of an answer lose on the way to a child. */
  readonly #mask: number;
  readonly #reader = new Reader();
  /** Requests with an id whose handlers are pending, not those that were aborted. */
  readonly #served = new Map<number, ServedCall>();
  /** Requests without an id whose handlers are pending. */
  readonly #unanswered = new Set<ServedCall>();
  readonly #waiting = new Queue<Waiting>();
  #waitingBytes = 0;
  /** Handlers that are pending; those of aborted calls count until they end. */
  #running = 0;
  /** The same of requests that take no slot: of calls that are made for others, and of the runtime's own methods. */
  #nested = 0;
  #starting = false;
  #intake: Intake = "open";
  #closed = false;
  #settled: (() => void)[] = [];

  /** `methods` stand in the order of their ids, from 1; a parent's has holes, and may change. */
  constructor(
    role: "parent" | "child",
    methods: readonly (ServedMethod | undefined)[],
    builtins: readonly ServedMethod[],
    limits: Limits,
    counters: Counters,
    outbox: Outbox,
    extensions: Extensions,
    tracing?: Tracing,
  ) {
    this.#tracing = tracing;
    this.#methods = methods;
    this.#builtins = new Map(builtins.map((method) => [method.id, method]));
    this.#role = role;
    this.#extensions = extensions;
    this.#limits = limits;
    this.#counters = counters;
    this.#outbox = outbox;
    this.#mask = role === "child" ? 0xff : 0xff & ~FLAG_TO_PARENT;
  }

  /** Handlers that run, and requests that wait for one to end. */
  get live(): number {
    return this.#running + this.#nested + this.#waiting.size;
  }

  /** Handlers that run. */
  get running(): number {
    return this.#running + this.#nested;
  }

  /** Requests that wait for a handler to end. */
  get waiting(): number {
    return this.#waiting.size;
  }

  get intake(): Intake {
    return this.#intake;
  }

  /** Whether this id is one of a method, or of a callback where there are any. */
  has(id: number): boolean {
    if (this.#role === "parent" && !this.#extensions.callbacks) {
      return false;
    }
    return this.#methods[id - 1] !== undefined || this.#builtins.has(id);
  }

  /** Takes a request. Throws a {@link WireError} where its request id is in use. */
  request(
    id: number,
    request: number,
    buffer: Buffer,
    view: DataView,
    start: number,
    end: number,
    owned: boolean,
    meta: CallMeta | string | undefined,
  ): void {
    if (request !== 0 && this.#served.size > 0 && this.#served.has(request)) {
      throw WireError.requestIdInUse(request);
    }
    const method = this.#methods[id - 1] ?? this.#builtins.get(id);
    if (method === undefined) {
      this.#unknownMethod(id, request);
      return;
    }
    const answers = method.kind !== "none";
    if (answers && request === 0) {
      this.#counters.requestsWithoutId += 1;
      return;
    }
    const call = new ServedCall(method, answers ? request : 0, typeof meta === "string" ? undefined : meta);
    if (this.#tracing !== undefined && !method.isBuiltin) {
      const name = methodName(method.name, method.name === method.wire);
      ServedCall.follow(call, this.#tracing.serve(name, call.trace));
    }
    const wrong = meta === undefined ? undefined : this.#wrong(method, meta);
    if (wrong !== undefined) {
      this.#refuse(call, wrong);
    } else if (this.#intake === "refusing" && !method.isBuiltin) {
      this.#refuse(call, new ProcwireError("unavailable", "the worker is shutting down"));
    } else if ((this.#waiting.size > 0 || this.#running >= this.#limits.handlers) && !isNested(call)) {
      this.#wait(call, buffer.subarray(start, end), owned);
    } else {
      this.#start(call, buffer, view, start, end, owned);
    }
  }

  /** Why a request may not run that bears this metadata. */
  #wrong(method: ServedMethod, meta: CallMeta | string): ProcwireError | undefined {
    if (typeof meta === "string") {
      return new ProcwireError("invalid_argument", `${method.name} metadata: ${meta}`);
    }
    if (meta.isLate) {
      return new ProcwireError("deadline_exceeded", `${method.name}: the caller had no time left`);
    }
    const { nesting, nestedHandlers } = EXTENSIONS;
    if (meta.depth > nesting) {
      const message = `${method.name}: ${meta.depth} calls are nested, at most ${nesting} may be`;
      return new ProcwireError("resource_exhausted", message);
    }
    if (meta.depth > 0 && this.#nested >= nestedHandlers) {
      const message = `${method.name}: ${nestedHandlers} nested calls run, more is not taken`;
      return new ProcwireError("resource_exhausted", message);
    }
    return undefined;
  }

  /** The consumer of a stream has taken items. */
  credit(request: number, view: DataView, start: number, end: number): void {
    if (end - start !== CREDIT_LENGTH) {
      throw WireError.badCredit(`a credit has a payload of ${end - start} bytes, expected ${CREDIT_LENGTH}`);
    }
    const call = this.#served.get(request);
    if (call === undefined) {
      this.#counters.lateFrames += 1;
    } else {
      ServedCall.grant(call, view.getUint32(start));
    }
  }

  /** The caller of a request has left. */
  abort(request: number): void {
    const call = this.#served.get(request);
    if (call === undefined) {
      this.#counters.lateFrames += 1;
      return;
    }
    this.#served.delete(request);
    ServedCall.mute(call);
    ServedCall.cancel(call);
  }

  /** Fires the signal of every handler. Their answers still go out. */
  cancelAll(): void {
    for (const call of [...this.#served.values(), ...this.#unanswered]) {
      ServedCall.cancel(call);
    }
  }

  /** Requests that come from now on are read, or refused. */
  setIntake(intake: "draining" | "refusing"): void {
    if (this.#intake !== "refusing") {
      this.#intake = intake;
    }
    this.#tellSettled();
  }

  /** The connection is over: nothing is sent, handlers are told, and what waits is forgotten. */
  close(): void {
    this.#closed = true;
    this.#intake = "refusing";
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      spanOf(next.call)?.end(LEFT);
    }
    this.#waitingBytes = 0;
    this.cancelAll();
    this.#tellSettled();
  }

  /** Resolves once requests are refused and no handler runs. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      this.#settled.push(resolve);
      this.#tellSettled();
    });
  }

  #tellSettled(): void {
    if (this.#intake === "refusing" && this.live === 0 && this.#settled.length > 0) {
      const settled = this.#settled;
      this.#settled = [];
      for (const resolve of settled) {
        resolve();
      }
    }
  }

  #unknownMethod(id: number, request: number): void {
    if (request === 0) {
      this.#counters.requestsDropped += 1;
      return;
    }
    const known = this.#methods.slice(0, NAMED).flatMap((method) => method?.wire ?? []);
    const message = `no method has the id ${id}; there are: ${known.join(", ")}`;
    this.#outbox.encode(errorCodec, { code: "not_found", message }, id, KINDS.error & this.#mask, request);
  }

  #refuse(call: ServedCall, error: ProcwireError): void {
    if (requestOf(call) === 0) {
      this.#counters.requestsDropped += 1;
      spanOf(call)?.end(endedBy(error, []));
    } else {
      this.#fail(call, error);
    }
  }

  /** Keeps a request until a handler ends. */
  #wait(call: ServedCall, payload: Buffer, owned: boolean): void {
    const limits = this.#limits;
    if (this.#waiting.size >= limits.waitingRequests || this.#waitingBytes + payload.length > limits.waitingBytes) {
      const message = `${limits.handlers} handlers run and ${this.#waiting.size} requests of ${this.#waitingBytes} bytes wait, more is not taken`;
      this.#refuse(call, new ProcwireError("resource_exhausted", message));
      return;
    }
    this.#waitingBytes += payload.length;
    this.#waiting.push({ call, payload: owned ? payload : Buffer.from(payload) });
    if (requestOf(call) !== 0) {
      this.#served.set(requestOf(call), call);
    }
  }

  /** Starts the handlers of requests that waited, as many as there is room for. */
  #startWaiting(): void {
    if (this.#starting) {
      return;
    }
    this.#starting = true;
    while (this.#running < this.#limits.handlers) {
      const next = this.#waiting.shift();
      if (next === undefined) {
        break;
      }
      const { call, payload } = next;
      this.#waitingBytes -= payload.length;
      if (isMuted(call)) {
        spanOf(call)?.end(LEFT);
        continue;
      }
      if (call.deadline !== undefined && call.deadline <= performance.now()) {
        const message = `${methodOf(call).name}: the deadline passed while the request waited for a handler to end`;
        this.#refuse(call, new ProcwireError("deadline_exceeded", message));
        continue;
      }
      const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
      this.#start(call, payload, view, 0, payload.length, true);
    }
    this.#starting = false;
  }

  #start(call: ServedCall, buffer: Buffer, view: DataView, start: number, end: number, owned: boolean): void {
    const method = methodOf(call);
    let args: unknown;
    try {
      this.#reader.begin(buffer, view, start, end, owned);
      args = method.request.decode(this.#reader);
      this.#reader.finish();
    } catch (error) {
      this.#forget(call);
      this.#refuse(call, new ProcwireError("invalid_argument", `${method.name} request: ${sentence(error)}`));
      return;
    }
    let answer: unknown;
    try {
      const span = spanOf(call);
      answer = span === undefined ? method.run(args, call) : span.run(() => method.run(args, call));
    } catch (error) {
      this.#fail(call, error);
      return;
    }
    if (method.kind === "stream") {
      this.#remember(call);
      this.#produce(call, answer);
    } else if (isThenable(answer)) {
      this.#remember(call);
      answer.then(
        (value) => {
          this.#answer(call, value);
          this.#ended(call);
        },
        (error) => {
          this.#fail(call, error);
          this.#ended(call);
        },
      );
    } else {
      this.#answer(call, answer);
      this.#forget(call);
    }
  }

  #remember(call: ServedCall): void {
    if (isNested(call)) {
      this.#nested += 1;
    } else {
      this.#running += 1;
    }
    const request = requestOf(call);
    if (request === 0) {
      this.#unanswered.add(call);
    } else {
      this.#served.set(request, call);
    }
  }

  /** The peer may use the id again; an aborted call is not there any more, and its id may be another's. */
  #forget(call: ServedCall): void {
    const request = requestOf(call);
    if (request === 0) {
      this.#unanswered.delete(call);
    } else if (this.#served.get(request) === call) {
      this.#served.delete(request);
    }
  }

  /** The handler has ended. While the write queue is full its slot stays taken. */
  #ended(call: ServedCall): void {
    this.#forget(call);
    if (isNested(call)) {
      this.#nested -= 1;
      this.#tellSettled();
    } else if (this.#outbox.full && !this.#closed) {
      this.#outbox.whenRoom(this.#freeSlot);
    } else {
      this.#freeSlot();
    }
  }

  readonly #freeSlot = (): void => {
    this.#running -= 1;
    if (this.#waiting.size > 0) {
      this.#startWaiting();
    }
    if (this.#settled.length > 0) {
      this.#tellSettled();
    }
  };

  #isSilent(call: ServedCall): boolean {
    return requestOf(call) === 0 || isMuted(call) || this.#closed;
  }

  /** Sends the one answer of a result or an ack. */
  #answer(call: ServedCall, value: unknown): void {
    if (this.#isSilent(call)) {
      this.#endSpan(call);
      return;
    }
    const method = methodOf(call);
    const kind = method.kind === "ack" ? KINDS.ack : KINDS.result;
    try {
      this.#outbox.encode(method.answer, value, method.id, kind & this.#mask, requestOf(call));
      this.#endSpan(call);
    } catch (error) {
      this.#fail(call, unsendable(method, "answer", error));
    }
  }

  /** The call has ended as it should, or its caller has left. */
  #endSpan(call: ServedCall): void {
    spanOf(call)?.end(isMuted(call) || this.#closed ? LEFT : undefined);
  }

  #fail(call: ServedCall, thrown: unknown): void {
    this.#forget(call);
    spanOf(call)?.end(isMuted(call) ? LEFT : endedBy(thrown, methodOf(call).errors));
    if (this.#isSilent(call)) {
      return;
    }
    const method = methodOf(call);
    const flags = (method.kind === "stream" ? KINDS.streamError : KINDS.error) & this.#mask;
    const send = (error: unknown): void => {
      const codec = errorCodec as Codec<unknown, unknown>;
      this.#outbox.encode(
        codec,
        partsOf(error, method.errors, this.#extensions.tracebacks),
        method.id,
        flags,
        requestOf(call),
      );
    };
    try {
      send(thrown);
    } catch (error) {
      // The failure is a code and a sentence, which can be encoded and fits everywhere.
      send(unsendable(method, "error", error));
    }
  }

  #produce(call: ServedCall, answer: unknown): void {
    const sink = new StreamSink(call, this.#outbox, {
      isSilent: () => this.#isSilent(call),
      fail: (error) => this.#fail(call, error),
      flags: this.#mask,
      ended: () => {
        this.#endSpan(call);
        this.#forget(call);
      },
      window: this.#extensions.credit ? this.#extensions.peerWindow : Number.POSITIVE_INFINITY,
    });
    const run = async (): Promise<void> => {
      try {
        await produce(isThenable(answer) ? await answer : answer, sink);
      } catch (error) {
        this.#fail(call, error);
      }
      this.#endSpan(call);
      ServedCall.onLeave(call, undefined);
      this.#ended(call);
    };
    const span = spanOf(call);
    void (span === undefined ? run() : span.run(run));
  }
}
