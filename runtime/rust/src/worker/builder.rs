//! What a worker is made of.

use std::collections::HashSet;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::watch;

use super::handle::{Stage, WorkerHandle};
use crate::connection::{Extensions, Handling, Limits};
use crate::error::Result;
use crate::service::builtin::Knowledge;
use crate::service::{Bound, Callbacks, Emitter, Serves, ServiceDescriptor, Wanted};

pub(crate) type OnShutdown = Box<dyn FnOnce() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

/// A worker: a process that serves the parent that started it.
///
/// ```no_run
/// # async fn example<S: procwire::stub_v1::Serves<()>>(service: S) -> procwire::Result<()> {
/// procwire::Worker::new(service).serve().await
/// # }
/// ```
#[derive(Debug)]
pub struct Worker {
    pub(super) parts: WorkerBuilder,
    pub(super) emitter: Emitter,
    pub(super) callbacks: Callbacks,
    pub(super) stage: watch::Sender<Stage>,
}

impl Worker {
    /// A worker with one service.
    pub fn new<Tag>(service: impl Serves<Tag>) -> Self {
        Self::builder().service(service).build()
    }

    /// A worker with several services, or with settings.
    #[must_use]
    pub fn builder() -> WorkerBuilder {
        WorkerBuilder::default()
    }

    /// Emits events, and tells when the parent is there; may be kept while the worker serves.
    #[must_use]
    pub fn handle(&self) -> WorkerHandle {
        let ready = Arc::clone(&self.parts.knowledge.ready);
        WorkerHandle::new(self.emitter.clone(), self.callbacks.clone(), self.stage.subscribe(), ready)
    }

    /// Serves the parent until it asks for the end or is gone, then returns.
    ///
    /// Call it early in `main`. It takes stdin and stdout for the control plane: what the program prints from then on
    /// arrives on stderr. Once the parent is gone the process ends within half a second, whatever handlers do; and after
    /// `$shutdown` at the end of the time that the parent gave.
    ///
    /// In a process that no parent started it says so on stderr and exits with status 2.
    pub async fn serve(self) -> Result<()> {
        super::serve::serve(self).await
    }
}

/// The services and settings of a [`Worker`].
pub struct WorkerBuilder {
    pub(super) services: Vec<Bound>,
    pub(super) limits: Limits,
    pub(super) handling: Handling,
    pub(super) spin: bool,
    pub(super) tracebacks: bool,
    pub(super) on_shutdown: Vec<OnShutdown>,
    pub(super) callbacks: Vec<Wanted>,
    pub(super) module: Option<&'static str>,
    pub(super) extensions: Extensions,
    pub(super) knowledge: Knowledge,
}

impl WorkerBuilder {
    /// Announces the callbacks of a namespace. A parent may answer them or not.
    #[must_use]
    pub fn callbacks(self, service: &'static ServiceDescriptor) -> Self {
        self.announce(service, 0..service.methods.len(), false)
    }

    /// Announces callbacks of a namespace, by their indexes. A parent may answer them or not.
    #[must_use]
    pub fn may_call(self, service: &'static ServiceDescriptor, indexes: &[usize]) -> Self {
        self.announce(service, indexes.iter().copied(), false)
    }

    /// Announces callbacks of a namespace, by their indexes, without which this worker cannot work: a parent of ours that
    /// does not answer them does not even connect.
    #[must_use]
    pub fn requires(self, service: &'static ServiceDescriptor, indexes: &[usize]) -> Self {
        self.announce(service, indexes.iter().copied(), true)
    }

    /// Leaves out what the services bring along: a module names all its callbacks itself.
    #[doc(hidden)]
    #[must_use]
    pub fn module(mut self, name: &'static str) -> Self {
        self.module = Some(name);
        self
    }

    /// Announces what the services bring along and nobody named.
    fn announce_others(&mut self) {
        if self.module.is_some() {
            return;
        }
        let named: HashSet<&str> = self.callbacks.iter().map(|wanted| wanted.method().name).collect();
        let (mut seen, mut others) = (named, Vec::new());
        for service in self.services.iter().flat_map(|bound| bound.service().callbacks) {
            for (index, method) in service.methods.iter().enumerate() {
                if seen.insert(method.name) {
                    others.push(Wanted { service, index, required: false });
                }
            }
        }
        self.callbacks.extend(others);
    }

    fn announce(
        mut self,
        service: &'static ServiceDescriptor,
        indexes: impl Iterator<Item = usize>,
        required: bool,
    ) -> Self {
        self.callbacks.extend(indexes.map(|index| Wanted { service, index, required }));
        self
    }

    /// What this worker does beyond the base protocol, where its parent can do it too. Everything by default.
    #[must_use]
    pub fn extensions(mut self, extensions: Extensions) -> Self {
        self.extensions = extensions.consistent();
        self
    }

    /// Serves one more service. Each method and event name may be served once.
    #[must_use]
    pub fn service<Tag>(self, service: impl Serves<Tag>) -> Self {
        self.shared(Arc::new(service))
    }

    /// Serves one more service by an object that is also used elsewhere.
    #[must_use]
    pub fn shared<Tag, S: Serves<Tag>>(mut self, service: Arc<S>) -> Self {
        self.services.push(S::bind(service));
        self
    }

    /// Runs this once no call is served any more, before [`Worker::serve`] returns.
    ///
    /// It has the rest of the time that the parent gave, or a few tenths of a second where the parent is gone.
    #[must_use]
    pub fn on_shutdown<F>(mut self, run: impl FnOnce() -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.on_shutdown.push(Box::new(|| Box::pin(run())));
        self
    }

    /// Runs each handler as a task of its own, so that they use all threads of the runtime.
    ///
    /// Without it all handlers run in the connection's task, which is several times faster for short ones.
    #[must_use]
    pub fn parallel(mut self) -> Self {
        self.handling = Handling::Tasks;
        self
    }

    /// Whether the connection may look again for up to 50 µs before it sleeps, where requests have followed each other at
    /// once so far. On by default.
    ///
    /// With a free processor on either side that halves the time of a call and its cost, since nobody has to be woken. It
    /// is done on a current-thread runtime with more than one processor to run on, and other tasks and processes go first.
    #[must_use]
    pub fn spin(mut self, spin: bool) -> Self {
        self.spin = spin;
        self
    }

    /// Whether a parent of ours is asked to say where handlers of callbacks fail: see [`Failure::traceback`]. Off by default.
    ///
    /// [`Failure::traceback`]: crate::Failure::traceback
    #[must_use]
    pub fn tracebacks(mut self, tracebacks: bool) -> Self {
        self.tracebacks = tracebacks;
        self
    }

    /// Whether the constraints of the schema are checked before an answer or an event is sent, too. The parent checks what
    /// arrives in any case. Off by default.
    #[must_use]
    pub fn check_sent(mut self, check: bool) -> Self {
        self.limits.check_sent = check;
        self
    }

    /// Follows calls and callbacks with OpenTelemetry spans. Nothing is followed by default.
    #[cfg(feature = "opentelemetry")]
    #[must_use]
    pub fn tracing(mut self, tracing: crate::Tracing) -> Self {
        self.limits.follow = tracing.into();
        self
    }

    /// Sets what the connection may hold, and for how long.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        let follow = std::mem::take(&mut self.limits.follow);
        self.limits = limits;
        self.limits.follow = follow;
        self
    }

    /// The worker.
    #[must_use]
    pub fn build(mut self) -> Worker {
        self.announce_others();
        let (stage, _) = watch::channel(Stage::Waiting);
        Worker { parts: self, emitter: Emitter::detached(), callbacks: Callbacks::detached(), stage }
    }
}

impl Default for WorkerBuilder {
    fn default() -> Self {
        Self {
            services: Vec::new(),
            limits: Limits::default(),
            handling: Handling::Here,
            spin: true,
            tracebacks: false,
            on_shutdown: Vec::new(),
            callbacks: Vec::new(),
            module: None,
            extensions: Extensions::ALL,
            knowledge: Knowledge::default(),
        }
    }
}

impl fmt::Debug for WorkerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkerBuilder")
            .field("limits", &self.limits)
            .field("handling", &self.handling)
            .field("spin", &self.spin)
            .finish_non_exhaustive()
    }
}
