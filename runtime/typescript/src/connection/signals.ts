/** A call that ends when its caller's signal fires. */
export interface Heeding {
  /** The signal fired, for this reason. */
  aborted(reason: unknown): void;
}

interface Heard {
  readonly calls: Set<Heeding>;
  readonly listener: () => void;
}

/**
 * The signals that callers gave, each with one listener, however many calls it serves: Node warns of a leak where a signal
 * has more than ten.
 */
export class Signals {
  readonly #heard = new WeakMap<AbortSignal, Heard>();

  add(signal: AbortSignal, call: Heeding): void {
    let heard = this.#heard.get(signal);
    if (heard === undefined) {
      const calls = new Set<Heeding>();
      const listener = (): void => {
        this.#heard.delete(signal);
        for (const heeding of calls) {
          heeding.aborted(signal.reason);
        }
      };
      heard = { calls, listener };
      this.#heard.set(signal, heard);
      signal.addEventListener("abort", listener, { once: true });
    }
    heard.calls.add(call);
  }

  remove(signal: AbortSignal, call: Heeding): void {
    const heard = this.#heard.get(signal);
    if (heard?.calls.delete(call) && heard.calls.size === 0) {
      this.#heard.delete(signal);
      signal.removeEventListener("abort", heard.listener);
    }
  }
}
