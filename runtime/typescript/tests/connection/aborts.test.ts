import { expect, test } from "vitest";

import type { Context } from "../../src/context.js";
import { service } from "../../src/stub_v1.js";
import { childAndHand, end, pair, parentAndHand } from "../support/pair.js";
import { method } from "../support/services.js";

const Aborts = service({
  name: "Aborts",
  methods: [
    method("hang", "result"),
    method("echo", "result"),
    method("flow", "stream"),
    method("stuck", "stream"),
    method("stubborn", "result"),
  ],
  events: [],
});

/** What happens in handlers, to be waited for. */
function script() {
  const seen: string[] = [];
  const waiting: { what: string; resolve: () => void }[] = [];
  const tell = (what: string): void => {
    seen.push(what);
    for (const { what: wanted, resolve } of waiting.splice(0)) {
      wanted === what ? resolve() : waiting.push({ what: wanted, resolve });
    }
  };
  const happened = (what: string): Promise<void> =>
    seen.includes(what) ? Promise.resolve() : new Promise((resolve) => waiting.push({ what, resolve }));
  let release: (value: unknown) => void = () => {};
  const implementation = {
    hang: (_: unknown, cx: Context) =>
      new Promise((resolve) => {
        tell("hangs");
        cx.signal.addEventListener("abort", () => {
          tell(`hang left: ${cx.cancelled}, ${(cx.signal.reason as Error).message}`);
          resolve("late");
        });
      }),
    echo: (value: unknown) => value,
    async *flow() {
      try {
        for (let i = 0; ; i++) {
          yield i;
        }
      } finally {
        tell("flow ended");
      }
    },
    async *stuck(_: unknown, cx: Context) {
      yield 0;
      tell("stuck waits");
      await new Promise<void>((resolve) => cx.signal.addEventListener("abort", () => resolve()));
      tell("stuck heard");
    },
    stubborn: () =>
      new Promise((resolve) => {
        tell("stubborn runs");
        release = resolve;
      }),
  };
  return { implementation, happened, seen, release: (value: unknown) => release(value) };
}

test("an aborted call rejects with the signal's reason, and its handler hears of it", async () => {
  const { implementation, happened } = script();
  await using both = await pair(Aborts, implementation);
  const controller = new AbortController();
  const answer = both.remote.call("hang", 1, { signal: controller.signal });
  await happened("hangs");
  const reason = new Error("my own");
  controller.abort(reason);
  await expect(answer).rejects.toBe(reason);
  await happened("hang left: true, the caller has left");
  expect(await both.remote.call("echo", 2)).toBe(2);
  expect(both.child.serving.live).toBe(0);
  expect(both.parent.counts()).toMatchObject({ framesRead: 1, lateFrames: 0 });
});

test("a signal that is aborted already counts, and nothing is sent", async () => {
  const { implementation } = script();
  await using both = await pair(Aborts, implementation);
  const signal = AbortSignal.abort("before");
  await expect(both.remote.call("echo", 1, { signal })).rejects.toBe("before");
  await expect(both.remote.stream("flow", 1, { signal }).next()).rejects.toBe("before");
  expect(both.parent.counts().framesWritten).toBe(0);
  expect(both.parent.calling.live).toBe(0);
});

test("one signal serves many calls, and is let go when they end", async () => {
  const { implementation } = script();
  await using both = await pair(Aborts, implementation);
  const controller = new AbortController();
  let listeners = 0;
  const { signal } = controller;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners += 1;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners -= 1;
    remove(...args);
  };
  await Promise.all(Array.from({ length: 100 }, (_, index) => both.remote.call("echo", index, { signal })));
  expect(listeners).toBe(0);
  const hanging = Array.from({ length: 100 }, () => both.remote.call("hang", 1, { signal }).catch((error) => error));
  controller.abort("all");
  expect(new Set(await Promise.all(hanging))).toEqual(new Set(["all"]));
});

test("an abort after the answer is not sent", async () => {
  const { remote, hand } = await parentAndHand(Aborts);
  const controller = new AbortController();
  const answer = remote.call("echo", 1, { signal: controller.signal });
  const request = await hand.next();
  await hand.frame(2, 0x03, request?.request ?? 0, Buffer.from([1]));
  expect(await answer).toBe(1);
  controller.abort();
  const next = remote.call("echo", 2);
  expect((await hand.next())?.id).toBe(2);
  end(remote.connection);
  await expect(next).rejects.toMatchObject({ code: "unavailable" });
});

test("nothing is answered after an abort, and the place stays taken until the handler ends", async () => {
  const { implementation, happened, release } = script();
  const { child, hand } = await childAndHand(Aborts, implementation);
  await hand.frame(5, 0, 1, Buffer.from([0xc0]));
  await happened("stubborn runs");
  await hand.frame(0xffff, 0, 1);
  // The id is free again at once.
  await hand.frame(2, 0, 1, Buffer.from([7]));
  expect(await hand.next()).toMatchObject({ id: 2, request: 1, payload: Buffer.from([7]) });
  expect(child.serving.live).toBe(1);
  release("late");
  await hand.frame(2, 0, 2, Buffer.from([8]));
  expect(await hand.next()).toMatchObject({ id: 2, request: 2 });
  expect(child.serving.live).toBe(0);
  end(child);
});

test("a stream that is left by break is aborted, and its generator ends", async () => {
  const { implementation, happened } = script();
  await using both = await pair(Aborts, implementation);
  const items: unknown[] = [];
  for await (const item of both.remote.stream("flow")) {
    items.push(item);
    if (items.length === 3) {
      break;
    }
  }
  expect(items).toEqual([0, 1, 2]);
  await happened("flow ended");
  expect(both.parent.calling.live).toBe(0);
  expect(await both.remote.call("echo", 1)).toBe(1);
});

test("a stream that is left by throw is aborted too", async () => {
  const { implementation, happened } = script();
  await using both = await pair(Aborts, implementation);
  const loop = async (): Promise<void> => {
    for await (const _ of both.remote.stream("flow")) {
      throw new Error("mine");
    }
  };
  await expect(loop()).rejects.toThrow("mine");
  await happened("flow ended");
});

test("a generator that waits hears of the end by its signal", async () => {
  const { implementation, happened } = script();
  await using both = await pair(Aborts, implementation);
  const stream = both.remote.stream("stuck");
  expect(await stream.next()).toEqual({ value: 0, done: false });
  await happened("stuck waits");
  await stream.return();
  await happened("stuck heard");
});

test("return settles a next that is pending", async () => {
  const { implementation } = script();
  await using both = await pair(Aborts, implementation);
  const stream = both.remote.stream("stuck");
  await stream.next();
  const pending = [stream.next(), stream.next()];
  expect(await stream.return()).toEqual({ value: undefined, done: true });
  expect(await Promise.all(pending)).toEqual([
    { value: undefined, done: true },
    { value: undefined, done: true },
  ]);
});

test("an aborted stream rejects once, with the signal's reason, and drops what it holds", async () => {
  const { implementation, happened } = script();
  await using both = await pair(Aborts, implementation);
  const controller = new AbortController();
  const stream = both.remote.stream("flow", 1, { signal: controller.signal });
  await stream.next();
  controller.abort("enough");
  await expect(stream.next()).rejects.toBe("enough");
  expect(await stream.next()).toEqual({ value: undefined, done: true });
  await happened("flow ended");
});

test("the deadline of a stream lasts until its end", async () => {
  const { implementation, happened } = script();
  await using both = await pair(Aborts, implementation);
  const stream = both.remote.stream("stuck", 1, { timeoutMs: 30 });
  expect(await stream.next()).toEqual({ value: 0, done: false });
  await expect(stream.next()).rejects.toMatchObject({ code: "deadline_exceeded" });
  await happened("stuck heard");
});
