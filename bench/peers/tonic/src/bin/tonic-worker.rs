//! The server.

use std::pin::Pin;

use anyhow::Result;
use bench_load::{Flavor, NAME, SCORE, listen};
use bench_tonic::LIMIT;
use bench_tonic::echo::echo_server::{Echo, EchoServer};
use bench_tonic::echo::{Bulk, Count, Small};
use futures_util::stream::{self, Stream};
use tokio::net::UnixListener;
use tokio_stream::wrappers::UnixListenerStream;
use tonic::transport::Server;
use tonic::{Request, Response, Status};

struct Service;

#[tonic::async_trait]
impl Echo for Service {
    type ItemsStream = Pin<Box<dyn Stream<Item = Result<Small, Status>> + Send>>;

    async fn echo_small(&self, request: Request<Small>) -> Result<Response<Small>, Status> {
        Ok(Response::new(request.into_inner()))
    }

    async fn echo_bulk(&self, request: Request<Bulk>) -> Result<Response<Bulk>, Status> {
        Ok(Response::new(request.into_inner()))
    }

    async fn items(&self, request: Request<Count>) -> Result<Response<Self::ItemsStream>, Status> {
        let items = (0..request.into_inner().items).map(|id| {
            Ok(Small {
                id: id.into(),
                name: NAME.to_owned(),
                score: SCORE,
            })
        });
        Ok(Response::new(Box::pin(stream::iter(items))))
    }
}

fn main() -> Result<()> {
    Flavor::from_env().runtime()?.block_on(serve())
}

async fn serve() -> Result<()> {
    let (listener, _) = listen()?;
    listener.set_nonblocking(true)?;
    let service = EchoServer::new(Service)
        .max_decoding_message_size(LIMIT)
        .max_encoding_message_size(LIMIT);
    // tonic's default of 200 streams a connection would hold the row with 256 calls back.
    Server::builder()
        .max_concurrent_streams(1024)
        .add_service(service)
        .serve_with_incoming(UnixListenerStream::new(UnixListener::from_std(listener)?))
        .await?;
    Ok(())
}
