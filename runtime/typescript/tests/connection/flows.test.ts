import { expect, test } from "vitest";

import { bytes, ProcwireError, service } from "../../src/stub_v1.js";
import { pair } from "../support/pair.js";
import { method, Trouble } from "../support/services.js";

const Flows = service({
  name: "Flows",
  methods: [
    method("count", "stream", { error: Trouble }),
    method("plain", "stream"),
    method("later", "stream"),
    method("bodies", "stream", { raw: true, request: bytes, answer: bytes }),
    method("odd", "stream"),
    method("nothing", "stream"),
    method("echo", "result"),
  ],
  events: [],
});

const implementation = {
  async *count({ n, how }: { n: number; how?: string }) {
    for (let i = 0; i < n; i++) {
      yield i;
    }
    if (how === "declared") {
      throw new Trouble({ type: "Closed" });
    }
    if (how !== undefined) {
      throw new ProcwireError("cancelled", how);
    }
  },
  plain: (n: number) => Array.from({ length: n }, (_, i) => i),
  later: async (n: number) => new Set(Array.from({ length: n }, (_, i) => i)),
  /** Uses one piece of memory for all items, as a reader of files would. */
  async *bodies(lengths: Uint8Array) {
    const buffer = Buffer.alloc(300_000);
    for (const length of lengths) {
      buffer.fill(length);
      yield buffer.subarray(0, length * 1000);
    }
  },
  *odd() {
    yield 1;
    yield Symbol("odd");
  },
  nothing: () => 7,
  echo: (value: unknown) => value,
};

async function all(stream: AsyncIterable<unknown>): Promise<unknown[]> {
  const items: unknown[] = [];
  for await (const item of stream) {
    items.push(item);
  }
  return items;
}

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

test.each(["plain", "later"])("items of %s come once and in order", async (name) => {
  await using both = await pair(Flows, implementation);
  for (const n of [0, 1, 20_000]) {
    expect(await all(both.remote.stream(name, n))).toEqual(upTo(n));
  }
});

test("every item of a generator comes once and in order", async () => {
  await using both = await pair(Flows, implementation);
  expect(await all(both.remote.stream("count", { n: 50_000 }))).toEqual(upTo(50_000));
  expect(both.child.serving.live).toBe(0);
});

test("an error comes after the items before it", async () => {
  await using both = await pair(Flows, implementation);
  const items: unknown[] = [];
  const loop = async (how: string): Promise<void> => {
    for await (const item of both.remote.stream("count", { n: 1000, how })) {
      items.push(item);
    }
  };
  await expect(loop("enough")).rejects.toMatchObject({ code: "cancelled", message: "enough" });
  expect(items).toEqual(upTo(1000));
  await expect(loop("declared")).rejects.toBeInstanceOf(Trouble);
});

test("items of any size arrive as they left, though their memory is used again", async () => {
  await using both = await pair(Flows, implementation);
  const lengths = [1, 200, 31, 32, 33, 250, 64, 65, 66, 0, 5];
  const items = (await all(both.remote.stream("bodies", Buffer.from(lengths)))) as Buffer[];
  expect(items.map((item) => item.length)).toEqual(lengths.map((length) => length * 1000));
  expect(items.every((item, index) => item.every((byte) => byte === lengths[index]))).toBe(true);
});

test("an item that cannot be encoded ends the stream with an error", async () => {
  await using both = await pair(Flows, implementation);
  const stream = both.remote.stream("odd");
  expect(await stream.next()).toEqual({ value: 1, done: false });
  await expect(stream.next()).rejects.toMatchObject({
    code: "internal",
    message: expect.stringMatching(/^Flows\.odd item cannot be encoded/),
  });
  expect(await both.remote.call("echo", 1)).toBe(1);
});

test("a handler that gives no items fails", async () => {
  await using both = await pair(Flows, implementation);
  await expect(both.remote.stream("nothing").next()).rejects.toMatchObject({
    code: "failed",
    message: "the handler of a stream gave nothing that can be iterated",
  });
});

test("streams and calls share a connection", async () => {
  await using both = await pair(Flows, implementation);
  const streams = Array.from({ length: 20 }, (_, i) => all(both.remote.stream("count", { n: 1000 + i })));
  const calls = Array.from({ length: 500 }, (_, i) => both.remote.call("echo", i));
  expect(await Promise.all(calls)).toEqual(upTo(500));
  expect((await Promise.all(streams)).map((items) => items.length)).toEqual(upTo(20).map((i) => 1000 + i));
});

test("a consumer may call the same peer between items", async () => {
  await using both = await pair(Flows, implementation, { parent: { limits: { streamPause: 1000 } } });
  let sum = 0;
  for await (const item of both.remote.stream("count", { n: 3000 })) {
    sum += (await both.remote.call("echo", item)) as number;
  }
  expect(sum).toBe((3000 * 2999) / 2);
});

test("several may take items of one stream", async () => {
  await using both = await pair(Flows, implementation);
  const stream = both.remote.stream("count", { n: 3 });
  const taken = await Promise.all([stream.next(), stream.next(), stream.next(), stream.next()]);
  expect(taken.map(({ value }) => value)).toEqual([0, 1, 2, undefined]);
});
