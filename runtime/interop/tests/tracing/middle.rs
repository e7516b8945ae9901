//! The second of three processes of one trace: the worker of the first, and the parent of the last.

use futures_util::stream::{self, Stream, TryStreamExt};
use opentelemetry::global;
use opentelemetry::trace::{FutureExt as _, TraceContextExt as _, Tracer as _};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use procwire::stub_v1::{Client, Remote};
use procwire::{ClientBuilder, Context, Error, Tracing, Worker};
use tokio::sync::watch;

use super::http::Plain;

procwire::include_ipc!("chain.ipc");

/// The argument that makes the test this worker.
pub const ROLE: &str = "--middle";

type Failure = Box<dyn std::error::Error>;

/// Serves until the parent has enough.
#[tokio::main(flavor = "current_thread")]
pub async fn serve() -> Result<(), Failure> {
    let endpoint = std::env::var("OTEL_EXPORTER_OTLP_ENDPOINT")?;
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(Plain)
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(format!("{endpoint}/v1/traces"))
        .build()?;
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(Resource::builder().with_service_name("middle").build())
        .build();
    global::set_tracer_provider(provider.clone());

    let (found, last) = watch::channel(None);
    let middle = Middle { last: last.clone() };
    let worker = Worker::builder()
        .service(middle)
        .callbacks(DeskCallbacksClient::SERVICE)
        .tracing(Tracing::new())
        .on_shutdown(move || async move {
            let last = last.borrow().clone();
            if let Some(last) = last {
                last.shutdown().await.unwrap_or_else(|error| eprintln!("{error}"));
            }
            let flushed = tokio::task::spawn_blocking(move || provider.shutdown()).await;
            assert!(matches!(flushed, Ok(Ok(()))), "{flushed:?}");
        })
        .build();
    let handle = worker.handle();
    let starting = async move {
        handle.ready().await;
        let mut words = std::env::args().skip(2);
        let mut command = std::process::Command::new(words.next().ok_or("no program of the last process")?);
        command.args(words);
        let first = DeskCallbacksClient::from_remote(handle.callbacks().remote(DeskCallbacksClient::SERVICE));
        let builder = ClientBuilder::<ChainClient>::new().name("last").tracing(Tracing::new());
        let client = builder.callbacks(Relay { first }).spawn(command).await?;
        found.send_replace(Some(client.remote().clone()));
        Ok::<_, Failure>(())
    };
    let (served, started) = tokio::join!(worker.serve(), starting);
    started?;
    Ok(served?)
}

/// Serves what the first process asks.
#[derive(Debug)]
struct Middle {
    /// The last process, once it serves.
    last: watch::Receiver<Option<Remote>>,
}

fn desk(cx: &Context) -> DeskCallbacksClient {
    DeskCallbacksClient::from_remote(cx.callbacks().remote(DeskCallbacksClient::SERVICE))
}

impl Middle {
    /// The last process, called for this call.
    async fn last(&self, cx: &Context) -> Result<ChainClient, Error> {
        let mut last = self.last.clone();
        let last = last.wait_for(Option::is_some).await.map_err(Error::failed)?.clone();
        let last = last.ok_or_else(|| Error::failed("there is no last process"))?;
        Ok(ChainClient::from_remote(cx.nested(&last)))
    }
}

#[procwire::service]
impl Chain for Middle {
    async fn total(&self, count: u32, cx: &Context) -> Result<u32, Error> {
        self.last(cx).await?.total(count).await
    }

    fn steps(&self, count: u32, cx: &Context) -> impl Stream<Item = Result<Step, Error>> {
        let desk = desk(cx);
        stream::once(async move { desk.steps(count).await }).try_flatten()
    }

    async fn check(&self, account: String, cx: &Context) -> Result<u32, Error<Refused>> {
        desk(cx).check(account).await
    }

    async fn tell(&self, text: String, cx: &Context) -> Result<(), Error> {
        // A span of the program's own belongs to the call that it serves, and calls made in it belong to the span.
        let tracer = global::tracer("interop");
        let span = opentelemetry::Context::current_with_span(tracer.start("prepare"));
        let desk = desk(cx);
        desk.warm(text.clone()).into_future().with_context(span.clone()).await?;
        span.span().end();
        desk.audit(text).await
    }
}

/// Answers the last process with what the first one says.
struct Relay {
    first: DeskCallbacksClient,
}

impl Relay {
    fn first(&self, cx: &Context) -> DeskCallbacksClient {
        DeskCallbacksClient::from_remote(cx.nested(self.first.remote()))
    }
}

#[procwire::service]
impl DeskCallbacks for Relay {
    fn steps(&self, count: u32, cx: &Context) -> impl Stream<Item = Result<Step, Error>> {
        let first = self.first(cx);
        stream::once(async move { first.steps(count).await }).try_flatten()
    }

    async fn check(&self, account: String, cx: &Context) -> Result<u32, Error<Refused>> {
        self.first(cx).check(account).await
    }

    async fn warm(&self, _: String) -> Result<(), Error> {
        Ok(())
    }

    async fn audit(&self, _: String) {}
}
