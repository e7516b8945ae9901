import type { ProcwireError } from "../error.js";
import { Queue } from "../queue.js";
import type { RemoteMethod } from "./remote_method.js";
import type { Heeding } from "./signals.js";
import type { CallOwner } from "./unary_call.js";

/** What an item is taken to cost besides its payload. */
const ITEM_COST = 64;

type Result = IteratorResult<unknown, undefined>;
const END: Result = { value: undefined, done: true };

/** What a stream tells the connection. */
export interface StreamOwner extends CallOwner {
  /** The consumer took items, or waits for one. */
  consumed(call: StreamCall): void;
}

/** A stream of the peer while it runs: items that arrived, and whoever waits for the next. */
export class StreamCall implements Heeding, AsyncIterableIterator<unknown, undefined, undefined> {
  /** Its request id; 0 before it has one. */
  id = 0;
  readonly kind = "stream";
  /** Whether the request was handed to the write queue: only then an abort means something to the peer. */
  sent = false;
  /** In milliseconds of `performance.now()`; `Infinity` is never. */
  deadline: number;
  readonly method: RemoteMethod;
  /** Bytes of the items that nobody has taken. */
  cost = 0;
  ended = false;
  readonly #owner: StreamOwner;
  #items: unknown[] = [];
  #costs: number[] = [];
  #head = 0;
  readonly #waiting = new Queue<{ resolve: (result: Result) => void; reject: (error: unknown) => void }>();
  #error: unknown;
  #failed = false;
  readonly signal: AbortSignal | undefined;

  constructor(owner: StreamOwner, method: RemoteMethod, deadline: number, signal: AbortSignal | undefined) {
    this.#owner = owner;
    this.method = method;
    this.deadline = deadline;
    this.signal = signal;
  }

  /** Whether somebody asked for an item in vain. */
  get waits(): boolean {
    return this.#waiting.size > 0;
  }

  aborted(reason: unknown): void {
    if (!this.ended) {
      this.#drop();
      this.#endWith(reason);
      this.#owner.left(this);
    }
  }

  /** Takes an item that arrived, whose payload had so many bytes. */
  push(value: unknown, length: number): void {
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) {
      waiting.resolve({ value, done: false });
      return;
    }
    this.#items.push(value);
    this.#costs.push(length + ITEM_COST);
    this.cost += length + ITEM_COST;
  }

  /** The stream ended as its producer wished. */
  end(): void {
    this.ended = true;
    this.#settle();
  }

  /** The stream ended with an error, which comes after the items that arrived. */
  endWith(error: unknown): void {
    if (!this.ended) {
      this.#endWith(error);
    }
  }

  /** Ends the stream with an error of this side, which comes after the items that arrived unless `atOnce`. */
  fail(error: ProcwireError, atOnce: boolean): void {
    if (this.ended) {
      return;
    }
    if (atOnce) {
      this.#drop();
    }
    this.#endWith(error);
  }

  next(): Promise<Result> {
    const head = this.#head;
    if (head < this.#items.length) {
      const value = this.#items[head];
      this.#items[head] = undefined;
      this.cost -= this.#costs[head] as number;
      this.#head = head + 1;
      if (this.#head === this.#items.length) {
        this.#drop();
      }
      this.#owner.consumed(this);
      return Promise.resolve({ value, done: false });
    }
    if (this.ended) {
      if (this.#failed) {
        this.#failed = false;
        return Promise.reject(this.#error);
      }
      return Promise.resolve(END);
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#owner.consumed(this);
    });
  }

  /** Leaves the stream, so that the peer stops; a `next` that is pending is settled too. */
  return(): Promise<Result> {
    this.#drop();
    this.#failed = false;
    if (!this.ended) {
      this.end();
      this.#owner.left(this);
    }
    return Promise.resolve(END);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #drop(): void {
    this.#items = [];
    this.#costs = [];
    this.#head = 0;
    this.cost = 0;
  }

  #endWith(error: unknown): void {
    this.ended = true;
    this.#error = error;
    this.#failed = true;
    this.#settle();
  }

  #settle(): void {
    if (this.signal !== undefined) {
      this.#owner.release(this.signal, this);
    }
    for (let waiting = this.#waiting.shift(); waiting !== undefined; waiting = this.#waiting.shift()) {
      if (this.#failed) {
        this.#failed = false;
        waiting.reject(this.#error);
      } else {
        waiting.resolve(END);
      }
    }
  }
}
