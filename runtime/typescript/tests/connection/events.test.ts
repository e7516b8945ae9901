import { expect, test } from "vitest";

import { ProcwireError, service, text } from "../../src/stub_v1.js";
import { end, pair, parentAndHand } from "../support/pair.js";
import { event, method } from "../support/services.js";
import { until } from "../support/wait.js";

const Events = service({
  name: "Events",
  methods: [method("emit", "result"), method("flow", "stream")],
  events: [event("tick"), event("note", { payload: text })],
});

type Cx = { events: Record<string, (value: unknown) => Promise<void>> };

const implementation = {
  async emit(n: number, cx: Cx) {
    for (let i = 0; i < n; i++) {
      await cx.events["tick"]?.(i);
    }
    return n;
  },
  async *flow(n: number, cx: Cx) {
    for (let i = 0; i < n; i++) {
      yield i;
      void cx.events["tick"]?.(i);
    }
  },
};

test("events come in their order and before the answer that follows", async () => {
  await using both = await pair(Events, implementation);
  const heard: unknown[] = [];
  both.remote.events.on(both.remote.event("tick"), (value) => heard.push(value));
  expect(await both.remote.call("emit", 1000)).toBe(1000);
  expect(heard).toEqual(Array.from({ length: 1000 }, (_, i) => i));
});

test("an event between two items stays between them", async () => {
  await using both = await pair(Events, implementation);
  const { connection } = both.remote;
  const order: string[] = [];
  both.remote.events.on(both.remote.event("tick"), (value) => order.push(`event ${value}`));
  const stream = both.remote.stream("flow", 3);
  const push = stream.push.bind(stream);
  stream.push = (value: unknown, length: number) => {
    order.push(`item ${value}`);
    push(value, length);
  };
  for await (const _ of stream) {
    // Only the order of arrival counts here.
  }
  await until(() => connection.counts().framesRead === 7);
  expect(order).toEqual(["item 0", "event 0", "item 1", "event 1", "item 2", "event 2"]);
});

test("a subscription takes what comes from its begin on, and ends by return", async () => {
  await using both = await pair(Events, implementation);
  const tick = both.remote.event("tick");
  await both.remote.call("emit", 5);
  const subscription = both.remote.events.subscribe(tick);
  const first = subscription.next();
  await both.remote.call("emit", 3);
  expect(await first).toEqual({ value: 0, done: false });
  expect(await subscription.next()).toEqual({ value: 1, done: false });
  const pending = [subscription.next(), subscription.next()];
  expect(await pending[0]).toEqual({ value: 2, done: false });
  await subscription.return();
  expect(await pending[1]).toEqual({ value: undefined, done: true });
  await both.remote.call("emit", 1);
  expect(await subscription.next()).toEqual({ value: undefined, done: true });
  expect(both.parent.counts().eventsUnheard).toBe(6);
});

test("a subscription that lags loses the oldest", async () => {
  await using both = await pair(Events, implementation);
  const subscription = both.remote.events.subscribe(both.remote.event("tick"));
  await both.remote.call("emit", 1500);
  expect(subscription.dropped).toBe(476);
  expect(both.parent.counts().eventsDropped).toBe(476);
  expect(await subscription.next()).toEqual({ value: 476, done: false });
});

test("an event that does not decode is dropped and counted", async () => {
  const { remote, hand } = await parentAndHand(Events);
  const heard: unknown[] = [];
  remote.events.on(remote.event("note"), (value) => heard.push(value));
  await hand.frame(remote.event("note"), 0x01, 0, Buffer.from([7]));
  await hand.frame(remote.event("note"), 0x01, 0, Buffer.from([0xa1, 0x61]));
  await hand.frame(77, 0x01, 0, Buffer.from([7]));
  await until(() => remote.connection.counts().framesRead === 3);
  expect(heard).toEqual(["a"]);
  expect(remote.connection.counts()).toMatchObject({ eventsUndecodable: 1, eventsUnheard: 1 });
  end(remote.connection);
});

test("a listener may leave, and each that listens hears once", async () => {
  await using both = await pair(Events, implementation);
  const tick = both.remote.event("tick");
  let heard = 0;
  const listener = (): void => void heard++;
  const [off] = [both.remote.events.on(tick, listener), both.remote.events.on(tick, listener)];
  await both.remote.call("emit", 1);
  expect(heard).toBe(2);
  off?.();
  off?.();
  await both.remote.call("emit", 1);
  expect(heard).toBe(3);
});

test("a subscription ends with the connection, after what arrived", async () => {
  await using both = await pair(Events, implementation);
  const subscription = both.remote.events.subscribe(both.remote.event("tick"));
  await both.remote.call("emit", 2);
  end(both.parent);
  const items: unknown[] = [];
  for await (const item of subscription) {
    items.push(item);
  }
  expect(items).toEqual([0, 1]);
  const late = both.remote.events.subscribe(both.remote.event("tick"));
  expect(await late.next()).toEqual({ value: undefined, done: true });
});

test("an emitter works outside of calls, and fails with a code", async () => {
  const both = await pair(Events, implementation);
  const subscription = both.remote.events.subscribe(both.remote.event("note"));
  await both.emit["note"]?.("outside");
  expect(await subscription.next()).toEqual({ value: "outside", done: false });
  await expect(both.emit["note"]?.(7)).rejects.toMatchObject({
    code: "internal",
    message: expect.stringMatching(/^Events\.note event cannot be encoded/),
  });
  await both[Symbol.asyncDispose]();
  const late = both.emit["note"]?.("late");
  await expect(late).rejects.toBeInstanceOf(ProcwireError);
  await expect(late).rejects.toMatchObject({ code: "unavailable" });
});
