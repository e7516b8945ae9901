import { expect, test } from "vitest";
import { closeSentence } from "../../src/connection/closing.js";
import type { Context } from "../../src/context.js";
import { service } from "../../src/stub_v1.js";
import { childAndHand, end, pair, parentAndHand } from "../support/pair.js";
import { method } from "../support/services.js";
import { gate, until } from "../support/wait.js";

const Ends = service({
  name: "Ends",
  methods: [method("wait", "result"), method("flow", "stream"), method("echo", "result"), method("log", "none")],
  events: [],
});

function script() {
  const { opened, open } = gate();
  const left: string[] = [];
  const implementation = {
    wait: (value: unknown, cx: Context) => {
      cx.signal.addEventListener("abort", () => left.push("wait"));
      return opened.then(() => value);
    },
    async *flow(_: unknown, cx: Context) {
      yield 1;
      await new Promise<void>((resolve) => cx.signal.addEventListener("abort", () => resolve()));
      left.push("flow");
    },
    echo: (value: unknown) => value,
    log: () => new Promise(() => {}),
  };
  return { implementation, open, left };
}

test("pending calls fail when the peer is lost, with what their owner says", async () => {
  const { remote, hand } = await parentAndHand(Ends);
  const answer = remote.call("wait", 1);
  const stream = remote.stream("flow");
  const request = await hand.next();
  const opened = await hand.next();
  await hand.frame(2, 0x0b, opened?.request ?? 0, Buffer.from([1]));
  await hand.frame(2, 0x0b, opened?.request ?? 0, Buffer.from([2]));
  expect(request?.id).toBe(1);
  hand.socket.end();
  const reason = await remote.connection.closed;
  expect(closeSentence(reason)).toBe("the peer closed the connection");
  remote.connection.fail({ code: "unavailable", message: "worker `x` is gone: exit status: 3" });
  await expect(answer).rejects.toMatchObject({
    code: "unavailable",
    message: "Ends.wait: worker `x` is gone: exit status: 3",
  });
  // What arrived is handed out before the end.
  expect(await stream.next()).toEqual({ value: 1, done: false });
  expect(await stream.next()).toEqual({ value: 2, done: false });
  await expect(stream.next()).rejects.toMatchObject({ code: "unavailable" });
  expect(await stream.next()).toEqual({ value: undefined, done: true });
  await expect(remote.call("echo", 1)).rejects.toMatchObject({ code: "unavailable" });
  await expect(remote.call("log", 1)).rejects.toMatchObject({ code: "unavailable" });
  await expect(remote.stream("flow").next()).rejects.toMatchObject({ code: "unavailable" });
});

test("a call that begins between the loss and its reason fails with the reason", async () => {
  const { remote, hand } = await parentAndHand(Ends);
  hand.socket.destroy();
  await remote.connection.closed;
  const answer = remote.call("echo", 1);
  remote.connection.fail({ code: "unavailable", message: "gone" });
  await expect(answer).rejects.toMatchObject({ code: "unavailable", message: "Ends.echo: gone" });
});

test("the end inside a frame is told apart", async () => {
  const { child, hand } = await childAndHand(Ends, script().implementation);
  await hand.send(Buffer.from([0, 1, 0]));
  hand.socket.end();
  expect((await child.closed).kind).toBe("truncated");
});

test("what the peer sent before it closed is taken", async () => {
  const { remote, hand } = await parentAndHand(Ends);
  const answer = remote.call("echo", 1);
  const request = await hand.next();
  void hand.frame(3, 0x03, request?.request ?? 0, Buffer.from([9]));
  hand.socket.end();
  expect(await answer).toBe(9);
  expect((await remote.connection.closed).kind).toBe("ended");
});

test("signals fire when the parent is lost, and handlers may finish", async () => {
  const { implementation, open, left } = script();
  const { child, hand } = await childAndHand(Ends, implementation);
  await hand.frame(1, 0, 1, Buffer.from([1]));
  await hand.frame(2, 0, 2, Buffer.from([1]));
  await hand.frame(4, 0, 0, Buffer.from([1]));
  await until(() => child.serving.live === 3);
  hand.socket.destroy();
  expect((await child.closed).kind).not.toBe("protocol");
  await until(() => left.length === 2);
  expect(left.toSorted()).toEqual(["flow", "wait"]);
  open();
  await until(() => child.serving.live === 1);
});

test("a draining child answers what lies in the socket and refuses the rest", async () => {
  const { implementation, open } = script();
  const { child, hand } = await childAndHand(Ends, implementation);
  for (let request = 1; request <= 200; request++) {
    void hand.frame(1, 0, request, Buffer.from([7]));
  }
  await hand.frame(1, 0, 201, Buffer.from([7]));
  child.drain();
  await until(() => child.serving.intake === "refusing");
  expect(child.serving.live).toBe(201);
  await hand.frame(3, 0, 500, Buffer.from([1]));
  const refused = await hand.next();
  expect([refused?.flags, refused?.request]).toEqual([0x07, 500]);
  expect(refused?.payload.includes("unavailable")).toBe(true);
  const settled = child.serving.settled();
  open();
  const answered = new Set<number>();
  for (let count = 0; count < 201; count++) {
    const frame = await hand.next();
    expect(frame?.flags).toBe(0x03);
    answered.add(frame?.request ?? 0);
  }
  expect(answered.size).toBe(201);
  await settled;
  end(child);
});

test("a cancelled handler may still answer", async () => {
  const { implementation, open, left } = script();
  const { child, hand } = await childAndHand(Ends, implementation);
  await hand.frame(1, 0, 1, Buffer.from([7]));
  await until(() => child.serving.live === 1);
  child.serving.cancelAll();
  expect(left).toEqual(["wait"]);
  open();
  expect(await hand.next()).toMatchObject({ flags: 0x03, request: 1 });
  end(child);
});

test("a parent that shuts down refuses new calls and lets the others end", async () => {
  const { implementation, open } = script();
  await using both = await pair(Ends, implementation);
  const running = both.remote.call("wait", 5);
  both.parent.calling.refuse({ code: "unavailable", message: "shutting down" });
  await expect(both.remote.call("echo", 1)).rejects.toMatchObject({
    code: "unavailable",
    message: "Ends.echo: shutting down",
  });
  open();
  expect(await running).toBe(5);
});

test("a peer that does not read any more breaks the connection, and nothing is thrown", async () => {
  const { child, hand } = await childAndHand(Ends, script().implementation);
  await hand.frame(3, 0, 1, Buffer.from([7]));
  await hand.next();
  hand.socket.destroy();
  await hand.ended();
  for (let count = 0; count < 100; count++) {
    child.outbox.header(1, 0x03, 5);
    child.outbox.flush();
  }
  expect(["broken", "ended"]).toContain((await child.closed).kind);
});
