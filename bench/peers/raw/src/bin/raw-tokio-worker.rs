//! A worker on tokio's socket.

use anyhow::{Context as _, Result};
use bench_load::{Flavor, LARGE, listen};
use bench_raw::{CHUNK, HEADER, Mode, SMALL};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};

fn main() -> Result<()> {
    Flavor::from_env().runtime()?.block_on(serve())
}

async fn serve() -> Result<()> {
    let (listener, mode) = listen()?;
    listener.set_nonblocking(true)?;
    let (mut stream, _) = UnixListener::from_std(listener)?.accept().await?;
    match Mode::parse(&mode).context("unknown mode")? {
        Mode::Echo => {
            let mut chunk = vec![0; CHUNK];
            loop {
                let length = stream.read(&mut chunk).await?;
                if length == 0 {
                    return Ok(());
                }
                stream.write_all(&chunk[..length]).await?;
            }
        }
        Mode::Large => {
            let mut message = vec![0; HEADER + LARGE];
            while stream.read_exact(&mut message).await.is_ok() {
                stream.write_all(&message).await?;
            }
            Ok(())
        }
        Mode::Stream => {
            let mut request = [0; 4];
            while stream.read_exact(&mut request).await.is_ok() {
                items(&mut stream, u32::from_be_bytes(request) as usize).await?;
            }
            Ok(())
        }
    }
}

async fn items(stream: &mut UnixStream, count: usize) -> Result<()> {
    let chunk = vec![0; CHUNK / SMALL * SMALL];
    let mut left = count * SMALL;
    while left > 0 {
        let length = left.min(chunk.len());
        stream.write_all(&chunk[..length]).await?;
        left -= length;
    }
    Ok(())
}
