import { type Codec, Reader } from "../codec/index.js";
import type { EventContext } from "../context.js";
import type { Counters } from "./counters.js";
import { type CallMeta, NO_METADATA } from "./metadata.js";
import { type Subscription, Subscriptions } from "./subscriptions.js";

/** The context of an event that nothing was said beside. */
const PLAIN: EventContext = Object.freeze({ metadata: NO_METADATA, trace: undefined });

/** The events that a peer tells of, and who hears them. */
export class RemoteEvents {
  readonly #codecs = new Map<number, Codec<unknown, unknown>>();
  readonly #subscriptions: Subscriptions;
  readonly #reader = new Reader();

  /** `limit` events are kept for each subscription. */
  constructor(limit: number) {
    this.#subscriptions = new Subscriptions(limit);
  }

  /** Says how the payload of an event is read. */
  know(id: number, codec: Codec<unknown, unknown>): void {
    this.#codecs.set(id, codec);
  }

  /** Calls `listener` with every event of this id from now on, and gives what ends that. */
  on(id: number, listener: (event: unknown, context: EventContext) => void): () => void {
    return this.#subscriptions.on(id, listener);
  }

  /** Keeps every event of this id from now on until it is taken. */
  subscribe(id: number): Subscription<unknown> {
    return this.#subscriptions.subscribe(id);
  }

  /** Gives an event to those who hear it. */
  hear(
    id: number,
    buffer: Buffer,
    view: DataView,
    start: number,
    end: number,
    owned: boolean,
    counters: Counters,
    meta: CallMeta | undefined,
  ): void {
    const codec = this.#codecs.get(id);
    if (codec === undefined || !this.#subscriptions.heard(id)) {
      counters.eventsUnheard += 1;
      return;
    }
    let event: unknown;
    try {
      this.#reader.begin(buffer, view, start, end, owned);
      event = codec.decode(this.#reader);
      this.#reader.finish();
    } catch {
      counters.eventsUndecodable += 1;
      return;
    }
    this.#subscriptions.publish(
      id,
      event,
      counters,
      meta === undefined ? PLAIN : { metadata: meta.user, trace: meta.trace },
    );
  }

  /** There will be no events any more. */
  close(): void {
    this.#subscriptions.close();
  }
}
