//! A worker on a blocking socket.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;

use anyhow::{Context as _, Result};
use bench_load::{LARGE, listen};
use bench_raw::{CHUNK, HEADER, Mode, SMALL};

fn main() -> Result<()> {
    let (listener, mode) = listen()?;
    let (mut stream, _) = listener.accept()?;
    match Mode::parse(&mode).context("unknown mode")? {
        Mode::Echo => {
            let mut chunk = vec![0; CHUNK];
            loop {
                let length = stream.read(&mut chunk)?;
                if length == 0 {
                    return Ok(());
                }
                stream.write_all(&chunk[..length])?;
            }
        }
        Mode::Large => {
            let mut message = vec![0; HEADER + LARGE];
            while stream.read_exact(&mut message).is_ok() {
                stream.write_all(&message)?;
            }
            Ok(())
        }
        Mode::Stream => {
            let mut request = [0; 4];
            while stream.read_exact(&mut request).is_ok() {
                items(&mut stream, u32::from_be_bytes(request) as usize)?;
            }
            Ok(())
        }
    }
}

fn items(stream: &mut UnixStream, count: usize) -> Result<()> {
    let chunk = vec![0; CHUNK / SMALL * SMALL];
    let mut left = count * SMALL;
    while left > 0 {
        let length = left.min(chunk.len());
        stream.write_all(&chunk[..length])?;
        left -= length;
    }
    Ok(())
}
