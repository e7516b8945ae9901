import { limits } from "../codec/index.js";
import { KINDS } from "../constants.js";
import { ProcwireError, sentence } from "../error.js";
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
}

/** Sends the items of one call. */
export class StreamSink implements Sink {
  readonly #call: ServedCall;
  readonly #outbox: Outbox;
  readonly #owner: SinkOwner;
  readonly #method: ServedMethod;
  sent = 0;

  constructor(call: ServedCall, outbox: Outbox, owner: SinkOwner) {
    this.#call = call;
    this.#outbox = outbox;
    this.#owner = owner;
    this.#method = ServedCall.methodOf(call);
  }

  get left(): boolean {
    return this.#owner.isSilent();
  }

  get full(): boolean {
    return this.#outbox.full;
  }

  whenRoom(run: () => void): void {
    this.#outbox.whenRoom(run);
  }

  onLeave(leave: () => void): void {
    ServedCall.onLeave(this.#call, leave);
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
