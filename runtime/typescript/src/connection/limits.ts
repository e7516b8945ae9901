import { DEFAULT_PAYLOAD_LIMIT, EXTENSIONS, LIMITS, MAXIMUM_PAYLOAD_LIMIT, TIMEOUTS_MS } from "../constants.js";
import { ProcwireError } from "../error.js";

/** The limits of one connection. Each has the protocol's value by default. */
export interface Limits {
  /** Bytes of a payload that is taken; at most 2 GiB - 1. 1 GiB by default. */
  readonly payload: number;
  /** Bytes of a payload that the peer is known to take. 1 GiB by default. */
  readonly peerPayload: number;
  /** Handlers that run at once. Above it requests wait. 16,384 by default. */
  readonly handlers: number;
  /** Requests that may wait for a handler to end. 65,536 by default. */
  readonly waitingRequests: number;
  /** Bytes that waiting requests may hold together. 64 MiB by default. */
  readonly waitingBytes: number;
  /** Bytes that wait to be written before producers, handlers and callers wait too. 16 MiB by default. */
  readonly writeQueue: number;
  /** Bytes of unwritten answers from which on nothing more is read. 64 MiB by default. */
  readonly unwrittenAnswers: number;
  /**
   * Bytes of one stream's items that nobody has taken, from which on nothing more is read while no other call waits.
   * 1 MiB by default.
   */
  readonly streamPause: number;
  /** Bytes of one stream's items that nobody has taken, from which on the stream is aborted. 64 MiB by default. */
  readonly streamQueue: number;
  /**
   * What one stream may send before its consumer has taken any of it, where both sides know of credit: bytes, and 64 for
   * each item. 1 MiB by default.
   */
  readonly window: number;
  /** Events that one subscription keeps; the oldest is dropped for the next. 1,024 by default. */
  readonly events: number;
  /** Milliseconds that a result or an ack may take where the call does not say; `Infinity` is for ever. 30 s by default. */
  readonly callTimeoutMs: number;
}

/** The protocol's limits. */
export const DEFAULT_LIMITS: Limits = {
  payload: DEFAULT_PAYLOAD_LIMIT,
  peerPayload: DEFAULT_PAYLOAD_LIMIT,
  ...LIMITS,
  window: EXTENSIONS.window,
  callTimeoutMs: TIMEOUTS_MS.call,
};

/** The limits that differ from the protocol's where `changed` says so. */
export function limitsOf(changed: Partial<Limits> | undefined): Limits {
  const limits: { -readonly [K in keyof Limits]: number } = { ...DEFAULT_LIMITS };
  for (const name of Object.keys(limits) as (keyof Limits)[]) {
    const value = changed?.[name];
    if (value === undefined) {
      continue;
    }
    if (typeof value !== "number" || !(value >= 0)) {
      throw new ProcwireError("invalid_argument", `the limit ${name} is ${value}, expected a number of at least 0`);
    }
    limits[name] = value;
  }
  limits.payload = Math.min(limits.payload, MAXIMUM_PAYLOAD_LIMIT);
  limits.peerPayload = Math.min(limits.peerPayload, MAXIMUM_PAYLOAD_LIMIT);
  return limits;
}
