use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use bench_load::{Call, Flavor, Meter, NAME, Peer, SCORE, Settings, Worker, caller, report, run};
use bytes::Bytes;
use tarpc::client::Config;
use tarpc::context::{self, Context};
use tarpc::{ClientMessage, Response, Transport};
use tokio::net::UnixStream;
use tokio::task::JoinHandle;
use tokio_util::codec::{Framed, LengthDelimitedCodec};

use crate::{Bulk, EchoClient, EchoRequest, EchoResponse, Small, framed};

#[derive(Clone)]
struct Tarpc {
    client: EchoClient,
    worker: u32,
}

impl Peer for Tarpc {
    fn worker(&self) -> u32 {
        self.worker
    }

    async fn small(&self, id: u64) -> Result<u64> {
        let record = Small {
            id,
            name: NAME.to_owned(),
            score: SCORE,
        };
        Ok(self.client.small(deadline(), record).await?.id)
    }

    async fn bulk(&self, data: Bytes) -> Result<usize> {
        Ok(self
            .client
            .bulk(deadline(), Bulk { data })
            .await?
            .data
            .len())
    }

    fn spawn(self, number: usize, call: Call, meter: Arc<Meter>) -> JoinHandle<Result<()>> {
        tokio::spawn(caller(self, number, call, meter))
    }
}

fn deadline() -> Context {
    let mut context = context::current();
    context.deadline = Instant::now() + Duration::from_secs(30);
    context
}

/// A parent whose worker speaks this codec.
pub fn main<T>(
    mode: &str,
    transport: impl FnOnce(Framed<UnixStream, LengthDelimitedCodec>) -> T,
) -> Result<()>
where
    T: Transport<ClientMessage<EchoRequest>, Response<EchoResponse>> + Send + 'static,
{
    let settings = Settings::from_args()?;
    let worker = Worker::start(&settings.worker, mode)?;
    let metrics = Flavor::from_env().runtime()?.block_on(async {
        let transport = transport(framed(UnixStream::connect(worker.path()).await?));
        let client = EchoClient::new(Config::default(), transport).spawn();
        run(
            &Tarpc {
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
