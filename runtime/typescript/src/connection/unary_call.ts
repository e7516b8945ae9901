import type { ProcwireError } from "../error.js";
import type { LiveCall } from "./calls.js";
import type { RemoteMethod } from "./remote_method.js";
import type { ServedCall } from "./served_call.js";
import type { Heeding } from "./signals.js";

/** What a call tells the connection. */
export interface CallOwner {
  /** The caller has left before the answer. */
  left(call: LiveCall): void;
  /** A call has ended: what could abort it needs not be heard any more. */
  release(call: LiveCall): void;
}

/** A call that waits for its one answer. */
export class UnaryCall implements Heeding {
  /** Its request id; 0 before it has one. */
  id = 0;
  readonly kind: "result" | "ack";
  /** Whether the request was handed to the write queue: only then an abort means something to the peer. */
  sent = false;
  /** In milliseconds of `performance.now()`; `Infinity` is never. */
  readonly deadline: number;
  readonly method: RemoteMethod;
  readonly signal: AbortSignal | undefined;
  /** The call that this one is made for. */
  readonly context: ServedCall | undefined;
  readonly #owner: CallOwner;
  readonly #resolve: (value: unknown) => void;
  readonly #reject: (error: unknown) => void;

  constructor(
    owner: CallOwner,
    method: RemoteMethod,
    deadline: number,
    signal: AbortSignal | undefined,
    context: ServedCall | undefined,
    resolve: (value: unknown) => void,
    reject: (error: unknown) => void,
  ) {
    this.#owner = owner;
    this.kind = method.kind === "ack" ? "ack" : "result";
    this.method = method;
    this.deadline = deadline;
    this.signal = signal;
    this.context = context;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  aborted(reason: unknown): void {
    this.#owner.left(this);
    this.reject(reason);
  }

  resolve(value: unknown): void {
    if (this.signal !== undefined || this.context !== undefined) {
      this.#owner.release(this);
    }
    this.#resolve(value);
  }

  reject(error: unknown): void {
    if (this.signal !== undefined || this.context !== undefined) {
      this.#owner.release(this);
    }
    this.#reject(error);
  }

  /** Ends the call with an error of this side. */
  fail(error: ProcwireError): void {
    this.reject(error);
  }
}
