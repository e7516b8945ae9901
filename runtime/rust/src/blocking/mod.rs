//! Clients for programs without a runtime.
//!
//! The client is the same one; it is started with [`spawn`] or [`ClientBuilder::spawn_blocking`], its calls are made with
//! `wait` instead of `await`, and its streams and events are iterated with `for`. The thread that waits writes and reads
//! itself: a call is one write and one read. A client may be used from several threads; one of those that wait reads for
//! all of them.
//!
//! ```no_run
//! use procwire::blocking;
//! use std::process::Command;
//!
//! #[procwire::service]
//! pub trait Counter {
//!     async fn add(&self, #[procwire(bare)] number: u64) -> procwire::Result<u64>;
//!     fn count(&self, #[procwire(bare)] to: u64) -> impl procwire::Stream<Item = procwire::Result<u64>>;
//! }
//!
//! let counter: CounterClient = blocking::spawn(Command::new("./counter"))?;
//! let sum = counter.add(7).wait()?;
//! for number in counter.count(sum).wait()? {
//!     println!("{}", number?);
//! }
//! blocking::shutdown(&counter)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Events are heard while some thread waits: in a call, or in the iteration of a stream or of events.

use std::future::IntoFuture;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use futures_core::Stream;

use crate::client::{Call, Client, Events, Remote, StreamCall, Streaming};
use crate::connection::Pump;
use crate::error::{Code, Failure, Result, Throws};
use crate::parent::{ClientBuilder, Peer, SpawnError};

/// Starts the program and waits until it serves. [`ClientBuilder::spawn_blocking`] takes settings as well.
pub fn spawn<C: Client>(command: impl Into<tokio::process::Command>) -> std::result::Result<C, SpawnError> {
    ClientBuilder::new().spawn_blocking(command)
}

/// Lets the calls that are under way end, then ends the child process.
pub fn shutdown(client: &impl Client) -> Result<()> {
    client.remote().peer().shutdown_blocking()
}

/// What moves the bytes of this client, or why it cannot be waited for.
fn pump(remote: &Remote) -> std::result::Result<&Pump, Failure> {
    remote.keep().downcast_ref::<Peer>().and_then(Peer::pump).ok_or_else(|| {
        let message = "this client belongs to a runtime: its calls are awaited, and only those of a client that \
                       `procwire::blocking` started are waited for";
        Failure::new(Code::Unsupported, message)
    })
}

/// What has arrived already; most items of a stream have.
fn at_hand<S: Stream>(stream: Pin<&mut S>) -> Poll<Option<S::Item>> {
    stream.poll_next(&mut Context::from_waker(Waker::noop()))
}

impl<T, E: Throws> Call<'_, T, E> {
    /// Makes the call in this thread, with a client that [`blocking`](crate::blocking) started.
    pub fn wait(self) -> Result<T, E> {
        let pump = pump(self.remote())?;
        pump.block_on(self.into_future().in_thread())
    }
}

impl<T: Send, E: Throws> StreamCall<'_, T, E> {
    /// Asks for the stream in this thread, with a client that [`blocking`](crate::blocking) started.
    pub fn wait(self) -> Result<Streaming<T, E>, E> {
        let pump = pump(self.remote())?;
        pump.block_on(self.into_future())
    }
}

impl<T, E> Streaming<T, E> {
    /// Waits in this thread for the next item; `None` after the last.
    pub fn wait_next(&mut self) -> Option<Result<T, E>> {
        if let Poll::Ready(item) = at_hand(Pin::new(self)) {
            return item;
        }
        let remote = self.remote().clone();
        match pump(&remote) {
            Ok(pump) => pump.block_on(self.next()),
            Err(failure) => Some(Err(failure.into())),
        }
    }
}

impl<T> Events<T> {
    /// Waits in this thread for the next event; `None` once the connection is over.
    pub fn wait_next(&mut self) -> Option<T> {
        if let Poll::Ready(event) = at_hand(Pin::new(self)) {
            return event;
        }
        let remote = self.remote().clone();
        pump(&remote).ok()?.block_on(self.next())
    }
}

/// The items of a stream, for `for`. Dropping it before the end aborts the stream.
#[derive(Debug)]
pub struct Items<T, E>(Option<Streaming<T, E>>);

impl<T, E> Iterator for Items<T, E> {
    type Item = Result<T, E>;

    fn next(&mut self) -> Option<Self::Item> {
        let item = self.0.as_mut()?.wait_next();
        if !matches!(item, Some(Ok(_))) {
            self.0 = None;
        }
        item
    }
}

impl<T, E> IntoIterator for Streaming<T, E> {
    type Item = Result<T, E>;
    type IntoIter = Items<T, E>;

    fn into_iter(self) -> Items<T, E> {
        Items(Some(self))
    }
}

/// Events as they come, for `for`. It ends with the connection.
#[derive(Debug)]
pub struct Heard<T>(Events<T>);

impl<T> Iterator for Heard<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.0.wait_next()
    }
}

impl<T> IntoIterator for Events<T> {
    type Item = T;
    type IntoIter = Heard<T>;

    fn into_iter(self) -> Heard<T> {
        Heard(self)
    }
}
