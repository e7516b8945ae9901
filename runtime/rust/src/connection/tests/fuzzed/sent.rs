//! What was sent to the end under test, and what that must lead to.

use std::collections::{HashMap, HashSet};

use crate::connection::hello::Hello;
use crate::connection::{Extensions, Role, meta};
use crate::frame::{Decoder, Flags, Frame, id};

/// All that a peer has sent, read once more.
pub(super) struct Sent {
    decoder: Decoder,
    role: Role,
    offers: Extensions,
    /// What is in force; not known before a child's first frame.
    pub(super) in_force: Option<Extensions>,
    /// Frames that are counted.
    pub(super) frames: u64,
    /// The end under test has to close the connection.
    pub(super) must_close: bool,
    /// It may, by what it knows and this does not.
    pub(super) may_close: bool,
    /// How often each request id was used.
    asked: HashMap<u32, usize>,
    /// How many of these were answered.
    answered: HashMap<u32, usize>,
    /// What the items of each stream cost together.
    pub(super) items: HashMap<u32, u64>,
    /// What was given back of each stream that is answered.
    returned: HashMap<u32, u64>,
    received: HashMap<u32, u64>,
    /// The window of streams that the end under test sends.
    window: u64,
    /// Requests of the end under test, and those that it aborted.
    pub(super) own: HashSet<u32>,
    aborted: HashSet<u32>,
    credited: HashMap<u32, u64>,
}

impl Sent {
    pub(super) fn new(role: Role, limit: u32, offers: Extensions, in_force: Option<Extensions>, window: u32) -> Self {
        let mut decoder = Decoder::new(limit);
        if in_force.is_some_and(|in_force| in_force.contains(Extensions::META)) {
            decoder.allow_metadata();
        }
        Self {
            decoder,
            role,
            offers,
            in_force,
            frames: 0,
            must_close: false,
            may_close: false,
            asked: HashMap::new(),
            answered: HashMap::new(),
            items: HashMap::new(),
            returned: HashMap::new(),
            received: HashMap::new(),
            window: window.into(),
            own: HashSet::new(),
            aborted: HashSet::new(),
            credited: HashMap::new(),
        }
    }

    pub(super) fn has(&self, extension: Extensions) -> bool {
        self.in_force.is_some_and(|in_force| in_force.contains(extension))
    }

    /// Notes bytes that were sent.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        if self.must_close {
            return;
        }
        self.decoder.push(bytes);
        loop {
            match self.decoder.next_frame() {
                Ok(None) => return,
                Ok(Some(frame)) => {
                    self.frame(&frame);
                    if self.must_close {
                        return;
                    }
                }
                Err(_) => {
                    self.must_close = true;
                    return;
                }
            }
        }
    }

    fn frame(&mut self, Frame { header, payload }: &Frame) {
        if self.in_force.is_none() {
            match header.id {
                id::AUTHENTICATE => return,
                id::HELLO => {
                    let Ok(hello) = Hello::decode(*header, payload) else {
                        self.must_close = true;
                        return;
                    };
                    let in_force = hello.extensions.and(self.offers).consistent();
                    if in_force.contains(Extensions::META) {
                        self.decoder.allow_metadata();
                    }
                    self.in_force = Some(in_force);
                    if let Some(window) = hello.takes.window {
                        self.window = window.into();
                    }
                    return;
                }
                _ => self.in_force = Some(Extensions::NONE),
            }
        }
        self.frames += 1;
        let cost = payload.len() as u64 + 64;
        if header.flags.contains(Flags::RESPONSE) {
            // Which items overrun their window depends on what was taken.
            let is_item = header.flags.contains(Flags::STREAM);
            self.may_close |= self.has(Extensions::CREDIT) && is_item;
            *self.items.entry(header.request).or_default() += cost;
            return;
        }
        match header.id {
            id::ABORT | id::AUTHENTICATE => {}
            id::CREDIT if self.has(Extensions::CREDIT) => match <[u8; 4]>::try_from(&payload[..]) {
                Ok(bytes) => {
                    let credit = u32::from_be_bytes(bytes);
                    self.may_close |= credit > 0;
                    *self.returned.entry(header.request).or_default() += u64::from(credit);
                }
                Err(_) => self.must_close = true,
            },
            id if id >= id::RESERVED => self.must_close = true,
            _ => {
                if header.flags.contains(Flags::META) {
                    let bad = meta::split(*header, payload, 0..payload.len()).is_err();
                    // A frame of an id that nobody knows is no event that anything is asked of.
                    self.must_close |= bad;
                }
                if header.request != 0 {
                    let asked = self.asked.entry(header.request).or_default();
                    *asked += 1;
                    self.may_close |= *asked > 1;
                }
            }
        }
    }

    /// Judges a frame that the end under test sent.
    pub(super) fn judge(&mut self, Frame { header, payload }: &Frame) {
        let is_child = self.role == Role::Child;
        assert_eq!(header.flags.contains(Flags::TO_PARENT), is_child, "{header:?} goes the wrong way");
        assert!(self.has(Extensions::META) || !header.flags.contains(Flags::META), "{header:?}, no metadata in force");
        let request = header.request;
        let cost = payload.len() as u64 + 64;
        if header.flags.contains(Flags::RESPONSE) {
            let asked = self.asked.get(&request).copied().unwrap_or(0);
            let answered = self.answered.entry(request).or_default();
            assert!(*answered < asked, "{header:?} answers what was not asked, or once more");
            let flags = header.flags.bits() & !Flags::TO_PARENT.bits();
            match flags {
                0x0a if asked == 1 => {
                    let received = self.received.entry(request).or_default();
                    let outstanding = received.saturating_sub(self.returned.get(&request).copied().unwrap_or(0));
                    *received += cost;
                    let fits = outstanding <= self.window / 2 || outstanding + cost <= self.window;
                    let credit = self.in_force.is_some_and(|in_force| in_force.contains(Extensions::CREDIT));
                    assert!(!credit || fits, "{header:?} without credit: {outstanding} of {} are out", self.window);
                }
                0x0a => {}
                0x02 | 0x22 | 0x1a | 0x06 | 0x0e => *answered += 1,
                _ => panic!("{header:?} is no answer"),
            }
            return;
        }
        match header.id {
            id::ABORT => {
                // One for a request that never went out is ignored by whoever receives it.
                assert!(self.aborted.insert(request), "{header:?} twice");
                assert!(payload.is_empty(), "{header:?} with a payload");
            }
            id::CREDIT => {
                assert!(self.has(Extensions::CREDIT), "{header:?}, no credit in force");
                assert!(!self.aborted.contains(&request), "{header:?} after its abort");
                let credit = u32::from_be_bytes(payload[..].try_into().expect("a credit of 4 bytes"));
                let credited = self.credited.entry(request).or_default();
                *credited += u64::from(credit);
                let items = self.items.get(&request).copied().unwrap_or(0);
                assert!(*credited <= items, "{header:?} gives back {credited} of {items}");
            }
            7 | 8 if is_child => assert_eq!(request, 0, "an event with a request id"),
            1..=6 | 9..=14 => {
                assert_eq!(is_child, header.id > 8, "{header:?} is the peer's to send");
                assert!(!is_child || self.has(Extensions::CALLBACKS), "{header:?}, no callbacks in force");
                let none = matches!(header.id, 3 | 11);
                assert_eq!(none, request == 0, "{header:?} with the wrong request id");
                assert!(none || self.own.insert(request), "{header:?} uses an id twice");
            }
            _ => panic!("{header:?} means nothing"),
        }
    }
}
