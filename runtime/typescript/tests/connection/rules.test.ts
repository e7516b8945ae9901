import { describe, expect, test } from "vitest";

import type { Connection } from "../../src/connection/connection.js";
import type { Context } from "../../src/context.js";
import { any, encode, nothing, service, unit } from "../../src/stub_v1.js";
import { type Choice, childAndHand, end, type Hand, parentAndHand, type Remote } from "../support/pair.js";
import { event, method, Trouble } from "../support/services.js";
import { unhex, vectors } from "../support/vectors.js";

interface Case {
  readonly to: "child" | "parent";
  readonly name: string;
  readonly frames: readonly string[];
  readonly outcome: "closed" | "error" | "ignored" | "waits";
  readonly code?: string;
}

const cases = vectors<{ connection: readonly Case[] }>("frames.json").connection;
const NIL = Buffer.from([0xc0]);
const none = { parameters: "none", request: unit } as const;

/** 1 result, 2 stream, 3 ack, 4 none, 5 result that is not answered, and 6 an event. */
const Rules = service({
  name: "Rules",
  methods: [
    method("result", "result", { ...none, answer: unit }),
    method("stream", "stream", none),
    method("ack", "ack", { ...none, answer: unit }),
    method("none", "none", none),
    method("hang", "result", { ...none, answer: unit, error: Trouble }),
  ],
  events: [event("event", { payload: nothing })],
});

const implementation = {
  result() {},
  *stream() {
    yield 1;
  },
  ack() {},
  none() {},
  hang: (cx: Context) => new Promise<void>((resolve) => cx.signal.addEventListener("abort", () => resolve())),
};

const small: Choice = { limits: { payload: 1024 } };

/** Makes a call and answers it by hand. */
async function stillWorks(remote: Remote, hand: Hand): Promise<void> {
  const answer = remote.call("result");
  const request = await hand.next();
  expect(request).toMatchObject({ id: 1, flags: 0 });
  await hand.frame(1, 0x03, request?.request ?? 0, NIL);
  expect(await answer).toBeUndefined();
}

function close(connection: Connection): void {
  end(connection);
}

describe.each([false, true])("single faults, read by events: %s", (byEvents) => {
  const choice = { ...small, byEvents };

  test.each(cases.filter(({ to }) => to === "child"))("to a child: $name", async ({ frames, outcome, code }) => {
    const { child, hand } = await childAndHand(Rules, implementation, choice);
    for (const frame of frames) {
      await hand.send(unhex(frame));
    }
    if (outcome === "closed") {
      expect((await child.closed).kind).toBe("protocol");
      await hand.ended();
    } else if (outcome === "error") {
      const frame = await hand.next();
      expect([0x07, 0x0f]).toContain(frame?.flags);
      expect(frame?.request).toBe(1);
      expect(frame?.payload.includes(Buffer.from(code ?? "?"))).toBe(true);
    } else if (outcome === "ignored") {
      await hand.frame(1, 0, 1000, NIL);
      expect(await hand.next()).toEqual({ id: 1, flags: 0x03, request: 1000, payload: NIL });
    } else {
      hand.socket.end();
      expect((await child.closed).kind).toBe("truncated");
    }
    close(child);
    await hand.ended();
  });
});

test.each(cases.filter(({ to }) => to === "parent"))("to a parent: $name", async ({ frames, outcome }) => {
  const { remote, hand } = await parentAndHand(Rules, small);
  for (const frame of frames) {
    await hand.send(unhex(frame));
  }
  if (outcome === "closed") {
    expect((await remote.connection.closed).kind).toBe("protocol");
  } else {
    await stillWorks(remote, hand);
  }
  close(remote.connection);
  await hand.ended();
});

test("bad bytes are reported by what they are", async () => {
  const { child } = await childAndHand(Rules, implementation, small).then(async ({ child, hand }) => {
    await hand.send(unhex("0001400000000100000001c0"));
    return { child };
  });
  const reason = await child.closed;
  expect(reason.kind === "protocol" && reason.error.message).toBe(
    "a frame has the flags 0x40, whose bits 0xc0 must be 0",
  );
});

describe("an answer of the wrong kind fails the call and is aborted", () => {
  test.each([
    ["result", 0x0b, "a call of kind result with an item of a stream"],
    ["result", 0x1b, "a call of kind result with the end of a stream"],
    ["result", 0x23, "a call of kind result with an ack"],
    ["ack", 0x0b, "a call of kind ack with an item of a stream"],
  ])("%s answered with flags %i", async (name, flags, words) => {
    const { remote, hand } = await parentAndHand(Rules);
    const answer = remote.call(name);
    const request = await hand.next();
    await hand.frame(request?.id ?? 0, flags, request?.request ?? 0, NIL);
    await expect(answer).rejects.toMatchObject({
      code: "internal",
      message: `Rules.${name}: the peer answered ${words}`,
    });
    expect(await hand.next()).toEqual({ id: 0xffff, flags: 0, request: request?.request, payload: Buffer.alloc(0) });
    await stillWorks(remote, hand);
    close(remote.connection);
  });

  test.each([0x03, 0x23])("a stream answered with flags %i", async (flags) => {
    const { remote, hand } = await parentAndHand(Rules);
    const stream = remote.stream("stream");
    const item = stream.next();
    const request = await hand.next();
    await hand.frame(2, flags, request?.request ?? 0, NIL);
    await expect(item).rejects.toMatchObject({ code: "internal" });
    expect(await stream.next()).toEqual({ value: undefined, done: true });
    expect((await hand.next())?.id).toBe(0xffff);
    close(remote.connection);
  });
});

test("only the request id and the flags of an answer count", async () => {
  const { remote, hand } = await parentAndHand(Rules);
  const answer = remote.call("result");
  const request = await hand.next();
  await hand.frame(0x1234, 0x02, request?.request ?? 0, NIL);
  expect(await answer).toBeUndefined();
  close(remote.connection);
});

test("a result is taken for an ack, and an empty ack is nil", async () => {
  const { remote, hand } = await parentAndHand(Rules);
  for (const [flags, payload] of [
    [0x03, NIL],
    [0x23, NIL],
    [0x23, Buffer.alloc(0)],
  ] as const) {
    const answer = remote.call("ack");
    const request = await hand.next();
    await hand.frame(3, flags, request?.request ?? 0, payload);
    expect(await answer).toBeUndefined();
  }
  close(remote.connection);
});

test("what comes after an answer is ignored and counted", async () => {
  const { remote, hand } = await parentAndHand(Rules);
  await stillWorks(remote, hand);
  await hand.frame(1, 0x03, 1, NIL);
  await hand.frame(1, 0x07, 1, NIL);
  await stillWorks(remote, hand);
  expect(remote.connection.counts().lateFrames).toBe(2);
  close(remote.connection);
});

test("items after the end are ignored", async () => {
  const { remote, hand } = await parentAndHand(Rules);
  const stream = remote.stream("stream");
  const request = (await hand.next())?.request ?? 0;
  await hand.frame(2, 0x0b, request, Buffer.from([1]));
  await hand.frame(2, 0x1b, request, Buffer.from([9]));
  await hand.frame(2, 0x0b, request, Buffer.from([2]));
  const items: unknown[] = [];
  for await (const item of stream) {
    items.push(item);
  }
  expect(items).toEqual([1]);
  await stillWorks(remote, hand);
  expect(remote.connection.counts().lateFrames).toBe(1);
  close(remote.connection);
});

describe("errors of every form are read", () => {
  const map = { code: "not_found", message: "no", data: [1] };
  test.each([
    ["our own", map, { code: "not_found", message: "no", data: [1] }],
    ["without data", { code: "cancelled", message: "m" }, { code: "cancelled", message: "m" }],
    ["a text", "no luck", { code: "failed", message: "no luck", data: "no luck" }],
    ["a message", { message: "no", more: 1 }, { code: "failed", message: "no", data: { message: "no", more: 1 } }],
    ["an unknown code", { code: "odd", message: "no" }, { code: "failed", message: "no" }],
    ["a code that is no text", { code: 7, message: "no" }, { code: "failed", data: { code: 7, message: "no" } }],
    [
      "any value",
      [1, 2],
      { code: "failed", message: "the peer failed with a value that has no message", data: [1, 2] },
    ],
    ["nil", null, { code: "failed", data: null }],
    [
      "a declared one",
      { code: "declared", message: "x", data: { type: "OutOfLuck", tries: 3 } },
      { code: "declared", message: "Trouble.OutOfLuck", data: { type: "OutOfLuck", tries: 3 } },
    ],
    [
      "a declared one that does not decode",
      { code: "declared", message: "x", data: { type: "Other" } },
      { code: "failed", message: "x", data: { code: "declared", message: "x", data: { type: "Other" } } },
    ],
  ])("%s", async (_, payload, expected) => {
    const { remote, hand } = await parentAndHand(Rules);
    const answer = remote.call("hang");
    const request = await hand.next();
    await hand.frame(5, 0x07, request?.request ?? 0, encode(any, payload));
    const error = await answer.then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(error).toMatchObject(expected);
    expect(error instanceof Trouble).toBe(expected.code === "declared");
    close(remote.connection);
  });

  test("one that is no MsgPack", async () => {
    const { remote, hand } = await parentAndHand(Rules);
    const answer = remote.call("hang");
    const request = await hand.next();
    await hand.frame(5, 0x07, request?.request ?? 0, Buffer.from([0xc1]));
    await expect(answer).rejects.toMatchObject({
      code: "failed",
      message: expect.stringContaining("the peer failed with an error that does not decode"),
    });
    close(remote.connection);
  });
});

test("an answer that does not decode fails that call alone", async () => {
  const { remote, hand } = await parentAndHand(Rules);
  const answer = remote.call("result");
  const request = await hand.next();
  await hand.frame(1, 0x03, request?.request ?? 0, Buffer.from([0xc0, 0xc0]));
  await expect(answer).rejects.toMatchObject({
    code: "internal",
    message: "Rules.result result: bytes follow the value: 1",
  });
  const stream = remote.stream("stream");
  const opened = (await hand.next())?.request ?? 0;
  await hand.frame(2, 0x0b, opened, Buffer.from([7]));
  await hand.frame(2, 0x0b, opened, Buffer.from([0xc1]));
  expect(await stream.next()).toEqual({ value: 7, done: false });
  await expect(stream.next()).rejects.toMatchObject({ code: "internal" });
  expect(await hand.next()).toMatchObject({ id: 0xffff, request: opened });
  await stillWorks(remote, hand);
  close(remote.connection);
});

test("a child serves requests whatever their direction flag", async () => {
  const { child, hand } = await childAndHand(Rules, implementation);
  await hand.frame(1, 0x01, 1, NIL);
  expect(await hand.next()).toEqual({ id: 1, flags: 0x03, request: 1, payload: NIL });
  close(child);
});

test("dropped requests are counted", async () => {
  const { child, hand } = await childAndHand(Rules, implementation);
  await hand.frame(1, 0, 0, NIL);
  await hand.frame(4, 0, 0, Buffer.from([0xc1]));
  await hand.frame(7, 0, 0, NIL);
  await hand.frame(1, 0, 1, NIL);
  await hand.next();
  expect(child.counts()).toMatchObject({ requestsWithoutId: 1, requestsDropped: 2, framesRead: 4, framesWritten: 1 });
  close(child);
});
