//! The client with tarpc's usual codec.

use tarpc::serde_transport::new;
use tokio_serde::formats::Bincode;

fn main() -> anyhow::Result<()> {
    bench_tarpc::parent::main("bincode", |framed| new(framed, Bincode::default()))
}
