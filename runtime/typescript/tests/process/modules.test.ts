/** Callbacks and modules as a schema declares them, between two processes. */

import { afterEach, expect, test } from "vitest";
import { SpawnError } from "../../src/index.js";
import { DeskClient, type DeskHandlers, FeedError, TradingClient } from "../fixtures/callbacks.js";
import { workerPath } from "../support/build.js";

const open: { shutdown(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((client) => client.shutdown()));
});

function handlers(log: string[]): DeskHandlers {
  let tries = 0;
  return {
    trading: {
      async *dataFetch({ symbol, count }) {
        if (symbol === "CLOSED") throw new FeedError({ type: "Closed" });
        for (let at = 1; at <= count; at++) yield { symbol, close: at };
      },
      position({ account }) {
        tries++;
        if (tries === 1) throw new FeedError({ type: "Busy", after: 1 });
        log.push(account);
        return 42;
      },
    },
    desk: {
      audit: {
        log: ({ entry }) => void log.push(entry),
        ready: () => void log.push("ready"),
      },
    },
  };
}

async function spawn(callbacks: DeskHandlers): Promise<DeskClient> {
  const desk = await DeskClient.spawn("node", [workerPath("module")], { callbacks, onStderr() {} });
  open.push(desk);
  return desk;
}

test("a worker of a module calls what it needs", async () => {
  const log: string[] = [];
  const desk = await spawn(handlers(log));
  expect(await desk.trading.total({ symbol: "A" })).toBe(6);
  expect(await desk.trading.total({ symbol: "A", count: 10 })).toBe(55);
  const items: number[] = [];
  for await (const item of desk.trading.items({ symbol: "A" })) items.push(item);
  expect(items).toEqual([1, 2, 3]);
  expect(await desk.weather.report()).toBe("at 42");
  expect(log.toSorted()).toEqual(["a", "ready", "reported"]);
});

test("a declared error of a callback comes through a handler that throws it on", async () => {
  const desk = await spawn(handlers([]));
  await expect(desk.trading.total({ symbol: "CLOSED" })).rejects.toBeInstanceOf(FeedError);
});

test("what a callback takes is looked at", async () => {
  const desk = await spawn(handlers([]));
  await expect(desk.trading.total({ symbol: "A".repeat(13) })).rejects.toThrow(
    "Trading.total request: symbol: expected 1 to 12 characters, got 13",
  );
});

test("a parent without a callback that is required starts nothing", async () => {
  const { trading } = handlers([]);
  const spawned = DeskClient.spawn("node", [workerPath("module")], {
    callbacks: { trading } as unknown as DeskHandlers,
    onStderr() {},
  });
  await expect(spawned).rejects.toBeInstanceOf(SpawnError);
  await expect(spawned).rejects.toThrow(/desk\.audit\.Log/);
});

test("without a module every callback may be left out", async () => {
  const lonely = await TradingClient.spawn("node", [workerPath("trading")], { onStderr() {} });
  open.push(lonely);
  await expect(lonely.total({ symbol: "ABC" })).rejects.toThrow(/desk\.Ping/);
  let pings = 0;
  const answered = await TradingClient.spawn("node", [workerPath("trading")], {
    callbacks: { desk: { ping: () => void pings++ }, trading: { renamed: (value) => value * 2 } },
    onStderr() {},
  });
  open.push(answered);
  expect(await answered.total({ symbol: "ABC" })).toBe(6);
  expect(pings).toBe(1);
});
