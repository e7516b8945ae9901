//! A parent that speaks the wire by hand, so that a worker is held to the protocol and not to our own parent.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

/// Far above what anything here takes; only a hang reaches it.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A command that runs this executable in a role of `roles.rs`.
pub fn role(name: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.env(crate::ROLE, name);
    command
}

/// A worker, and the three streams that a parent has.
pub struct Raw {
    pub child: Child,
    /// What the worker prints on stdout, line by line.
    pub lines: Receiver<String>,
    /// What the worker prints on stderr, line by line.
    pub errors: Receiver<String>,
}

impl Raw {
    /// Starts a worker as a published parent would.
    pub fn start(command: &mut Command) -> Self {
        command.env("PROCWIRE_MODULE_NAME", "test");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = reader(child.stdout.take().unwrap());
        let errors = reader(child.stderr.take().unwrap());
        Self { child, lines, errors }
    }

    /// Writes one control line.
    pub fn say(&mut self, line: &str) {
        let stdin = self.child.stdin.as_mut().unwrap();
        stdin.write_all(format!("{line}\n").as_bytes()).unwrap();
    }

    /// The next control line with this method.
    pub fn hear(&self, method: &str) -> Value {
        loop {
            let line = self.lines.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no {method} came"));
            if let Ok(value) = serde_json::from_str::<Value>(&line)
                && value["method"] == method
            {
                return value;
            }
        }
    }

    /// Waits for a line on stderr that holds this text.
    pub fn hear_error(&self, text: &str) -> String {
        loop {
            let line = self.errors.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no `{text}` came on stderr"));
            if line.contains(text) {
                return line;
            }
        }
    }

    /// Waits for `$init`, and connects.
    pub fn connect(&self) -> Wire {
        let init = self.hear("$init");
        Wire::connect(&init)
    }

    /// Waits for the end.
    pub fn wait(&mut self) -> ExitStatus {
        wait(&mut self.child)
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits for the end of a child; one that hangs is killed and fails the test.
pub fn wait(child: &mut Child) -> ExitStatus {
    let pid = rustix::process::Pid::from_child(child);
    if !ends(pid, PATIENCE) {
        let _ = child.kill();
        panic!("the child did not end");
    }
    child.wait().unwrap()
}

/// Whether a process, child or not, ends in this time.
pub fn ends(pid: rustix::process::Pid, patience: Duration) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    let Ok(descriptor) = rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()) else {
        return true;
    };
    let timeout =
        Timespec { tv_sec: i64::try_from(patience.as_secs()).unwrap(), tv_nsec: patience.subsec_nanos().into() };
    poll(&mut [PollFd::new(&descriptor, PollFlags::IN)], Some(&timeout)).unwrap() > 0
}

fn reader(pipe: impl Read + Send + 'static) -> Receiver<String> {
    let (send, lines) = channel();
    std::thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let mut line = Vec::new();
        while pipe.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            line.clear();
            if send.send(text).is_err() {
                // The test has no interest any more, but the child must not meet a closed pipe.
                let _ = std::io::copy(&mut pipe, &mut std::io::sink());
                return;
            }
        }
    });
    lines
}

/// A frame as it came.
#[derive(Debug, PartialEq, Eq)]
pub struct Frame {
    pub id: u16,
    pub flags: u8,
    pub request: u32,
    pub payload: Vec<u8>,
}

/// The data plane.
pub struct Wire {
    pub stream: UnixStream,
    pub path: PathBuf,
    schema: Value,
}

impl Wire {
    pub fn connect(init: &Value) -> Self {
        let path = PathBuf::from(init["params"]["pipe"].as_str().unwrap());
        let stream = UnixStream::connect(&path).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self { stream, path, schema: init["params"]["schema"].clone() }
    }

    /// The id of a method by its name.
    pub fn id(&self, method: &str) -> u16 {
        let id = self.schema["methods"][method]["id"].as_u64().unwrap_or_else(|| panic!("no method {method}"));
        u16::try_from(id).unwrap()
    }

    pub fn send(&mut self, id: u16, flags: u8, request: u32, payload: &[u8]) {
        let mut frame = id.to_be_bytes().to_vec();
        frame.push(flags);
        frame.extend(request.to_be_bytes());
        frame.extend(u32::try_from(payload.len()).unwrap().to_be_bytes());
        frame.extend(payload);
        self.stream.write_all(&frame).unwrap();
    }

    /// Calls a method by its name.
    pub fn call(&mut self, method: &str, request: u32, payload: &[u8]) {
        self.send(self.id(method), 0, request, payload);
    }

    /// The next frame; `None` at the end.
    pub fn next(&mut self) -> Option<Frame> {
        let mut header = [0; 11];
        let mut read = 0;
        while read < header.len() {
            match self.stream.read(&mut header[read..]) {
                Ok(0) => return None,
                Ok(count) => read += count,
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return None,
                Err(error) => panic!("{error}"),
            }
        }
        let mut payload = vec![0; u32::from_be_bytes(header[7..11].try_into().unwrap()) as usize];
        self.stream.read_exact(&mut payload).unwrap();
        Some(Frame {
            id: u16::from_be_bytes([header[0], header[1]]),
            flags: header[2],
            request: u32::from_be_bytes(header[3..7].try_into().unwrap()),
            payload,
        })
    }

    /// The next frame, which must be there.
    pub fn frame(&mut self) -> Frame {
        self.next().expect("the connection ended")
    }
}

/// Waits until `happened`, for what no event tells: that a file is gone, say. Fails once the patience is over.
pub fn until(what: &str, mut happened: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !happened() {
        assert!(Instant::now() < end, "{what} did not happen");
        std::thread::yield_now();
    }
}
