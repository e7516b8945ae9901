//! The service that our worker serves, to our parents and to the Node parent.

use procwire::{Bytes, Error, Message, Stream};

/// The small record.
#[derive(Clone, Debug, PartialEq, Message)]
pub struct Small {
    /// The caller's number.
    pub id: u64,
    /// 16 bytes.
    pub name: String,
    /// With a fraction.
    pub score: f64,
}

/// A record with one field of bytes.
#[derive(Clone, Debug, PartialEq, Message)]
pub struct Bulk {
    /// The bytes.
    pub data: Bytes,
}

/// Gives back what it gets.
#[procwire::service]
pub trait Echo {
    /// The same record.
    async fn small(&self, #[procwire(bare)] record: Small) -> Result<Small, Error>;

    /// The same record.
    async fn bulk(&self, #[procwire(bare)] record: Bulk) -> Result<Bulk, Error>;

    /// The same bytes.
    #[procwire(raw)]
    async fn blob(&self, #[procwire(bare)] payload: Bytes) -> Result<Bytes, Error>;

    /// So many small records.
    fn items(&self, items: u32) -> impl Stream<Item = Result<Small, Error>>;
}
