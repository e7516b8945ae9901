import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { pauseMs } from "../../src/connection/retrying.js";
import { ProcwireError } from "../../src/index.js";
import * as $ from "../../src/stub_v1.js";
import { Busy, Ext, type ExtClient } from "../fixtures/ext.js";
import { workerPath } from "../support/build.js";
import { spawnExt } from "../support/ext.js";

let ext: ExtClient;
beforeAll(async () => {
  ext = await spawnExt();
});
afterAll(() => ext.shutdown());

describe("retries", () => {
  test("a call is sent again until it is answered", async () => {
    expect(await ext.flaky({ key: "a", failures: 3 }, { retries: 3 })).toBe(4);
  });

  test("and no more often than it may be", async () => {
    const error = await ext.flaky({ key: "b", failures: 3 }, { retries: 2 }).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(Busy);
    expect(error).toMatchObject({ data: { type: "Later", left: 0 }, isRetryable: true });
    await expect(ext.flaky({ key: "c", failures: 1 })).rejects.toBeInstanceOf(Busy);
  });

  test("not after a failure that is not worth it", async () => {
    const error = await ext.flaky({ key: "d", failures: 0, never: true }, { retries: 5 }).catch((e: unknown) => e);
    expect(error).toMatchObject({ data: { type: "Never" }, isRetryable: false });
    expect(await ext.flaky({ key: "d", failures: 0 })).toBe(2);
  });

  test("not beyond the deadline", async () => {
    await expect(
      ext.flaky({ key: "e", failures: 1_000_000 }, { retries: 1_000_000, timeoutMs: 100 }),
    ).rejects.toSatisfy((error) => error instanceof Busy || (error as ProcwireError).code === "deadline_exceeded");
  });

  test("not after the caller has left", async () => {
    const controller = new AbortController();
    const calling = ext.flaky({ key: "f", failures: 1_000_000 }, { retries: 1_000_000, signal: controller.signal });
    setImmediate(() => controller.abort("mine"));
    await expect(calling).rejects.toBe("mine");
  });

  test("only where the schema says so", async () => {
    const options: object = { retries: 1 };
    await expect(ext.plain({ text: "" }, options)).rejects.toMatchObject({
      code: "invalid_argument",
      message:
        "Ext.plain is not to be sent again: the schema needs `@idempotent` on it and `@retry` on a variant of its errors",
    });
    await expect(ext.flood({ count: 1, size: 1 }, options)[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: "invalid_argument",
    });
    await expect(ext.flaky({ key: "g", failures: 0 }, { retries: -1 })).rejects.toMatchObject({
      code: "invalid_argument",
    });
    const none: object = { retries: 0 };
    expect(await ext.plain({ text: "x" }, none)).toBe("x");
  });

  test.each([
    [50, 0, 0.5, 50],
    [50, 0, 0, 40],
    [50, 3, 1, 480],
    [50, 9, 0.5, 1000],
    [5000, 4, 0.5, 5000],
    [0, 4, 0.5, 0],
  ])("the pause after %d ms, for try %d, with %d is %d", (first, tries, random, pause) => {
    expect(pauseMs(first, tries, random)).toBeCloseTo(pause);
  });
});

test("a deadline of the schema is the usual one, and the call's own comes before it", async () => {
  await expect(ext.slow({ ms: 10_000 })).rejects.toMatchObject({ code: "deadline_exceeded" });
  expect(await ext.slow({ ms: 60 }, { timeoutMs: 20_000 })).toBe(60);
});

describe("what came with a later version", () => {
  test("may be missing; to call it is unsupported", async () => {
    const old = await spawnExt({ ways: "old" });
    expect(old.has("newer")).toBe(false);
    expect(old.has("fresh")).toBe(false);
    expect(old.has("passOn") && old.has("pass_on") && old.has("seen")).toBe(true);
    expect(old.has("nothing") || old.has("toString")).toBe(false);
    await expect(old.newer()).rejects.toMatchObject({
      code: "unsupported",
      message: "method `Ext.newer` is not there",
    });
    expect(() => old.events.fresh.subscribe()).toThrow(ProcwireError);
    expect(await old.plain({ text: "x" })).toBe("x");
    await old.shutdown();
    expect(ext.has("newer") && ext.has("fresh")).toBe(true);
    expect(await ext.newer()).toBe(14);
  });
});

test("a worker may lack anything where its parent says so", async () => {
  const other = {
    ...Ext,
    methods: [...Ext.methods, { ...(Ext.methods[0] as (typeof Ext.methods)[0]), wire: "added", name: "added" }],
  };
  const factory = $.client(other as typeof Ext);
  const options = { onStderr() {} };
  await expect(factory.spawn("node", [workerPath("ext")], options)).rejects.toMatchObject({ kind: "mismatch" });
  await using lax = await factory.spawn("node", [workerPath("ext")], { ...options, allowMissing: true });
  expect(lax.has("added")).toBe(false);
  expect(lax.has("total")).toBe(true);
  const { added } = lax as unknown as { added(args: object): Promise<number> };
  await expect(added.call(lax, { symbol: "", count: 1 })).rejects.toMatchObject({ code: "unsupported" });
});

test("health", async () => {
  const busy = await spawnExt({ childLimits: { handlers: 1 } });
  expect(await busy.peer.health()).toEqual({ ready: true, running: 0, waiting: 0 });
  const slow = [100, 0].map((ms) => busy.slow({ ms }, { timeoutMs: 20_000 }));
  expect(await busy.peer.health()).toEqual({ ready: true, running: 1, waiting: 1 });
  await Promise.all(slow);
  await busy.shutdown();
  const unready = await spawnExt({ ways: "unready", extensions: [] });
  expect(await unready.peer.health()).toMatchObject({ ready: false });
  // A program that speaks none of the extensions is still told the schema where it asks.
  expect(await unready.peer.schema()).toEqual(Ext.schema?.value());
  await unready.shutdown();
});

function wait(): never {
  throw new SyntaxError("it broke");
}

test("an error that nobody declared tells its class, and where it came from only where that is wanted", async () => {
  const fail = { path: "error", text: "odd" };
  await expect(ext.relay(fail)).rejects.toMatchObject({ code: "failed", data: { class: "RangeError" } });
  await expect(ext.relay(fail)).rejects.toThrow(/^odd$/);
  await expect(ext.relay(fail)).rejects.toMatchObject({ traceback: undefined });
  const open = await spawnExt({ ways: "tracebacks", tracebacks: true, callbacks: { trading: { wait } } });
  const error = (await open.relay(fail).catch((error: unknown) => error)) as ProcwireError;
  expect(error.traceback).toMatch(/^RangeError: odd\n {4}at .*ext\.js/);
  expect(await open.relay({ path: "traceback", text: "" })).toMatch(
    /^SyntaxError: it broke\n {4}at Object\.wait .*retries/,
  );
  const long = (await open
    .relay({ path: "error", text: "é".repeat(100_000) })
    .catch((e: unknown) => e)) as ProcwireError;
  expect(Buffer.byteLength(long.traceback ?? "")).toBeLessThanOrEqual(16_384);
  expect(long.traceback).toMatch(/^RangeError: é+\n\[\.\.\.\]\né*\n {4}at /);
  await open.shutdown();
});
