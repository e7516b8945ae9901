//! The worker.

use bench_load::{Flavor, NAME, SCORE};
use bench_ours::{Bulk, Echo, Small};
use futures_util::stream;
use procwire::{Bytes, Error, Stream, Worker};

struct Service;

#[procwire::service]
impl Echo for Service {
    async fn small(&self, record: Small) -> Result<Small, Error> {
        Ok(record)
    }

    async fn bulk(&self, record: Bulk) -> Result<Bulk, Error> {
        Ok(record)
    }

    async fn blob(&self, payload: Bytes) -> Result<Bytes, Error> {
        Ok(payload)
    }

    fn items(&self, items: u32) -> impl Stream<Item = Result<Small, Error>> {
        stream::iter((0..items).map(|id| {
            let name = NAME.to_owned();
            Ok(Small { id: id.into(), name, score: SCORE })
        }))
    }
}

fn main() -> anyhow::Result<()> {
    Flavor::from_env().runtime()?.block_on(Worker::new(Service).serve())?;
    Ok(())
}
