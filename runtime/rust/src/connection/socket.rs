//! A connection's socket in a runtime, which is woken for what it waits for and for nothing else.
//!
//! tokio's own socket registers for reading and writing at once. Whenever the peer takes what was sent, such a socket wakes
//! its process to say that there is room again, though nobody waits for room: one switch of processes a message.
//! This one registers for reading, and for writing too only while the system takes no more.
#![allow(unsafe_code, reason = "reads fill memory that is not initialized, and tokio trusts in descriptors that stay")]

use std::io::{self, IoSlice, Write as _};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::task::{Context, Poll, ready};

use bytes::BufMut;
use rustix::net::RecvFlags;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// Times that everything was written at once before room is taken to be of no interest.
const EASY_WRITES: u32 = 64;

#[derive(Debug)]
pub(super) struct Socket {
    /// An error where the runtime did not take the socket; then every read and write fails with it.
    registered: io::Result<AsyncFd<UnixStream>>,
    /// Whether it is registered for writing, too.
    wants_room: bool,
    easy: u32,
}

impl Socket {
    pub(super) fn new(stream: tokio::net::UnixStream) -> Self {
        let registered = stream.into_std().and_then(|stream| register(stream, Interest::READABLE));
        Self { registered, wants_room: false, easy: 0 }
    }

    /// Whether the system holds bytes that were not read yet.
    pub(super) fn has_unread(&self) -> bool {
        self.registered.as_ref().is_ok_and(|socket| rustix::io::ioctl_fionread(socket).is_ok_and(|bytes| bytes > 0))
    }

    /// Reads what is there already, whether the runtime knows of it or not; 0 at the end. Pending wakes nobody.
    pub(super) fn try_read(&self, space: impl BufMut) -> Poll<io::Result<usize>> {
        match receive(self.registered.as_ref().map_err(again)?, space) {
            Ok(read) => Poll::Ready(Ok(read)),
            Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => Poll::Pending,
            Err(error) => Poll::Ready(Err(error.into())),
        }
    }

    /// Reads into the room that `space` has; 0 at the end.
    pub(super) fn poll_read(&self, cx: &mut Context<'_>, mut space: impl BufMut) -> Poll<io::Result<usize>> {
        let registered = self.registered.as_ref().map_err(again)?;
        loop {
            let mut ready = ready!(registered.poll_read_ready(cx))?;
            let room = space.chunk_mut().len();
            match receive(registered, &mut space) {
                Ok(read) => {
                    if read > 0 && read < room {
                        // Nothing is left; what comes later is told again.
                        ready.clear_ready();
                    }
                    return Poll::Ready(Ok(read));
                }
                Err(rustix::io::Errno::INTR) => {}
                Err(rustix::io::Errno::AGAIN) => ready.clear_ready(),
                Err(error) => return Poll::Ready(Err(error.into())),
            }
        }
    }

    /// Writes some of the bytes.
    pub(super) fn poll_write(&mut self, cx: &mut Context<'_>, slices: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        loop {
            let registered = self.registered.as_ref().map_err(again)?;
            let mut ready = if self.wants_room { Some(ready!(registered.poll_write_ready(cx))?) } else { None };
            let mut stream = registered.get_ref();
            let written = match slices {
                [slice] => stream.write(slice),
                slices => stream.write_vectored(slices),
            };
            match written {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    if let Some(ready) = &mut ready {
                        ready.clear_ready();
                    } else {
                        self.register_again(cx, true);
                    }
                    self.easy = 0;
                }
                written => {
                    let length = slices.iter().map(|slice| slice.len()).sum::<usize>();
                    if let (Some(ready), Ok(count)) = (&mut ready, &written)
                        && *count < length
                    {
                        // There is no room left; that there is some again is told.
                        ready.clear_ready();
                    }
                    return Poll::Ready(written);
                }
            }
        }
    }

    /// Everything is written. Where that is so again and again, room is of no interest any more.
    pub(super) fn wrote_all(&mut self, cx: &mut Context<'_>) {
        if self.wants_room {
            self.easy += 1;
            if self.easy > EASY_WRITES {
                self.register_again(cx, false);
            }
        }
    }

    /// Changes what the socket is registered for. It takes no second descriptor, since there may be none left.
    fn register_again(&mut self, cx: &mut Context<'_>, wants_room: bool) {
        let interest = if wants_room { Interest::READABLE | Interest::WRITABLE } else { Interest::READABLE };
        let gone = Err(io::Error::other("the socket is being registered"));
        self.registered =
            std::mem::replace(&mut self.registered, gone).and_then(|socket| register(socket.into_inner(), interest));
        self.wants_room = wants_room;
        self.easy = 0;
        // Who waited to read waits at the former registration.
        cx.waker().wake_by_ref();
    }
}

fn receive(socket: impl AsFd, mut space: impl BufMut) -> Result<usize, rustix::io::Errno> {
    // SAFETY: the system writes whole bytes, nothing reads them before `advance_mut`.
    let chunk = unsafe { space.chunk_mut().as_uninit_slice_mut() };
    let (_, read) = rustix::net::recv(socket, chunk, RecvFlags::empty())?;
    // SAFETY: so many bytes were written.
    unsafe { space.advance_mut(read) };
    Ok(read)
}

fn register(stream: UnixStream, interest: Interest) -> io::Result<AsyncFd<UnixStream>> {
    // SAFETY: the registration owns the socket, whose descriptor stays open and the same until it is dropped.
    Ok(unsafe { AsyncFd::register_with_interest(stream, interest) }?)
}

/// The same error once more.
fn again(error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), error.to_string())
}
