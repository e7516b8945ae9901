/**
 * Calls that wait for an answer of the peer, found by their request id.
 *
 * The id picks the slot directly: ids are given so that no two live calls share one. There is nothing to hash, and an
 * answer that comes late can never meet another call before all 2^32 ids have been used.
 *
 * @module
 */

import type { StreamCall } from "./stream_call.js";
import type { UnaryCall } from "./unary_call.js";

/** A call that has not ended. */
export type LiveCall = UnaryCall | StreamCall;

/** Slots of the first table. */
const FIRST = 64;
/** The longest time that a timer of Node can take. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Live calls by request id, and one timer for all their deadlines. */
export class Calls {
  #slots: (LiveCall | undefined)[] = new Array<LiveCall | undefined>(FIRST).fill(undefined);
  #mask = FIRST - 1;
  #last: number;
  #live = 0;
  /** Not later than the first deadline of a live call. */
  #earliest = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  readonly #expire: (call: LiveCall) => void;

  /** `expire` ends a call whose deadline has passed; `last` is the id before the first. */
  constructor(expire: (call: LiveCall) => void, last = 0) {
    this.#expire = expire;
    this.#last = last;
  }

  /** Live calls. */
  get size(): number {
    return this.#live;
  }

  /** Gives a call a fresh id, and watches its deadline. */
  add(call: LiveCall): void {
    if (this.#live * 2 >= this.#slots.length) {
      this.#grow();
    }
    let id = this.#last;
    do {
      id = (id + 1) >>> 0;
    } while (id === 0 || this.#slots[id & this.#mask] !== undefined);
    this.#last = id;
    call.id = id;
    this.#slots[id & this.#mask] = call;
    this.#live += 1;
    if (call.deadline < this.#earliest) {
      this.#earliest = call.deadline;
      this.#arm();
    }
  }

  get(id: number): LiveCall | undefined {
    const call = this.#slots[id & this.#mask];
    return call !== undefined && call.id === id ? call : undefined;
  }

  /** Forgets a call; false where it was forgotten before. */
  remove(call: LiveCall): boolean {
    const index = call.id & this.#mask;
    if (this.#slots[index] !== call) {
      return false;
    }
    this.#slots[index] = undefined;
    this.#live -= 1;
    return true;
  }

  /** Every live call, the table being as it was at the start. */
  all(): LiveCall[] {
    return this.#slots.filter((call) => call !== undefined);
  }

  /** Stops the timer: no deadline passes any more. */
  close(): void {
    clearTimeout(this.#timer);
    this.#earliest = Number.NEGATIVE_INFINITY;
  }

  #arm(): void {
    clearTimeout(this.#timer);
    if (this.#earliest === Number.POSITIVE_INFINITY) {
      return;
    }
    const left = Math.ceil(this.#earliest - performance.now());
    this.#timer = setTimeout(this.#ring, Math.min(Math.max(left, 1), LONGEST_TIMER_MS));
    // The socket keeps the process alive as long as an answer may come.
    this.#timer.unref();
  }

  readonly #ring = (): void => {
    // What lies in the socket is read first: this process may have been busy while the answer came in time.
    setImmediate(this.#look);
  };

  readonly #look = (): void => {
    if (this.#earliest === Number.NEGATIVE_INFINITY) {
      return;
    }
    const now = performance.now();
    let earliest = Number.POSITIVE_INFINITY;
    const expired: LiveCall[] = [];
    for (const call of this.#slots) {
      if (call === undefined) {
        continue;
      }
      if (call.deadline <= now) {
        expired.push(call);
      } else if (call.deadline < earliest) {
        earliest = call.deadline;
      }
    }
    this.#earliest = earliest;
    this.#arm();
    expired.sort((one, other) => one.deadline - other.deadline);
    for (const call of expired) {
      this.#expire(call);
    }
  };

  /** Twice as many slots. Ids that differed in the old mask differ in the new one. */
  #grow(): void {
    const old = this.#slots;
    this.#slots = new Array<LiveCall | undefined>(old.length * 2).fill(undefined);
    this.#mask = this.#slots.length - 1;
    for (const call of old) {
      if (call !== undefined) {
        this.#slots[call.id & this.#mask] = call;
      }
    }
  }
}
