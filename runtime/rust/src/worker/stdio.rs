//! The control plane's descriptors, moved out of reach of everything else in the process.
//!
//! A library that prints, or a program that is started by a handler, must not write into the control plane or read from
//! it. So descriptor 1 becomes a second stderr, descriptor 0 is empty, and the real ones are private and close on exec.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::sync::Mutex;

use rustix::io::fcntl_dupfd_cloexec;

/// Below this are the descriptors that programs know by number.
const FIRST_PRIVATE: i32 = 3;

/// What the parent sends, and what it hears.
#[derive(Debug)]
pub(crate) struct ControlPlane {
    pub(crate) input: OwnedFd,
    pub(crate) output: Output,
}

/// Writes control lines, each whole and in one write.
#[derive(Debug)]
pub(crate) struct Output(Mutex<File>);

impl Output {
    pub(crate) fn new(file: File) -> Self {
        Self(Mutex::new(file))
    }

    /// Writes one line that `control` printed.
    pub(crate) fn write(&self, line: &[u8]) -> io::Result<()> {
        let mut file = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        file.write_all(line)
    }
}

/// Takes stdin and stdout away from the rest of the process.
pub(crate) fn take() -> io::Result<ControlPlane> {
    let nothing = File::open("/dev/null")?;
    // What was printed before the start is noise to the parent; left in the buffer, it would follow into stderr.
    let mut stdout = io::stdout().lock();
    let _ = stdout.flush();
    let output = fcntl_dupfd_cloexec(rustix::stdio::stdout(), FIRST_PRIVATE)?;
    rustix::stdio::dup2_stdout(rustix::stdio::stderr())?;
    drop(stdout);
    let input = fcntl_dupfd_cloexec(rustix::stdio::stdin(), FIRST_PRIVATE)?;
    rustix::stdio::dup2_stdin(&nothing)?;
    Ok(ControlPlane { input, output: Output::new(File::from(output)) })
}
