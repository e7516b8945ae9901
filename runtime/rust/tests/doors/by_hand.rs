//! The trading schema as someone writes it who begins with Rust.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, SystemTime};

use procwire::{Bytes, Message, Result, Stream, UnknownVariant, Uuid, Value};

#[derive(Clone, Debug, PartialEq, Message)]
pub struct Symbol(pub String);

pub type Symbols = Vec<Symbol>;

#[derive(Clone, Debug, PartialEq, Message)]
pub struct Price(pub String);

#[derive(Clone, Debug, PartialEq, Message)]
pub struct Money {
    pub amount: Price,
    pub currency: String,
}

#[derive(Clone, Debug, PartialEq, Message)]
#[procwire(repr = "u8")]
pub enum Mode {
    Paper = 0,
    Live = 1,
}

#[derive(Clone, Debug, PartialEq, Message)]
#[procwire(reserved = ["Iceberg"])]
pub enum OrderType {
    Market,
    Limit {
        price: Price,
        #[procwire(default = false)]
        post_only: bool,
    },
    Pegged(i32),
    Bracket(Price, Price),
    #[procwire(unknown)]
    Other(UnknownVariant),
}

#[derive(Clone, Debug, PartialEq, Message)]
pub struct Order {
    pub id: Uuid,
    pub symbol: Symbol,
    pub kind: OrderType,
    pub qty: u64,
    #[procwire(default = 50)]
    pub limit: u32,
    #[procwire(optional)]
    pub note: Option<String>,
    pub parent: Option<Uuid>,
    #[procwire(optional)]
    pub tags: Option<HashMap<String, String>>,
    #[procwire(default = [])]
    pub legs: Vec<(Symbol, i32)>,
    #[procwire(wire = "clientRef", optional)]
    pub client_ref: Option<String>,
    #[procwire(optional)]
    pub memo: Option<String>,
    pub signature: Bytes,
}

#[derive(Clone, Debug, PartialEq, Message)]
#[procwire(strict)]
pub struct RiskLimits {
    pub max_notional: Money,
    pub halted: bool,
}

#[derive(Clone, Debug, PartialEq, Message)]
pub struct OrderAck {
    pub id: Uuid,
    pub accepted: bool,
    pub at: SystemTime,
}

#[derive(Clone, Debug, PartialEq, Message)]
pub struct Quote {
    pub symbol: Symbol,
    pub bid: f64,
    pub ask: f64,
    pub at: SystemTime,
}

#[derive(Clone, Debug, PartialEq, Message)]
pub struct WarmConfig {
    pub symbols: Symbols,
    #[procwire(optional)]
    pub limits: Option<RiskLimits>,
    pub mode: Mode,
}

#[derive(Clone, Debug, PartialEq, Message)]
pub struct WarmStats {
    pub loaded: u32,
    pub took: Duration,
}

#[derive(Clone, Debug, PartialEq, Message)]
pub struct LogEntry {
    pub level: String,
    pub message: String,
    pub fields: BTreeMap<String, Value>,
}

#[derive(Clone, Debug, PartialEq, Message)]
pub struct SearchQuery {
    pub text: String,
    #[procwire(default = 12)]
    pub limit: u32,
}

#[derive(Clone, Debug, PartialEq, Message)]
pub struct SearchResult {
    pub symbols: Vec<Symbol>,
}

#[derive(Clone, Debug, PartialEq, Message)]
pub enum Side {
    Buy,
    Sell,
    #[procwire(unknown)]
    Unknown(UnknownVariant),
}

#[derive(Clone, Debug, PartialEq, Message)]
pub struct Fill {
    pub order: Uuid,
    pub side: Side,
    pub price: Price,
    pub qty: u64,
}

#[derive(Clone, Debug, PartialEq, Message)]
#[procwire(error)]
pub enum TradeError {
    InsufficientFunds {
        needed: Money,
        available: Money,
    },
    UnknownSymbol(Symbol),
    RateLimited {
        retry_after: Duration,
    },
    #[procwire(unknown)]
    Unknown(UnknownVariant),
}

#[derive(Clone, Debug, PartialEq, Message)]
#[procwire(error)]
pub enum FeedError {
    Closed,
    Delayed {
        by: Duration,
    },
    #[procwire(unknown)]
    Unknown(UnknownVariant),
}

#[procwire::service]
pub trait Trading {
    /// Places an order.
    async fn place(&self, order: Order, #[procwire(default = false)] dry_run: bool) -> Result<OrderAck, TradeError>;
    fn quotes(
        &self,
        symbols: Vec<Symbol>,
        #[procwire(optional)] depth: Option<u8>,
    ) -> impl Stream<Item = Result<Quote, FeedError>>;
    #[procwire(ack)]
    async fn warm(&self, config: WarmConfig) -> Result<()>;
    #[procwire(ack)]
    async fn warm_stats(&self, config: WarmConfig) -> Result<WarmStats>;
    async fn log(&self, entry: LogEntry);
    async fn ping(&self) -> Result<()>;
    #[procwire(raw)]
    async fn upload(&self, #[procwire(bare)] data: Bytes) -> procwire::Result<Bytes>;
    async fn search(&self, #[procwire(bare)] query: SearchQuery) -> Result<SearchResult>;
    #[procwire(event)]
    fn progress(job: Uuid, percent: u8);
    #[procwire(event)]
    fn filled(#[procwire(bare)] fill: Fill);
}
