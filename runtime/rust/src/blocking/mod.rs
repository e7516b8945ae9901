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
//! # Who reads
//!
//! A worker that announces callbacks, and a client that was built with functions for events, get a thread that reads: what
//! comes is taken also while nobody calls, and `wait` sleeps until that thread has its answer. Every other client has none,
//! and is faster for it; its events are heard while some thread waits: in a call, or in the iteration of a stream or of
//! events.
//!
//! # Callbacks
//!
//! They are answered as on a runtime: by [`ClientBuilder::callbacks`], and [`Peer::callbacks`] while the worker runs. Each
//! call runs in a thread of its own, where the handler may block as it likes, so that an `async fn` without any `await` is
//! a plain function, and a stream may be `futures_util::stream::iter` over an iterator. Up to 256 run at once, more of them
//! wait; one that serves a call within a call never waits. A handler calls the worker with `wait`, through
//! [`Context::nested`](crate::Context::nested), so that the call belongs to the one that it serves. It may await timers, too.
//!
//! Functions that hear events run in the thread that reads, and must not wait for the worker.

use std::future::IntoFuture;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use futures_core::Stream;

use crate::client::{Call, Client, Events, EventsWithContext, Remote, StreamCall, Streaming};
use crate::connection::EventContext;
use crate::error::{Code, Failure, Result, Throws};
use crate::parent::{ClientBuilder, Mover, Peer, SpawnError};

/// Starts the program and waits until it serves. [`ClientBuilder::spawn_blocking`] takes settings as well.
pub fn spawn<C: Client>(command: impl Into<tokio::process::Command>) -> std::result::Result<C, SpawnError> {
    ClientBuilder::new().spawn_blocking(command)
}

/// Lets the calls that are under way end, then ends the child process.
pub fn shutdown(client: &impl Client) -> Result<()> {
    client.remote().peer().shutdown_blocking()
}

/// What moves the bytes of this client, or why it cannot be waited for.
fn mover(remote: &Remote) -> std::result::Result<&Mover, Failure> {
    let Some(mover) = remote.keep().downcast_ref::<Peer>().and_then(Peer::mover) else {
        let message = "this client belongs to a runtime: its calls are awaited, and only those of a client that \
                       `procwire::blocking` started are waited for";
        return Err(Failure::new(Code::Unsupported, message));
    };
    if mover.is_this_thread() {
        let message = "a function that hears events cannot wait for the worker, since its thread reads what comes";
        return Err(Failure::new(Code::Unsupported, message));
    }
    Ok(mover)
}

/// What has arrived already; most items of a stream have.
fn at_hand<S: Stream>(stream: Pin<&mut S>) -> Poll<Option<S::Item>> {
    stream.poll_next(&mut Context::from_waker(Waker::noop()))
}

impl<T, E: Throws> Call<'_, T, E> {
    /// Makes the call in this thread, with a client that [`blocking`](crate::blocking) started.
    pub fn wait(self) -> Result<T, E> {
        let mover = mover(self.remote())?;
        mover.block_on(self.into_future().in_thread())
    }
}

impl<T: Send, E: Throws> StreamCall<'_, T, E> {
    /// Asks for the stream in this thread, with a client that [`blocking`](crate::blocking) started.
    pub fn wait(self) -> Result<Streaming<T, E>, E> {
        let mover = mover(self.remote())?;
        mover.block_on(self.into_future())
    }
}

impl<T, E> Streaming<T, E> {
    /// Waits in this thread for the next item; `None` after the last.
    pub fn wait_next(&mut self) -> Option<Result<T, E>> {
        if let Poll::Ready(item) = at_hand(Pin::new(self)) {
            return item;
        }
        let remote = self.remote().clone();
        match mover(&remote) {
            Ok(mover) => mover.block_on(self.next()),
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
        mover(&remote).ok()?.block_on(self.next())
    }
}

impl<T> EventsWithContext<T> {
    /// Waits in this thread for the next event and its context; `None` once the connection is over.
    pub fn wait_next(&mut self) -> Option<(T, EventContext)> {
        if let Poll::Ready(event) = at_hand(Pin::new(self)) {
            return event;
        }
        let remote = self.events().remote().clone();
        mover(&remote).ok()?.block_on(self.next())
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

/// Events as they come, each with its context, for `for`. It ends with the connection.
#[derive(Debug)]
pub struct HeardWithContext<T>(EventsWithContext<T>);

impl<T> Iterator for HeardWithContext<T> {
    type Item = (T, EventContext);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.wait_next()
    }
}

impl<T> IntoIterator for EventsWithContext<T> {
    type Item = (T, EventContext);
    type IntoIter = HeardWithContext<T>;

    fn into_iter(self) -> HeardWithContext<T> {
        HeardWithContext(self)
    }
}
