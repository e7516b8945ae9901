//! A worker in the form of the crate's own documents: `#[tokio::main]` with all cores.

use bytes::Bytes;
use procwire_client::{Client, RequestContext};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Small {
    id: u64,
    name: String,
    score: f64,
}

#[derive(Serialize, Deserialize)]
struct Bulk {
    data: Bytes,
}

#[derive(Deserialize)]
struct Count {
    items: u32,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::builder()
        .handle("small", |record: Small, cx: RequestContext| async move {
            cx.respond(&record).await
        })
        .handle("bulk", |record: Bulk, cx: RequestContext| async move {
            cx.respond(&record).await
        })
        .handle_stream("items", |count: Count, cx: RequestContext| async move {
            for id in 0..count.items {
                let record = Small {
                    id: id.into(),
                    name: "sixteen bytes ok".to_owned(),
                    score: 0.625,
                };
                cx.chunk(&record).await?;
            }
            cx.end().await
        })
        .start()
        .await?;
    client.wait_for_shutdown().await?;
    Ok(())
}
