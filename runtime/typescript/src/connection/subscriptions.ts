import type { EventContext } from "../context.js";
import { Queue } from "../queue.js";
import type { Counters } from "./counters.js";

/** Events as they come, one after the other. It ends with the connection. */
export interface Subscription<T> extends AsyncIterableIterator<T, undefined, undefined> {
  [Symbol.asyncIterator](): Subscription<T>;
  /** Ends the subscription. */
  return(): Promise<IteratorResult<T, undefined>>;
  /** How many events were dropped because nobody took them. */
  readonly dropped: number;
}

type Result = IteratorResult<unknown, undefined>;
const END: Result = { value: undefined, done: true };

type Listener = (event: unknown, counters: Counters, context: EventContext) => void;

/** Who hears what the peer tells. */
export class Subscriptions {
  readonly #limit: number;
  readonly #byEvent = new Map<number, Set<Listener>>();
  readonly #open = new Set<EventQueue>();
  #closed = false;

  constructor(limit: number) {
    this.#limit = Math.max(limit, 1);
  }

  /** Whether anybody hears this event. */
  heard(event: number): boolean {
    return this.#byEvent.has(event);
  }

  /** Calls `listener` with every event of this id from now on, and gives what ends that. */
  on(event: number, listener: (event: unknown, context: EventContext) => void): () => void {
    // The same function may listen twice, and each time has an end of its own.
    return this.#listen(event, (value, _, context) => listener(value, context));
  }

  /** Keeps every event of this id from now on until it is taken. */
  subscribe(event: number): Subscription<unknown> {
    const queue = new EventQueue(this.#limit);
    if (this.#closed) {
      queue.end();
      return queue;
    }
    const off = this.#listen(event, (value, counters) => queue.push(value, counters));
    queue.onEnd = () => {
      off();
      this.#open.delete(queue);
    };
    this.#open.add(queue);
    return queue;
  }

  /** Gives an event to everybody who hears it. */
  publish(event: number, value: unknown, counters: Counters, context: EventContext): void {
    for (const listener of this.#byEvent.get(event) ?? []) {
      try {
        listener(value, counters, context);
      } catch (error) {
        counters.listenersFailed += 1;
        // Nobody waits for a listener: its error is the program's own, as that of any event target.
        process.nextTick(() => {
          throw error;
        });
      }
    }
  }

  #listen(event: number, listener: Listener): () => void {
    let listeners = this.#byEvent.get(event);
    if (listeners === undefined) {
      listeners = new Set();
      this.#byEvent.set(event, listeners);
    }
    listeners.add(listener);
    return () => {
      const left = this.#byEvent.get(event);
      if (left?.delete(listener) && left.size === 0) {
        this.#byEvent.delete(event);
      }
    };
  }

  /** There will be no events any more. Those that arrived can still be taken. */
  close(): void {
    this.#closed = true;
    for (const queue of this.#open) {
      queue.end();
    }
  }
}

/** Events that arrived for one subscription. */
class EventQueue implements Subscription<unknown> {
  readonly #limit: number;
  readonly #events = new Queue<unknown>();
  readonly #waiting = new Queue<(result: Result) => void>();
  #ended = false;
  dropped = 0;
  onEnd: () => void = () => {};

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(value: unknown, counters: Counters): void {
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) {
      waiting({ value, done: false });
      return;
    }
    if (this.#events.size >= this.#limit) {
      this.#events.shift();
      this.dropped += 1;
      counters.eventsDropped += 1;
    }
    this.#events.push(value);
  }

  next(): Promise<Result> {
    if (this.#events.size > 0) {
      return Promise.resolve({ value: this.#events.shift(), done: false });
    }
    if (this.#ended) {
      return Promise.resolve(END);
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  return(): Promise<Result> {
    this.#events.clear();
    this.end();
    return Promise.resolve(END);
  }

  end(): void {
    if (this.#ended) {
      return;
    }
    this.#ended = true;
    this.onEnd();
    for (let resolve = this.#waiting.shift(); resolve !== undefined; resolve = this.#waiting.shift()) {
      resolve(END);
    }
  }

  [Symbol.asyncIterator](): Subscription<unknown> {
    return this;
  }
}
