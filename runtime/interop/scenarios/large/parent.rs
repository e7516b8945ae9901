//! 10 MB go there and back, as a value and as raw bytes.

use procwire::Bytes;
use procwire_interop::scenario::{Outcome, check, say, spawn};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    let bytes: Bytes = (0_u32..10_000_000).map(|i| u8::try_from(i * 7 % 251).unwrap_or_default()).collect();
    let blob = desk.blob(bytes.clone()).await?;
    check(blob.data == bytes, "the bytes of the value differ")?;
    say(format!("{} bytes as a value", blob.length));
    let mirrored = desk.mirror(bytes.clone()).await?;
    check(mirrored == bytes, "the raw bytes differ")?;
    say(format!("{} raw bytes", mirrored.len()));
    desk.shutdown().await?;
    Ok(())
}
