//! The server. Its objects stay on one thread, whatever the flavor.

use std::rc::Rc;

use anyhow::Result;
use bench_load::{Flavor, listen};
use capnp_rpc::rpc_twoparty_capnp::Side;
use capnp_rpc::{RpcSystem, twoparty};
use tokio::net::UnixListener;
use tokio_util::compat::{TokioAsyncReadCompatExt as _, TokioAsyncWriteCompatExt as _};

use crate::echo_capnp::echo;

struct Service;

impl echo::Server for Service {
    async fn small(
        self: Rc<Self>,
        params: echo::SmallParams,
        mut results: echo::SmallResults,
    ) -> capnp::Result<()> {
        results.get().set_record(params.get()?.get_record()?)
    }

    async fn bulk(
        self: Rc<Self>,
        params: echo::BulkParams,
        mut results: echo::BulkResults,
    ) -> capnp::Result<()> {
        results.get().set_record(params.get()?.get_record()?)
    }
}

/// Serves one connection.
pub fn main() -> Result<()> {
    Flavor::CurrentThread.runtime()?.block_on(async {
        let (listener, _) = listen()?;
        listener.set_nonblocking(true)?;
        let (stream, _) = UnixListener::from_std(listener)?.accept().await?;
        let (reader, writer) = stream.into_split();
        let network = twoparty::VatNetwork::new(
            reader.compat(),
            writer.compat_write(),
            Side::Server,
            capnp::message::ReaderOptions::default(),
        );
        let client: echo::Client = capnp_rpc::new_client(Service);
        // The other side ends the connection by leaving; that is no error here.
        let _ = RpcSystem::new(Box::new(network), Some(client.client)).await;
        Ok(())
    })
}
