import type { Codec } from "../codec/index.js";
import type { ResponseKind } from "../constants.js";
import type { Context } from "../context.js";
import { type DeclaredErrorClass, ProcwireError } from "../error.js";

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
  readonly error: DeclaredErrorClass | undefined;
  /** Sends the events of its service. */
  readonly events: unknown;
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

  constructor(method: ServedMethod, request: number) {
    this.#method = method;
    this.#request = request;
    this.#controller = undefined;
    this.#leave = undefined;
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

  get deadline(): undefined {
    return undefined;
  }

  get events(): unknown {
    return this.#method.events;
  }

  /** What only the connection sees. */
  static methodOf(call: ServedCall): ServedMethod {
    return call.#method;
  }

  static requestOf(call: ServedCall): number {
    return call.#request;
  }

  static isMuted(call: ServedCall): boolean {
    return call.#muted;
  }

  /** Nothing is sent for this call from now on. */
  static mute(call: ServedCall): void {
    call.#muted = true;
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
    call.#leave?.();
  }
}

function left(): ProcwireError {
  return new ProcwireError("cancelled", "the caller has left");
}
