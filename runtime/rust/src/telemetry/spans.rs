//! Spans of calls, by OpenTelemetry's conventions for RPC.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use opentelemetry::trace::{
    SpanBuilder, SpanContext, SpanId, SpanKind, Status, TraceContextExt, TraceFlags, TraceId, TraceState, Tracer,
};
use opentelemetry::{Context, ContextGuard, KeyValue, global};

use super::{Ending, Tracing};
use crate::connection::{ServedCall, Trace};
use crate::error::Code;

/// Whether and how calls are followed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Follow {
    tracing: Option<Tracing>,
    /// The name of the worker that is called; a child calls its parent, which has none.
    worker: Option<Arc<str>>,
}

impl From<Tracing> for Follow {
    fn from(tracing: Tracing) -> Self {
        Self { tracing: Some(tracing), worker: None }
    }
}

impl Follow {
    #[inline]
    pub(crate) fn is_on(&self) -> bool {
        self.tracing.is_some()
    }

    /// The same for calls of this worker.
    pub(crate) fn worker(&self, name: &str) -> Self {
        Self { tracing: self.tracing.clone(), worker: self.is_on().then(|| Arc::from(name)) }
    }

    /// Begins the span of a call of this side, made for `scope`, in the trace that the caller named.
    pub(crate) fn call(
        &self,
        method: impl FnOnce() -> String,
        scope: Option<&ServedCall>,
        named: Option<&Trace>,
    ) -> ClientSpan {
        let Some(tracing) = &self.tracing else { return ClientSpan::default() };
        let parent = parent(scope, named);
        let server = self.worker.as_ref().map(|name| KeyValue::new("server.address", name.to_string()));
        ClientSpan(Some(Box::new(Span::begin(tracing, &method(), SpanKind::Client, &parent, server))))
    }

    /// Begins the span of a call that this side serves, which came with this trace.
    pub(crate) fn serve(&self, method: impl FnOnce() -> String, trace: Option<&Trace>) -> ServerSpan {
        let Some(tracing) = &self.tracing else { return ServerSpan::default() };
        let parent = remote(&Context::new(), trace);
        ServerSpan(Some(Box::new(Span::begin(tracing, &method(), SpanKind::Server, &parent, None))))
    }
}

/// A span, and what is counted for it.
#[derive(Debug)]
struct Span {
    /// What is current while a handler runs.
    context: Context,
    messages: AtomicU64,
    limit: u64,
    direction: &'static str,
}

impl Span {
    fn begin(tracing: &Tracing, method: &str, kind: SpanKind, parent: &Context, more: Option<KeyValue>) -> Self {
        let attributes = [
            KeyValue::new("rpc.system.name", "procwire"),
            KeyValue::new("rpc.method", method.to_owned()),
            KeyValue::new("network.transport", "unix"),
        ];
        let direction = if kind == SpanKind::Client { "RECEIVED" } else { "SENT" };
        let builder = SpanBuilder::from_name(method.to_owned())
            .with_kind(kind)
            .with_attributes(attributes.into_iter().chain(more));
        let span = tracing.tracer().build_with_context(builder, parent);
        Self { context: parent.with_span(span), messages: AtomicU64::new(0), limit: tracing.message_events, direction }
    }

    fn message(&self, bytes: usize) {
        let count = self.messages.fetch_add(1, Ordering::Relaxed) + 1;
        if count <= self.limit {
            let attributes = vec![
                KeyValue::new("rpc.message.type", self.direction),
                KeyValue::new("rpc.message.id", number(count)),
                KeyValue::new("rpc.message.uncompressed_size", number(bytes as u64)),
            ];
            self.context.span().add_event("rpc.message", attributes);
        }
    }

    /// Ends it; a span that has ended takes nothing any more.
    fn end(&self, ending: Option<Ending>) {
        let span = self.context.span();
        let code = ending.as_ref().map_or("ok", |ending| ending.code);
        span.set_attribute(KeyValue::new("rpc.status_code", code));
        let messages = self.messages.load(Ordering::Relaxed);
        if messages > 0 {
            span.set_attribute(KeyValue::new("procwire.stream.messages", number(messages)));
        }
        if let Some(Ending { code, kind, message }) = ending.filter(|ending| ending.code != Code::Cancelled.as_str()) {
            span.set_attribute(KeyValue::new("error.type", kind.unwrap_or_else(|| code.to_owned())));
            span.set_status(Status::error(message));
        }
        span.end();
    }
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A call of this side. Where nobody ends it, its caller has left.
#[derive(Debug, Default)]
pub(crate) struct ClientSpan(Option<Box<Span>>);

impl ClientSpan {
    #[inline]
    pub(crate) fn is_on(&self) -> bool {
        self.0.is_some()
    }

    /// What tells the peer of the span; `None` where there is none that anybody could know.
    pub(crate) fn trace(&self) -> Option<Trace> {
        let context = &self.0.as_ref()?.context;
        let span = context.span();
        let told = Some(span.span_context()).filter(|told| told.is_valid())?;
        let mut carrier = HashMap::new();
        global::get_text_map_propagator(|propagator| propagator.inject_context(context, &mut carrier));
        Some(Trace {
            traceparent: Some(format!("00-{}-{}-{:02x}", told.trace_id(), told.span_id(), told.trace_flags().to_u8())),
            tracestate: Some(told.trace_state().header()).filter(|state| !state.is_empty()),
            baggage: carrier.remove("baggage").filter(|baggage| !baggage.is_empty()),
        })
    }

    /// Notes an item that came.
    #[inline]
    pub(crate) fn message(&self, bytes: usize) {
        if let Some(span) = &self.0 {
            span.message(bytes);
        }
    }

    /// The call has ended.
    #[inline]
    pub(crate) fn end(&mut self, ending: impl FnOnce() -> Option<Ending>) {
        if let Some(span) = self.0.take() {
            span.end(ending());
        }
    }
}

impl Drop for ClientSpan {
    fn drop(&mut self) {
        self.end(|| Some(Ending::left()));
    }
}

/// A call of the peer that this side serves.
#[derive(Debug, Default)]
pub(crate) struct ServerSpan(Option<Box<Span>>);

impl ServerSpan {
    /// Makes it the current span of this thread until the guard goes.
    #[inline]
    pub(crate) fn enter(&self) -> Option<ContextGuard> {
        Some(self.0.as_ref()?.context.clone().attach())
    }

    /// Notes an item that went out.
    #[inline]
    pub(crate) fn message(&self, bytes: usize) {
        if let Some(span) = &self.0 {
            span.message(bytes);
        }
    }

    /// The call has ended. Only the first end counts.
    #[inline]
    pub(crate) fn end(&self, ending: impl FnOnce() -> Option<Ending>) {
        if let Some(span) = &self.0 {
            span.end(ending());
        }
    }
}

/// Where the span of a call belongs.
fn parent(scope: Option<&ServedCall>, named: Option<&Trace>) -> Context {
    let active = Context::current();
    if named.is_some() {
        return remote(&active, named);
    }
    let Some(scope) = scope else { return active };
    let Some(served) = &scope.span().0 else {
        let came = scope.meta().and_then(|meta| meta.trace());
        return if active.has_active_span() { active } else { remote(&active, came) };
    };
    // A span that the handler itself began is nearer than the one of its call.
    let own = &served.context;
    let is_own = active.span().span_context().trace_id() == own.span().span_context().trace_id();
    if is_own { active } else { own.clone() }
}

/// A context whose span is one of another process.
fn remote(base: &Context, trace: Option<&Trace>) -> Context {
    let told = trace.and_then(|trace| Some((trace, span_context(trace)?)));
    let Some((trace, span)) = told else { return base.with_remote_span_context(SpanContext::empty_context()) };
    let context = match &trace.baggage {
        None => base.clone(),
        Some(baggage) => {
            let carrier = HashMap::from([("baggage".to_owned(), baggage.clone())]);
            global::get_text_map_propagator(|propagator| propagator.extract_with_context(base, &carrier))
        }
    };
    // The trace context is read here, whatever propagator there is: the protocol has this one form.
    context.with_remote_span_context(span)
}

fn span_context(trace: &Trace) -> Option<SpanContext> {
    let mut parts = trace.traceparent.as_deref()?.split('-').skip(1);
    let (id, span, flags) = (parts.next()?, parts.next()?, parts.next()?);
    let state = trace.tracestate.as_deref().and_then(|state| TraceState::from_str(state).ok()).unwrap_or_default();
    Some(SpanContext::new(
        TraceId::from_hex(id).ok()?,
        SpanId::from_hex(span).ok()?,
        TraceFlags::new(u8::from_str_radix(flags, 16).ok()?),
        true,
        state,
    ))
}
