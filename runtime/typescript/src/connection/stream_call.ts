import { EXTENSIONS } from "../constants.js";
import type { ProcwireError } from "../error.js";
import { Queue } from "../queue.js";
import { type CallSpan, failedWith, LEFT } from "../tracing.js";
import type { RemoteMethod } from "./remote_method.js";
import type { ServedCall } from "./served_call.js";
import type { Heeding } from "./signals.js";
import type { CallOwner } from "./unary_call.js";

type Result = IteratorResult<unknown, undefined>;
const END: Result = { value: undefined, done: true };

/** What a stream tells the connection. */
export interface StreamOwner extends CallOwner {
  /** The consumer took items, or waits for one. */
  consumed(call: StreamCall): void;
  /** The consumer took items that make up half a window. */
  giveBack(call: StreamCall): void;
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
  /** What the items cost that nobody has taken. */
  cost = 0;
  /** What the items cost that came and were not given back, where the stream has credit. */
  outstanding = 0;
  /** What the items cost that were taken and not given back. */
  takenCost = 0;
  /** What is given back at once; never, where the stream has no credit. */
  readonly #half: number;
  ended = false;
  readonly #owner: StreamOwner;
  #items: unknown[] = [];
  #costs: number[] = [];
  #head = 0;
  readonly #waiting = new Queue<{ resolve: (result: Result) => void; reject: (error: unknown) => void }>();
  #error: unknown;
  #failed = false;
  readonly signal: AbortSignal | undefined;
  /** The call that this one is made for. */
  readonly context: ServedCall | undefined;
  /** Follows the call, where the program wants that. */
  readonly #span: CallSpan | undefined;

  /** `window` is what the stream may send before anything is given back; `Infinity` where there is no credit. */
  constructor(
    owner: StreamOwner,
    method: RemoteMethod,
    deadline: number,
    signal: AbortSignal | undefined,
    context: ServedCall | undefined,
    window: number,
    span?: CallSpan,
  ) {
    this.#span = span;
    this.#half = window / 2;
    this.context = context;
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

  /** Takes an item that arrived. */
  push(value: unknown, cost: number): void {
    this.#span?.message(cost - EXTENSIONS.itemCost);
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) {
      waiting.resolve({ value, done: false });
      this.#taken(cost);
      return;
    }
    this.#items.push(value);
    this.#costs.push(cost);
    this.cost += cost;
  }

  #taken(cost: number): void {
    this.takenCost += cost;
    if (this.takenCost >= this.#half && !this.ended) {
      this.#owner.giveBack(this);
    }
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
      const cost = this.#costs[head] as number;
      this.cost -= cost;
      this.#head = head + 1;
      if (this.#head === this.#items.length) {
        this.#drop();
      }
      this.#taken(cost);
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
      this.#span?.end(LEFT);
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
    this.#span?.end(this.#failed ? failedWith(this.#error) : undefined);
    if (this.signal !== undefined || this.context !== undefined) {
      this.#owner.release(this);
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
