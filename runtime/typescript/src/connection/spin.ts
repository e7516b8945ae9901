/**
 * Looking again for a moment instead of sleeping, where what one waits for has come at once so far.
 *
 * Two processes that call each other on two processors spend most of a call waking each other up. Whoever looks a few
 * more times before it sleeps needs no waking.
 *
 * @module
 */

import { availableParallelism } from "node:os";

/** A wait up to this many milliseconds is short: half of it is what waking up takes. */
const SHORT_MS = 0.15;
/** How many milliseconds to look again before sleeping. */
const LONGEST_MS = 0.05;
/** Short waits in a row before looking again begins. */
const WARM = 8;
/** The same after looking again was in vain; doubled each time until it is not. */
const COOL = 16;
const COLDEST = 4096;

function monotonic(): number {
  return performance.now();
}

/** The wait of one connection, and what became of those before. */
export class Spin {
  readonly #possible: boolean;
  readonly #now: () => number;
  /** When the wait began, in milliseconds of `performance.now()`; not a number while nothing is waited for. */
  #since = Number.NaN;
  #active = false;
  /** An immediate is on its way. */
  #looks = false;
  /** Short waits in a row, and how many there must be. */
  #short = 0;
  #needed = WARM;
  #afterFailure = COOL;

  /** With a single processor the peer could not do anything meanwhile. `now` is in milliseconds. */
  constructor(wanted: boolean, processors: number = availableParallelism(), now: () => number = monotonic) {
    this.#possible = wanted && processors > 1;
    this.#now = now;
  }

  /** Whether the loop is kept from sleeping. */
  get active(): boolean {
    return this.#active;
  }

  /** Something was sent that the peer will soon answer, and this side has nothing else to do. */
  wait(): void {
    if (!this.#possible) {
      return;
    }
    this.#since = this.#now();
    if (!this.#active && this.#short >= this.#needed) {
      this.#active = true;
      this.#lookSoon();
    }
  }

  /** Something has come. */
  found(): void {
    if (Number.isNaN(this.#since)) {
      return;
    }
    if (this.#now() - this.#since <= SHORT_MS) {
      this.#short += 1;
      if (this.#active) {
        this.#needed = WARM;
        this.#afterFailure = COOL;
      }
    } else {
      this.#short = 0;
    }
    this.#since = Number.NaN;
    this.#active = false;
  }

  /** An immediate that waits keeps the loop from sleeping; it looks at the sockets before each. */
  #lookSoon(): void {
    if (!this.#looks) {
      this.#looks = true;
      setImmediate(this.#look);
    }
  }

  readonly #look = (): void => {
    this.#looks = false;
    if (!this.#active) {
      return;
    }
    if (this.#now() - this.#since < LONGEST_MS) {
      this.#lookSoon();
      return;
    }
    this.#active = false;
    this.#short = 0;
    this.#needed = this.#afterFailure;
    this.#afterFailure = Math.min(this.#afterFailure * 2, COLDEST);
  };
}
