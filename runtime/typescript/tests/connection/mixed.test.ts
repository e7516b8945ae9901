import { expect, test } from "vitest";

import type { Limits } from "../../src/connection/limits.js";
import type { Context } from "../../src/context.js";
import { service } from "../../src/stub_v1.js";
import { type Pair, pair } from "../support/pair.js";
import { event, method } from "../support/services.js";
import { until } from "../support/wait.js";

const Mixed = service({
  name: "Mixed",
  methods: [method("echo", "result"), method("later", "ack"), method("count", "stream"), method("note", "none")],
  events: [event("noted")],
});

type Cx = Context & { events: { noted(value: unknown): Promise<void> } };

const implementation = {
  echo: (value: unknown) => value,
  later: async (value: unknown) => {
    await new Promise((resolve) => setImmediate(resolve));
    return value;
  },
  async *count({ n, size }: { n: number; size: number }, cx: Context) {
    for (let i = 0; i < n; i++) {
      if (i % 7 === 0) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      if (cx.cancelled) {
        return;
      }
      yield { i, pad: Buffer.alloc(size, i) };
    }
  },
  note: (value: unknown, cx: Cx) => cx.events.noted(value),
};

/** Numbers that are the same in each run: mulberry32. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** One caller that does whatever comes, and looks at every answer. */
async function caller({ remote }: Pair, next: (below: number) => number, steps: number): Promise<void> {
  for (let step = 0; step < steps; step++) {
    const size = next(4) === 0 ? next(120_000) : next(300);
    const controller = new AbortController();
    const { signal } = controller;
    switch (next(6)) {
      case 0: {
        const pad = Buffer.alloc(size, step);
        const answer = (await remote.call("echo", { step, pad })) as { step: number; pad: Buffer };
        expect([answer.step, pad.equals(answer.pad)]).toEqual([step, true]);
        break;
      }
      case 1:
        expect(await remote.call("later", step, { timeoutMs: Number.POSITIVE_INFINITY })).toBe(step);
        break;
      case 2: {
        const answer = remote.call("later", Buffer.alloc(size), { signal }).catch((error: unknown) => error);
        if (next(2) === 0) {
          await new Promise((resolve) => setImmediate(resolve));
        }
        controller.abort(step);
        const outcome = await answer;
        expect(outcome === step || Buffer.isBuffer(outcome)).toBe(true);
        break;
      }
      case 3:
        await remote.call("note", step);
        break;
      default: {
        const n = next(60);
        const taken = next(3) === 0 ? next(n + 1) : n;
        let seen = 0;
        for await (const item of remote.stream("count", { n, size: size % 5000 }, { signal })) {
          expect((item as { i: number }).i).toBe(seen);
          seen += 1;
          if (seen === taken) {
            break;
          }
          if (next(5) === 0) {
            await remote.call("echo", seen);
          }
        }
        expect(seen).toBe(taken === 0 ? n : taken);
      }
    }
  }
}

const tight: Partial<Limits> = {
  handlers: 3,
  writeQueue: 20_000,
  unwrittenAnswers: 50_000,
  streamPause: 4000,
};

test.each([
  ["the usual limits", {}, {}],
  ["a tight parent", tight, {}],
  ["a tight child", {}, tight],
  ["tight limits on both sides", tight, tight],
] as const)("calls, streams and aborts of many callers do not mix up: %s", async (_, parent, child) => {
  await using both = await pair(Mixed, implementation, { parent: { limits: parent }, child: { limits: child } });
  let noted = 0;
  both.remote.events.on(both.remote.event("noted"), () => {
    noted += 1;
  });
  await Promise.all(Array.from({ length: 24 }, (_, index) => caller(both, random(index), 40)));
  await both.remote.call("echo", "last");
  await until(() => both.parent.calling.live + both.child.serving.live === 0);
  await Promise.all([both.parent.outbox.flushed(), both.child.outbox.flushed()]);
  expect([both.parent.outbox.queued, both.child.outbox.queued]).toEqual([0, 0]);
  expect(noted).toBeGreaterThan(0);
  expect(both.child.counts().requestsDropped).toBe(0);
});
