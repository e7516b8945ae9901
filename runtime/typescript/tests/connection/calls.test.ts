import { describe, expect, test } from "vitest";

import type { Context } from "../../src/context.js";
import { bytes, nothing, ProcwireError, service, unit } from "../../src/stub_v1.js";
import { childAndHand, end, pair, parentAndHand } from "../support/pair.js";
import { method, Trouble } from "../support/services.js";

const Calls = service({
  name: "Calls",
  methods: [
    method("echo", "result"),
    method("raw", "result", { raw: true, request: bytes, answer: bytes }),
    method("rawUnit", "result", { raw: true, parameters: "none", request: nothing, answer: unit }),
    method("fail", "result", { error: Trouble }),
    method("odd", "result"),
    method("hang", "result"),
    method("acknowledge", "ack"),
    method("note", "none"),
  ],
  events: [],
});

const noted: unknown[] = [];

const errors: Record<string, unknown> = {
  declared: new Trouble({ type: "OutOfLuck", tries: 3 }),
  failure: new ProcwireError("not_found", "nothing there", { data: { where: "here" } }),
  error: new TypeError("it broke"),
  empty: new RangeError(),
  text: "a text",
  value: { message: "odd", code: 7 },
  surrogate: new Error("half \ud800 of a pair"),
  declaredByHand: new ProcwireError("declared", "no class"),
};

const implementation = {
  echo: (value: unknown) => value,
  raw: async (value: Uint8Array) => value,
  rawUnit() {},
  fail: ({ how, sync }: { how: string; sync: boolean }) => {
    if (sync) {
      throw errors[how];
    }
    return Promise.reject(errors[how]);
  },
  odd: () => ({ odd: Symbol("no form on the wire") }),
  hang: (_: unknown, cx: Context) =>
    new Promise<void>((resolve) => cx.signal.addEventListener("abort", () => resolve())),
  acknowledge: (value: unknown) => value,
  note: (value: unknown) => void noted.push(value),
};

test("a call is answered, with whatever it carries", async () => {
  await using both = await pair(Calls, implementation);
  const value = { a: [1, "two", 3.5, null, true], at: new Date(1234), data: Buffer.from("hi") };
  expect(await both.remote.call("echo", value)).toEqual(value);
  expect(await both.remote.call("acknowledge", value)).toEqual(value);
  expect(await both.remote.call("rawUnit")).toBeUndefined();
});

test("ten thousand calls wait at once and each gets its own answer", async () => {
  await using both = await pair(Calls, implementation);
  const numbers = Array.from({ length: 10_000 }, (_, index) => index);
  expect(await Promise.all(numbers.map((number) => both.remote.call("echo", number)))).toEqual(numbers);
  expect(both.parent.calling.live).toBe(0);
  expect(both.child.serving.live).toBe(0);
});

test("large bodies arrive as they left", async () => {
  await using both = await pair(Calls, implementation);
  for (const length of [0, 1, 32 * 1024 - 1, 32 * 1024, 65_525, 65_536, 1 << 20, 12_345_678]) {
    const data = Buffer.alloc(length, length % 251);
    const [raw, packed] = await Promise.all([
      both.remote.call("raw", data),
      both.remote.call("echo", { before: 1, data, after: [2] }),
    ]);
    expect(data.equals(raw as Buffer)).toBe(true);
    expect(packed).toMatchObject({ before: 1, after: [2] });
    expect(data.equals((packed as { data: Buffer }).data)).toBe(true);
  }
});

test("what was decoded stays as it is when more is read", async () => {
  await using both = await pair(Calls, implementation);
  const kept = (await both.remote.call("echo", { data: Buffer.from("kept") })) as { data: Buffer };
  const raw = (await both.remote.call("raw", Buffer.from("kept too"))) as Buffer;
  await Promise.all(Array.from({ length: 200 }, () => both.remote.call("raw", Buffer.alloc(1000, 0xff))));
  expect(kept.data.toString()).toBe("kept");
  expect(raw.toString()).toBe("kept too");
});

test("answers may overtake", async () => {
  await using both = await pair(Calls, implementation);
  const order: string[] = [];
  const aborted = new AbortController();
  const hanging = both.remote.call("hang", 1, { signal: aborted.signal }).catch(() => order.push("hang"));
  await both.remote.call("echo", 2).then(() => order.push("echo"));
  aborted.abort();
  await hanging;
  expect(order).toEqual(["echo", "hang"]);
});

describe("what a handler throws arrives", () => {
  const expected: Record<string, object> = {
    declared: { name: "DeclaredError", code: "declared", message: "Trouble.OutOfLuck", data: { tries: 3 } },
    failure: { name: "ProcwireError", code: "not_found", message: "nothing there", data: { where: "here" } },
    error: { code: "failed", message: "it broke" },
    empty: { code: "failed", message: "RangeError" },
    text: { code: "failed", message: "a text", data: "a text" },
    value: { code: "failed", data: { message: "odd", code: 7 } },
    surrogate: { code: "failed", message: "half \ufffd of a pair" },
    declaredByHand: { code: "failed", message: "no class" },
  };
  test.each(Object.keys(errors).flatMap((how) => [[how, true] as const, [how, false] as const]))(
    "%s, thrown at once: %s",
    async (how, sync) => {
      await using both = await pair(Calls, implementation);
      await expect(both.remote.call("fail", { how, sync })).rejects.toMatchObject(expected[how] ?? {});
      expect(await both.remote.call("echo", 1)).toBe(1);
    },
  );
});

test("an answer that cannot be encoded is internal", async () => {
  await using both = await pair(Calls, implementation);
  await expect(both.remote.call("odd", 1)).rejects.toMatchObject({
    code: "internal",
    message: expect.stringMatching(/^Calls\.odd answer cannot be encoded: odd: /),
  });
});

test("a request that cannot be encoded is not sent, and harms no other", async () => {
  await using both = await pair(Calls, implementation);
  const before = both.remote.call("echo", "before");
  const wrong = both.remote.call("echo", { data: Buffer.alloc(100_000), odd: () => {} });
  const after = both.remote.call("echo", "after");
  await expect(wrong).rejects.toMatchObject({
    code: "invalid_argument",
    message: expect.stringMatching(/^Calls\.echo request cannot be encoded: odd: /),
  });
  expect(await Promise.all([before, after])).toEqual(["before", "after"]);
  expect(both.child.counts().framesRead).toBe(2);
});

test("a value that calls while it is encoded harms nobody", async () => {
  await using both = await pair(Calls, implementation);
  let inner: Promise<unknown> | undefined;
  const value = {
    get nested() {
      inner = both.remote.call("echo", "inner");
      return "outer";
    },
  };
  expect(await both.remote.call("echo", value)).toEqual({ nested: "outer" });
  expect(await inner).toBe("inner");
});

test("a payload over the peer's limit is refused by its sender", async () => {
  await using both = await pair(Calls, implementation, {
    parent: { limits: { peerPayload: 100 } },
    child: { limits: { peerPayload: 100 } },
  });
  await expect(both.remote.call("raw", Buffer.alloc(101))).rejects.toMatchObject({
    code: "resource_exhausted",
    message: "Calls.raw request has 101 bytes, above the 100 that the peer takes",
  });
  const { child, hand } = await childAndHand(Calls, implementation, { limits: { peerPayload: 100 } });
  await hand.frame(2, 0, 1, Buffer.alloc(101));
  const frame = await hand.next();
  expect(frame?.flags).toBe(0x07);
  expect(frame?.payload.includes("Calls.raw answer has 101 bytes")).toBe(true);
  end(child);
});

test("a none call is done when it is handed over", async () => {
  await using both = await pair(Calls, implementation);
  expect(await both.remote.call("note", "n")).toBeUndefined();
  await both.remote.call("echo", 1);
  expect(noted).toEqual(["n"]);
  expect(both.parent.counts().framesRead).toBe(1);
});

describe("deadlines", () => {
  test("a call without an answer ends at its deadline, and the peer hears of it", async () => {
    const { remote, hand } = await parentAndHand(Calls);
    const answer = remote.call("hang", 1, { timeoutMs: 20 });
    const request = await hand.next();
    await expect(answer).rejects.toMatchObject({
      code: "deadline_exceeded",
      message: "Calls.hang: the peer did not answer before the deadline",
    });
    expect(await hand.next()).toMatchObject({ id: 0xffff, request: request?.request });
    expect(remote.connection.calling.live).toBe(0);
    end(remote.connection);
  });

  test("many deadlines each end their own call", async () => {
    const { remote, hand } = await parentAndHand(Calls);
    const times = Array.from({ length: 50 }, (_, index) => ((index * 37) % 50) * 4);
    const late = remote.call("hang", 1, { timeoutMs: 3_600_000 });
    const outcomes = await Promise.allSettled(times.map((timeoutMs) => remote.call("hang", 1, { timeoutMs })));
    expect(outcomes.map((outcome) => outcome.status === "rejected" && outcome.reason.code)).toEqual(
      Array(50).fill("deadline_exceeded"),
    );
    expect(remote.connection.calling.live).toBe(1);
    late.catch(() => {});
    end(remote.connection);
    await hand.ended();
  });

  test("an answer that lies in the socket is in time, however busy this process was", async () => {
    const { remote, hand } = await parentAndHand(Calls);
    const answer = remote.call("hang", 1, { timeoutMs: 30 });
    const request = await hand.next();
    await hand.frame(6, 0x03, request?.request ?? 0, Buffer.from([7]));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    expect(await answer).toBe(7);
    end(remote.connection);
  });

  test("a limit on the connection holds for calls that say nothing", async () => {
    const slow = { ...Calls, methods: Calls.methods };
    const { remote } = await parentAndHand(slow);
    const quick = { ...remote.method("hang"), timeoutMs: 10 };
    await expect(remote.connection.calling.call(quick, 1, undefined)).rejects.toMatchObject({
      code: "deadline_exceeded",
    });
    end(remote.connection);
  });

  test.each([Number.NaN, -1, "soon" as unknown as number])("%s is no time", async (timeoutMs) => {
    await using both = await pair(Calls, implementation);
    await expect(both.remote.call("echo", 1, { timeoutMs })).rejects.toMatchObject({ code: "invalid_argument" });
  });

  test("a call may take for ever", async () => {
    await using both = await pair(Calls, implementation);
    expect(await both.remote.call("echo", 1, { timeoutMs: Number.POSITIVE_INFINITY })).toBe(1);
    expect(await both.remote.call("echo", 1, { timeoutMs: 2 ** 40 })).toBe(1);
  });
});

describe("request ids", () => {
  test("start at 1, and skip 0 and those in flight when they wrap", async () => {
    const { remote, hand } = await parentAndHand(Calls, { lastId: 2 ** 32 - 2 });
    const ids: (number | undefined)[] = [];
    for (let count = 0; count < 3; count++) {
      remote.call("hang", 1).catch(() => {});
      ids.push((await hand.next())?.request);
    }
    expect(ids).toEqual([2 ** 32 - 1, 1, 2]);
    end(remote.connection);
  });

  test("an id in flight is never given twice", async () => {
    const { remote, hand } = await parentAndHand(Calls, { lastId: 2 ** 32 - 500 });
    const seen = new Set<number>();
    for (let count = 0; count < 3000; count++) {
      remote.call("hang", 1).catch(() => {});
    }
    for (let count = 0; count < 3000; count++) {
      seen.add((await hand.next())?.request ?? 0);
    }
    expect(seen.size).toBe(3000);
    expect(seen.has(0)).toBe(false);
    end(remote.connection);
  });
});
