import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { afterAll, beforeAll, expect, test } from "vitest";

import type { Trace } from "../../src/index.js";
import { tracing } from "../../src/opentelemetry.js";
import type { ExtClient } from "../fixtures/ext.js";
import { spawnExt } from "../support/ext.js";

const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const given: Trace = { traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", tracestate: "a=1" };
let ext: ExtClient;
/** The span that was current while the callback ran. */
let current: string | undefined;

beforeAll(async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  ext = await spawnExt({
    name: "clerk",
    tracing: tracing({ tracerProvider: provider, messageEvents: 2 }),
    callbacks: {
      trading: {
        position() {
          current = trace.getActiveSpan()?.spanContext().spanId;
          return 1;
        },
      },
    },
  });
});
afterAll(async () => {
  await ext.shutdown();
  context.disable();
});

/** The spans that have ended since the last time. */
function take(): ReadableSpan[] {
  const spans = exporter.getFinishedSpans();
  exporter.reset();
  return spans;
}

function one(): ReadableSpan {
  const [span, ...others] = take();
  expect(others).toEqual([]);
  return span as ReadableSpan;
}

const OK = { "rpc.status_code": "ok" };
const USUAL = { "rpc.system.name": "procwire", "network.transport": "unix", "server.address": "clerk" };

test("a call has a client span", async () => {
  await ext.plain({ text: "a secret" });
  const span = one();
  expect(span).toMatchObject({ name: "Ext/plain", kind: SpanKind.CLIENT, status: { code: SpanStatusCode.UNSET } });
  expect(span.attributes).toEqual({ ...USUAL, ...OK, "rpc.method": "Ext/plain" });
  expect(span.events).toEqual([]);
});

test("the worker is told of the span, and of what it was given", async () => {
  const said = (await ext.context({}, { trace: given, metadata: { tenant: "acme" } })) as {
    trace: Trace;
    metadata: object;
  };
  const { traceId, spanId } = one().spanContext();
  expect(traceId).toBe("4bf92f3577b34da6a3ce929d0e0e4736");
  expect(said.trace).toEqual({ traceparent: `00-${traceId}-${spanId}-01`, tracestate: "a=1" });
  expect(said.metadata).toEqual({ tenant: "acme" });
});

test("the span is a child of the active one", async () => {
  const outer = provider.getTracer("test").startSpan("outer", {}, ROOT_CONTEXT);
  await context.with(trace.setSpan(ROOT_CONTEXT, outer), () => ext.plain({ text: "" }));
  expect(one().parentSpanContext?.spanId).toBe(outer.spanContext().spanId);
});

test("all tries of a call are one span, which has the error of the last", async () => {
  await ext.flaky({ key: "tracing", failures: 2 }, { retries: 2 });
  expect(one().attributes).toMatchObject(OK);
  await ext.flaky({ key: "tracing-2", failures: 2 }, { retries: 1 }).catch(() => {});
  expect(one()).toMatchObject({
    attributes: { "rpc.status_code": "declared", "error.type": "Busy.Later" },
    status: { code: SpanStatusCode.ERROR, message: "Busy.Later" },
  });
});

test("what its caller leaves is no error, what takes too long is one", async () => {
  await ext.plain({ text: "" }, { signal: AbortSignal.abort("mine") }).catch(() => {});
  const left = one();
  expect(left.attributes).toEqual({ ...USUAL, "rpc.method": "Ext/plain", "rpc.status_code": "cancelled" });
  expect(left.status.code).toBe(SpanStatusCode.UNSET);
  await ext.flaky({ key: "tracing-3", failures: 1e6 }, { retries: 1e6, timeoutMs: 20 }).catch(() => {});
  expect(one().status.code).toBe(SpanStatusCode.ERROR);
});

test("the first items of a stream are events, and all are counted", async () => {
  let items = 0;
  for await (const _ of ext.flood({ count: 5, size: 1 })) {
    items += 1;
  }
  const span = one();
  expect(span.attributes).toMatchObject({ ...OK, "procwire.stream.messages": items });
  expect(span.events.map(({ name, attributes }) => [name, attributes?.["rpc.message.id"]])).toEqual([
    ["rpc.message", 1],
    ["rpc.message", 2],
  ]);
  // More than a window holds, so that it cannot have ended when it is left.
  for await (const _ of ext.flood({ count: 1000, size: 64 * 1024 })) {
    break;
  }
  expect(one().attributes).toMatchObject({ "rpc.status_code": "cancelled" });
});

test("nothing of the runtime's own is followed", async () => {
  await ext.peer.health();
  expect(take()).toEqual([]);
});

test("a callback has a server span, which is the active one while its handler runs", async () => {
  await ext.relay({ path: "trading.Position", text: "a secret" });
  const [served, called] = take();
  expect(served).toMatchObject({ name: "trading/Position", kind: SpanKind.SERVER });
  expect(called).toMatchObject({ name: "Ext/relay", kind: SpanKind.CLIENT });
  // The worker follows nothing itself, and hands the trace on.
  expect(served?.parentSpanContext).toMatchObject({ spanId: called?.spanContext().spanId, isRemote: true });
  expect(served?.attributes).toMatchObject({ ...OK, "rpc.method": "trading/Position" });
  expect(current).toBe(served?.spanContext().spanId);
});
