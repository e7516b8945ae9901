//! A connection without a runtime of the program's own, to which something comes while nobody calls: it has a thread.
//!
//! The thread runs the connection as a runtime would. Each handler runs in a thread of its own, so that it may block, and
//! call the worker that called it; those threads are made when they are needed and kept for the next.

use std::future::Future;
use std::io;
use std::os::unix::net::UnixStream as StdUnixStream;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use tokio::net::UnixStream;
use tokio::runtime::{Builder, Runtime};

use super::peer;
use super::process::Watched;
use crate::connection::{Connection, Handling, Listener, Pump, Settings, extensions, park};

/// Threads that one connection may have: those of the handlers, and some for handlers that ask for more themselves.
const MOST: usize = extensions::THREADS + extensions::NESTED_THREADS + 512;

/// What moves the bytes where the program has no runtime.
#[derive(Debug)]
pub(crate) enum Mover {
    /// Whoever waits.
    Pump(Box<Pump>),
    Reader(Reader),
}

impl Mover {
    /// Runs `future`, which waits for this connection, in this thread.
    pub(crate) fn block_on<F: Future>(&self, future: F) -> F::Output {
        match self {
            Self::Pump(pump) => pump.block_on(future),
            Self::Reader(_) => park::block_on(future),
        }
    }

    /// Whether this thread must not wait, since it would wait for itself.
    pub(crate) fn is_this_thread(&self) -> bool {
        match self {
            Self::Pump(pump) => pump.is_led_here(),
            Self::Reader(reader) => reader.id == std::thread::current().id(),
        }
    }

    /// Waits until what was sent is written, up to `grace`.
    pub(crate) fn flush(&self, connection: &Connection, grace: Duration) {
        if let Self::Reader(_) = self {
            park::block_until(Instant::now().checked_add(grace), connection.flush());
        }
    }
}

/// The thread of one connection.
#[derive(Debug)]
pub(crate) struct Reader {
    id: ThreadId,
}

impl Reader {
    /// A connection over `stream`, and the thread that moves its bytes.
    pub(super) fn start(
        stream: StdUnixStream,
        mut settings: Settings,
        listeners: Vec<(u16, Listener)>,
        process: Arc<Watched>,
        name: String,
    ) -> io::Result<(Connection, Self)> {
        settings.handling = Handling::Threads;
        settings.limits.handlers = settings.limits.handlers.min(extensions::THREADS);
        stream.set_nonblocking(true)?;
        let runtime = Builder::new_current_thread()
            .enable_all()
            .thread_name("procwire-handler")
            .max_blocking_threads(MOST)
            .build()?;
        let (made, connection) = sync_channel(1);
        let thread = std::thread::Builder::new().name("procwire-reader".to_owned()).spawn(move || {
            // Both belong to the runtime, as do the handlers that go on when it ends.
            let attending = async {
                let (connection, mut driver) = match UnixStream::from_std(stream) {
                    Ok(stream) => Connection::new(stream, settings, &[]),
                    Err(error) => {
                        let _ = made.send(Err(error));
                        return;
                    }
                };
                for (event, listener) in listeners {
                    driver.listen(event, listener);
                }
                let _ = made.send(Ok(connection));
                peer::attend(driver, process, name).await.end_handlers().await;
            };
            runtime.block_on(attending);
            Runtime::shutdown_background(runtime);
        })?;
        let connection = connection.recv().map_err(io::Error::other)??;
        Ok((connection, Self { id: thread.thread().id() }))
    }
}
