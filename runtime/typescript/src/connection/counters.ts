/** What was read, written, dropped or went wrong since the start of a connection. */
export interface Counts {
  /** Frames read. */
  readonly framesRead: number;
  /** Frames handed over to be written. */
  readonly framesWritten: number;
  /** Requests without a request id for a method that answers; they were dropped. */
  readonly requestsWithoutId: number;
  /** Requests of a method without an answer that did not decode or had no room; they were dropped. */
  readonly requestsDropped: number;
  /** Answers and aborts for a request that is not alive; they were ignored. */
  readonly lateFrames: number;
  /** Events that nobody was subscribed to. */
  readonly eventsUnheard: number;
  /** Events that a full subscription dropped. */
  readonly eventsDropped: number;
  /** Events that did not decode; they were dropped. */
  readonly eventsUndecodable: number;
  /** Listeners that threw. */
  readonly listenersFailed: number;
}

/** The same while it grows. */
export type Counters = { -readonly [K in keyof Counts]: number };

/** Counters that start at 0. */
export function newCounters(): Counters {
  return {
    framesRead: 0,
    framesWritten: 0,
    requestsWithoutId: 0,
    requestsDropped: 0,
    lateFrames: 0,
    eventsUnheard: 0,
    eventsDropped: 0,
    eventsUndecodable: 0,
    listenersFailed: 0,
  };
}
