// Serves `interop.ipc`, as `src/desk.rs` does in Rust and `node/child.mjs` with the published packages.
import { setTimeout as pass, setImmediate as turn } from "node:timers/promises";
import { type Context, ProcwireError } from "procwire";
import {
  type Blob,
  type Everything,
  type InteropEmit,
  type InteropWorker,
  type Item,
  type Moment,
  type Odd,
  type Sum,
  type Text,
  type Touched,
  Trouble,
} from "./interop.js";

type Cx = Context<InteropEmit>;

export class Desk implements InteropWorker {
  readonly #gates = new Map<string, Set<() => void>>();

  echo(value: Everything): Everything {
    return value;
  }

  odd(value: Odd): Odd {
    return value;
  }

  add({ a, b }: { a: number; b: number }): Sum {
    return { sum: a + b };
  }

  greet({ name, greeting, mark = "" }: { name: string; greeting: string; mark?: string }): Text {
    return { text: `${greeting} ${name}${mark}` };
  }

  blob({ data }: { data: Uint8Array }): Blob {
    return { data, length: data.length };
  }

  moment({ at }: { at: Date }): Moment {
    return { at };
  }

  mirror(bytes: Uint8Array): Uint8Array {
    return bytes;
  }

  fail({ how }: { how: string }): never {
    throw trouble(how);
  }

  async wait({ gate }: { gate: string }, cx: Cx): Promise<Text> {
    const opened = this.#enter(gate, cx.signal);
    await cx.events.waiting({ gate });
    if (await opened) return { text: gate };
    await cx.events.aborted({ gate });
    throw new Error("aborted");
  }

  open({ gate }: { gate: string }): Sum {
    const waiting = this.#gates.get(gate) ?? new Set();
    this.#gates.delete(gate);
    for (const open of waiting) open();
    return { sum: waiting.size };
  }

  async sleep({ ms, blocking }: { ms: number; blocking: boolean }, cx: Cx): Promise<Text> {
    if (blocking) {
      await cx.events.waiting({ gate: "sleep" });
      // The event has to leave before the thread is held.
      await pass(20);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
    } else await pass(ms);
    return { text: "slept" };
  }

  *count({ n, fail }: { n: number; fail?: string }): Iterable<Item> {
    for (let i = 0; i < n; i++) yield item(i);
    if (fail !== undefined) throw trouble(fail);
  }

  async *forever({ gate }: { gate: string }, cx: Cx): AsyncIterable<Item> {
    // The abort ends the stream, so somebody else has to tell of it.
    cx.signal.addEventListener("abort", () => tell(cx.events.aborted({ gate })), { once: true });
    for (let i = 0; ; i++) {
      await turn();
      yield item(i);
    }
  }

  poke(): void {}

  touch({ text }: { text: string }): Touched {
    return { accepted: true, text };
  }

  async note({ text }: { text: string }, cx: Cx): Promise<void> {
    await cx.events.noted({ text });
  }

  async emit({ during, after }: { during: number; after: number }, cx: Cx): Promise<void> {
    for (let seq = 0; seq < during; seq++) await cx.events.tick({ seq, text: "during" });
    setImmediate(() => {
      for (let seq = 0; seq < after; seq++) tell(cx.events.tick({ seq, text: "after" }));
    });
  }

  print({ lines }: { lines: number }): void {
    const line = "x".repeat(1000);
    for (let i = 0; i < lines; i++) console.log(line);
  }

  pid(): number {
    return process.pid;
  }

  /** True once the gate opens, false once the caller is gone. */
  #enter(gate: string, caller: AbortSignal): Promise<boolean> {
    const waiting = this.#gates.get(gate) ?? new Set();
    this.#gates.set(gate, waiting);
    return new Promise((settle) => {
      const open = () => settle(true);
      waiting.add(open);
      const leave = () => {
        waiting.delete(open);
        settle(false);
      };
      caller.addEventListener("abort", leave, { once: true });
    });
  }
}

/** Where nobody waits for an event that is told, the parent may be gone by then, which is no reason to die of it. */
function tell(told: Promise<void>): void {
  told.catch(() => {});
}

function item(i: number): Item {
  return { i, pad: Buffer.from("a") };
}

function trouble(how: string): Error {
  switch (how) {
    case "text":
      return new Error("no luck");
    case "map":
      return new ProcwireError("failed", "no luck", { data: { code: 7 } });
    case "declared":
      return new Trouble({ type: "OutOfLuck", tries: 3 });
    default:
      return new TypeError("the handler broke");
  }
}
