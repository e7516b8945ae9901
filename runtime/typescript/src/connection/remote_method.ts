import type { Codec } from "../codec/index.js";
import type { ResponseKind } from "../constants.js";
import type { DeclaredErrorClass } from "../error.js";

/** A method of the peer, with what it takes to call it. */
export interface RemoteMethod {
  /** `Trading.place`, as messages name it. */
  readonly name: string;
  readonly id: number;
  readonly kind: ResponseKind;
  readonly raw: boolean;
  readonly request: Codec<unknown, unknown>;
  readonly answer: Codec<unknown, unknown>;
  readonly error: DeclaredErrorClass | undefined;
  /** Milliseconds that it may take where the call does not say; `Infinity` is for ever. */
  readonly timeoutMs: number;
}

/** What a caller may say about one call. */
export interface CallOptions {
  /** Aborts the call: it rejects with the signal's reason, and the worker's handler is told. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds that the call may take, or a stream until its end; then it fails with `deadline_exceeded`. `Infinity` is
   * for ever.
   */
  readonly timeoutMs?: number | undefined;
}
