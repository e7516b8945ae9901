//! Frames that wait to be written, in order, as few pieces as may be.

use std::collections::VecDeque;
use std::io::IoSlice;

use bytes::Bytes;

use super::outgoing::Outgoing;
use crate::codec::{Encoded, Writer};
use crate::frame::Header;

/// Small frames are gathered in buffers of this length, which one read of the peer takes.
const CHUNK: usize = 120 * 1024;
/// From this length on a buffer grows to its whole length at once.
const GROWN: usize = 32 * 1024;
/// Bytes that are gathered already are copied below this length, and moved from it on.
const MOVE: usize = 16 * 1024;
/// Buffers that are kept to gather the next frames in.
const SPARES: usize = 4;
/// Pieces of one vectored write.
const SLICES: usize = 32;

/// Bytes that leave in one piece.
#[derive(Debug)]
enum Piece {
    Gathered(Vec<u8>),
    Shared(Bytes),
}

impl Piece {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Gathered(bytes) => bytes,
            Self::Shared(bytes) => bytes,
        }
    }
}

/// What was handed over and not yet taken by the driver.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    pieces: Vec<Piece>,
    gathering: Vec<u8>,
    spares: Vec<Vec<u8>>,
}

impl Outbox {
    pub(super) fn is_empty(&self) -> bool {
        self.gathering.is_empty() && self.pieces.is_empty()
    }

    /// Adds a frame that has its header, and gives its length. Nothing is left of the frame.
    pub(super) fn push(&mut self, frame: &mut Outgoing) -> usize {
        let length = frame.len();
        if let Some(segments) = frame.segments.take() {
            self.push_segmented(&frame.buffer, segments.bodies);
        } else if frame.buffer.len() >= MOVE {
            self.push_gathered(std::mem::take(&mut frame.buffer));
        } else {
            self.gather(&frame.buffer);
        }
        frame.recycle();
        length
    }

    /// Adds whole frames that were gathered elsewhere, and gives their length. The writer is empty afterwards.
    pub(super) fn push_batch(&mut self, batch: &mut Writer) -> usize {
        let length = batch.len();
        let spare = self.spare();
        let Encoded { mut buffer, segments } = batch.take(spare);
        if !segments.is_empty() {
            self.push_segmented(&buffer, segments);
        } else if buffer.len() >= MOVE {
            self.push_gathered(buffer);
            return length;
        } else {
            self.gather(&buffer);
        }
        buffer.clear();
        self.spares.push(buffer);
        length
    }

    fn push_segmented(&mut self, buffer: &[u8], segments: Vec<(usize, Bytes)>) {
        let mut start = 0;
        for (at, body) in segments {
            self.gather(&buffer[start..at]);
            self.close_chunk();
            self.pieces.push(Piece::Shared(body));
            start = at;
        }
        self.gather(&buffer[start..]);
    }

    /// Adds a frame without a payload, and gives its length.
    pub(super) fn push_header(&mut self, header: Header) -> usize {
        let bytes = header.encode();
        self.gather(&bytes);
        bytes.len()
    }

    /// Adds a frame with a payload of a few bytes, and gives its length.
    pub(super) fn push_short(&mut self, header: Header, payload: &[u8]) -> usize {
        self.gather(&header.encode());
        self.gather(payload);
        header.encode().len() + payload.len()
    }

    fn gather(&mut self, bytes: &[u8]) {
        if self.gathering.len() + bytes.len() > CHUNK {
            self.close_chunk();
        }
        let room = self.gathering.capacity() - self.gathering.len();
        if room < bytes.len() && self.gathering.len() >= GROWN {
            self.gathering.reserve_exact(CHUNK - self.gathering.len());
        }
        self.gathering.extend_from_slice(bytes);
    }

    fn push_gathered(&mut self, bytes: Vec<u8>) {
        self.close_chunk();
        self.pieces.push(Piece::Gathered(bytes));
    }

    fn close_chunk(&mut self) {
        if !self.gathering.is_empty() {
            let next = self.spare();
            self.pieces.push(Piece::Gathered(std::mem::replace(&mut self.gathering, next)));
        }
    }

    fn spare(&mut self) -> Vec<u8> {
        self.spares.pop().unwrap_or_default()
    }
}

/// What the driver took and has not yet written.
#[derive(Debug, Default)]
pub(super) struct Writing {
    pieces: VecDeque<Piece>,
    /// Bytes of the first piece that are written.
    offset: usize,
    spares: Vec<Vec<u8>>,
}

impl Writing {
    pub(super) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Takes everything that waits, and gives back the buffers that are written.
    pub(super) fn take(&mut self, outbox: &mut Outbox) {
        outbox.spares.append(&mut self.spares);
        outbox.spares.truncate(SPARES);
        outbox.close_chunk();
        self.pieces.extend(outbox.pieces.drain(..));
    }

    /// Hands the next bytes to `write`, one slice or several.
    pub(super) fn with_slices<R>(&self, write: impl FnOnce(&[IoSlice<'_>]) -> R) -> R {
        let mut slices = [IoSlice::new(&[]); SLICES];
        let mut count = 0;
        for (slice, piece) in slices.iter_mut().zip(&self.pieces) {
            let skipped = if count == 0 { self.offset } else { 0 };
            *slice = IoSlice::new(&piece.bytes()[skipped..]);
            count += 1;
        }
        write(&slices[..count])
    }

    /// Forgets `written` bytes.
    pub(super) fn advance(&mut self, mut written: usize) {
        while let Some(first) = self.pieces.front() {
            let left = first.bytes().len() - self.offset;
            if written < left {
                self.offset += written;
                return;
            }
            written -= left;
            self.offset = 0;
            if let Some(Piece::Gathered(mut buffer)) = self.pieces.pop_front()
                && self.spares.len() < SPARES
                && buffer.capacity() <= 2 * CHUNK
            {
                buffer.clear();
                self.spares.push(buffer);
            }
        }
    }
}
