//! The server, in the form of tarpc's own README: a task for each request.

use anyhow::{Result, bail};
use bench_load::{Flavor, listen};
use bench_tarpc::{Bulk, Echo, EchoRequest, EchoResponse, Small, framed};
use futures_util::StreamExt as _;
use tarpc::context::Context;
use tarpc::serde_transport::new;
use tarpc::server::{BaseChannel, Channel as _};
use tarpc::{ClientMessage, Response, Transport};
use tokio::net::UnixListener;
use tokio_serde::formats::{Bincode, MessagePack};

#[derive(Clone)]
struct Server;

impl Echo for Server {
    async fn small(self, _: Context, record: Small) -> Small {
        record
    }

    async fn bulk(self, _: Context, record: Bulk) -> Bulk {
        record
    }
}

fn main() -> Result<()> {
    Flavor::from_env().runtime()?.block_on(serve())
}

async fn serve() -> Result<()> {
    let (listener, mode) = listen()?;
    listener.set_nonblocking(true)?;
    let (stream, _) = UnixListener::from_std(listener)?.accept().await?;
    let framed = framed(stream);
    match mode.as_str() {
        "bincode" => execute(new(framed, Bincode::default())).await,
        "msgpack" => execute(new(framed, MessagePack::default())).await,
        _ => bail!("unknown mode `{mode}`"),
    }
    Ok(())
}

async fn execute<T>(transport: T)
where
    T: Transport<Response<EchoResponse>, ClientMessage<EchoRequest>> + Send + 'static,
{
    BaseChannel::with_defaults(transport)
        .execute(Server.serve())
        .for_each(|response| async move {
            tokio::spawn(response);
        })
        .await;
}
