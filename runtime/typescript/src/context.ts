/** Keys and values that a caller sends along with a call. */
export type Metadata = { readonly [key: string]: string | Uint8Array };

/** Where a call stands in a distributed trace, as the W3C Trace Context and Baggage say. */
export interface Trace {
  /** `00-<trace id>-<span id>-<flags>`. */
  readonly traceparent: string;
  readonly tracestate?: string | undefined;
  readonly baggage?: string | undefined;
}

/** What a worker may say beside an event. */
export interface EmitOptions {
  /** What the listener finds in its context. It takes a parent that knows of metadata. */
  readonly metadata?: Metadata | undefined;
  /** The trace that the event belongs to. A parent that does not know of traces is not told. */
  readonly trace?: Trace | undefined;
}

/** What a listener can know of an event besides what it carries. */
export interface EventContext {
  /** What the worker sent along; empty where it sent nothing, or could not. */
  readonly metadata: Metadata;
  /** The trace that the event belongs to, where the worker said so. */
  readonly trace: Trace | undefined;
}

/** What a handler can know and do besides its arguments. */
export interface Context<Emit = unknown, Calls = unknown> {
  /** The name of the method on the wire. */
  readonly method: string;
  /** The name of the service, or the namespace of a callback. */
  readonly service: string;
  /**
   * Fires when the caller has left: it aborted, its deadline passed, or it is gone. Nothing that the handler sends
   * reaches anybody afterwards.
   */
  readonly signal: AbortSignal;
  /** Whether the caller has left. Cheaper than the signal, which comes into being when it is asked for. */
  readonly cancelled: boolean;
  /**
   * When the call must be done, in milliseconds of `performance.now()`, where the caller said so. The base protocol does
   * not carry it.
   */
  readonly deadline: number | undefined;
  /** What the caller sent along; empty where it sent nothing, or could not. */
  readonly metadata: Metadata;
  /** The trace that the call belongs to, where the caller said so. */
  readonly trace: Trace | undefined;
  /** How many calls this one is made for, one inside the other. */
  readonly depth: number;
  /** Sends events to the parent. */
  readonly events: Emit;
  /** Calls the parent on behalf of this call: in its time, in its trace, and no longer than it is wanted. */
  readonly callbacks: Calls;
}
