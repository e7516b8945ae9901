//! Frames: the 11-byte header, and bytes cut into whole frames.
//!
//! No I/O happens here, and nothing is reserved for a length that was not checked against the limit.

mod decoder;
mod header;

pub use decoder::{Batch, Decoder, Frame, Space};
pub use header::{Flags, Header, WireError};

/// Bytes of a frame's header.
pub const HEADER_LENGTH: usize = 11;
/// The payload limit where nothing else was agreed: 1 GiB.
pub const DEFAULT_PAYLOAD_LIMIT: u32 = 1 << 30;
/// The highest payload limit: 2 GiB - 1.
pub const MAXIMUM_PAYLOAD_LIMIT: u32 = (1 << 31) - 1;

/// Ids that no method or event may have.
pub mod id {
    /// Never valid.
    pub const INVALID: u16 = 0;
    /// From here on ids belong to the protocol.
    pub const RESERVED: u16 = 0xFFF0;
    /// The first frame of an extended connection.
    pub const HELLO: u16 = 0xFFFC;
    /// Room for more items of a stream.
    pub const CREDIT: u16 = 0xFFFD;
    /// The token that a parent shows first.
    pub const AUTHENTICATE: u16 = 0xFFFE;
    /// The end of interest in an answer.
    pub const ABORT: u16 = 0xFFFF;
}
