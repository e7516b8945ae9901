// What happens at the same time, with real processes: whatever comes first, each call ends once, and nothing is left.
import { describe, expect, test } from "vitest";

import { isProcwireError } from "../../src/index.js";
import { candles, spawnExt, usual } from "../support/ext.js";
import { gate, until } from "../support/wait.js";

/** Numbers from 0 to 1, the same in each run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

/** Lets so many turns of the loop pass. */
async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("the hello against the first requests, with all that it brings", async () => {
  await Promise.all(
    [true, false, true, false].map(async (auth, index) => {
      await using ext = await spawnExt({
        auth,
        callbacks: { trading: usual },
        ...(index > 1 ? { extensions: ["meta", "callbacks", "credit"] as const } : {}),
      });
      const totals = Array.from({ length: 20 }, (_, count) =>
        ext.total({ symbol: "A", count }, { metadata: { a: "b" }, timeoutMs: 30_000 }),
      );
      expect(await Promise.all(totals)).toEqual(Array.from({ length: 20 }, (_, n) => (n * (n + 1)) / 2));
    }),
  );
});

test("an abort against the answer, of calls and of the callbacks that serve them", async () => {
  const random = numbers(1);
  let running = 0;
  await using ext = await spawnExt({
    callbacks: {
      trading: {
        async position({ account }) {
          running += 1;
          await turns(account.length % 3);
          running -= 1;
          return account.length;
        },
      },
    },
  });
  const ends = Array.from({ length: 2000 }, async (_, i) => {
    const controller = new AbortController();
    const call =
      i % 2 === 0
        ? ext.plain({ text: "x" }, { signal: controller.signal })
        : ext.relay({ path: "trading.Position", text: "y".repeat(i % 7) }, { signal: controller.signal });
    const wait = Math.floor(random() * 20);
    void turns(wait).then(() => controller.abort("left"));
    return call.then(
      () => "answered",
      (reason: unknown) => reason,
    );
  });
  const kinds = new Set(await Promise.all(ends));
  expect([...kinds].every((kind) => kind === "answered" || kind === "left")).toBe(true);
  await until(() => running === 0);
  while ((await ext.peer.health()).running > 0) {
    await turns(1);
  }
  expect(await ext.relay({ path: "trading.Position", text: "four" })).toBe("4");
});

test("credit against the end, and against whoever leaves early", async () => {
  const random = numbers(2);
  await using ext = await spawnExt({
    limits: { window: 500 },
    childLimits: { window: 500 },
    callbacks: { trading: { dataFetch: ({ count }) => candles(count) } },
  });
  const streams = Array.from({ length: 300 }, async (_, i) => {
    const count = Math.floor(random() * 40);
    const wanted = random() < 0.5 ? count : Math.floor(random() * 40);
    const slow = random() < 0.3;
    const items = i % 2 === 0 ? ext.flood({ count, size: 50 }) : ext.passOn({ symbol: "A", count });
    let taken = 0;
    if (wanted === 0) {
      return 0;
    }
    for await (const _item of items) {
      taken += 1;
      if (slow) {
        await turns(1);
      }
      if (taken === wanted) {
        break;
      }
    }
    return taken - Math.min(count, wanted);
  });
  expect(new Set(await Promise.all(streams))).toEqual(new Set([0]));
  while ((await ext.peer.health()).running > 0) {
    await turns(1);
  }
  expect(ext.peer.exit).toBeUndefined();
});

describe("a shutdown", () => {
  test("lets a call end that waits for its parent, and refuses what comes later", async () => {
    const { opened, open } = gate();
    const asked = gate();
    const ext = await spawnExt({
      callbacks: {
        trading: {
          async position() {
            asked.open();
            await opened;
            return 5;
          },
        },
      },
    });
    const call = ext.relay({ path: "trading.Position", text: "" });
    await asked.opened;
    const ended = ext.shutdown();
    await expect(ext.plain({ text: "" })).rejects.toMatchObject({ code: "unavailable" });
    open();
    expect(await call).toBe("5");
    await ended;
    expect(ext.peer.exit?.code).toBe(0);
  });

  test("against requests in flight: each is answered, or refused", async () => {
    const ext = await spawnExt({ callbacks: { trading: usual } });
    const calls = Array.from({ length: 500 }, (_, i) =>
      (i % 2 === 0 ? ext.plain({ text: "x" }) : ext.relay({ path: "trading.Position", text: "x" })).then(
        () => "answered",
        (error: unknown) => (isProcwireError(error, "unavailable") ? "refused" : error),
      ),
    );
    await turns(1);
    await ext.shutdown();
    const kinds = await Promise.all(calls);
    expect(kinds.every((kind) => kind === "answered" || kind === "refused")).toBe(true);
    expect(ext.peer.exit?.code).toBe(0);
  });
});

test("handlers that come and go against calls of them", async () => {
  await using ext = await spawnExt({ callbacks: { trading: usual } });
  const { callbacks } = ext.peer;
  const calls = Array.from({ length: 1000 }, (_, i) => {
    if (i % 10 === 0) {
      callbacks.delete("trading.Position");
    } else if (i % 10 === 5) {
      callbacks.set("trading.Position", () => i);
    }
    return ext.relay({ path: "trading.Position", text: "x" }).then(
      () => "answered",
      (error: unknown) => (isProcwireError(error, "not_found") ? "not found" : error),
    );
  });
  for (let i = 0; i < 50; i++) {
    await turns(1);
    if (i % 2 === 0) {
      callbacks.delete("trading.Position");
    } else {
      callbacks.set("trading.Position", () => i);
    }
  }
  const kinds = await Promise.all(calls);
  expect(kinds.every((kind) => kind === "answered" || kind === "not found")).toBe(true);
});
