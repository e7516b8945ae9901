//! The client with the codec that ours uses too.

use tarpc::serde_transport::new;
use tokio_serde::formats::MessagePack;

fn main() -> anyhow::Result<()> {
    bench_tarpc::parent::main("msgpack", |framed| new(framed, MessagePack::default()))
}
