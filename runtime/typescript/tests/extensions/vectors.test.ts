// Whatever `runtime/vectors/extensions.json` says.
import { describe, expect, test } from "vitest";

import type { ExtensionName } from "../../src/connection/extensions.js";
import { helloFrame, readHello } from "../../src/connection/hello.js";
import { metaLength, readMeta, writeMeta } from "../../src/connection/metadata.js";
import { EXTENSIONS, HEADER_LENGTH } from "../../src/constants.js";
import { frameOf } from "../../src/frame.js";
import { CallbackTable } from "../../src/parent/callbacks.js";
import * as $ from "../../src/stub_v1.js";
import { childAndHand, type Hand, parentAndHand, type Remote, type SeenFrame } from "../support/pair.js";
import { event, method } from "../support/services.js";
import { unhex, vectors } from "../support/vectors.js";
import { until } from "../support/wait.js";

interface Golden {
  readonly name: string;
  readonly kind: string;
  readonly frame: string;
  readonly readOnly?: true;
  readonly ext?: string[];
  readonly limits?: { readonly payload?: number; readonly window?: number };
  readonly callbacks?: string[];
  readonly meta?: Record<string, unknown>;
  readonly payload?: string;
}

interface Script {
  readonly to: "child" | "parent";
  readonly name: string;
  readonly script: readonly string[];
  readonly outcome: "closed" | "goes on";
  readonly ext?: ExtensionName[];
  readonly window?: number;
}

const { frames, connection } = vectors<{ frames: Golden[]; connection: Script[] }>("extensions.json");

describe("golden frames", () => {
  test.each(frames.filter(({ kind }) => kind === "hello"))("$name", (golden) => {
    const frame = unhex(golden.frame);
    const hello = readHello(frame, viewOf(frame), HEADER_LENGTH, frame.length);
    const { ext = [], limits = {}, callbacks = [] } = golden;
    expect(hello).toMatchObject({ callbacks, payload: limits.payload, window: limits.window, tracebacks: false });
    expect(EXTENSIONS.names.filter((name) => hello.ext.includes(name))).toEqual(ext);
    if (golden.readOnly !== true) {
      const written = helloFrame({ ext, callbacks, payload: limits.payload, window: limits.window, tracebacks: false });
      expect(written.toString("hex")).toBe(golden.frame);
    }
  });

  test.each(frames.filter(({ kind }) => kind === "meta"))("$name", (golden) => {
    const frame = unhex(golden.frame);
    const view = viewOf(frame);
    const start = HEADER_LENGTH + metaLength(view, HEADER_LENGTH, frame.length);
    const { tp, ts, bg, dl, nd = 0, u = {} } = golden.meta ?? {};
    const before = performance.now();
    const read = readMeta(frame, view, HEADER_LENGTH, start);
    expect(frame.subarray(start).toString("hex")).toBe(golden.payload);
    const trace =
      tp === undefined ? undefined : Object.fromEntries(present({ traceparent: tp, tracestate: ts, baggage: bg }));
    const user = Object.fromEntries(Object.entries(u as object).map(([key, value]) => [key, plain(value)]));
    expect(read).toMatchObject({ depth: nd, isLate: false, user });
    expect(read.trace).toEqual(trace);
    if (dl === undefined) {
      expect(read.deadline).toBe(Number.POSITIVE_INFINITY);
    } else {
      expect(read.deadline).toBeGreaterThanOrEqual(before + Number(dl));
    }
    if (golden.readOnly !== true) {
      const leftMs = dl === undefined ? Number.POSITIVE_INFINITY : Number(dl);
      const meta = writeMeta("x", { leftMs, trace: read.trace, depth: Number(nd), user: read.user });
      expect(frame.subarray(HEADER_LENGTH, start).toString("hex")).toBe(meta.toString("hex"));
    }
  });
});

function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
}

function present(object: Record<string, unknown>): [string, unknown][] {
  return Object.entries(object).filter(([, value]) => value !== undefined);
}

function plain(value: unknown): unknown {
  return typeof value === "object" && value !== null && "$bytes" in value
    ? Buffer.from(String(value.$bytes), "hex")
    : value;
}

const never = (): Promise<never> => new Promise(() => {});
const back = $.callbacks<Record<string, (...args: never[]) => unknown>, unknown>({
  path: ["back"],
  methods: [
    { ...method("back.result", "result"), name: "result" },
    { ...method("back.stream", "stream"), name: "stream" },
    { ...method("back.ack", "ack"), name: "ack" },
    { ...method("back.none", "none"), name: "none" },
    { ...method("back.hang", "result"), name: "hang" },
    { ...method("back.lost", "result"), name: "lost" },
    { ...method("back.lostStream", "stream"), name: "lostStream" },
    { ...method("back.lostNone", "none"), name: "lostNone" },
  ],
});
const Side = $.service({
  name: "Side",
  methods: [
    method("result", "result"),
    method("stream", "stream"),
    method("ack", "ack"),
    method("none", "none"),
    method("hang", "result"),
    method("drip", "stream"),
  ],
  events: [event("event")],
  callbacks: [back],
});
const handlers = {
  result: () => null,
  *stream() {
    yield 1;
  },
  ack: () => null,
  none: () => {},
  hang: never,
};
const side = {
  ...handlers,
  async *drip() {
    yield null;
    await never();
  },
};

function hex({ id, flags, request, payload }: SeenFrame): string {
  return frameOf(id, flags, request, payload).toString("hex");
}

/** Does what a script says. */
async function play(script: readonly string[], hand: Hand, remote: Remote | undefined): Promise<void> {
  for (const step of script) {
    const [word = "", request, flags] = step.split(" ");
    if (step.startsWith(">")) {
      await hand.send(unhex(word.slice(1)));
    } else if (step.startsWith("<")) {
      const next = await hand.next();
      expect(next && hex(next)).toBe(word.slice(1));
    } else if (step.startsWith("!")) {
      const next = await hand.next();
      expect(next).toMatchObject({ request: Number(request), flags: Number(flags) });
      expect($.decode($.any, next?.payload ?? Buffer.alloc(0))).toMatchObject({ code: word.slice(1) });
    } else if (word === "open") {
      remote?.stream("stream", null);
    } else {
      throw new Error(`nobody knows what this step means: ${step}`);
    }
  }
}

test("there are as many cases as other protocols have", () => {
  expect(connection.length).toBeGreaterThanOrEqual(150);
});

describe("a child", () => {
  test.each(connection.filter(({ to }) => to === "child"))("$name: $outcome", async ({ script, outcome }) => {
    const { child, hand } = await childAndHand(Side, side, { extensions: ["meta", "callbacks", "credit"] });
    await using _ = hand;
    await play(script, hand, undefined);
    if (outcome === "closed") {
      expect((await child.closed).kind).toBe("protocol");
      await hand.ended();
    } else {
      await hand.frame(1, 0, 1000, Buffer.from([0xc0]));
      expect(await hand.next()).toEqual({ id: 1, flags: 0x03, request: 1000, payload: Buffer.from([0xc0]) });
      expect(child.isOver).toBe(false);
    }
  });
});

describe("a parent", () => {
  test.each(connection.filter(({ to }) => to === "parent"))("$name: $outcome", async (one) => {
    const callbacks = new CallbackTable();
    callbacks.add(back, handlers);
    const announced = back.methods.map(({ wire, response }, index) => [
      wire,
      { id: 8 + index, response, raw: false, timeoutMs: undefined, required: false },
    ]);
    expect(callbacks.join(new Map(announced as never))).toEqual([]);
    const { remote, hand } = await parentAndHand(Side, {
      callbacks,
      limits: { window: one.window ?? EXTENSIONS.window },
      ...(one.ext?.length === 0 ? {} : { extensions: one.ext ?? [] }),
    });
    await using _ = hand;
    await play(one.script, hand, remote);
    if (one.outcome === "closed") {
      expect((await remote.connection.closed).kind).toBe("protocol");
      await hand.ended();
    } else {
      const call = remote.call("result", null);
      const request = await hand.next();
      expect(request).toMatchObject({ id: 1, flags: 0 });
      await hand.frame(1, 0x03, request?.request ?? 0, Buffer.from([0xc0]));
      expect(await call).toBeNull();
      await until(() => !remote.connection.isOver);
    }
  });
});
