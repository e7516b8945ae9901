import { describe, expect, test } from "vitest";

import { encode } from "../../src/codec/index.js";
import { closeSentence } from "../../src/connection/closing.js";
import type { ExtensionName } from "../../src/connection/extensions.js";
import { EXTENSIONS, ID_AUTHENTICATE, ID_CREDIT, ID_HELLO } from "../../src/constants.js";
import * as $ from "../../src/stub_v1.js";
import { spawnExt, usual } from "../support/ext.js";
import { childAndHand, type Hand, parentAndHand } from "../support/pair.js";
import { method } from "../support/services.js";

const Desk = $.service({
  name: "Desk",
  methods: [method("echo", "result"), method("count", "stream"), method("say", "result")],
  events: [],
});
const contexts: $.Context[] = [];
const desk = {
  echo: (value: unknown, cx: $.Context) => {
    contexts.push(cx);
    return value;
  },
  *count(n: number) {
    for (let i = 0; i < n; i++) {
      yield Buffer.alloc(36);
    }
  },
  say: (_: unknown, cx: $.Context) => ({ depth: cx.depth, user: cx.metadata, trace: cx.trace ?? null }),
};
const { names } = EXTENSIONS;
const META = EXTENSIONS.metaFlag;
const NIL = Buffer.from([0xc0]);

const start = async (extensions: readonly ExtensionName[] = names, limits = {}) =>
  childAndHand(Desk, desk, { extensions, limits });
const hello = (hand: Hand, value: unknown, flags = 0, request = 0): Promise<void> =>
  hand.frame(ID_HELLO, flags, request, Buffer.isBuffer(value) ? value : encode($.any, value));
const meta = (map: unknown, payload: Uint8Array = NIL): Buffer => {
  const encoded = Buffer.isBuffer(map) ? map : encode($.any, map);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(encoded.length);
  return Buffer.concat([length, encoded, payload]);
};
const decoded = (payload: Buffer | undefined): unknown => $.decode($.any, payload ?? Buffer.alloc(0));

/** Every part of a list. */
function subsets<T>(all: readonly T[]): T[][] {
  return Array.from({ length: 2 ** all.length }, (_, bits) => all.filter((__, index) => ((bits >> index) & 1) === 1));
}

describe("every subset of the extensions", () => {
  test.each(subsets(names).map((subset) => [subset]))("a child takes %j", async (subset) => {
    const { child, hand } = await start();
    await using _ = hand;
    await hello(hand, { ext: [...subset, "tomorrow"], limits: { payload: 100, window: 200 }, more: 1 });
    await hand.frame(1, 0, 1, NIL);
    expect((await hand.next())?.request).toBe(1);
    const { meta, callbacks, credit, peerWindow } = child.extensions;
    expect({ meta, callbacks, credit, peerWindow }).toEqual({
      meta: subset.includes("meta"),
      callbacks: subset.includes("callbacks") && subset.includes("meta"),
      credit: subset.includes("credit"),
      peerWindow: 200,
    });
    // What the parent takes is kept to.
    await hand.frame(1, 0, 2, encode($.any, "x".repeat(100)));
    expect(decoded((await hand.next())?.payload)).toMatchObject({ code: "resource_exhausted" });
  });

  test.each(subsets(names).map((subset) => [subset]))(
    "a parent and a worker that both are processes: %j",
    async (subset) => {
      await using ext = await spawnExt({ extensions: subset, callbacks: { trading: usual } });
      expect(await ext.plain({ text: "x" })).toBe("x");
      const total = ext.total({ symbol: "A", count: 3 }).catch((error: $.ProcwireError) => error.code);
      expect(await total).toBe(subset.includes("meta") && subset.includes("callbacks") ? 6 : "unsupported");
      const said = ext.context({}, { metadata: { a: "b" } }).catch((error: $.ProcwireError) => error.code);
      expect(await said).toEqual(
        subset.includes("meta") ? { left: null, metadata: { a: "b" }, trace: null, depth: 0 } : "unsupported",
      );
      const items: unknown[] = [];
      for await (const item of ext.flood({ count: 100, size: 10 })) {
        items.push(item);
      }
      expect(items.length).toBe(100);
    },
  );

  test.each(subsets(names).map((subset) => [subset]))("a worker that offers %j", async (subset) => {
    await using ext = await spawnExt({ offers: subset, callbacks: { trading: usual } });
    const total = ext.total({ symbol: "A", count: 3 }).catch((error: $.ProcwireError) => error.code);
    expect(await total).toBe(subset.includes("meta") && subset.includes("callbacks") ? 6 : "unsupported");
  });
});

test("names that the child did not offer are not in force", async () => {
  const { child, hand } = await start(["credit"]);
  await using _ = hand;
  await hello(hand, { ext: names });
  await hand.frame(1, 0, 1, NIL);
  await hand.next();
  const { meta, callbacks, credit } = child.extensions;
  expect({ meta, callbacks, credit }).toEqual({ meta: false, callbacks: false, credit: true });
});

test("a first frame that is another means the base protocol", async () => {
  const { child, hand } = await start();
  await using _ = hand;
  await hand.frame(ID_AUTHENTICATE, 0, 0, Buffer.from("unasked"));
  expect(child.extensions.settled).toBe(false);
  await hand.frame(1, 0, 1, NIL);
  await hand.next();
  expect(child.extensions).toMatchObject({ settled: true, meta: false, callbacks: false, credit: false });
});

test("a token that nobody asked for may come before", async () => {
  const { child, hand } = await start();
  await using _ = hand;
  await hand.frame(ID_AUTHENTICATE, 0, 0, Buffer.from("unasked"));
  await hello(hand, { ext: ["meta"] });
  await hand.frame(3, META, 1, meta({ u: { a: "b" } }));
  expect(decoded((await hand.next())?.payload)).toEqual({ depth: 0, user: { a: "b" }, trace: null });
  expect(child.extensions.meta).toBe(true);
});

test("a request with metadata may stand in the same piece as the hello", async () => {
  const { hand } = await start();
  await using _ = hand;
  const frames = Buffer.concat(
    [
      [ID_HELLO, 0, 0, encode($.any, { ext: ["meta"] })] as const,
      [3, META, 1, meta({ nd: 2, future: [1] })] as const,
    ].map(([id, flags, request, payload]) => {
      const header = Buffer.alloc(11);
      header.writeUInt16BE(id);
      header[2] = flags;
      header.writeUInt32BE(request, 3);
      header.writeUInt32BE(payload.length, 7);
      return Buffer.concat([header, payload]);
    }),
  );
  await hand.send(frames);
  expect(decoded((await hand.next())?.payload)).toEqual({ depth: 2, user: {}, trace: null });
});

describe("what closes the connection of a child", () => {
  const cases: [string, (hand: Hand) => Promise<void>, string][] = [
    [
      "a late hello",
      async (hand) => {
        await hand.frame(1, 0, 1, NIL);
        await hello(hand, { ext: [] });
      },
      "a hello that is not allowed: it is not the first frame",
    ],
    [
      "a second hello",
      async (hand) => {
        await hello(hand, { ext: [] });
        await hello(hand, { ext: [] });
      },
      "a hello that is not allowed: it is not the first frame",
    ],
    [
      "a hello with flags",
      (hand) => hello(hand, {}, 1),
      "a hello that is not allowed: its flags or its request id are not 0",
    ],
    [
      "a hello with an id",
      (hand) => hello(hand, {}, 0, 5),
      "a hello that is not allowed: its flags or its request id are not 0",
    ],
    ["a hello that is no map", (hand) => hello(hand, [1]), "a hello that is not allowed: its payload is no map"],
    [
      "a hello that is empty",
      (hand) => hello(hand, Buffer.alloc(0)),
      "a hello that is not allowed: its payload does not decode",
    ],
    [
      "a hello with more behind it",
      (hand) => hello(hand, Buffer.from([0x80, 0xc0])),
      "a hello that is not allowed: its payload does not decode",
    ],
    [
      "names that are none",
      (hand) => hello(hand, { ext: [1] }),
      "a hello that is not allowed: `ext` is no list of texts",
    ],
    ["a name alone", (hand) => hello(hand, { ext: "meta" }), "a hello that is not allowed: `ext` is no list of texts"],
    [
      "paths that are none",
      (hand) => hello(hand, { callbacks: { a: 1 } }),
      "a hello that is not allowed: `callbacks` is no list of texts",
    ],
    ["limits that are none", (hand) => hello(hand, { limits: [] }), "a hello that is not allowed: `limits` is no map"],
    [
      "a limit that is none",
      (hand) => hello(hand, { limits: { window: "1" } }),
      "a hello that is not allowed: `limits.window` is no size",
    ],
    [
      "metadata before the hello",
      (hand) => hand.frame(1, META, 1, meta({})),
      "a frame has the flags 0x40, whose bits 0xc0 must be 0",
    ],
    [
      "metadata that is not in force",
      async (hand) => {
        await hello(hand, { ext: ["credit"] });
        await hand.frame(1, META, 1, meta({}));
      },
      "a frame has the flags 0x40, whose bits 0xc0 must be 0",
    ],
    [
      "the last reserved flag",
      async (hand) => {
        await hello(hand, { ext: ["meta"] });
        await hand.frame(1, 0x80, 1, NIL);
      },
      "a frame has the flags 0x80, whose bits 0x80 must be 0",
    ],
    ...(
      [
        ["no length of metadata", Buffer.from([0]), "a payload of 1 bytes, no length of it"],
        ["less metadata than announced", Buffer.from([0, 5, 0x80]), "a payload of 3 bytes, 5 bytes of it announced"],
        ["more metadata than may be", meta(Buffer.alloc(8193)), "a payload of 8196 bytes, 8193 bytes of it announced"],
      ] as const
    ).map(([name, payload, reason]): [string, (hand: Hand) => Promise<void>, string] => [
      name,
      async (hand) => {
        await hello(hand, { ext: ["meta"] });
        await hand.frame(1, META, 1, payload);
      },
      `a frame's metadata is not there: ${reason}`,
    ]),
    ...(
      [
        ["an abort", 0xffff, 0],
        ["a credit", ID_CREDIT, 0],
        ["a token", ID_AUTHENTICATE, 0],
        ["an answer", 1, 3],
      ] as const
    ).map(([name, id, flags]): [string, (hand: Hand) => Promise<void>, string] => [
      `${name} with metadata`,
      async (hand) => {
        await hello(hand, { ext: ["meta", "credit"] });
        await hand.frame(id, flags | META, 1, meta({}));
      },
      `a frame of the id 0x${id.toString(16).padStart(4, "0")} has the flags 0x${(flags | META).toString(16)}, and takes no metadata`,
    ]),
    [
      "credit that is not in force",
      async (hand) => {
        await hello(hand, { ext: ["meta"] });
        await hand.frame(ID_CREDIT, 0, 1, Buffer.alloc(4));
      },
      "a frame has the reserved id 0xfffd, which means nothing here",
    ],
    [
      "credit of another length",
      async (hand) => {
        await hello(hand, { ext: ["credit"] });
        await hand.frame(ID_CREDIT, 0, 1, Buffer.alloc(3));
      },
      "a credit has a payload of 3 bytes, expected 4",
    ],
    [
      "more credit than is outstanding",
      async (hand) => {
        await hello(hand, { ext: ["credit"], limits: { window: 100 } });
        await hand.frame(2, 0, 1, encode($.any, 5));
        await hand.next();
        await hand.frame(ID_CREDIT, 0, 1, Buffer.from([0, 0, 1, 0]));
      },
      "a credit of 256 came for a stream of which 102 are outstanding",
    ],
  ];
  test.each(cases)("%s", async (_, act, reason) => {
    const { child, hand } = await start();
    await using _hand = hand;
    await act(hand);
    expect(closeSentence(await child.closed)).toBe(`the peer broke the protocol: ${reason}`);
    await hand.ended();
  });
});

test("a hello to a parent closes its connection", async () => {
  const { remote, hand } = await parentAndHand(Desk, { extensions: names });
  await using _ = hand;
  await hello(hand, { ext: [] });
  expect(closeSentence(await remote.connection.closed)).toContain("reserved id 0xfffc");
});

describe("metadata that is not of the protocol", () => {
  test.each<[string, unknown, string]>([
    ["no map", [1], "Desk.echo metadata: expected a map, got list"],
    ["nothing", Buffer.alloc(0), "Desk.echo metadata: the payload ends inside a value"],
    ["a deadline of text", { dl: "5" }, "Desk.echo metadata: dl: expected an int that is not negative"],
    ["a deadline in the past", { dl: -1 }, "Desk.echo metadata: dl: expected an int that is not negative"],
    ["a depth of a part", { nd: 0.5 }, "Desk.echo metadata: nd: expected an int that is not negative"],
    ["a key that is a list", { u: { a: [1] } }, 'Desk.echo metadata: u["a"]: expected text or bytes'],
    ["keys that are none", { u: [1] }, "Desk.echo metadata: u: expected a map with keys of text"],
    ["a trace that is no text", { tp: 5 }, "Desk.echo metadata: expected string, got int"],
  ])("%s: the request is answered, and does not run", async (_, map, message) => {
    const { hand } = await start();
    await using _hand = hand;
    await hello(hand, { ext: ["meta"] });
    const before = contexts.length;
    await hand.frame(1, META, 7, meta(map));
    const answer = await hand.next();
    expect(answer).toMatchObject({ id: 1, flags: 0x07, request: 7 });
    expect(decoded(answer?.payload)).toMatchObject({ code: "invalid_argument" });
    expect((decoded(answer?.payload) as { message: string }).message).toBe(message);
    expect(contexts.length).toBe(before);
    await hand.frame(1, 0, 7, NIL);
    expect(await hand.next()).toMatchObject({ flags: 0x03, request: 7 });
  });

  test("no time left: the request does not run", async () => {
    const { hand } = await start();
    await using _hand = hand;
    await hello(hand, { ext: ["meta"] });
    const before = contexts.length;
    await hand.frame(1, META, 1, meta({ dl: 0 }));
    expect(decoded((await hand.next())?.payload)).toMatchObject({ code: "deadline_exceeded" });
    await hand.frame(1, META, 2, meta({ nd: 17 }));
    expect(decoded((await hand.next())?.payload)).toMatchObject({ code: "resource_exhausted" });
    expect(contexts.length).toBe(before);
    await hand.frame(1, META, 3, meta({ nd: 16, dl: 60_000 }));
    expect((await hand.next())?.flags).toBe(0x03);
    expect(contexts.at(-1)?.depth).toBe(16);
    expect(contexts.at(-1)?.deadline).toBeGreaterThan(performance.now());
  });
});

test("a callback before the parent has said anything waits, and then says why", async () => {
  const { child, hand } = await start();
  await using _ = hand;
  expect(child.extensions.settled).toBe(false);
  await child.extensions.known();
  expect(child.extensions.missing("callbacks", "trading.Position").message).toBe(
    "trading.Position: the parent has sent nothing yet, so that it is not known whether it answers callbacks",
  );
});
