import type { Codec } from "../codec/index.js";
import type { ResponseKind } from "../constants.js";
import type { Context, Metadata, Trace } from "../context.js";
import { type DeclaredErrorClass, ProcwireError } from "../error.js";
import type { ServerSpan } from "../tracing.js";
import { type CallMeta, NO_METADATA } from "./metadata.js";
import type { Heeding } from "./signals.js";

/** A method that this side serves, with what it takes to run it. */
export interface ServedMethod {
  /** `Trading.place`, as messages name it. */
  readonly name: string;
  readonly id: number;
  /** The name of the service, and the method's own on the wire. */
  readonly service: string;
  readonly wire: string;
  readonly kind: ResponseKind;
  readonly raw: boolean;
  readonly request: Codec<unknown, unknown>;
  readonly answer: Codec<unknown, unknown>;
  readonly errors: readonly DeclaredErrorClass[];
  /** Milliseconds that a call may take where it does not say; announced to the peer. */
  readonly timeoutMs?: number | undefined;
  /** The fingerprint of what it takes and answers, for `$init`. */
  readonly fp?: string | undefined;
  /** One of the runtime's own, which takes no slot and is answered to the end. */
  readonly isBuiltin?: true;
  /** Sends the events of its service. */
  readonly events: unknown;
  /** What calls the peer on behalf of a call. */
  readonly calls?: ((call: ServedCall) => unknown) | undefined;
  /** Runs the handler. */
  run(args: unknown, context: Context): unknown;
}

/** One request of the peer while its handler runs. It is what the handler gets as its context. */
export class ServedCall implements Context {
  readonly #method: ServedMethod;
  /** 0 where nothing is answered. */
  readonly #request: number;
  #controller: AbortController | undefined;
  #cancelled = false;
  /** The caller has left: nothing is sent any more. */
  #muted = false;
  #leave: (() => void) | undefined;
  readonly #meta: CallMeta | undefined;
  /** Calls that were made for this one, and have not ended. */
  #dependents: Set<Heeding> | undefined;
  /** Follows the call, where the program wants that. */
  #span: ServerSpan | undefined;
  /** Takes the credit that the caller gives for a stream. */
  #grant: ((credit: number) => void) | undefined;

  constructor(method: ServedMethod, request: number, meta: CallMeta | undefined) {
    this.#method = method;
    this.#request = request;
    this.#meta = meta;
    this.#controller = undefined;
    this.#leave = undefined;
    this.#dependents = undefined;
    this.#grant = undefined;
    this.#span = undefined;
  }

  get method(): string {
    return this.#method.wire;
  }

  get service(): string {
    return this.#method.service;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#cancelled) {
        this.#controller.abort(left());
      }
    }
    return this.#controller.signal;
  }

  get cancelled(): boolean {
    return this.#cancelled;
  }

  get deadline(): number | undefined {
    const deadline = this.#meta?.deadline;
    return deadline === Number.POSITIVE_INFINITY ? undefined : deadline;
  }

  get metadata(): Metadata {
    return this.#meta?.user ?? NO_METADATA;
  }

  get trace(): Trace | undefined {
    return this.#meta?.trace;
  }

  get depth(): number {
    return this.#meta?.depth ?? 0;
  }

  get events(): unknown {
    return this.#method.events;
  }

  get callbacks(): unknown {
    return this.#method.calls?.(this) ?? NO_CALLS;
  }

  /** What only the connection sees. */
  static methodOf(call: ServedCall): ServedMethod {
    return call.#method;
  }

  static spanOf(call: ServedCall): ServerSpan | undefined {
    return call.#span;
  }

  static follow(call: ServedCall, span: ServerSpan): void {
    call.#span = span;
  }

  static requestOf(call: ServedCall): number {
    return call.#request;
  }

  /** Whether it takes no slot: whoever waits for it may hold one. */
  static isNested(call: ServedCall): boolean {
    return call.depth > 0 || call.#method.isBuiltin === true;
  }

  static isMuted(call: ServedCall): boolean {
    return call.#muted;
  }

  /** Nothing is sent for this call from now on. */
  static mute(call: ServedCall): void {
    call.#muted = true;
  }

  /** Ends `call`, which was made for this one, when this one is cancelled. Throws where it is cancelled already. */
  static depend(served: ServedCall, call: Heeding): void {
    if (served.#cancelled) {
      throw left();
    }
    served.#dependents ??= new Set();
    served.#dependents.add(call);
  }

  /** A call that was made for this one has ended. */
  static release(served: ServedCall, call: Heeding): void {
    served.#dependents?.delete(call);
  }

  /** Takes the credit that the caller gives. */
  static onCredit(call: ServedCall, grant: (credit: number) => void): void {
    call.#grant = grant;
  }

  static grant(call: ServedCall, credit: number): void {
    call.#grant?.(credit);
  }

  /** Calls `leave` when the caller has left, such as to end a generator. */
  static onLeave(call: ServedCall, leave: (() => void) | undefined): void {
    call.#leave = leave;
  }

  /** Fires the handler's signal. What it still answers is sent, unless it is muted too. */
  static cancel(call: ServedCall): void {
    if (call.#cancelled) {
      return;
    }
    call.#cancelled = true;
    call.#controller?.abort(left());
    for (const dependent of call.#dependents ?? []) {
      dependent.aborted(left());
    }
    call.#leave?.();
  }
}

const NO_CALLS: object = Object.freeze({});

function left(): ProcwireError {
  return new ProcwireError("cancelled", "the caller has left");
}
