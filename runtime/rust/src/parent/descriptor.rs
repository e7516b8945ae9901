//! A socket pair instead of a path: the child inherits one end.
#![allow(unsafe_code, reason = "the child lets its end live on between fork and exec, where nothing else may happen")]

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::Command;

use rustix::io::FdFlags;
use rustix::net::{AddressFamily, SocketFlags, SocketType};

use crate::control::DESCRIPTOR_VARIABLE;

/// Both ends, before the child is there.
#[derive(Debug)]
pub(crate) struct Pair {
    own: UnixStream,
    child: OwnedFd,
}

/// This side's end, and the number that the child has for its own.
#[derive(Debug)]
pub(crate) struct End {
    pub(crate) stream: UnixStream,
    pub(crate) number: RawFd,
}

impl Pair {
    /// Makes a pair, and lets the program that `command` starts inherit one end, and no other process.
    pub(crate) fn leave_to(command: &mut Command) -> io::Result<Self> {
        let (own, child) =
            rustix::net::socketpair(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
        let number = child.as_raw_fd();
        command.env(DESCRIPTOR_VARIABLE, format!("{number}:{}", std::process::id()));
        let inherit = move || {
            // SAFETY: the pair lives until the program is started, and so does the copy of it that this process has.
            let descriptor = unsafe { BorrowedFd::borrow_raw(number) };
            rustix::io::fcntl_setfd(descriptor, FdFlags::empty()).map_err(io::Error::from)
        };
        // SAFETY: one system call, no memory, no locks.
        unsafe { command.pre_exec(inherit) };
        Ok(Self { own: UnixStream::from(own), child })
    }

    /// The program runs: the other end is its own now.
    pub(crate) fn started(self) -> End {
        End { number: self.child.as_raw_fd(), stream: self.own }
    }
}
