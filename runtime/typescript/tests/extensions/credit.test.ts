import { describe, expect, test } from "vitest";

import { encode } from "../../src/codec/index.js";
import { closeSentence } from "../../src/connection/closing.js";
import { ID_CREDIT, ID_HELLO } from "../../src/constants.js";
import * as $ from "../../src/stub_v1.js";
import type { ExtClient } from "../fixtures/ext.js";
import { candles, spawnExt } from "../support/ext.js";
import { childAndHand, parentAndHand } from "../support/pair.js";
import { method } from "../support/services.js";
import { settled, until } from "../support/wait.js";

const WINDOW = 10_000;
/** The payload of an item of so many bytes, and what it counts for. */
const cost = (size: number): number => size + (size < 256 ? 2 : 3) + 64;

describe("a stream whose consumer stops", () => {
  test("makes no more than its window, and goes on when items are taken", async () => {
    await using ext = await spawnExt({ limits: { window: WINDOW } });
    const items = ext.flood({ count: 1000, size: 100 })[Symbol.asyncIterator]();
    await items.next();
    // Half a window is always enough for the next item; the generator stands behind the last that went.
    const most = Math.floor(WINDOW / 2 / cost(100)) + 2;
    const first = await settledMade(ext);
    expect(first).toBeLessThanOrEqual(most);
    expect(first).toBeGreaterThanOrEqual(most - 2);
    for (let i = 0; i < 500; i++) {
      expect((await items.next()).value?.length).toBe(100);
    }
    const later = await settledMade(ext);
    expect(later).toBeGreaterThan(500);
    expect(later).toBeLessThanOrEqual(501 + 2 * most);
    let rest = 0;
    for (let next = await items.next(); !next.done; next = await items.next()) {
      rest += 1;
    }
    expect(rest).toBe(499);
  });

  test("stalls nobody else", async () => {
    await using ext = await spawnExt({ limits: { window: WINDOW } });
    const stopped = Array.from({ length: 200 }, () => ext.flood({ count: 100_000, size: 100 })[Symbol.asyncIterator]());
    await Promise.all(stopped.map((items) => items.next()));
    await settledMade(ext);
    const queued = ext.peer.counts().framesRead;
    for (let i = 0; i < 1000; i++) {
      expect(await ext.plain({ text: "x" })).toBe("x");
    }
    // Nothing but the answers has come.
    expect(ext.peer.counts().framesRead - queued).toBe(1000);
    let count = 0;
    for await (const _ of ext.flood({ count: 10_000, size: 10 })) {
      count += 1;
    }
    expect(count).toBe(10_000);
    await Promise.all(stopped.map((items) => items.return()));
    expect(await ext.plain({ text: "x" })).toBe("x");
  });

  test("of callbacks is the same at the worker", async () => {
    let made = 0;
    await using ext = await spawnExt({
      childLimits: { window: WINDOW },
      limits: { window: 10 * WINDOW },
      callbacks: {
        trading: {
          *dataFetch({ count }) {
            for (const candle of candles(count)) {
              made += 1;
              yield candle;
            }
          },
        },
      },
    });
    const items = ext.passOn({ symbol: "A", count: 100_000 })[Symbol.asyncIterator]();
    await items.next();
    expect(await settled(() => made)).toBeLessThan(3000);
    await items.return();
    expect(await ext.total({ symbol: "A", count: 1000 })).toBe(500_500);
  });
});

/** How many items the worker's last stream has made, once that does not change any more. */
async function settledMade(ext: ExtClient): Promise<number> {
  let last = -1;
  for (let same = 0; same < 20; ) {
    const now = await ext.made();
    same = now === last ? same + 1 : 0;
    last = now;
  }
  return last;
}

test.each([
  [1, 10],
  [50, 1000],
  [1, 0],
])("a window of %d lets items of %d bytes through, whatever their length", async (window, size) => {
  await using ext = await spawnExt({ limits: { window } });
  let count = 0;
  for await (const item of ext.flood({ count: 300, size })) {
    expect(item.length).toBe(size);
    count += 1;
  }
  expect(count).toBe(300);
});

const Desk = $.service({ name: "Desk", methods: [method("count", "stream"), method("echo", "result")], events: [] });
const item = (size: number): Buffer => encode($.bytes, Buffer.alloc(size));

describe("the receiver", () => {
  const open = async (window: number) => {
    const { remote, hand } = await parentAndHand(Desk, { extensions: ["credit"], limits: { window } });
    const stream = remote.stream("count", null);
    const request = (await hand.next())?.request ?? 0;
    return { remote, hand, stream, request };
  };

  test("gives back what was taken, as soon as it is half a window, and nothing after the end", async () => {
    const { hand, stream, request } = await open(400);
    await using _ = hand;
    // Each counts 100.
    for (let i = 0; i < 4; i++) {
      await hand.frame(1, 0x0b, request, item(34));
    }
    await stream.next();
    await stream.next();
    expect(await hand.next()).toEqual({ id: ID_CREDIT, flags: 0, request, payload: Buffer.from([0, 0, 0, 200]) });
    await hand.frame(1, 0x0b, request, item(34));
    await hand.frame(1, 0x1b, request);
    await stream.next();
    await until(() => stream.ended);
    await stream.next();
    await stream.next();
    expect((await stream.next()).done).toBe(true);
    await hand.frame(9, 0x01, 0);
    hand.socket.end();
    expect(await hand.next()).toBeUndefined();
  });

  test.each<[string, number[], boolean]>([
    ["all of the window", [34, 34, 34, 34], true],
    ["one more than fits", [34, 34, 34, 34, 0], false],
    ["an item above the window where nothing is outstanding", [5000], true],
    ["an item above the window where half is outstanding", [34, 34, 5000], true],
    ["an item above the window where more is outstanding", [34, 34, 34, 5000], false],
    ["anything after an item above the window", [5000, 0], false],
  ])("takes what may be sent, and closes on an overrun: %s", async (_, sizes, fits) => {
    const { remote, hand, request } = await open(400);
    await using _hand = hand;
    for (const size of sizes) {
      await hand.frame(1, 0x0b, request, item(size));
    }
    await hand.frame(1, 0x1b, request);
    if (fits) {
      await until(() => remote.connection.calling.live === 0);
      expect(remote.connection.isOver).toBe(false);
    } else {
      expect(closeSentence(await remote.connection.closed)).toMatch(
        /^the peer broke the protocol: an item of \d+ came while \d+ of a stream's window of 400 were not given back$/,
      );
    }
  });
});

describe("the sender", () => {
  const open = async (window: number) => {
    const made: number[] = [];
    const desk = {
      *count(n: number) {
        for (let i = 0; i < n; i++) {
          made.push(i);
          yield Buffer.alloc(34);
        }
      },
      echo: (value: unknown) => value,
    };
    const { child, hand } = await childAndHand(Desk, desk, { extensions: ["credit", "meta"] });
    await hand.frame(ID_HELLO, 0, 0, encode($.any, { ext: ["credit"], limits: { window } }));
    return { child, hand, made };
  };
  const credit = (amount: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(amount);
    return bytes;
  };

  test("waits without credit, and takes an abort meanwhile", async () => {
    const { child, hand, made } = await open(400);
    await using _ = hand;
    await hand.frame(1, 0, 1, encode($.any, 100));
    for (let i = 0; i < 3; i++) {
      expect(await hand.next()).toMatchObject({ flags: 0x0b, request: 1 });
    }
    expect(await settled(() => made.length)).toBe(3);
    await hand.frame(ID_CREDIT, 0, 1, credit(0));
    await hand.frame(ID_CREDIT, 0, 99, credit(500));
    await hand.frame(ID_CREDIT, 0, 1, credit(200));
    await hand.next();
    await hand.next();
    expect(await settled(() => made.length)).toBe(5);
    await hand.frame(0xffff, 0, 1);
    await until(() => child.serving.live === 0);
    await hand.frame(2, 0, 2, encode($.any, "x"));
    expect(await hand.next()).toMatchObject({ id: 2, flags: 0x03, request: 2 });
    expect(child.counts().lateFrames).toBe(1);
  });

  test("needs none for the end", async () => {
    const { hand } = await open(300);
    await using _ = hand;
    await hand.frame(1, 0, 1, encode($.any, 2));
    expect((await hand.next())?.flags).toBe(0x0b);
    expect((await hand.next())?.flags).toBe(0x0b);
    await hand.frame(ID_CREDIT, 0, 1, credit(100));
    expect((await hand.next())?.flags).toBe(0x1b);
    // It comes for a stream that is not live any more.
    await hand.frame(ID_CREDIT, 0, 1, credit(100));
    await hand.frame(2, 0, 2, encode($.any, "x"));
    expect((await hand.next())?.flags).toBe(0x03);
  });

  test("credit for a call that is no stream is ignored", async () => {
    const { child, hand } = await open(300);
    await using _ = hand;
    await hand.frame(2, 0, 5, encode($.any, "x"));
    await hand.frame(ID_CREDIT, 0, 5, credit(1));
    expect((await hand.next())?.request).toBe(5);
    expect(child.isOver).toBe(false);
  });
});
