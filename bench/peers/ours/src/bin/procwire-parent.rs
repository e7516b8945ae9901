//! The parent.

use std::sync::Arc;

use anyhow::Result;
use bench_load::{Call, Flavor, Meter, NAME, Peer, SCORE, Settings, caller, report, run};
use bench_ours::{Bulk, EchoClient, Small};
use bytes::Bytes;
use procwire::stub_v1::Client as _;
use tokio::task::JoinHandle;

#[derive(Clone)]
struct Procwire(EchoClient);

impl Peer for Procwire {
    fn worker(&self) -> u32 {
        self.0.remote().peer().pid()
    }

    async fn small(&self, id: u64) -> Result<u64> {
        let name = NAME.to_owned();
        Ok(self.0.small(Small { id, name, score: SCORE }).await?.id)
    }

    async fn bulk(&self, data: Bytes) -> Result<usize> {
        Ok(self.0.bulk(Bulk { data }).await?.data.len())
    }

    async fn raw(&self, data: Bytes) -> Result<usize> {
        Ok(self.0.blob(data).await?.len())
    }

    async fn stream(&self, items: u32) -> Result<u32> {
        let mut stream = self.0.items(items).await?;
        let mut arrived = 0;
        while let Some(item) = stream.next().await {
            arrived += u32::from(item?.id == u64::from(arrived));
        }
        Ok(arrived)
    }

    fn spawn(self, number: usize, call: Call, meter: Arc<Meter>) -> JoinHandle<Result<()>> {
        tokio::spawn(caller(self, number, call, meter))
    }
}

fn main() -> Result<()> {
    let settings = Settings::from_args()?;
    let metrics = Flavor::from_env().runtime()?.block_on(async {
        let client = EchoClient::spawn(settings.command()).await?;
        let metrics = run(&Procwire(client.clone()), &settings).await?;
        client.shutdown().await?;
        anyhow::Ok(metrics)
    })?;
    report(&metrics);
    Ok(())
}
