//! What a program says about spans.

use std::fmt;
use std::sync::{Arc, OnceLock};

use opentelemetry::global::{self, BoxedTracer, ObjectSafeTracer};
use opentelemetry::trace::TracerProvider;

/// The events that a span of the usual SDK keeps.
const MESSAGE_EVENTS: u64 = 128;
/// The name of this instrumentation.
const NAME: &str = "procwire";

/// Follows calls with OpenTelemetry spans, for [`ClientBuilder::tracing`](crate::ClientBuilder::tracing) and
/// [`WorkerBuilder::tracing`](crate::WorkerBuilder::tracing).
///
/// A call has a client span where it is made and a server span where its handler runs, in one trace. The server span is
/// current (`opentelemetry::Context::current`) while the handler runs. No argument and no answer ever stands in a span.
/// Nothing happens where the program has set no SDK up.
#[derive(Clone)]
pub struct Tracing {
    tracer: Arc<OnceLock<BoxedTracer>>,
    pub(super) message_events: u64,
}

impl Tracing {
    /// With the tracer provider that the program has set as the global one by the first call.
    #[must_use]
    pub fn new() -> Self {
        Self { tracer: Arc::default(), message_events: MESSAGE_EVENTS }
    }

    /// With a tracer provider of its own.
    #[must_use]
    pub fn with_provider<P>(provider: &P) -> Self
    where
        P: TracerProvider,
        P::Tracer: ObjectSafeTracer + Send + Sync + 'static,
    {
        let tracer = BoxedTracer::new(Box::new(provider.tracer(NAME)));
        Self { tracer: Arc::new(OnceLock::from(tracer)), ..Self::new() }
    }

    /// How many items of a stream are events of its span, the first ones. 128 by default; all are counted.
    #[must_use]
    pub fn message_events(mut self, most: u64) -> Self {
        self.message_events = most;
        self
    }

    pub(super) fn tracer(&self) -> &BoxedTracer {
        self.tracer.get_or_init(|| global::tracer(NAME))
    }
}

impl Default for Tracing {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Tracing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tracing").field("message_events", &self.message_events).finish_non_exhaustive()
    }
}
