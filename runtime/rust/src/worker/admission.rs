//! Who may be the parent: the first that shows the token, or without one the first of the same user.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};
use subtle::ConstantTimeEq;
use tokio::io::AsyncReadExt;
use tokio::net::{UnixListener, UnixStream};

use crate::frame::{HEADER_LENGTH, id};

/// How many strangers are heard at the same time; more wait in the socket's own queue.
pub(crate) const PENDING: usize = 8;
/// How long a stranger has to show the token.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

type Trial = Pin<Box<dyn Future<Output = Option<UnixStream>> + Send>>;

/// Waits for the parent. Whoever fails is dropped, and the listener goes on.
pub(crate) async fn admit(listener: &UnixListener, token: Option<&[u8]>) -> io::Result<UnixStream> {
    let mut trials: FuturesUnordered<Trial> = FuturesUnordered::new();
    loop {
        tokio::select! {
            Some(outcome) = trials.next(), if !trials.is_empty() => {
                if let Some(parent) = outcome {
                    return Ok(parent);
                }
            }
            accepted = listener.accept(), if trials.len() < PENDING => {
                let stream = match accepted {
                    Ok((stream, _)) => stream,
                    // The stranger was gone before it was accepted.
                    Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => continue,
                    Err(error) => return Err(error),
                };
                match token {
                    Some(token) => trials.push(Box::pin(trial(stream, token.to_vec()))),
                    None if is_same_user(&stream) => return Ok(stream),
                    None => {}
                }
            }
        }
    }
}

/// Whether the parent at the other end of an inherited socket shows the token, where one is set.
pub(crate) async fn admit_inherited(stream: UnixStream, token: Option<&[u8]>) -> io::Result<UnixStream> {
    let Some(token) = token else { return Ok(stream) };
    let refused = || io::Error::new(io::ErrorKind::PermissionDenied, "the parent did not show the token");
    // The parent may take its time for what it checks before it connects; while it lives it is waited for.
    let mut stream = stream;
    if shows(&mut stream, token).await? { Ok(stream) } else { Err(refused()) }
}

async fn trial(mut stream: UnixStream, token: Vec<u8>) -> Option<UnixStream> {
    let shown = tokio::time::timeout(PATIENCE, shows(&mut stream, &token)).await;
    matches!(shown, Ok(Ok(true))).then_some(stream)
}

/// Reads the first frame and no byte beyond it.
async fn shows(stream: &mut UnixStream, token: &[u8]) -> io::Result<bool> {
    let mut header = [0; HEADER_LENGTH];
    stream.read_exact(&mut header).await?;
    let method = u16::from_be_bytes([header[0], header[1]]);
    let length = u32::from_be_bytes([header[7], header[8], header[9], header[10]]);
    if method != id::AUTHENTICATE || usize::try_from(length).ok() != Some(token.len()) {
        return Ok(false);
    }
    let mut shown = vec![0; token.len()];
    stream.read_exact(&mut shown).await?;
    Ok(shown.ct_eq(token).into())
}

/// Root is let in too: a parent may have given up its rights for the child.
fn is_same_user(stream: &UnixStream) -> bool {
    let own = rustix::process::getuid().as_raw();
    stream.peer_cred().is_ok_and(|peer| peer.uid() == own || peer.uid() == 0)
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt;

    use super::*;

    fn frame(method: u16, payload: &[u8]) -> Vec<u8> {
        let mut frame = method.to_be_bytes().to_vec();
        frame.extend([0; 5]);
        frame.extend(u32::try_from(payload.len()).unwrap().to_be_bytes());
        frame.extend(payload);
        frame
    }

    fn listening() -> (tempfile::TempDir, UnixListener, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s");
        let listener = UnixListener::bind(&path).unwrap();
        (folder, listener, path)
    }

    #[tokio::test]
    async fn silent_and_wrong_strangers_shut_nobody_out() {
        let (_folder, listener, path) = listening();
        let parent = async {
            let _silent = UnixStream::connect(&path).await.unwrap();
            let mut strangers = Vec::new();
            let wrong = [
                frame(id::AUTHENTICATE, b"tokem"),
                frame(id::AUTHENTICATE, b"toke"),
                frame(1, b"token"),
                frame(id::AUTHENTICATE, &[]),
            ];
            for first in wrong {
                let mut stream = UnixStream::connect(&path).await.unwrap();
                stream.write_all(&first).await.unwrap();
                strangers.push(stream);
            }
            // Each wrong one is closed; only then does the real one come.
            for stranger in &mut strangers {
                let ended = stranger.read(&mut [0; 1]).await;
                assert!(ended.is_err() || ended.is_ok_and(|count| count == 0));
            }
            let mut stream = UnixStream::connect(&path).await.unwrap();
            let mut bytes = frame(id::AUTHENTICATE, b"token");
            bytes.extend(b"what follows");
            stream.write_all(&bytes).await.unwrap();
            stream
        };
        let (admitted, _parent) = tokio::join!(admit(&listener, Some(b"token")), parent);
        let mut rest = [0; 12];
        admitted.unwrap().read_exact(&mut rest).await.unwrap();
        assert_eq!(&rest, b"what follows");
    }

    #[tokio::test(start_paused = true)]
    async fn silent_strangers_make_room_after_their_time() {
        let (_folder, listener, path) = listening();
        let mut silent = Vec::new();
        for _ in 0..PENDING {
            silent.push(UnixStream::connect(&path).await.unwrap());
        }
        let mut parent = UnixStream::connect(&path).await.unwrap();
        parent.write_all(&frame(id::AUTHENTICATE, b"token")).await.unwrap();
        assert!(admit(&listener, Some(b"token")).await.is_ok());
    }

    #[tokio::test]
    async fn without_a_token_the_first_of_the_same_user_wins() {
        let (_folder, listener, path) = listening();
        let (admitted, mut parent) =
            tokio::join!(admit(&listener, None), async { UnixStream::connect(&path).await.unwrap() });
        parent.write_all(b"x").await.unwrap();
        assert_eq!(admitted.unwrap().read_u8().await.unwrap(), b'x');
    }
}
