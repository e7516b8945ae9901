import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { isTraceparent } from "../../src/connection/metadata.js";
import type { Metadata, Trace } from "../../src/index.js";
import type { ExtClient } from "../fixtures/ext.js";
import { spawnExt } from "../support/ext.js";

/** What the worker's context says. */
interface Said {
  readonly left: number | null;
  readonly metadata: Metadata;
  readonly trace: Trace | null;
  readonly depth: number;
}

const trace: Trace = {
  traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
  tracestate: "congo=t61rcWkgMzE",
  baggage: "userId=alice",
};
const traces: (Trace | undefined)[] = [];
const deadlines: (number | undefined)[] = [];
const metadata: Metadata[] = [];
let ext: ExtClient;
let base: ExtClient;

beforeAll(async () => {
  ext = await spawnExt({
    callbacks: {
      trading: {
        position(_, cx) {
          traces.push(cx.trace);
          deadlines.push(cx.deadline);
          metadata.push(cx.metadata);
          return cx.depth;
        },
      },
    },
  });
  base = await spawnExt({ extensions: ["fd", "credit"] });
});

afterAll(() => Promise.all([ext.shutdown(), base.shutdown()]));

const say = async (options?: Parameters<ExtClient["context"]>[1]): Promise<Said> =>
  (await ext.context({}, options)) as Said;

test("a plain call carries nothing", async () => {
  expect(await say()).toEqual({ left: null, metadata: {}, trace: null, depth: 0 });
});

test("keys of the user, text and bytes", async () => {
  const user = { tenant: "acme", key: new Uint8Array([1, 2]), "": "", naïve: "ü" };
  const said = await say({ metadata: user });
  expect(said.metadata).toEqual({ ...user, key: Buffer.from([1, 2]) });
  expect(said.left).toBeNull();
});

test("the trace", async () => {
  expect((await say({ trace })).trace).toEqual(trace);
  // One that nobody can go on from is as none.
  expect((await say({ trace: { traceparent: "00-0-0-0" } })).trace).toBeNull();
});

test("the deadline is what is left of the time that the caller gave", async () => {
  const { left } = await say({ timeoutMs: 5000 });
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(5000);
  expect((await say({ timeoutMs: Number.POSITIVE_INFINITY })).left).toBeNull();
});

describe("a callback", () => {
  test("belongs to the trace of the call, and has no more time; its keys are its own", async () => {
    const before = performance.now();
    const call = { path: "trading.Position", text: "" };
    expect(await ext.relay(call, { trace, timeoutMs: 5000, metadata: { tenant: "acme" } })).toBe("1");
    expect(traces.at(-1)).toEqual(trace);
    expect(metadata.at(-1)).toEqual({});
    expect(deadlines.at(-1)).toBeGreaterThan(before);
    expect(deadlines.at(-1)).toBeLessThanOrEqual(performance.now() + 5000);
  });

  test("of a call without a deadline has none", async () => {
    expect(await ext.relay({ path: "trading.Position", text: "" })).toBe("1");
    expect(deadlines.at(-1)).toBeUndefined();
    expect(traces.at(-1)).toBeUndefined();
  });
});

test("too much, or of another kind, is refused by the sender", async () => {
  await expect(ext.plain({ text: "" }, { metadata: { big: "x".repeat(8192) } })).rejects.toMatchObject({
    code: "invalid_argument",
    message: "Ext.plain: the metadata has 8203 bytes, above the limit of 8192",
  });
  await expect(ext.plain({ text: "" }, { metadata: { n: 5 as unknown as string } })).rejects.toMatchObject({
    code: "invalid_argument",
    message: "Ext.plain: the metadata cannot be encoded: n: expected a string or bytes, got number",
  });
  // The connection goes on.
  expect(await ext.plain({ text: "a" })).toBe("a");
});

test("raw payloads have it beside them too", async () => {
  const body = Buffer.alloc(100_000, 7);
  expect(body.equals(await ext.mirror(body, { metadata: { a: "b" }, timeoutMs: 10_000 }))).toBe(true);
});

test("an error in a payload behind metadata has its path", async () => {
  await expect(ext.total({ symbol: "A", count: 2 ** 40 }, { metadata: { a: "b" } })).rejects.toMatchObject({
    code: "invalid_argument",
    message: "Ext.total request cannot be encoded: count: 1099511627776 is out of range for u32",
  });
});

test("a peer that did not agree is told nothing, and keys for it are refused with the reason", async () => {
  await expect(base.plain({ text: "" }, { metadata: { a: "b" } })).rejects.toMatchObject({
    code: "unsupported",
    message: "Ext.plain: the worker takes no metadata",
  });
  expect(await base.plain({ text: "x" }, { metadata: {} })).toBe("x");
  expect(await base.context({}, { trace, timeoutMs: 5000 })).toEqual({
    left: null,
    metadata: {},
    trace: null,
    depth: 0,
  });
  await expect(base.relay({ path: "trading.Position", text: "" })).rejects.toMatchObject({
    code: "unsupported",
    message: "trading.Position: the parent answers no callbacks",
  });
});

test.each([
  ["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", true],
  ["cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more", true],
  ["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more", false],
  ["ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", false],
  ["00-00000000000000000000000000000000-00f067aa0ba902b7-01", false],
  ["00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01", false],
  ["00-4BF92F3577B34DA6A3CE929D0E0E4736-00F067AA0BA902B7-01", false],
  ["", false],
])("traceparent %j: %s", (text, valid) => {
  expect(isTraceparent(text)).toBe(valid);
});
