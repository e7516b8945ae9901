//! Starting a child, step by step.

use std::ffi::OsString;
use std::fmt;
use std::io::Write;
use std::marker::PhantomData;
use std::os::unix::net::UnixStream as StdUnixStream;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;
use tokio::process::Command;

use super::agreement::{self, Resolved};
use super::announced::Announced;
use super::descriptor::End;
use super::options::Options;
use super::peer::{Peer, attend, block_obituary};
use super::process::{Heartbeat, Process};
use super::reader::{Mover, Reader};
use super::schema;
use super::spawn_error::SpawnError;
use super::start::{self, Started};
use crate::client::Client;
use crate::codec::{DecodeError, Message, from_bytes};
use crate::connection::{
    Agreed, Connection, EventContext, Extensions, Handling, Hello, Limits, Listener, Obituary, Role, Settings,
};
use crate::control::Init;
use crate::service::{Handlers, Serves, Services};

/// Sets up a child process and starts it.
///
/// ```no_run
/// # async fn example<TradingClient: procwire::stub_v1::Client>() -> Result<(), procwire::SpawnError> {
/// use std::{process::Command, time::Duration};
///
/// let desk: TradingClient = procwire::ClientBuilder::new()
///     .env("RUST_LOG", "info")
///     .heartbeat(Duration::from_secs(5), Duration::from_secs(2))
///     .spawn(Command::new("./desk"))
///     .await?;
/// # Ok(())
/// # }
/// ```
pub struct ClientBuilder<C> {
    pub(crate) options: Options,
    pub(crate) listeners: Vec<(usize, Listener)>,
    client: PhantomData<fn() -> C>,
}

impl<C> fmt::Debug for ClientBuilder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder").field("options", &self.options).finish_non_exhaustive()
    }
}

impl<C: Client> Default for ClientBuilder<C> {
    fn default() -> Self {
        Self::new()
    }
}

impl<C: Client> ClientBuilder<C> {
    /// A builder with the protocol's defaults.
    #[must_use]
    pub fn new() -> Self {
        Self { options: Options::new(C::SERVICE.name), listeners: Vec::new(), client: PhantomData }
    }

    /// The name that the child goes by in messages, and is told in `PROCWIRE_MODULE_NAME`. The service's by default.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.options.name = name.into();
        self
    }

    /// Adds a variable to the child's environment.
    #[must_use]
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.options.environment.push((name.into(), value.into()));
        self
    }

    /// The variables of this process's environment that the child inherits; all of them where nothing is said. What the
    /// command and [`ClientBuilder::env`] set is added to them. A program that is found by `PATH` needs that in the list.
    #[must_use]
    pub fn inherit_env<N: Into<OsString>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.options.inherited = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// How long the child may take to announce itself. 30 s by default.
    #[must_use]
    pub fn init_timeout(mut self, timeout: Duration) -> Self {
        self.options.init_timeout = timeout;
        self
    }

    /// How long the connection to the child may take. 10 s by default.
    #[must_use]
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.options.connect_timeout = timeout;
        self
    }

    /// How long a call that is answered once may take, where neither the call nor the child says otherwise. 30 s by
    /// default; `None` is for ever.
    #[must_use]
    pub fn call_timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.options.limits.call_timeout = timeout.into();
        self
    }

    /// How long what runs may go on after a shutdown began. 5 s by default; SIGKILL follows 1 s later.
    #[must_use]
    pub fn shutdown_grace(mut self, grace: Duration) -> Self {
        self.options.shutdown_grace = grace;
        self
    }

    /// Asks the child every `interval` whether it is alive, and ends it where it takes longer than `timeout` to answer.
    /// Off by default.
    #[must_use]
    pub fn heartbeat(mut self, interval: Duration, timeout: Duration) -> Self {
        self.options.heartbeat = Some(Heartbeat { interval, timeout });
        self
    }

    /// What the connection may hold, and for how long.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        let follow = std::mem::take(&mut self.options.limits.follow);
        self.options.limits = limits;
        self.options.limits.follow = follow;
        self
    }

    /// Whether to look again for up to 50 µs before sleeping, where answers have come at once so far. On by default.
    ///
    /// With a free processor on either side that halves the time of a call and its cost, since nobody has to be woken. It
    /// is done by blocking clients and on a current-thread runtime, where there is more than one processor to run on, and
    /// other tasks and processes go first.
    #[must_use]
    pub fn spin(mut self, spin: bool) -> Self {
        self.options.spin = spin;
        self
    }

    /// Whether a worker of ours is asked to say where its handlers fail: see [`Failure::traceback`]. Off by default.
    ///
    /// A traceback is text for people. It may show what the code that failed had at hand, fields marked `@sensitive`
    /// included, so that whoever asks decides where it is shown. A Rust worker says where the error was made or the panic
    /// happened, and adds a backtrace where `RUST_BACKTRACE` is set for it.
    ///
    /// [`Failure::traceback`]: crate::Failure::traceback
    #[must_use]
    pub fn tracebacks(mut self, tracebacks: bool) -> Self {
        self.options.tracebacks = tracebacks;
        self
    }

    /// Whether the constraints of the schema are checked before a request is sent, too. The peer checks what arrives in any
    /// case. Off by default.
    #[must_use]
    pub fn check_sent(mut self, check: bool) -> Self {
        self.options.limits.check_sent = check;
        self
    }

    /// Follows calls and callbacks with OpenTelemetry spans. Nothing is followed by default.
    #[cfg(feature = "opentelemetry")]
    #[must_use]
    pub fn tracing(mut self, tracing: crate::Tracing) -> Self {
        self.options.limits.follow = tracing.into();
        self
    }

    /// Whether the child gets a token that only this parent knows, and so takes nobody else's connection. On by default.
    #[must_use]
    pub fn token(mut self, token: bool) -> Self {
        self.options.token = token;
        self
    }

    /// Answers the callbacks of one more namespace.
    ///
    /// Where the child cannot work without a callback it is not started unless there is a handler; handlers of other paths
    /// can also come later: see [`Peer::callbacks`].
    #[must_use]
    pub fn callbacks<Tag>(mut self, service: impl Serves<Tag>) -> Self {
        if let Err(error) = self.options.handlers.add(service) {
            self.options.clashes.push(error.to_string());
        }
        self
    }

    /// Starts a child that lacks methods or events of the service as well; calling them fails with `unsupported`.
    #[must_use]
    pub fn allow_missing(mut self) -> Self {
        self.options.allow_missing = true;
        self
    }

    /// Whether a child of ours is refused whose schema clashes with this program's: where the two would not understand each
    /// other. On by default; costs nothing where the schemas are the same.
    #[must_use]
    pub fn check_schema(mut self, check: bool) -> Self {
        self.options.check_schema = check;
        self
    }

    /// What this side does beyond the base protocol, where the child can do it too. Everything by default.
    #[must_use]
    pub fn extensions(mut self, extensions: Extensions) -> Self {
        self.options.extensions = extensions.consistent();
        self
    }

    /// Takes what the child writes on stderr, in pieces as they come, instead of this process's own stderr.
    ///
    /// What it prints on stdout comes here too. The function runs on the thread that hears the child, and must not wait.
    #[must_use]
    pub fn on_stderr(mut self, heard: impl FnMut(&[u8]) + Send + 'static) -> Self {
        self.options.stderr = Some(Box::new(heard));
        self
    }

    /// Hears what the child announced, before it is connected to; handlers may be added then. For tools that know no schema.
    #[doc(hidden)]
    #[must_use]
    pub fn on_announced(mut self, hear: impl FnOnce(&Announced, &Handlers) + Send + 'static) -> Self {
        self.options.hear = Some(Box::new(hear));
        self
    }

    /// Hears the event number `index` of the service from the start on. Generated traits give it a method for each event.
    ///
    /// The function runs in the connection's task, and must not wait.
    #[must_use]
    pub fn on_event<T: Message>(mut self, index: usize, mut heard: impl FnMut(T) + Send + 'static) -> Self {
        let listener = move |payload: &Bytes, _: &EventContext| from_bytes(payload).map(&mut heard).is_ok();
        self.listeners.push((index, Box::new(listener)));
        self
    }

    /// The same for a payload that `decode` reads, whatever its codec is.
    #[must_use]
    pub fn on_event_with<T: 'static>(
        mut self,
        index: usize,
        decode: fn(Bytes) -> Result<T, DecodeError>,
        mut heard: impl FnMut(T) + Send + 'static,
    ) -> Self {
        let listener = move |payload: &Bytes, _: &EventContext| decode(payload.clone()).map(&mut heard).is_ok();
        self.listeners.push((index, Box::new(listener)));
        self
    }

    /// The same for a function that is told what came beside the event, too.
    #[must_use]
    pub fn on_event_with_context<T: 'static>(
        mut self,
        index: usize,
        decode: fn(Bytes) -> Result<T, DecodeError>,
        mut heard: impl FnMut(T, &EventContext) + Send + 'static,
    ) -> Self {
        let listener = move |payload: &Bytes, context: &EventContext| {
            decode(payload.clone()).map(|event| heard(event, context)).is_ok()
        };
        self.listeners.push((index, Box::new(listener)));
        self
    }

    /// Hears the raw event number `index` of the service from the start on.
    #[must_use]
    pub fn on_event_raw(mut self, index: usize, mut heard: impl FnMut(Bytes) + Send + 'static) -> Self {
        let listener = move |payload: &Bytes, _: &EventContext| {
            heard(payload.clone());
            true
        };
        self.listeners.push((index, Box::new(listener)));
        self
    }

    /// Starts the program and waits until it serves.
    pub async fn spawn(mut self, command: impl Into<Command>) -> Result<C, SpawnError> {
        let begun = Instant::now();
        let Started { process, token, end } = start::begin(&mut self.options, &mut command.into().into_std())?;
        let init = start::announced(&process, &mut self.options).await?;
        if let Some(hear) = self.options.hear.take() {
            hear(&Announced::from(&init), &self.options.handlers);
        }
        let (resolved, agreed, hello) = match self.fit(&init) {
            Ok(fit) => fit,
            Err(mismatches) => return Err(start::mismatch(&process, &self.options.name, &mismatches).await),
        };
        let greeting = start::greeting(token.as_deref(), hello.as_ref());
        let stream = match connect(&init, end, &greeting, self.options.connect_timeout).await {
            Ok(stream) => stream,
            Err(reason) => return Err(start::unreachable(&process, &mut self.options, &init, &reason).await),
        };
        let (connection, mut driver) = Connection::new(stream, self.settings(agreed), &[]);
        self.listen(&resolved, |event, listener| driver.listen(event, listener));
        let attending = attend(driver, Arc::clone(process.watched()), self.options.name.clone());
        let grace = self.options.limits.cancel_grace;
        tokio::spawn(async move {
            let mut closed = attending.await;
            // Handlers of callbacks hear that their caller is gone, and have the time of every aborted one.
            let _ = tokio::time::timeout(grace, closed.settle()).await;
        });
        let (check, left) = (self.options.check_schema, self.options.init_timeout.saturating_sub(begun.elapsed()));
        let peer = self.peer(process, connection, None, init);
        if check {
            schema::agree(&peer, C::SERVICES, left).await?;
        }
        C::try_from_remote(peer.remote_with(C::SERVICE, resolved))
    }

    /// Whether the child and this program fit, and what is in force between them.
    fn fit(&self, init: &Init) -> Result<(Resolved, Agreed, Option<Hello>), Vec<String>> {
        let (agreed, hello) = start::agree(&self.options, init).unzip();
        let resolved = agreement::resolve(init, C::SERVICE, self.options.allow_missing);
        let expected = start::expectations(&self.options, init, agreed.as_ref());
        let agreed = agreed.unwrap_or_else(Agreed::nothing);
        match (resolved, expected) {
            (Ok(resolved), Ok(())) => Ok((resolved, agreed, hello)),
            (resolved, expected) => Err(resolved.err().into_iter().chain(expected.err()).flatten().collect()),
        }
    }

    fn settings(&self, agreed: Agreed) -> Settings {
        Settings {
            role: Role::Parent,
            services: Services::default(),
            handlers: self.options.handlers.clone(),
            offers: self.options.extensions,
            agreed: Some(agreed),
            limits: Limits {
                follow: self.options.limits.follow.worker(&self.options.name),
                ..self.options.limits.clone()
            },
            handling: Handling::Here,
            spin: self.options.spin,
        }
    }

    /// Starts the program, for a program without a runtime, and waits in this thread until it serves.
    ///
    /// Calls of this client are made with `wait` instead of `await`; see [`blocking`](crate::blocking), which also says in
    /// which threads callbacks are answered and events are heard.
    pub fn spawn_blocking(mut self, command: impl Into<Command>) -> Result<C, SpawnError> {
        let begun = Instant::now();
        let Started { process, token, end } = start::begin(&mut self.options, &mut command.into().into_std())?;
        let init = start::block_announced(&process, &self.options)?;
        if init.callbacks.is_empty() {
            // Nothing comes from this child that is not asked for.
            self.options.extensions = self.options.extensions.without(Extensions::CALLBACKS);
        }
        let (resolved, agreed, hello) =
            self.fit(&init).map_err(|mismatches| start::block_mismatch(&process, &self.options.name, &mismatches))?;
        let greeting = start::greeting(token.as_deref(), hello.as_ref());
        let connected = start::chosen(&init, end)
            .map_err(std::io::Error::other)
            .and_then(|inherited| block_connect(&init, inherited, &greeting))
            .and_then(|stream| self.mover(&process, stream, agreed, &resolved));
        let (connection, mover) = match connected {
            Ok(connected) => connected,
            Err(error) => return Err(start::block_unreachable(&process, &self.options, &init, &error.to_string())),
        };
        let (check, left) = (self.options.check_schema, self.options.init_timeout.saturating_sub(begun.elapsed()));
        let peer = self.peer(process, connection, Some(mover), init);
        if check {
            schema::block_agree(&peer, C::SERVICES, left)?;
        }
        C::try_from_remote(peer.remote_with(C::SERVICE, resolved))
    }

    /// What moves the bytes: a thread of its own where something may come while nobody waits, and whoever waits otherwise.
    fn mover(
        &mut self,
        process: &Process,
        stream: StdUnixStream,
        agreed: Agreed,
        resolved: &Resolved,
    ) -> std::io::Result<(Connection, Mover)> {
        let (watched, name) = (Arc::clone(process.watched()), self.options.name.clone());
        let mut listeners = Vec::new();
        self.listen(resolved, |event, listener| listeners.push((event, listener)));
        let calls_back = agreed.extensions.contains(Extensions::CALLBACKS);
        let settings = self.settings(agreed);
        if calls_back || !listeners.is_empty() {
            let (connection, reader) = Reader::start(stream, settings, listeners, watched, name)?;
            return Ok((connection, Mover::Reader(reader)));
        }
        let obituary: Obituary = Box::new(move |reason| block_obituary(&watched, reason, &name));
        let (connection, pump) = Connection::blocking(stream, settings, obituary)?;
        Ok((connection, Mover::Pump(Box::new(pump))))
    }

    /// Hands over the listeners, before anything is read.
    fn listen(&mut self, resolved: &Resolved, mut listen: impl FnMut(u16, Listener)) {
        for (index, listener) in self.listeners.drain(..) {
            if let Some(Some(event)) = resolved.events.get(index) {
                listen(*event, listener);
            }
        }
    }

    fn peer(self, process: Process, connection: Connection, mover: Option<Mover>, init: Init) -> Arc<Peer> {
        if let Some(heartbeat) = self.options.heartbeat {
            process.watch_over(heartbeat);
        }
        let Options { name, shutdown_grace: grace, allow_missing, .. } = self.options;
        let schema = OnceLock::new();
        Arc::new(Peer { name, process, connection, mover, init, grace, allow_missing, schema })
    }
}

fn block_connect(init: &Init, inherited: Option<StdUnixStream>, greeting: &[u8]) -> std::io::Result<StdUnixStream> {
    let mut stream = match inherited {
        Some(stream) => stream,
        None => StdUnixStream::connect(&init.pipe)?,
    };
    stream.write_all(greeting)?;
    Ok(stream)
}

/// Opens the data plane.
async fn connect(init: &Init, end: Option<End>, greeting: &[u8], timeout: Duration) -> Result<UnixStream, String> {
    let inherited = start::chosen(init, end)?;
    let connecting = async {
        let mut stream = match inherited {
            Some(stream) => {
                stream.set_nonblocking(true)?;
                UnixStream::from_std(stream)?
            }
            None => UnixStream::connect(&init.pipe).await?,
        };
        stream.write_all(greeting).await?;
        std::io::Result::Ok(stream)
    };
    match tokio::time::timeout(timeout, connecting).await {
        Ok(connected) => connected.map_err(|error| error.to_string()),
        Err(_) => Err(format!("it took no connection within {timeout:?}")),
    }
}
