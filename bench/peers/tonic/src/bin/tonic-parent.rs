//! The client.

use std::sync::Arc;

use anyhow::Result;
use bench_load::{Call, Flavor, Meter, NAME, Peer, SCORE, Settings, Worker, caller, report, run};
use bench_tonic::LIMIT;
use bench_tonic::echo::echo_client::EchoClient;
use bench_tonic::echo::{Bulk, Count, Small};
use bytes::Bytes;
use hyper_util::rt::TokioIo;
use tokio::net::UnixStream;
use tokio::task::JoinHandle;
use tonic::transport::{Channel, Endpoint};

#[derive(Clone)]
struct Tonic {
    client: EchoClient<Channel>,
    worker: u32,
}

impl Peer for Tonic {
    fn worker(&self) -> u32 {
        self.worker
    }

    async fn small(&self, id: u64) -> Result<u64> {
        let record = Small {
            id,
            name: NAME.to_owned(),
            score: SCORE,
        };
        Ok(self
            .client
            .clone()
            .echo_small(record)
            .await?
            .into_inner()
            .id)
    }

    async fn bulk(&self, data: Bytes) -> Result<usize> {
        Ok(self
            .client
            .clone()
            .echo_bulk(Bulk { data })
            .await?
            .into_inner()
            .data
            .len())
    }

    async fn stream(&self, items: u32) -> Result<u32> {
        let mut stream = self
            .client
            .clone()
            .items(Count { items })
            .await?
            .into_inner();
        let mut arrived = 0;
        while let Some(item) = stream.message().await? {
            arrived += u32::from(item.id == u64::from(arrived));
        }
        Ok(arrived)
    }

    fn spawn(self, number: usize, call: Call, meter: Arc<Meter>) -> JoinHandle<Result<()>> {
        tokio::spawn(caller(self, number, call, meter))
    }
}

fn main() -> Result<()> {
    let settings = Settings::from_args()?;
    let worker = Worker::start(&settings.worker, "-")?;
    let metrics = Flavor::from_env().runtime()?.block_on(async {
        let path = worker.path();
        // The address is never looked up; the connector goes to the socket.
        let channel =
            Endpoint::from_static("http://worker")
                .connect_with_connector(tower::service_fn(move |_| {
                    let path = path.clone();
                    async move {
                        Ok::<_, std::io::Error>(TokioIo::new(UnixStream::connect(path).await?))
                    }
                }))
                .await?;
        let client = EchoClient::new(channel)
            .max_decoding_message_size(LIMIT)
            .max_encoding_message_size(LIMIT);
        run(
            &Tonic {
                client,
                worker: worker.id(),
            },
            &settings,
        )
        .await
    })?;
    report(&metrics);
    Ok(())
}
