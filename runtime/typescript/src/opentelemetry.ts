/**
 * Spans of calls for OpenTelemetry, by its conventions for RPC.
 *
 * It needs the package `@opentelemetry/api`, and does something where the program has set an SDK up.
 *
 * @module
 */

import {
  type Attributes,
  type Context,
  context,
  createTraceState,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  type TracerProvider,
  trace,
} from "@opentelemetry/api";

import type { Trace } from "./context.js";
import type { ClientSpan, Ending, Origin, ServerSpan, Tracing } from "./tracing.js";

export type { Tracing } from "./tracing.js";

/** What is to be followed, and where it goes. */
export interface TracingOptions {
  /** Gives the tracer. The provider that the program registered, by default. */
  readonly tracerProvider?: TracerProvider | undefined;
  /** Items of a stream that are events of its span, the first ones. 128 by default; all are counted. */
  readonly messageEvents?: number | undefined;
}

/** The events that a span of the usual SDK keeps. */
const MESSAGE_EVENTS = 128;
const OK = "ok";
const CANCELLED = "cancelled";

/**
 * Follows calls with spans, for the option `tracing` of `spawn` and of `serve`.
 *
 * A call has a client span where it is made and a server span where its handler runs, in one trace. The server span is
 * current while the handler runs, where the program has registered a context manager, as SDKs for Node do. No argument and
 * no answer ever stands in a span.
 */
export function tracing(options: TracingOptions = {}): Tracing {
  const { tracerProvider, messageEvents = MESSAGE_EVENTS } = options;
  let tracer: Tracer | undefined;
  // The provider may be registered after this was asked for.
  const begin = (method: string, kind: SpanKind, attributes: Attributes, parent: Context): Span => {
    tracer ??= (tracerProvider ?? trace).getTracer("procwire");
    return tracer.startSpan(method, { kind, attributes }, parent);
  };
  return {
    call(method, origin) {
      const parent = parentOf(origin);
      const server = origin.worker === undefined ? {} : { "server.address": origin.worker };
      const span = begin(method, SpanKind.CLIENT, { ...attributesOf(method), ...server }, parent);
      return new OtelClientSpan(span, messageEvents, traceOf(span, parent) ?? origin.trace);
    },
    serve(method, from) {
      const parent = remote(ROOT_CONTEXT, from);
      const span = begin(method, SpanKind.SERVER, attributesOf(method), parent);
      return new OtelServerSpan(span, messageEvents, trace.setSpan(parent, span));
    },
  };
}

function attributesOf(method: string): Attributes {
  return { "rpc.system.name": "procwire", "rpc.method": method, "network.transport": "unix" };
}

/** What both kinds of spans have in common. */
class OtelSpan {
  readonly #span: Span;
  readonly #limit: number;
  readonly #type: "SENT" | "RECEIVED";
  #messages = 0;
  #ended = false;

  constructor(span: Span, limit: number, type: "SENT" | "RECEIVED") {
    this.#span = span;
    this.#limit = limit;
    this.#type = type;
  }

  message(bytes: number): void {
    this.#messages += 1;
    if (this.#messages <= this.#limit) {
      this.#span.addEvent("rpc.message", {
        "rpc.message.type": this.#type,
        "rpc.message.id": this.#messages,
        "rpc.message.uncompressed_size": bytes,
      });
    }
  }

  end(ending?: Ending): void {
    if (this.#ended) {
      return;
    }
    this.#ended = true;
    const span = this.#span;
    const code = ending?.code ?? OK;
    span.setAttribute("rpc.status_code", code);
    if (this.#messages > 0) {
      span.setAttribute("procwire.stream.messages", this.#messages);
    }
    if (ending !== undefined && code !== CANCELLED) {
      span.setAttribute("error.type", ending.type);
      span.setStatus({ code: SpanStatusCode.ERROR, message: ending.message });
    }
    span.end();
  }
}

class OtelClientSpan extends OtelSpan implements ClientSpan {
  readonly trace: Trace | undefined;

  constructor(span: Span, limit: number, told: Trace | undefined) {
    super(span, limit, "RECEIVED");
    this.trace = told;
  }
}

class OtelServerSpan extends OtelSpan implements ServerSpan {
  /** What is current while the handler runs. */
  readonly context: Context;

  constructor(span: Span, limit: number, current: Context) {
    super(span, limit, "SENT");
    this.context = current;
  }

  run<T>(run: () => T): T {
    return context.with(this.context, run);
  }
}

/** Where the span of a call belongs. */
function parentOf({ served, trace: named, isNamed }: Origin): Context {
  const active = context.active();
  if (isNamed) {
    return remote(active, named);
  }
  if (!(served instanceof OtelServerSpan)) {
    return trace.getSpan(active) === undefined ? remote(active, named) : active;
  }
  // A span that the handler itself began is nearer than the one of its call.
  const own = trace.getSpanContext(served.context);
  return trace.getSpanContext(active)?.traceId === own?.traceId ? active : served.context;
}

/** A context whose span is one of another process. */
function remote(base: Context, from: Trace | undefined): Context {
  if (from === undefined) {
    return trace.deleteSpan(base);
  }
  const [, traceId, spanId, flags] = from.traceparent.split("-");
  if (traceId === undefined || spanId === undefined || flags === undefined) {
    return trace.deleteSpan(base);
  }
  const told: SpanContext = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
    ...(from.tracestate === undefined ? {} : { traceState: createTraceState(from.tracestate) }),
  };
  const parent = trace.setSpanContext(base, told);
  // The trace context is read here, whatever propagator there is: the protocol has this one form.
  const found = from.baggage === undefined ? parent : propagation.extract(parent, { baggage: from.baggage });
  return trace.setSpanContext(found, told);
}

/** What tells the peer of a span; `undefined` where there is none that anybody could know. */
function traceOf(span: Span, parent: Context): Trace | undefined {
  const told = span.spanContext();
  if (!trace.isSpanContextValid(told)) {
    return undefined;
  }
  const carrier: { baggage?: string } = {};
  propagation.inject(parent, carrier);
  const tracestate = told.traceState?.serialize();
  const { baggage } = carrier;
  return {
    traceparent: `00-${told.traceId}-${told.spanId}-${told.traceFlags.toString(16).padStart(2, "0")}`,
    ...(tracestate === undefined || tracestate === "" ? {} : { tracestate }),
    ...(baggage === undefined ? {} : { baggage }),
  };
}
