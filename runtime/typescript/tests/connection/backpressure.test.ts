import { expect, test } from "vitest";

import { bytes, service } from "../../src/stub_v1.js";
import { childAndHand, end, type Hand, pair, parentAndHand } from "../support/pair.js";
import { event, method } from "../support/services.js";
import { settled, until } from "../support/wait.js";

const raw = { raw: true, request: bytes, answer: bytes } as const;
const Flood = service({
  name: "Flood",
  methods: [
    method("echo", "result", raw),
    method("flood", "stream", raw),
    method("grow", "result", raw),
    method("hang", "result", raw),
    method("log", "none", raw),
  ],
  events: [event("news", { raw: true, payload: bytes })],
});

let made = 0;
const implementation = {
  echo: (value: Uint8Array) => value,
  async *flood() {
    for (made = 0; made < 4000; made++) {
      yield Buffer.alloc(10_000, 7);
    }
  },
  grow: async () => Buffer.alloc(10_000, 7),
  hang: () => new Promise(() => {}),
  log() {},
};

/** Reads frames until there were so many. */
async function take(hand: Hand, count: number): Promise<{ items: number; answers: number; ends: number }> {
  const seen = { items: 0, answers: 0, ends: 0 };
  for (let left = count; left > 0; left--) {
    const flags = (await hand.next())?.flags;
    seen.items += flags === 0x0b ? 1 : 0;
    seen.answers += flags === 0x03 ? 1 : 0;
    seen.ends += flags === 0x1b ? 1 : 0;
  }
  return seen;
}

test("both sides flood and neither waits for the other", async () => {
  await using both = await pair(Flood, implementation);
  const body = Buffer.alloc(60_000, 7);
  const answers = await Promise.all(Array.from({ length: 1000 }, () => both.remote.call("echo", body)));
  expect(answers.every((answer) => body.equals(answer as Buffer))).toBe(true);
  const large = Buffer.alloc(3_000_000, 7);
  const more = await Promise.all(Array.from({ length: 20 }, () => both.remote.call("echo", large)));
  expect(more.every((answer) => large.equals(answer as Buffer))).toBe(true);
});

test("a stream waits when nobody reads, the reader goes on, and so does the stream afterwards", async () => {
  const { child, hand } = await childAndHand(Flood, implementation, {}, true);
  await hand.frame(2, 0, 1);
  await until(() => child.outbox.full);
  const waiting = await settled(() => child.outbox.queued);
  expect(waiting).toBeGreaterThanOrEqual(16 * 2 ** 20);
  expect(waiting).toBeLessThan(17 * 2 ** 20);
  expect(made).toBeLessThan(2000);
  await hand.frame(1, 0, 2, Buffer.from("x"));
  await until(() => child.counts().framesRead === 2);
  hand.read();
  expect(await take(hand, 4002)).toEqual({ items: 4000, answers: 1, ends: 1 });
  expect(child.serving.live).toBe(0);
  end(child);
});

test("reading rests while unwritten answers are too many", async () => {
  const limits = { writeQueue: 200_000, unwrittenAnswers: 1_000_000 };
  const { child, hand } = await childAndHand(Flood, implementation, { limits }, true);
  for (let request = 1; request <= 3000; request++) {
    void hand.frame(3, 0, request, Buffer.alloc(1000));
  }
  await until(() => child.outbox.queued > 1_000_000);
  const read = await settled(() => child.counts().framesRead);
  // One read brings at most 64 KiB of requests before the reader looks again.
  expect(read).toBeLessThan(500);
  expect(hand.socket.writableLength).toBeGreaterThan(0);
  hand.read();
  expect((await take(hand, 3000)).answers).toBe(3000);
  end(child);
});

test("an answer that waits keeps its handler's place", async () => {
  const limits = { writeQueue: 100_000, handlers: 10 };
  const { child, hand } = await childAndHand(Flood, implementation, { limits }, true);
  for (let request = 1; request <= 100; request++) {
    await hand.frame(3, 0, request);
  }
  await until(() => child.counts().framesRead === 100);
  const live = await settled(() => child.serving.live);
  expect(live).toBeGreaterThan(50);
  hand.read();
  expect((await take(hand, 100)).answers).toBe(100);
  expect(await settled(() => child.serving.live)).toBe(0);
  end(child);
});

test("callers and emitters wait for room, and keep their order", async () => {
  const limits = { writeQueue: 1_000_000 };
  const { remote, hand } = await parentAndHand(Flood, { limits }, true);
  const body = Buffer.alloc(20_000, 1);
  const answers = Array.from({ length: 100 }, () => remote.call("echo", body));
  let handed = 0;
  const notes = Array.from({ length: 100 }, () => remote.call("log", body).then(() => handed++));
  await until(() => remote.connection.outbox.full);
  const queued = await settled(() => remote.connection.outbox.queued);
  expect(queued).toBeLessThan(1_200_000);
  expect(handed).toBe(0);
  hand.read();
  const order: number[] = [];
  for (let count = 0; count < 200; count++) {
    const frame = await hand.next();
    order.push(frame?.id ?? 0);
    if (frame?.id === 1) {
      await hand.frame(1, 0x03, frame.request, Buffer.from("x"));
    }
  }
  expect(order).toEqual([...Array(100).fill(1), ...Array(100).fill(5)]);
  await Promise.all([...answers, ...notes]);
  end(remote.connection);

  const { child, hand: reader, emit } = await childAndHand(Flood, implementation, { limits }, true);
  let sent = 0;
  const news = Array.from({ length: 100 }, () => emit["news"]?.(body).then(() => sent++));
  await until(() => child.outbox.full);
  await settled(() => child.outbox.queued);
  expect(sent).toBeLessThan(70);
  reader.read();
  for (let count = 0; count < 100; count++) {
    expect((await reader.next())?.flags).toBe(0x01);
  }
  await Promise.all(news);
  end(child);
});

test("a call that waits for room keeps its deadline and can be aborted, and is never sent then", async () => {
  const { remote, hand } = await parentAndHand(Flood, { limits: { writeQueue: 1_000_000 } }, true);
  const body = Buffer.alloc(2_000_000, 1);
  const first = remote.call("echo", body);
  first.catch(() => {});
  await until(() => remote.connection.outbox.full);
  const controller = new AbortController();
  const late = remote.call("echo", body, { timeoutMs: 20 });
  const aborted = remote.call("echo", body, { signal: controller.signal });
  controller.abort("mine");
  await expect(aborted).rejects.toBe("mine");
  await expect(late).rejects.toMatchObject({ code: "deadline_exceeded" });
  hand.read();
  const frame = await hand.next();
  await hand.frame(1, 0x03, frame?.request ?? 0, Buffer.from("x"));
  expect((await first) as Buffer).toEqual(Buffer.from("x"));
  const next = remote.call("echo", Buffer.from("next"));
  expect((await hand.next())?.payload.toString()).toBe("next");
  end(remote.connection);
  await expect(next).rejects.toMatchObject({ code: "unavailable" });
});

/** A stream of which so many items of 1,000 bytes are on their way. */
async function lag(limits: object, items: number) {
  const { remote, hand } = await parentAndHand(Flood, { limits });
  const stream = remote.stream("flood", Buffer.alloc(0));
  const request = (await hand.next())?.request ?? 0;
  const item = Buffer.alloc(1000, 7);
  for (let count = 0; count < items; count++) {
    void hand.frame(2, 0x0b, request, item);
  }
  return { remote, hand, stream, request };
}

test("reading rests for a lagging stream while no other call waits", async () => {
  const { remote, hand, stream, request } = await lag({ streamPause: 50_000 }, 2000);
  await until(() => stream.cost >= 50_000);
  const read = await settled(() => remote.connection.counts().framesRead);
  expect(read).toBeLessThan(300);
  void hand.frame(2, 0x1b, request);
  let items = 0;
  for await (const _ of stream) {
    items += 1;
  }
  expect(items).toBe(2000);
  end(remote.connection);
});

test("a call that starts while reading rests lets it go on", async () => {
  const { remote, hand, stream } = await lag({ streamPause: 50_000 }, 2000);
  await until(() => stream.cost >= 50_000);
  await settled(() => remote.connection.counts().framesRead);
  const answer = remote.call("echo", Buffer.from("x"));
  const call = await hand.next();
  await hand.frame(1, 0x03, call?.request ?? 0, Buffer.from("y"));
  expect(((await answer) as Buffer).toString()).toBe("y");
  expect(stream.cost).toBe(2000 * 1064);
  end(remote.connection);
});

test("a stream that is left lets reading go on", async () => {
  const { remote, hand, stream } = await lag({ streamPause: 50_000 }, 2000);
  await until(() => stream.cost >= 50_000);
  await settled(() => remote.connection.counts().framesRead);
  await stream.return();
  expect((await hand.next())?.id).toBe(0xffff);
  await until(() => remote.connection.counts().framesRead === 2000);
  end(remote.connection);
});

test("a stream that lags too far is aborted", async () => {
  const { remote, hand, stream } = await lag({ streamPause: 50_000, streamQueue: 200_000 }, 0);
  const other = remote.call("hang", Buffer.alloc(0));
  other.catch(() => {});
  await hand.next();
  for (let count = 0; count < 500; count++) {
    void hand.frame(2, 0x0b, 1, Buffer.alloc(1000));
  }
  expect((await hand.next())?.id).toBe(0xffff);
  await expect(stream.next()).rejects.toMatchObject({
    code: "resource_exhausted",
    message: expect.stringContaining("bytes of the stream were not taken while other calls waited, above the limit of"),
  });
  expect(stream.cost).toBe(0);
  end(remote.connection);
});

test("the write queue is empty after a flush", async () => {
  const { child, hand } = await childAndHand(Flood, implementation, {}, true);
  await hand.frame(1, 0, 1, Buffer.alloc(3_000_000, 7));
  await until(() => child.outbox.queued > 0);
  const flushed = child.outbox.flushed();
  hand.read();
  await flushed;
  expect(child.outbox.queued).toBe(0);
  expect((await hand.next())?.payload.length).toBe(3_000_000);
  end(child);
});
