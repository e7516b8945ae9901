//! Typed calls, streams and events between a parent process and its child processes.
//!
//! # Which runtime
//!
//! A connection is one task, on whatever tokio runtime it is made on. `#[tokio::main(flavor = "current_thread")]` is the
//! fastest for it on either side; handlers that compute for long belong into tasks of their own, for all of them by
//! [`WorkerBuilder::parallel`]. A parent may do without a runtime: see [`blocking`].
//!
//! On such a runtime, and in a blocking parent, a connection that has waited for less than 150 µs several times in a row
//! looks for the next message for up to 50 µs before it sleeps, if there is more than one processor to run on. Other tasks
//! run in between, and the processor is offered to other processes each time; where it is in vain it happens ever more
//! rarely, and an idle connection sleeps. [`WorkerBuilder::spin`] and [`ClientBuilder::spin`] turn it off.
//!
//! # OpenTelemetry
//!
//! With the feature `opentelemetry`, `ClientBuilder::tracing` and `WorkerBuilder::tracing` take a `Tracing`. Each call then has
//! a client span where it is made and a server span where its handler runs, in one trace; calls and callbacks that a handler
//! makes are children of its span, which is `opentelemetry::Context::current` while the handler runs. SDK and exporter are the
//! program's own. By the semantic conventions for RPC (1.45): the span's name and `rpc.method` are `Trading/place`,
//! `rpc.system.name` is `procwire`, `rpc.status_code` is `ok` or the code of the error. Any code but `ok` and `cancelled` sets
//! the status and `error.type`: the code again, or for a declared error its name, such as `TradeError.Halted`. Of a stream the
//! first 128 items are events `rpc.message`, and `procwire.stream.messages` counts all. Events of a service have no spans. No
//! argument and no answer ever stands in a span; an error's sentence does.

pub mod blocking;
mod client;
pub mod codec;
mod connection;
#[cfg(test)]
mod constants;
mod control;
mod error;
pub mod frame;
/// What a fuzzer drives.
#[cfg(feature = "_fuzzing")]
#[doc(hidden)]
pub mod fuzzing {
    pub use crate::connection::tests::fuzzed::connection;
}
mod generated;
mod parent;
mod service;
#[doc(hidden)]
pub mod stub_v1;
mod telemetry;
mod worker;

pub use bytes::Bytes;
pub use futures_core::Stream;

pub use client::{Call, Calling, Events, EventsWithContext, StreamCall, Streaming};
pub use codec::{Check, ConstraintError, DecodeError, EncodeError, Message, Timestamp, UnknownVariant, Value};
pub use connection::{CloseReason, Counts, EventContext, Extensions, Limits, Metadata, MetadataValue, Trace};
pub use error::{Code, Declared, Error, Failure, NoError, Result, Throws};
pub use service::builtin::Health;
pub use service::{Callbacks, Context, EmitFuture, Emitter, Handlers, Serves};
#[cfg(feature = "opentelemetry")]
pub use telemetry::Tracing;
/// The program to start; made from a `std::process::Command`, or used like one.
pub use tokio::process::Command;

#[doc(hidden)]
pub use parent::{Announced, AnnouncedMethod};
pub use parent::{ClientBuilder, Exit, Peer, SpawnError, SpawnErrorKind};
pub use procwire_macros::Message;
/// Declares one child by what it provides and what it needs of its parent, on a struct without fields.
///
/// `#[procwire::module(provides(Trading, Weather), requires(TradingCallbacks::data_fetch), optional(TradingCallbacks::audit))]`
/// on `pub struct Desk;` gives `Desk::worker(trading, weather)`, or `Desk::builder(..)` for settings, and `DeskClient`, which
/// holds a client for each service: `desk.trading.place(..)`. The parent of a child that requires callbacks answers them by
/// [`ClientBuilder::callbacks`], else the child is not even connected to.
pub use procwire_macros::module;
/// Declares a service, on a trait; serves it, on an `impl` of that trait.
///
/// ```
/// use procwire::{Bytes, Context, Error, Message, Stream, UnknownVariant};
///
/// #[derive(Clone, Debug, PartialEq, Message)]
/// #[procwire(error)]
/// pub enum Refusal {
///     Empty,
///     #[procwire(unknown)]
///     Unknown(UnknownVariant),
/// }
///
/// #[procwire::service]
/// pub trait Printer {
///     /// One answer, or an error that the service declares.
///     async fn print(&self, text: String, #[procwire(default = 1)] copies: u8) -> Result<u32, Error<Refusal>>;
///     /// Any number of answers.
///     fn pages(&self, job: u32) -> impl Stream<Item = Result<String, Error>>;
///     /// Word that it is done.
///     #[procwire(ack)]
///     async fn cancel(&self, job: u32) -> Result<(), Error>;
///     /// No answer at all.
///     async fn note(&self, text: String);
///     /// Bytes as they are.
///     #[procwire(raw)]
///     async fn scan(&self) -> Result<Bytes, Error>;
///     /// What the worker tells unasked.
///     #[procwire(event)]
///     fn printed(job: u32, #[procwire(optional)] page: Option<u32>);
/// }
///
/// struct Laser;
///
/// #[procwire::service]
/// impl Printer for Laser {
///     async fn print(&self, text: String, copies: u8, cx: &Context) -> Result<u32, Error<Refusal>> {
///         if text.is_empty() {
///             return Err(Refusal::Empty.into());
///         }
///         cx.events().printed(7, Some(copies.into())).await?;
///         Ok(7)
///     }
///     fn pages(&self, _job: u32) -> impl Stream<Item = Result<String, Error>> {
///         futures_util::stream::empty()
///     }
///     async fn cancel(&self, _job: u32) -> Result<(), Error> {
///         Ok(())
///     }
///     async fn note(&self, _text: String) {}
///     async fn scan(&self) -> Result<Bytes, Error> {
///         Ok(Bytes::new())
///     }
/// }
///
/// async fn worker() -> procwire::Result<()> {
///     procwire::Worker::new(Laser).serve().await
/// }
///
/// async fn parent() -> Result<(), Box<dyn std::error::Error>> {
///     let builder = PrinterClient::builder().on_printed(|printed| println!("job {}", printed.job));
///     let printer = builder.spawn(std::process::Command::new("./printer")).await?;
///     let job = printer.print("hello".into()).copies(2).await?;
///     let mut pages = printer.pages(job).await?;
///     while let Some(page) = pages.next().await {
///         println!("{}", page?);
///     }
///     Ok(printer.shutdown().await?)
/// }
/// ```
///
/// Beside the trait `Printer` stand `PrinterClient`, a builder for each call with parameters that may be left out, a
/// struct for each event with named parameters (`PrinterPrinted`), and the traits `PrinterEmit` and `PrinterOn`, which
/// give an [`Emitter`] and a [`ClientBuilder`] the events. In the `impl`, the context may be left out of each method.
/// Where one type serves several services, `Printer::service(Arc::new(laser))` says which one is meant.
///
/// On the trait: `#[procwire::service(name = "Printing")]` where the schema has another name, and `reserved = ["scan"]`
/// for names of methods and events that may not come back. On a method: `ack`, `raw`, `event`, `wire = "name"`,
/// `reserved = ["copies"]` for names of parameters. On a parameter: `optional`, `default = value`, `bare` (it is the whole payload),
/// `wire = "name"`, and what stands about a field in a [`Message`], such as `len = 1..=12`; of the answer in `answer(len = 1..)`.
///
/// `timeout = "5s"` on a method is the usual time limit of its calls, `idempotent` lets them be sent again
/// (`printer.print(..).retries(3)`) where they fail with an error's variant under `retry`, and `since = "1.4"` on a method or an
/// event lets a child be that lacks it: `printer.has("scan")` asks. `prefix = "a."` on the trait stands before all names on the
/// wire.
///
/// `#[procwire::service(callbacks = "shop")] pub trait ShopCallbacks` declares what the parent answers for the child: it is
/// served with [`ClientBuilder::callbacks`], and a worker calls it with `cx.callbacks().shop()`. The worker announces it where its
/// service says `calls = [ShopCallbacks]`, or where a [`module`] names it.
pub use procwire_macros::service;
pub use worker::{Worker, WorkerBuilder, WorkerHandle};

/// What services say on the wire, and the callbacks beside them, as their types have it. For tools and tests.
#[doc(hidden)]
#[must_use]
pub fn interface_of(
    services: &[&'static stub_v1::ServiceDescriptor],
    callbacks: &[&'static stub_v1::ServiceDescriptor],
) -> procwire_idl::evolution::Interface {
    let wanted = |service: &&'static stub_v1::ServiceDescriptor| {
        let service = *service;
        (0..service.methods.len()).map(move |index| service::Wanted { service, index, required: false })
    };
    let callbacks: Vec<_> = callbacks.iter().flat_map(wanted).collect();
    service::interface(services.iter().copied(), &callbacks)
}

#[cfg(feature = "include")]
pub use procwire_macros::include_ipc;
#[cfg(feature = "uuid")]
pub use uuid::Uuid;
