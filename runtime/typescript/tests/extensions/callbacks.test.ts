import { afterEach, describe, expect, test } from "vitest";

import { type ProcwireError, SpawnError } from "../../src/index.js";
import { Busy, type ExtClient, PostClient, Refused, tradingCallbacks } from "../fixtures/ext.js";
import { workerPath } from "../support/build.js";
import { candles, environment, spawnExt, usual } from "../support/ext.js";
import { gate, until } from "../support/wait.js";

let ext: ExtClient | undefined;
afterEach(async () => {
  await ext?.shutdown();
  ext = undefined;
});

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) {
    all.push(item);
  }
  return all;
}

test("every kind of answer", async () => {
  const told: string[] = [];
  const waited: string[] = [];
  ext = await spawnExt({
    callbacks: {
      trading: {
        ...usual,
        wait: ({ name }) => void waited.push(name),
        audit: ({ text }, cx) => void told.push(`${cx.service} ${cx.method} ${text}`),
      },
    },
  });
  expect(await ext.total({ symbol: "A", count: 4 })).toBe(10);
  expect(await collect(ext.passOn({ symbol: "A", count: 3 }))).toEqual([...candles(3)]);
  expect(await ext.relay({ path: "trading.Position", text: "four" })).toBe("4");
  expect(await ext.relay({ path: "trading.Wait", text: "x" })).toBe("waited");
  expect(waited).toEqual(["x"]);
  expect(await ext.relay({ path: "trading.Audit", text: "y" })).toBe("told");
  await until(() => told.length === 1);
  expect(told).toEqual(["trading trading.Audit y"]);
});

describe("errors", () => {
  test("are typed on the other side, and the items before them are kept", async () => {
    ext = await spawnExt({
      callbacks: {
        trading: {
          *dataFetch({ count }) {
            yield* candles(count);
            throw new Refused({ type: "Denied", value: "no more" });
          },
          position({ account }) {
            if (account === "busy") {
              throw new Busy({ type: "Later", left: 7 });
            }
            if (account === "refused") {
              throw new Refused({ type: "Denied", value: "you" });
            }
            throw new RangeError("of no kind");
          },
        },
      },
    });
    const position = async (text: string): Promise<unknown> =>
      ext?.relay({ path: "trading.Position", text }).catch((error: unknown) => error);
    const busy = await position("busy");
    expect(busy).toBeInstanceOf(Busy);
    expect(busy).toMatchObject({ data: { type: "Later", left: 7 }, isRetryable: true, message: "Busy.Later" });
    const refused = await position("refused");
    expect(refused).toBeInstanceOf(Refused);
    expect(refused).toMatchObject({ data: { type: "Denied", value: "you" }, isRetryable: false });
    expect(await position("other")).toMatchObject({ code: "failed", message: "of no kind" });
    const iterator = ext.passOn({ symbol: "A", count: 2 })[Symbol.asyncIterator]();
    expect((await iterator.next()).value).toEqual({ at: 1n, close: 1 });
    expect((await iterator.next()).value).toEqual({ at: 2n, close: 2 });
    await expect(iterator.next()).rejects.toMatchObject({ code: "failed", message: "Refused.Denied" });
  });

  test("an answer that cannot be sent is internal, a request that does not fit invalid", async () => {
    ext = await spawnExt({ callbacks: { trading: { ...usual, position: () => "text" as unknown as number } } });
    await expect(ext.relay({ path: "trading.Position", text: "x" })).rejects.toMatchObject({ code: "internal" });
  });

  test("a path without a handler is not found, and those with one are named", async () => {
    ext = await spawnExt({ callbacks: { trading: usual } });
    await expect(ext.relay({ path: "trading.Wait", text: "x" })).rejects.toMatchObject({
      code: "not_found",
      message:
        "the parent has no handler for the callback trading.Wait; there are: trading.DataFetch, trading.Position",
    });
  });
});

test("handlers come and go while the child runs, and a call that runs goes on", async () => {
  ext = await spawnExt();
  const { callbacks } = ext.peer;
  expect(callbacks.paths).toEqual([]);
  const position = (): Promise<unknown> =>
    (ext as ExtClient).relay({ path: "trading.Position", text: "abc" }).catch(({ code }: ProcwireError) => code);
  expect(await position()).toBe("not_found");
  callbacks.add(tradingCallbacks, usual);
  expect(callbacks.paths).toEqual(["trading.DataFetch", "trading.Position"]);
  expect(await position()).toBe("3");
  callbacks.set("trading.Position", () => 8);
  expect(await position()).toBe("8");
  const { opened, open } = gate();
  const asked = gate();
  callbacks.set("trading.Position", async () => {
    asked.open();
    await opened;
    return 9;
  });
  const running = position();
  await asked.opened;
  expect(callbacks.delete("trading.Position")).toBe(true);
  expect(callbacks.delete("trading.Position")).toBe(false);
  expect(await position()).toBe("not_found");
  open();
  expect(await running).toBe("9");
  expect(() => callbacks.set("trading.Nothing", () => 1)).toThrow(/has no callback `trading.Nothing`; there are: trad/);
  expect(() => callbacks.set("trading.Position", 5 as never)).toThrow(/no function/);
});

test("a handler is a method of its object", async () => {
  class Book {
    readonly #size = 5;
    position(): number {
      return this.#size;
    }
  }
  ext = await spawnExt({ callbacks: { trading: new Book() } });
  expect(await ext.relay({ path: "trading.Position", text: "" })).toBe("5");
});

describe("what a module requires", () => {
  const spawn = (callbacks: unknown) =>
    PostClient.spawn("node", [workerPath("ext")], {
      env: environment({ ways: "post" }),
      callbacks: callbacks as { trading: { position(): number } },
      onStderr() {},
    });

  test("is checked before the parent connects, with all paths that are missing", async () => {
    const error = await spawn({}).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(SpawnError);
    expect(error).toMatchObject({ kind: "mismatch" });
    expect((error as Error).message).toContain(
      "it needs callbacks that this program does not answer: `trading.Position`",
    );
  });

  test("is enough where it is there", async () => {
    await using post = await spawn({ trading: { position: () => 3 } });
    expect(await post.ext.relay({ path: "trading.Position", text: "" })).toBe("3");
    expect(post.ext.peer).toBe(post.peer);
    expect(post.ext.has("relay")).toBe(true);
  });

  test("a name that the schema does not have is told of", async () => {
    await expect(spawn({ tradin: {} })).rejects.toMatchObject({
      code: "invalid_argument",
      message: "the schema has no callbacks `tradin`; there are: trading",
    });
  });
});

describe("nested calls", () => {
  test("go to the depth that is stated, and no further", async () => {
    const depths: number[] = [];
    let client: ExtClient | undefined;
    ext = await spawnExt({
      callbacks: {
        trading: {
          nest({ depth }, cx) {
            depths.push(cx.depth);
            return depth === 0 ? cx.depth : (client as ExtClient).nest({ depth: depth - 1 }, { context: cx });
          },
        },
      },
    });
    client = ext;
    expect(await ext.nest({ depth: 16 })).toBe(16);
    expect(depths).toEqual([1, 3, 5, 7, 9, 11, 13, 15]);
    await expect(ext.nest({ depth: 17 })).rejects.toMatchObject({
      code: "resource_exhausted",
      message: "trading.Nest: 17 calls are nested, at most 16 may be",
    });
  });

  test("need no slot, so that they get through where all are taken", async () => {
    let client: ExtClient | undefined;
    ext = await spawnExt({
      limits: { handlers: 1 },
      childLimits: { handlers: 1 },
      callbacks: {
        trading: {
          nest: ({ depth }, cx) =>
            depth === 0 ? cx.depth : (client as ExtClient).nest({ depth: depth - 1 }, { context: cx }),
        },
      },
    });
    client = ext;
    const all = await Promise.all(Array.from({ length: 50 }, () => client?.nest({ depth: 7 })));
    expect(all).toEqual(Array.from({ length: 50 }, () => 7));
  });
});

describe("a callback that serves a call", () => {
  test("is aborted with it", async () => {
    const { opened, open } = gate();
    const left = gate<unknown>();
    ext = await spawnExt({
      callbacks: {
        trading: {
          wait: (_, cx) =>
            new Promise(() => {
              open();
              cx.signal.addEventListener("abort", () => left.open(cx.signal.reason));
            }),
        },
      },
    });
    const seen = ext.events.seen.subscribe();
    const controller = new AbortController();
    const hanging = ext.hang({ name: "a" }, { signal: controller.signal });
    await opened;
    controller.abort("mine");
    await expect(hanging).rejects.toBe("mine");
    expect(await left.opened).toMatchObject({ code: "cancelled" });
    expect((await seen.next()).value).toEqual({ text: "a hangs" });
    expect((await seen.next()).value).toEqual({ text: "a: cancelled" });
    await seen.return();
  });

  test("ends with its deadline", async () => {
    const deadlines: (number | undefined)[] = [];
    ext = await spawnExt({
      callbacks: {
        trading: {
          wait: (_, cx) => new Promise(() => deadlines.push(cx.deadline)),
        },
      },
    });
    const seen = ext.events.seen.subscribe();
    const before = performance.now();
    await expect(ext.hang({ name: "d" }, { timeoutMs: 200 })).rejects.toMatchObject({ code: "deadline_exceeded" });
    expect((await seen.next()).value).toEqual({ text: "d hangs" });
    expect((await seen.next()).value?.text).toMatch(/^d: (cancelled|deadline_exceeded)$/);
    expect(deadlines[0]).toBeGreaterThan(before);
    await seen.return();
  });

  test("fails with the parent's connection", async () => {
    const { opened, open } = gate();
    const signal = gate<AbortSignal>();
    const own = await spawnExt({
      callbacks: {
        trading: {
          wait(_, cx) {
            signal.open(cx.signal);
            open();
            return new Promise(() => {});
          },
        },
      },
    });
    const hanging = own.hang({ name: "x" });
    await opened;
    process.kill(own.peer.pid, "SIGKILL");
    await expect(hanging).rejects.toMatchObject({ code: "unavailable" });
    const fired = await signal.opened;
    expect(fired.aborted).toBe(true);
    await expect(own.shutdown()).rejects.toMatchObject({ code: "unavailable" });
  });
});

test("ten thousand are in flight at once", async () => {
  const waiting: (() => void)[] = [];
  ext = await spawnExt({
    callbacks: { trading: { wait: () => new Promise<void>((resolve) => waiting.push(resolve)) } },
  });
  const client = ext;
  const calls = Array.from({ length: 10_000 }, () => client.relay({ path: "trading.Wait", text: "" }));
  await until(() => waiting.length === 10_000);
  for (const resolve of waiting.reverse()) {
    resolve();
  }
  expect(new Set(await Promise.all(calls))).toEqual(new Set(["waited"]));
  expect(ext.peer.counts().lateFrames).toBe(0);
});

test("a worker calls outside of calls too", async () => {
  const heard = gate<string>();
  ext = await spawnExt({ ways: "early", callbacks: { trading: usual }, on: { seen: ({ text }) => heard.open(text) } });
  expect(await heard.opened).toBe("5");
});
