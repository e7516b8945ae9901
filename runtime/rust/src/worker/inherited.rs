//! The end of a socket pair that the parent left to this process.
//!
//! What the environment says of it is believed only where the process that made the pair is the one that the variable names
//! and, unless the system tells that, the one that started this process: a program between the two hands the variable on.
#![allow(unsafe_code, reason = "a descriptor that was inherited is known by its number alone")]

use std::ffi::OsStr;
use std::os::fd::{BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;

use rustix::fs::FileType;
use rustix::io::FdFlags;

/// Below this are the descriptors that programs know by number.
const FIRST: RawFd = 3;

/// The socket, and the number that it has here, where the variable says the truth.
pub(super) fn take(variable: Option<&OsStr>) -> Option<(RawFd, UnixStream)> {
    let (number, parent) = parse(variable?.to_str()?)?;
    // SAFETY: the number is only asked about here, which fails for one that is not open.
    let asked = unsafe { BorrowedFd::borrow_raw(number) };
    let stat = rustix::fs::fstat(asked).ok()?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::Socket || !(is_parent(parent) || is_peer(asked, parent)) {
        return None;
    }
    rustix::io::fcntl_setfd(asked, FdFlags::CLOEXEC).ok()?;
    // SAFETY: it is open, a socket that this process got from its parent for this very use, and nobody else here knows
    // of it: the variable was removed from the environment before.
    let owned = unsafe { OwnedFd::from_raw_fd(number) };
    Some((number, UnixStream::from(owned)))
}

/// `N:PID`.
fn parse(text: &str) -> Option<(RawFd, i32)> {
    let (number, pid) = text.split_once(':')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(number) || !digits(pid) {
        return None;
    }
    Some((number.parse().ok().filter(|number| *number >= FIRST)?, pid.parse().ok()?))
}

fn is_parent(pid: i32) -> bool {
    rustix::process::getppid().is_some_and(|parent| parent.as_raw_nonzero().get() == pid)
}

/// Whether the process with this pid made the pair.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn is_peer(socket: BorrowedFd<'_>, pid: i32) -> bool {
    rustix::net::sockopt::socket_peercred(socket).is_ok_and(|peer| peer.pid.as_raw_nonzero().get() == pid)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn is_peer(_: BorrowedFd<'_>, _: i32) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use std::os::fd::{AsRawFd, IntoRawFd};

    use super::*;

    #[test]
    fn only_a_number_and_a_pid_are_read() {
        assert_eq!(parse("3:77"), Some((3, 77)));
        for wrong in ["", ":", "3", "3:", ":77", "2:77", "-3:77", "+3:77", "3:77:1", "3:x", "99999999999:1", "3: 77"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_socket_of_another_process_or_no_socket_is_left_alone() {
        let own = std::process::id();
        let (one, _other) = UnixStream::pair().unwrap();
        let variable = |number: RawFd, pid: u32| format!("{number}:{pid}");
        let stranger = variable(one.as_raw_fd(), own + 1_000_000);
        assert!(take(Some(OsStr::new(&stranger))).is_none());
        let file = std::fs::File::open("/dev/null").unwrap();
        let no_socket = variable(file.as_raw_fd(), own);
        assert!(take(Some(OsStr::new(&no_socket))).is_none());
        assert!(take(Some(OsStr::new(&variable(1_000_000, own)))).is_none());
        assert!(take(None).is_none());
        // The pair was made by this very process, which is what its peer's credentials say.
        let number = one.into_raw_fd();
        let taken = take(Some(OsStr::new(&variable(number, own))));
        assert_eq!(taken.is_some(), cfg!(any(target_os = "linux", target_os = "android")));
    }
}
