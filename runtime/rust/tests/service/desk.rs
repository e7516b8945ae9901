//! Two services written by hand, and those who serve them.

use std::sync::Mutex;

use futures_util::{StreamExt, stream};
use procwire::{Bytes, Context, Error, Message, Stream, UnknownVariant, WorkerHandle};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Message)]
pub struct Order {
    pub symbol: String,
    #[procwire(default = 50)]
    pub limit: u32,
}

pub fn order(symbol: &str) -> Order {
    Order { symbol: symbol.into(), limit: 1 }
}

#[derive(Clone, Debug, PartialEq, Message)]
pub struct OrderAck {
    pub symbol: String,
    pub dry_run: bool,
    #[procwire(optional)]
    pub depth: Option<u8>,
}

#[derive(Clone, Debug, PartialEq, Message)]
pub struct Quote {
    pub symbol: String,
}

#[derive(Clone, Debug, PartialEq, Message)]
pub struct Query {
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Message)]
#[procwire(error)]
pub enum TradeError {
    UnknownSymbol(String),
    #[procwire(unknown)]
    Unknown(UnknownVariant),
}

/// A type that has no `Message`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plain {
    pub name: String,
    pub values: Vec<u8>,
}

/// Trades.
#[procwire::service]
pub trait Trading {
    /// Places an order.
    async fn place(
        &self,
        order: Order,
        #[procwire(default = false)] dry_run: bool,
        #[procwire(optional)] depth: Option<u8>,
    ) -> Result<OrderAck, Error<TradeError>>;
    fn quotes(&self, symbols: Vec<String>) -> impl Stream<Item = Result<Quote, Error<TradeError>>>;
    #[procwire(ack)]
    async fn warm(&self, level: u32) -> Result<(), Error>;
    #[procwire(ack)]
    async fn warm_stats(&self, level: u32) -> Result<u32, Error>;
    async fn log(&self, entry: String);
    async fn logged(&self) -> procwire::Result<Vec<String>>;
    async fn ping(&self, fail: bool) -> procwire::Result<()>;
    #[procwire(raw)]
    async fn upload(&self, #[procwire(bare)] payload: Bytes) -> Result<Bytes, Error>;
    #[procwire(raw)]
    fn parts(&self, #[procwire(bare)] payload: Bytes) -> impl Stream<Item = Result<Bytes, Error>>;
    #[procwire(wire = "find.it")]
    async fn search(&self, #[procwire(bare)] query: Query) -> Result<Vec<String>, Error>;
    async fn plain(&self, plain: Plain) -> Result<Plain, Error>;
    fn plains(&self, #[procwire(bare)] plain: Plain) -> impl Stream<Item = Result<Plain, Error>>;
    async fn work(&self, steps: u8, cx: &Context) -> Result<(), Error>;

    /// How far a job is.
    #[procwire(event)]
    fn progress(job: String, percent: u8, #[procwire(optional)] note: Option<String>);
    #[procwire(event)]
    fn filled(#[procwire(bare)] order: Order);
    #[procwire(event)]
    fn idle();

    /// Bytes for which nobody waits; they come back as an event.
    #[procwire(raw)]
    async fn feed(&self, #[procwire(bare)] data: Bytes, cx: &Context);
    #[procwire(event, raw)]
    fn fed(#[procwire(bare)] data: Bytes);
    #[procwire(raw, ack)]
    async fn flush(&self) -> Result<(), Error>;
    /// Borrows from the worker and from the call.
    fn history(&self, cx: &Context) -> impl Stream<Item = Result<String, Error>>;
}

#[procwire::service(name = "AuditLog")]
pub trait Audit {
    async fn entries(&self) -> procwire::Result<Vec<String>>;
}

#[derive(Default)]
pub struct Desk {
    log: Mutex<Vec<String>>,
    level: Mutex<u32>,
}

impl Desk {
    fn entries(&self) -> Vec<String> {
        self.log.lock().expect("no handler panicked").clone()
    }

    fn warmed(&self, level: u32) -> u32 {
        let mut sum = self.level.lock().expect("no handler panicked");
        *sum += level;
        *sum
    }
}

#[procwire::service]
impl Trading for Desk {
    async fn place(&self, order: Order, dry_run: bool, depth: Option<u8>) -> Result<OrderAck, Error<TradeError>> {
        if order.symbol.is_empty() {
            return Err(TradeError::UnknownSymbol(order.symbol).into());
        }
        Ok(OrderAck { symbol: order.symbol, dry_run, depth })
    }

    fn quotes(&self, symbols: Vec<String>) -> impl Stream<Item = Result<Quote, Error<TradeError>>> {
        stream::iter(symbols.into_iter().map(|symbol| {
            if symbol.is_empty() {
                return Err(TradeError::UnknownSymbol(symbol).into());
            }
            Ok(Quote { symbol })
        }))
    }

    async fn warm(&self, level: u32) -> Result<(), Error> {
        self.warmed(level);
        Ok(())
    }

    async fn warm_stats(&self, level: u32, _cx: &Context) -> Result<u32, Error> {
        Ok(self.warmed(level))
    }

    async fn log(&self, entry: String) {
        self.log.lock().expect("no handler panicked").push(entry);
    }

    async fn logged(&self) -> procwire::Result<Vec<String>> {
        Ok(self.entries())
    }

    async fn ping(&self, fail: bool) -> procwire::Result<()> {
        if fail { Err(Error::failed("asked to fail")) } else { Ok(()) }
    }

    async fn upload(&self, payload: Bytes) -> Result<Bytes, Error> {
        Ok(payload)
    }

    fn parts(&self, payload: Bytes) -> impl Stream<Item = Result<Bytes, Error>> {
        stream::iter((0..payload.len()).map(move |at| Ok(payload.slice(at..=at))))
    }

    async fn search(&self, query: Query) -> Result<Vec<String>, Error> {
        Ok(vec![query.text])
    }

    async fn plain(&self, plain: Plain) -> Result<Plain, Error> {
        Ok(plain)
    }

    fn plains(&self, plain: Plain) -> impl Stream<Item = Result<Plain, Error>> {
        stream::iter([Ok(plain)])
    }

    async fn work(&self, steps: u8, cx: &Context) -> Result<(), Error> {
        for percent in 1..=steps {
            cx.events().progress("work".into(), percent, None).await?;
        }
        cx.events().filled(order("filled")).await
    }

    async fn feed(&self, data: Bytes, cx: &Context) {
        // A parent that left does not hear it.
        let _ = cx.events().fed(data).await;
    }

    async fn flush(&self) -> Result<(), Error> {
        Ok(())
    }

    fn history(&self, cx: &Context) -> impl Stream<Item = Result<String, Error>> {
        stream::iter(0..2).map(move |at| Ok(format!("{} {} {at}", cx.method(), self.entries().len())))
    }
}

#[procwire::service]
impl Audit for Desk {
    async fn entries(&self) -> procwire::Result<Vec<String>> {
        Ok(Desk::entries(self))
    }
}

/// Emits from outside of all handlers.
pub async fn herald(handle: WorkerHandle) {
    if handle.ready().await {
        // The parent may be gone before it is told.
        let _ = handle.events().idle().await;
    }
}

pub trait Store: Send + Sync + 'static {
    fn all(&self) -> Vec<String>;
}

pub struct Stored;

impl Store for Stored {
    fn all(&self) -> Vec<String> {
        vec!["stored".into()]
    }
}

pub struct Gen<S>(pub S);

#[procwire::service]
impl<S: Store> Audit for Gen<S> {
    async fn entries(&self) -> procwire::Result<Vec<String>> {
        Ok(self.0.all())
    }
}

pub mod elsewhere {
    use super::Audit as Renamed;

    pub struct Clerk;

    #[procwire::service]
    impl Renamed for Clerk {
        async fn entries(&self) -> procwire::Result<Vec<String>> {
            Ok(vec!["elsewhere".into()])
        }
    }
}

/// Nothing to do, and things that are called as the runtime's own.
#[procwire::service]
pub trait Empty {}

#[derive(Clone, Debug, PartialEq, Message)]
pub struct Service {
    pub call: u8,
}

/// Everything is called as something of the runtime or of the expansion.
#[procwire::service]
pub trait Awkward {
    async fn spawn(&self, reader: Service, #[procwire(optional)] timeout: Option<Service>) -> Result<Service, Error>;
    fn events(&self, this: u8, call: u8, sink: u8, value: u8) -> impl Stream<Item = procwire::Result<u8>>;
    async fn service(&self, cx: u8, #[procwire(default = 1)] wait: u8) -> procwire::Result<u8>;
    async fn r#type(&self, r#match: u8, #[procwire(default = 1)] r#loop: u8) -> procwire::Result<u8>;
    #[procwire(event)]
    fn emit(r#type: u8);
    #[procwire(event)]
    fn event();
}

pub struct Odd;

#[procwire::service]
impl Awkward for Odd {
    async fn spawn(&self, reader: Service, timeout: Option<Service>) -> Result<Service, Error> {
        Ok(timeout.unwrap_or(reader))
    }

    fn events(&self, this: u8, call: u8, sink: u8, value: u8) -> impl Stream<Item = procwire::Result<u8>> {
        stream::iter([this, call, sink, value].map(Ok))
    }

    async fn service(&self, cx: u8, wait: u8) -> procwire::Result<u8> {
        Ok(cx + wait)
    }

    async fn r#type(&self, r#match: u8, r#loop: u8, cx: &Context) -> procwire::Result<u8> {
        cx.events().emit_(r#match).await?;
        cx.events().event().await?;
        Ok(r#match + r#loop)
    }
}
