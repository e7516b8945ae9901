/**
 * The items of a handler's stream on their way out.
 *
 * @module
 */

/** Where items go. */
export interface Sink {
  /**
   * Sends one item. Throws where it cannot be sent. What it resolves with, if anything, is when its bytes are the
   * producer's own again, who may want to fill them anew.
   */
  item(value: unknown): Promise<void> | undefined;
  /** Sends the end. */
  end(): void;
  /** Sends an error, which ends the stream. */
  fail(error: unknown): void;
  /** The caller has left, and nothing more is wanted. */
  readonly left: boolean;
  /** Bytes that were sent so far. */
  readonly sent: number;
  /** Nothing may be sent before there is room. */
  readonly full: boolean;
  /** Runs this once there is room. */
  whenRoom(run: () => void): void;
  /** Called with what ends the producer, which may be at any time. */
  onLeave(leave: () => void): void;
}

/** A producer gives way to everything else after so many bytes, since promises alone never let the loop go on. */
const TURN = 64 * 1024;

type AnyIterator = Iterator<unknown> | AsyncIterator<unknown>;

/**
 * Sends every item that a handler gives, and then its end or its error. Resolves once the handler has ended.
 *
 * Waits where the write queue is full. Where the caller leaves, the generator is told by `return`, which is not waited for
 * before it is told: a generator that waits for something of its own hears it afterwards.
 */
export async function produce(items: unknown, sink: Sink): Promise<void> {
  let iterator: AnyIterator;
  try {
    iterator = iteratorOf(items);
  } catch (error) {
    sink.fail(error);
    return;
  }
  let done = false;
  let told = false;
  sink.onLeave(() => {
    told = true;
    if (!done) {
      void close(iterator);
    }
  });
  let turn = sink.sent;
  try {
    for (;;) {
      // A thousand streams that each make an item before they see that the queue is full would hold too much.
      if (sink.full) {
        // There may be room in the queue, and then no credit.
        while (sink.full && !sink.left && !told) {
          await new Promise<void>((resolve) => sink.whenRoom(resolve));
        }
        turn = sink.sent;
      } else if (sink.sent - turn >= TURN) {
        await new Promise((resolve) => setImmediate(resolve));
        turn = sink.sent;
      }
      if (sink.left) {
        return;
      }
      const next = iterator.next();
      const result: IteratorResult<unknown> = isThenable(next) ? await next : next;
      if (result.done === true) {
        done = true;
        sink.end();
        return;
      }
      if (sink.left) {
        return;
      }
      const lent = sink.item(result.value);
      if (lent !== undefined) {
        await lent;
      }
    }
  } catch (error) {
    sink.fail(error);
  } finally {
    if (!done) {
      done = true;
      await close(iterator);
    }
  }
}

function iteratorOf(items: unknown): AnyIterator {
  const source = items as Partial<AsyncIterable<unknown> & Iterable<unknown>> | null | undefined;
  if (typeof source?.[Symbol.asyncIterator] === "function") {
    return (source as AsyncIterable<unknown>)[Symbol.asyncIterator]();
  }
  if (typeof source?.[Symbol.iterator] === "function" && typeof source !== "string") {
    return (source as Iterable<unknown>)[Symbol.iterator]();
  }
  throw new TypeError("the handler of a stream gave nothing that can be iterated");
}

/** Ends an iterator that is not wanted any more. What it throws then has nobody to answer to. */
async function close(iterator: AnyIterator): Promise<void> {
  try {
    await iterator.return?.(undefined);
  } catch {
    // As above.
  }
}

/** Whether this is a promise of any kind. */
export function isThenable<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return (
    value !== null &&
    (typeof value === "object" || typeof value === "function") &&
    typeof (value as { then?: unknown }).then === "function"
  );
}
