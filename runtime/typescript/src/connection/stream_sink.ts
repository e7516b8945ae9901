import { limits } from "../codec/index.js";
import { EXTENSIONS, KINDS } from "../constants.js";
import { ProcwireError, sentence } from "../error.js";
import { WireError } from "../frame.js";
import { type Outbox, TooLarge } from "./outbox.js";
import type { Sink } from "./producing.js";
import { ServedCall, type ServedMethod } from "./served_call.js";

/** What a stream tells those who serve it. */
export interface SinkOwner {
  /** Nothing that this call sends reaches anybody. */
  isSilent(): boolean;
  /** Sends an error, which ends the call. */
  fail(error: unknown): void;
  /** The call has ended, so that its request id is free. */
  ended(): void;
  /** The flags that a frame of this side may have. */
  readonly flags: number;
  /** What may be sent before the consumer has taken any of it; `Infinity` where nobody counts. */
  readonly window: number;
}

/** Sends the items of one call. */
export class StreamSink implements Sink {
  readonly #call: ServedCall;
  readonly #outbox: Outbox;
  readonly #owner: SinkOwner;
  readonly #method: ServedMethod;
  readonly #window: number;
  /** What was sent and not given back. */
  #outstanding = 0;
  #onCredit: (() => void) | undefined;
  sent = 0;

  constructor(call: ServedCall, outbox: Outbox, owner: SinkOwner) {
    this.#call = call;
    this.#outbox = outbox;
    this.#owner = owner;
    this.#method = ServedCall.methodOf(call);
    this.#window = owner.window;
    if (this.#window !== Number.POSITIVE_INFINITY) {
      ServedCall.onCredit(call, (credit) => this.#granted(credit));
    }
  }

  #granted(credit: number): void {
    if (credit > this.#outstanding) {
      throw WireError.badCredit(
        `a credit of ${credit} came for a stream of which ${this.#outstanding} are outstanding`,
      );
    }
    this.#outstanding -= credit;
    this.#wake();
  }

  #wake(): void {
    const wake = this.#onCredit;
    this.#onCredit = undefined;
    wake?.();
  }

  get left(): boolean {
    return this.#owner.isSilent();
  }

  get full(): boolean {
    // Half a window is always enough for the next item, whatever its length.
    return this.#outbox.full || this.#outstanding * 2 > this.#window;
  }

  whenRoom(run: () => void): void {
    if (this.#outbox.full) {
      this.#outbox.whenRoom(run);
    } else {
      this.#onCredit = run;
    }
  }

  onLeave(leave: () => void): void {
    ServedCall.onLeave(this.#call, () => {
      this.#wake();
      leave();
    });
  }

  item(value: unknown): Promise<void> | undefined {
    const method = this.#method;
    const flags = KINDS.item & this.#owner.flags;
    let length: number;
    try {
      length = this.#outbox.encode(method.answer, value, method.id, flags, ServedCall.requestOf(this.#call));
    } catch (error) {
      throw unsendable(method, "item", error);
    }
    this.sent += ITEM_COST + length;
    this.#outstanding += EXTENSIONS.itemCost + length;
    ServedCall.spanOf(this.#call)?.message(length);
    return length < LENT ? undefined : this.#outbox.lent();
  }

  end(): void {
    if (!this.#owner.isSilent()) {
      this.#outbox.header(this.#method.id, KINDS.end & this.#owner.flags, ServedCall.requestOf(this.#call));
    }
    this.#owner.ended();
  }

  fail(error: unknown): void {
    this.#owner.fail(error);
  }
}

/** An item from this length on may hold bytes that were not copied. */
const LENT: number = limits.SEGMENT;
/** What an item counts for besides its payload when a producer's turn is measured. */
const ITEM_COST = 11;

/** Why something that a handler gave could not be sent. */
export function unsendable(method: ServedMethod, what: string, error: unknown): ProcwireError {
  if (error instanceof TooLarge) {
    return new ProcwireError("resource_exhausted", `${method.name} ${what} ${error.message}`);
  }
  return new ProcwireError("internal", `${method.name} ${what} cannot be encoded: ${sentence(error)}`);
}
