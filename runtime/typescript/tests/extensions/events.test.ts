import { afterAll, beforeAll, expect, test } from "vitest";

import { helloFrame } from "../../src/connection/hello.js";
import type { EmitOptions, EventContext, Trace } from "../../src/index.js";
import { service, text } from "../../src/stub_v1.js";
import type { ExtClient, ExtEvents } from "../fixtures/ext.js";
import { spawnExt } from "../support/ext.js";
import { childAndHand, end } from "../support/pair.js";
import { event } from "../support/services.js";

const trace: Trace = {
  traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
  tracestate: "congo=t61rcWkgMzE",
  baggage: "userId=alice",
};
const NOTHING: EventContext = { metadata: {}, trace: undefined };

/** What a listener hears. */
type Heard = readonly [event: ExtEvents["seen"], context: EventContext];

const fromStart: Heard[] = [];
let ext: ExtClient;
let base: ExtClient;

beforeAll(async () => {
  ext = await spawnExt({ on: { seen: (event, context) => void fromStart.push([event, context]) } });
  base = await spawnExt({ extensions: ["fd", "credit"] });
});

afterAll(() => Promise.all([ext.shutdown(), base.shutdown()]));

/** What is heard of one event that the worker sends with what came with the call. */
async function heard(client: ExtClient, path: string, options?: Parameters<ExtClient["relay"]>[1]): Promise<Heard> {
  const events: Heard[] = [];
  const off = client.events.seen.on((event, context) => void events.push([event, context]));
  // An event arrives before the answer that follows it.
  expect(await client.relay({ path, text: "acme" }, options)).toBe("sent");
  off();
  expect(events).toHaveLength(1);
  return events[0] as Heard;
}

test("an event carries keys and a trace", async () => {
  const metadata = { tenant: "acme", naïve: "ü", "": "" };
  const said = { metadata, trace };
  expect(await heard(ext, "event", said)).toEqual([{ text: "acme" }, said]);
  expect(fromStart.at(-1)).toEqual([{ text: "acme" }, said]);
  const [, { metadata: keyed }] = await heard(ext, "keyed");
  expect(keyed).toEqual({ tenant: "acme", key: Buffer.from([1, 2]) });
});

test("an event without any has an empty context, and a trace alone is enough", async () => {
  expect(await heard(ext, "event")).toEqual([{ text: "acme" }, NOTHING]);
  expect(await heard(ext, "event", { trace })).toEqual([{ text: "acme" }, { metadata: {}, trace }]);
  expect(await heard(ext, "event", { metadata: {} })).toEqual([{ text: "acme" }, NOTHING]);
});

test("a subscription gives the event alone", async () => {
  const subscription = ext.events.seen.subscribe();
  await ext.relay({ path: "keyed", text: "acme" });
  expect(await subscription.next()).toEqual({ value: { text: "acme" }, done: false });
  await subscription.return();
});

test("a parent that takes no metadata gets no keys, and events without them as ever", async () => {
  await expect(base.relay({ path: "keyed", text: "acme" })).rejects.toMatchObject({
    code: "unsupported",
    message: expect.stringContaining("Ext.seen: the parent takes no metadata"),
  });
  expect(await heard(base, "event")).toEqual([{ text: "acme" }, NOTHING]);
});

test("keys that are too many are refused where they are sent", async () => {
  const call = ext.relay({ path: "event", text: "x" }, { metadata: { key: "x".repeat(8180) } });
  expect(await call).toBe("sent");
  await expect(ext.relay({ path: "keyed", text: "x".repeat(8192) })).rejects.toMatchObject({
    code: "invalid_argument",
    message: expect.stringMatching(/^Ext\.seen: the metadata has \d+ bytes, above the limit of 8192/),
  });
});

test("an event before the parent's first frame waits for it, and those behind it stay behind", async () => {
  const News = service({ name: "News", methods: [], events: [event("news", { payload: text })] });
  const { child, hand, emit } = await childAndHand(News, {}, { extensions: ["meta"] });
  const send = emit["news"] as (text: string, options?: EmitOptions) => Promise<void>;
  const sent = [
    send("plain"),
    send("keyed", { metadata: { tenant: "acme" } }),
    send("behind"),
    send("last", { trace }),
  ];
  expect((await hand.next())?.payload).toEqual(Buffer.from("\xa5plain", "latin1"));
  await hand.send(helloFrame({ ext: ["meta"], payload: 1000, window: 1000, callbacks: [], tracebacks: false }));
  const frames = [await hand.next(), await hand.next(), await hand.next()];
  expect(frames.map((frame) => frame?.flags)).toEqual([0x41, 0x01, 0x41]);
  expect(frames.map((frame) => /keyed|behind|last/.exec(frame?.payload.toString("latin1") ?? "")?.[0])).toEqual([
    "keyed",
    "behind",
    "last",
  ]);
  await Promise.all(sent);
  await send("later");
  expect((await hand.next())?.payload).toEqual(Buffer.from("\xa5later", "latin1"));
  end(child);
});
