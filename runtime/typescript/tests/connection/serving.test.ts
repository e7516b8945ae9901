import { expect, test } from "vitest";

import type { Context } from "../../src/context.js";
import { service } from "../../src/stub_v1.js";
import { childAndHand, end, pair } from "../support/pair.js";
import { event, method } from "../support/services.js";
import { gate, until } from "../support/wait.js";

const Gated = service({
  name: "Gated",
  methods: [method("wait", "result"), method("echo", "result"), method("log", "none")],
  events: [event("begun")],
});

/** Handlers that wait until they are let go, in any order. */
function gated() {
  const begun: unknown[] = [];
  const gates = new Map<unknown, () => void>();
  const implementation = {
    wait: (value: unknown, cx: Context) => {
      begun.push(value);
      const { opened, open } = gate();
      gates.set(value, open);
      cx.signal.addEventListener("abort", () => open());
      return opened.then(() => value);
    },
    echo: (value: unknown) => value,
    log: (value: unknown) => void begun.push(value),
  };
  return { implementation, begun, open: (value: unknown) => gates.get(value)?.() };
}

const NUMBER = (value: number): Buffer => Buffer.from([value]);

test("requests above the limit wait, first in first out", async () => {
  const { implementation, begun, open } = gated();
  await using both = await pair(Gated, implementation, { child: { limits: { handlers: 2 } } });
  const answers = [1, 2, 3, 4, 5].map((number) => both.remote.call("wait", number));
  await until(() => both.child.counts().framesRead === 5);
  expect(begun).toEqual([1, 2]);
  expect(both.child.serving.live).toBe(5);
  open(2);
  expect(await answers[1]).toBe(2);
  await until(() => begun.length === 3);
  for (const number of [1, 3, 4, 5]) {
    await until(() => begun.includes(number));
    open(number);
  }
  expect(await Promise.all(answers)).toEqual([1, 2, 3, 4, 5]);
  expect(begun).toEqual([1, 2, 3, 4, 5]);
  expect(both.child.serving.live).toBe(0);
});

test("handlers that end at once let all that wait run", async () => {
  const { implementation, open, begun } = gated();
  await using both = await pair(Gated, implementation, { child: { limits: { handlers: 1 } } });
  const waiting = both.remote.call("wait", "first");
  const answers = Array.from({ length: 5000 }, (_, i) => both.remote.call("echo", i));
  await until(() => begun.length === 1);
  open("first");
  await waiting;
  expect(await Promise.all(answers)).toEqual(Array.from({ length: 5000 }, (_, i) => i));
});

test("requests that find no room to wait are refused", async () => {
  const { implementation, open, begun } = gated();
  const limits = { handlers: 1, waitingRequests: 2, waitingBytes: 1000 };
  await using both = await pair(Gated, implementation, { child: { limits } });
  const first = both.remote.call("wait", 1);
  await until(() => begun.length === 1);
  const large = both.remote.call("echo", "x".repeat(2000));
  await expect(large).rejects.toMatchObject({
    code: "resource_exhausted",
    message: "1 handlers run and 0 requests of 0 bytes wait, more is not taken",
  });
  const waiting = [both.remote.call("echo", 2), both.remote.call("echo", 3)];
  await expect(both.remote.call("echo", 4)).rejects.toMatchObject({
    code: "resource_exhausted",
    message: "1 handlers run and 2 requests of 2 bytes wait, more is not taken",
  });
  await both.remote.call("log", 5);
  await until(() => both.child.counts().requestsDropped === 1);
  open(1);
  expect(await Promise.all([first, ...waiting])).toEqual([1, 2, 3]);
});

test("a waiting request can be aborted, and never runs", async () => {
  const { implementation, open, begun } = gated();
  await using both = await pair(Gated, implementation, { child: { limits: { handlers: 1 } } });
  const first = both.remote.call("wait", 1);
  const controller = new AbortController();
  const second = both.remote.call("wait", 2, { signal: controller.signal });
  await until(() => both.child.counts().framesRead === 2);
  controller.abort("mine");
  await expect(second).rejects.toBe("mine");
  await until(() => both.child.counts().framesRead === 3);
  open(1);
  expect(await first).toBe(1);
  expect(await both.remote.call("echo", 3)).toBe(3);
  expect(begun).toEqual([1]);
});

test("a waiting request is live: its id may not be used again", async () => {
  const { implementation } = gated();
  const { child, hand } = await childAndHand(Gated, implementation, { limits: { handlers: 1 } });
  await hand.frame(1, 0, 1, NUMBER(1));
  await hand.frame(1, 0, 2, NUMBER(2));
  await hand.frame(2, 0, 2, NUMBER(3));
  const reason = await child.closed;
  expect(reason.kind === "protocol" && reason.error.message).toBe("a request has the id 2, which a running one has");
});

test("handlers start in the order of arrival", async () => {
  const { implementation, begun } = gated();
  await using both = await pair(Gated, implementation);
  const notes = Array.from({ length: 1000 }, (_, i) => both.remote.call("log", i));
  await Promise.all(notes);
  await until(() => begun.length === 1000);
  expect(begun).toEqual(Array.from({ length: 1000 }, (_, i) => i));
});

test("handlers are methods of their object, and a missing one is named", async () => {
  class Desk {
    readonly #own = 7;
    wait(): number {
      return this.#own;
    }
    echo(): void {}
    log(): void {}
  }
  await using both = await pair(Gated, new Desk() as never);
  expect(await both.remote.call("wait", 1)).toBe(7);
  await expect(pair(Gated, { wait() {}, echo() {} })).rejects.toMatchObject({
    code: "invalid_argument",
    message: "what serves Gated has no method `log`",
  });
});

test("a context tells what it is about", async () => {
  const { implementation } = gated();
  let seen: Context | undefined;
  const echo = (_: unknown, cx: Context): void => {
    seen = cx;
  };
  const own = { ...implementation, echo };
  await using both = await pair(Gated, own);
  await both.remote.call("echo", 1);
  expect([seen?.method, seen?.service, seen?.cancelled, seen?.deadline]).toEqual(["echo", "Gated", false, undefined]);
  end(both.child);
  expect(seen?.signal.aborted).toBe(false);
});
