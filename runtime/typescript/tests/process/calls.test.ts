import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { ProcwireError, SpawnError } from "../../src/index.js";
import { DeskClient, Trouble, WeatherClient } from "../fixtures/desk.js";
import { workerPath } from "../support/build.js";
import { until } from "../support/wait.js";

const heard: unknown[] = [];
let desk: DeskClient;

beforeAll(async () => {
  desk = await DeskClient.spawn("node", [workerPath("desk")], {
    env: { DESK: "hello", PROCWIRE_ODD: "x" },
    on: { progress: (event) => heard.push(event) },
    onStderr() {},
  });
});

afterAll(() => desk.shutdown());

test("every kind of call", async () => {
  expect(await desk.place({ order: { id: 7n, symbol: "A" } })).toEqual({ id: 7n, accepted: true });
  expect(await desk.place({ order: { id: 7n, symbol: "A" }, dry_run: true })).toEqual({ id: 7n, accepted: false });
  expect(await desk.swap({ id: 7n, symbol: "A" })).toEqual({ id: 8n, symbol: "A", quantity: 1 });
  expect(await desk.ping()).toBeUndefined();
  expect(await desk.find()).toEqual(["all", "all", "all"]);
  expect(await desk.find({ limit: 1, text: "x" })).toEqual(["x"]);
  expect(await desk.warm({ seconds: 3 })).toBeUndefined();
  expect(await desk.touch({ text: "four" })).toEqual({ id: 4n, accepted: true });
  expect(await desk.mirror(Buffer.from("bytes"))).toEqual(Buffer.from("bytes"));
});

test("streams, and what ends them", async () => {
  const ids: bigint[] = [];
  for await (const { id } of desk.quotes({ symbols: ["A", "B"], depth: 3 })) {
    ids.push(id);
  }
  expect(ids).toEqual([0n, 0n, 1n, 1n, 2n, 2n]);
  const pieces: Uint8Array[] = [];
  for await (const piece of desk.chunks(Buffer.alloc(4500, 1))) {
    pieces.push(piece);
  }
  expect(pieces.map(({ length }) => length)).toEqual([1000, 1000, 1000, 1000, 500]);
  const failing = desk.quotes({ symbols: ["A", "NONE"] })[Symbol.asyncIterator]();
  expect(await failing.next()).toEqual({ value: { id: 0n, accepted: true }, done: false });
  await expect(failing.next()).rejects.toBeInstanceOf(Trouble);
  const seen = desk.events.seen.subscribe();
  for await (const _ of desk.quotes({ symbols: ["A"], depth: 1_000_000 })) {
    break;
  }
  expect((await seen.next()).value).toEqual({ text: "quotes ended" });
  await seen.return();
});

test("a stream is asked for when it is iterated, and once", async () => {
  const before = desk.peer.counts().framesWritten;
  const stream = desk.quotes({ symbols: ["A"] });
  expect(desk.peer.counts().framesWritten).toBe(before);
  for await (const _ of stream) {
    // Once is enough.
  }
  expect(() => stream[Symbol.asyncIterator]()).toThrow(ProcwireError);
});

test("declared errors are typed, others have a code", async () => {
  const error = await desk.place({ order: { id: 1n, symbol: "NONE", quantity: 3 } }).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(Trouble);
  expect(error instanceof Trouble && error.data).toEqual({ type: "OutOfLuck", tries: 3 });
  expect(error).toMatchObject({ code: "declared", message: "Trouble.OutOfLuck" });
  await expect(desk.place({ order: { id: 1n, symbol: "ODD" } })).rejects.toMatchObject({
    code: "resource_exhausted",
    message: "too many",
    data: { most: 5 },
  });
  await expect(desk.find({ limit: 2 ** 33 })).rejects.toMatchObject({ code: "invalid_argument" });
});

describe("events", () => {
  test("are heard from the start on", async () => {
    await until(() => heard.length === 1);
    // What the parent says through the environment is for this process alone.
    expect(heard).toEqual([{ job: "", percent: 1 }]);
  });

  test("come to every subscription and listener", async () => {
    const filled: bigint[] = [];
    const off = desk.events.filled.on(({ id }) => filled.push(id));
    const first = desk.events.filled.subscribe();
    const second = desk.events.filled[Symbol.asyncIterator]();
    await desk.place({ order: { id: 9n, symbol: "A" } });
    expect((await first.next()).value).toEqual({ id: 9n, accepted: true });
    expect((await second.next()).value).toEqual({ id: 9n, accepted: true });
    expect(filled).toEqual([9n]);
    off();
    await Promise.all([first.return(), second.return()]);
  });

  test("come of a call without an answer", async () => {
    const seen = desk.events.seen.subscribe();
    await desk.log({ text: "noted" });
    expect((await seen.next()).value).toEqual({ text: "noted" });
    await seen.return();
  });
});

test("a caller that leaves is heard of by its handler", async () => {
  const seen = desk.events.seen.subscribe();
  const controller = new AbortController();
  const hanging = desk.hang({ name: "one" }, { signal: controller.signal });
  expect((await seen.next()).value).toEqual({ text: "one hangs" });
  controller.abort("mine");
  await expect(hanging).rejects.toBe("mine");
  await expect(desk.hang({ name: "two" }, { timeoutMs: 30 })).rejects.toMatchObject({ code: "deadline_exceeded" });
  const rest = [await seen.next(), await seen.next(), await seen.next()].map(({ value }) => value?.text);
  expect(rest).toEqual(["one left", "two hangs", "two left"]);
  await seen.return();
});

test("another service of the same worker", async () => {
  const weather = WeatherClient.attach(desk);
  expect(await weather.tell({ place: "Bergen" })).toBe("rain in Bergen");
  expect(weather.peer).toBe(desk.peer);
});

test("a payload of a hundred megabytes", { timeout: 60_000 }, async () => {
  const body = Buffer.alloc(100_000_000, 7);
  expect(body.equals(await desk.mirror(body))).toBe(true);
});

test("a peer tells of itself", async () => {
  expect(desk.peer.pid).toBe(await desk.pid());
  expect(desk.peer.name).toBe("Desk");
  expect(desk.peer.exit).toBeUndefined();
  expect(SpawnError.prototype).toBeInstanceOf(ProcwireError);
});
