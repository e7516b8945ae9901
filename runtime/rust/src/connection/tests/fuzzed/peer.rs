//! The other end of the socket, where bytes are written and read by hand.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;

use super::choices::Choices;
use super::sent::Sent;
use crate::connection::{Extensions, Hello, Role, Takes};
use crate::frame::{Decoder, Flags, Header, id};

/// A peer that obeys the input and nothing else.
pub(super) struct Peer {
    stream: UnixStream,
    role: Role,
    /// What the system did not take so far.
    unsent: Vec<u8>,
    pub(super) sent: Sent,
    decoder: Decoder,
    /// Frames that were read.
    pub(super) read: u64,
    /// It sends nothing any more.
    pub(super) quiet: bool,
    /// What a next frame leaves for later.
    held: Vec<u8>,
}

impl Peer {
    /// `role` is that of the end under test.
    pub(super) fn new(stream: UnixStream, role: Role, sent: Sent) -> Self {
        stream.set_nonblocking(true).expect("a socket of this test");
        let mut decoder = Decoder::new(u32::MAX);
        decoder.allow_metadata();
        Self { stream, role, unsent: Vec::new(), sent, decoder, read: 0, quiet: false, held: Vec::new() }
    }

    /// Sends bytes as they are.
    pub(super) fn send(&mut self, bytes: &[u8]) {
        if self.quiet {
            return;
        }
        let held = std::mem::take(&mut self.held);
        for part in [&held[..], bytes] {
            self.sent.push(part);
            self.unsent.extend_from_slice(part);
        }
        self.flush();
    }

    /// Sends the first bytes of what follows now, and the rest with whatever comes next.
    pub(super) fn send_part(&mut self, bytes: &[u8], cut: u8) {
        let (now, later) = bytes.split_at(usize::from(cut).min(bytes.len()));
        self.send(now);
        if !self.quiet {
            self.held = later.to_vec();
        }
    }

    pub(super) fn flush(&mut self) {
        while !self.unsent.is_empty() {
            match self.stream.write(&self.unsent) {
                Ok(count) => drop(self.unsent.drain(..count)),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                // The end under test has closed.
                Err(_) => self.unsent.clear(),
            }
        }
    }

    /// Whether everything was sent that ever will be.
    pub(super) fn is_done(&self) -> bool {
        self.unsent.is_empty() && self.held.is_empty()
    }

    /// Reads so many bytes at most, and judges every frame in them. False at the end or where there is nothing.
    pub(super) fn read(&mut self, most: usize) -> bool {
        let mut bytes = vec![0; most];
        let count = match self.stream.read(&mut bytes) {
            Ok(0) => return false,
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::Interrupted => return true,
            Err(_) => return false,
        };
        self.decoder.push(&bytes[..count]);
        while let Some(frame) = self.decoder.next_frame().expect("the end under test sends whole and right frames") {
            self.read += 1;
            self.sent.judge(&frame);
        }
        true
    }

    /// Sends nothing any more.
    pub(super) fn shut(&mut self) {
        self.quiet = true;
        self.unsent.clear();
        // It fails where the other end has closed.
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// The first frame of a parent, of an input's choice.
    pub(super) fn greet(&mut self, choices: &mut Choices<'_>) {
        let extensions = Extensions::of_bits(choices.byte());
        let takes = Takes {
            payload: choices.one_of(&[None, Some(1 << 20), Some(200)]),
            window: choices.one_of(&[None, Some(1000), Some(0), Some(5000)]),
            tracebacks: false,
        };
        let paths = ["back.result".to_owned(), "back.stream".to_owned()].into();
        self.send(&Hello { extensions, takes, paths }.frame());
    }

    /// A frame of an input's choice: mostly of a kind that means something.
    pub(super) fn frame(&self, choices: &mut Choices<'_>) -> Vec<u8> {
        let to_child = self.role == Role::Child;
        let (methods, direction) = if to_child { (1, 0) } else { (9, 1) };
        let kind = choices.byte();
        let method = methods + u16::from(choices.byte() % 6);
        let request = Self::request(choices);
        let (id, flags, request) = match kind % 12 {
            0..=3 => (method, direction, request),
            4 => (method, direction | 0x40, request),
            5 => (method, direction, 0),
            6 => (7 + method % 2, direction | if kind > 128 { 0x40 } else { 0 }, 0),
            7 => (method, direction | choices.one_of(&[0x02, 0x22, 0x0a, 0x1a, 0x06, 0x0e]), request),
            8 => (method, direction | 0x0a, request),
            9 => (id::ABORT, direction, request),
            10 => (id::CREDIT, direction, request),
            _ => (choices.short(), choices.byte(), choices.word()),
        };
        let mut payload = Vec::new();
        if flags & 0x42 == 0x40 {
            metadata(choices, &mut payload);
        }
        if kind % 12 == 10 {
            payload.extend_from_slice(&choices.one_of(&[0_u32, 74, 500, 764, 5000, u32::MAX]).to_be_bytes());
        }
        match choices.byte() % 8 {
            0 => payload.push(0xc0),
            1..=3 if kind % 12 != 10 => payload.extend_from_slice(&[0xcc, choices.byte()]),
            4 => {
                let length = choices.byte();
                payload.extend_from_slice(choices.bytes(length.into()));
            }
            5 => {
                let length = u16::from(choices.byte()) * 8;
                payload.push(0xc5);
                payload.extend_from_slice(&length.to_be_bytes());
                payload.resize(payload.len() + usize::from(length), choices.byte());
            }
            _ => {}
        }
        let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
        let mut bytes = Header { id, flags: Flags::from_bits(flags), request, length }.encode().to_vec();
        bytes.extend_from_slice(&payload);
        bytes
    }

    /// A small request id, as the end under test uses them, or any.
    fn request(choices: &mut Choices<'_>) -> u32 {
        match choices.byte() {
            0xff => choices.word(),
            small => u32::from(small % 12),
        }
    }
}

/// Metadata, right or not.
fn metadata(choices: &mut Choices<'_>, payload: &mut Vec<u8>) {
    let number = choices.byte();
    let map: &[u8] = match number % 8 {
        0 => &[0x80],
        1 => &[0x81, 0xa2, b'd', b'l', 0xcc, number],
        2 => &[0x81, 0xa2, b'd', b'l', 0],
        3 | 4 => &[0x81, 0xa2, b'n', b'd', number / 8],
        5 => &[0x81, 0xa1, b'u', 0x81, 0xa1, b'k', 0xa1, b'v'],
        6 => &[0xc1],
        _ => {
            let length = choices.short();
            payload.extend_from_slice(&length.to_be_bytes());
            return;
        }
    };
    payload.extend_from_slice(&u16::try_from(map.len()).unwrap_or(0).to_be_bytes());
    payload.extend_from_slice(map);
}
