import type { ProcwireError } from "../error.js";
import type { LiveCall } from "./calls.js";
import type { RemoteMethod } from "./remote_method.js";

/** A call that waits for its one answer. */
export class UnaryCall implements LiveCall {
  id = 0;
  readonly kind: "result" | "ack";
  sent = false;
  deadline: number;
  readonly method: RemoteMethod;
  readonly #resolve: (value: unknown) => void;
  readonly #reject: (error: unknown) => void;
  #signal: AbortSignal | undefined;
  #onAbort: (() => void) | undefined;

  constructor(
    method: RemoteMethod,
    deadline: number,
    resolve: (value: unknown) => void,
    reject: (error: unknown) => void,
  ) {
    this.kind = method.kind === "ack" ? "ack" : "result";
    this.method = method;
    this.deadline = deadline;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#signal = undefined;
    this.#onAbort = undefined;
  }

  /** Calls `left` when the caller aborts. */
  heed(signal: AbortSignal, left: (call: UnaryCall) => void): void {
    this.#signal = signal;
    this.#onAbort = () => {
      left(this);
      this.#reject(signal.reason);
    };
    signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  resolve(value: unknown): void {
    this.#release();
    this.#resolve(value);
  }

  reject(error: unknown): void {
    this.#release();
    this.#reject(error);
  }

  fail(error: ProcwireError): void {
    this.reject(error);
  }

  #release(): void {
    if (this.#onAbort !== undefined) {
      this.#signal?.removeEventListener("abort", this.#onAbort);
      this.#onAbort = undefined;
      this.#signal = undefined;
    }
  }
}
