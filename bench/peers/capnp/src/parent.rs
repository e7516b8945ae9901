//! The client. Its futures stay on one thread, whatever the flavor.

use std::sync::Arc;

use anyhow::Result;
use bench_load::{Call, Flavor, Meter, NAME, Peer, SCORE, Settings, Worker, caller, report, run};
use bytes::Bytes;
use capnp_rpc::rpc_twoparty_capnp::Side;
use capnp_rpc::{RpcSystem, twoparty};
use tokio::net::UnixStream;
use tokio::task::{JoinHandle, LocalSet, spawn_local};
use tokio_util::compat::{TokioAsyncReadCompatExt as _, TokioAsyncWriteCompatExt as _};

use crate::echo_capnp::echo;

#[derive(Clone)]
struct Capnp {
    client: echo::Client,
    worker: u32,
}

impl Peer for Capnp {
    fn worker(&self) -> u32 {
        self.worker
    }

    async fn small(&self, id: u64) -> Result<u64> {
        let mut request = self.client.small_request();
        let mut record = request.get().init_record();
        record.set_id(id);
        record.set_name(NAME);
        record.set_score(SCORE);
        Ok(request.send().promise.await?.get()?.get_record()?.get_id())
    }

    async fn bulk(&self, data: Bytes) -> Result<usize> {
        let mut request = self.client.bulk_request();
        request.get().init_record().set_data(&data);
        Ok(request
            .send()
            .promise
            .await?
            .get()?
            .get_record()?
            .get_data()?
            .len())
    }

    fn spawn(self, number: usize, call: Call, meter: Arc<Meter>) -> JoinHandle<Result<()>> {
        spawn_local(caller(self, number, call, meter))
    }
}

/// Runs the workload.
pub fn main() -> Result<()> {
    let settings = Settings::from_args()?;
    let worker = Worker::start(&settings.worker, "-")?;
    let metrics = LocalSet::new().block_on(&Flavor::CurrentThread.runtime()?, async {
        let (reader, writer) = UnixStream::connect(worker.path()).await?.into_split();
        let network = twoparty::VatNetwork::new(
            reader.compat(),
            writer.compat_write(),
            Side::Client,
            capnp::message::ReaderOptions::default(),
        );
        let mut system = RpcSystem::new(Box::new(network), None);
        let client = system.bootstrap(Side::Server);
        spawn_local(system);
        run(
            &Capnp {
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
