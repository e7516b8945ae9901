//! The header of a frame, and what can be wrong with one.

use std::fmt;
use std::ops::BitOr;

use super::{HEADER_LENGTH, id};

/// The flags of a frame.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Flags(u8);

impl Flags {
    /// A request.
    pub const NONE: Self = Self(0);
    /// Sent by the child.
    pub const TO_PARENT: Self = Self(0x01);
    /// Answers a request.
    pub const RESPONSE: Self = Self(0x02);
    /// The payload is an error.
    pub const ERROR: Self = Self(0x04);
    /// Belongs to a stream.
    pub const STREAM: Self = Self(0x08);
    /// Ends a stream.
    pub const STREAM_END: Self = Self(0x10);
    /// Acknowledges a request.
    pub const ACK: Self = Self(0x20);
    /// The payload begins with metadata, where both sides agreed on that.
    pub const META: Self = Self(0x40);
    /// Bits that must be 0 where nothing else was agreed.
    pub const RESERVED: Self = Self(0xC0);

    /// The answer of a `result` method.
    pub const RESULT_ANSWER: Self = Self(0x02);
    /// The answer of an `ack` method.
    pub const ACK_ANSWER: Self = Self(0x22);
    /// One item of a stream.
    pub const ITEM: Self = Self(0x0A);
    /// The end of a stream.
    pub const END: Self = Self(0x1A);
    /// An error instead of a result or an ack.
    pub const ERROR_ANSWER: Self = Self(0x06);
    /// An error that ends a stream.
    pub const STREAM_ERROR: Self = Self(0x0E);

    /// Flags from their byte, whatever it is.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits)
    }

    /// The byte on the wire.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Whether every flag of `other` is set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether any flag of `other` is set.
    #[must_use]
    pub const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl BitOr for Flags {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl fmt::Debug for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Flags({:#04x})", self.0)
    }
}

/// The header of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The method or event.
    pub id: u16,
    /// What the frame is.
    pub flags: Flags,
    /// The request that it starts or answers; 0 where there is none.
    pub request: u32,
    /// Bytes of payload.
    pub length: u32,
}

impl Header {
    /// The bytes on the wire.
    #[must_use]
    pub const fn encode(&self) -> [u8; HEADER_LENGTH] {
        let [i0, i1] = self.id.to_be_bytes();
        let [r0, r1, r2, r3] = self.request.to_be_bytes();
        let [l0, l1, l2, l3] = self.length.to_be_bytes();
        [i0, i1, self.flags.0, r0, r1, r2, r3, l0, l1, l2, l3]
    }

    /// Reads a header and checks all but the length, whose limit is the decoder's to know.
    pub const fn decode(bytes: &[u8; HEADER_LENGTH]) -> Result<Self, WireError> {
        Self::decode_with(bytes, false)
    }

    /// The same where both sides may have agreed on metadata.
    pub(super) const fn decode_with(bytes: &[u8; HEADER_LENGTH], metadata: bool) -> Result<Self, WireError> {
        let [i0, i1, flags, r0, r1, r2, r3, l0, l1, l2, l3] = *bytes;
        let header = Self {
            id: u16::from_be_bytes([i0, i1]),
            flags: Flags(flags),
            request: u32::from_be_bytes([r0, r1, r2, r3]),
            length: u32::from_be_bytes([l0, l1, l2, l3]),
        };
        if header.id == id::INVALID {
            return Err(WireError::InvalidId);
        }
        if header.flags.intersects(Flags::RESERVED) && !(metadata && header.may_have_metadata()) {
            return Err(WireError::ReservedFlags { flags });
        }
        Ok(header)
    }

    /// Whether a frame of this kind may begin with metadata: a request, a callback or an event.
    const fn may_have_metadata(&self) -> bool {
        self.id < id::RESERVED && !self.flags.intersects(Flags(0x80 | Flags::RESPONSE.0))
    }

    /// Refuses a payload over `limit` bytes.
    pub const fn admit(&self, limit: u32) -> Result<(), WireError> {
        if self.length > limit {
            return Err(WireError::PayloadTooLarge { length: self.length, limit });
        }
        Ok(())
    }
}

/// What a peer may not send; each closes the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WireError {
    /// The id of a frame was 0.
    InvalidId,
    /// The flags of a frame held bits that must be 0.
    ReservedFlags {
        /// The whole byte.
        flags: u8,
    },
    /// A payload was announced that is over the limit.
    PayloadTooLarge {
        /// The announced length in bytes.
        length: u32,
        /// The limit in bytes.
        limit: u32,
    },
    /// The id of a frame was a reserved one that has no meaning here.
    ReservedId {
        /// The id.
        id: u16,
    },
    /// A request used the id of one that is still running.
    RequestIdInUse {
        /// The request id.
        request: u32,
    },
    /// A `hello` came late or twice, or is not what it must be.
    Hello(&'static str),
    /// The length of a frame's metadata is above its limit, or above what is there.
    Metadata {
        /// The bytes of the payload.
        payload: u32,
    },
    /// Credit was given back that nobody had used, or in a form that means nothing.
    Credit {
        /// The request id of the stream.
        request: u32,
    },
    /// An item came for which its stream had no credit.
    CreditOverrun {
        /// The request id of the stream.
        request: u32,
    },
}

impl fmt::Display for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidId => write!(f, "a frame has the id 0, which is not valid"),
            Self::ReservedFlags { flags } => {
                write!(f, "a frame has the flags {flags:#04x}, whose bits 0xc0 must be 0 here")
            }
            Self::PayloadTooLarge { length, limit } => {
                write!(f, "a frame announces a payload of {length} bytes, above the limit of {limit}")
            }
            Self::ReservedId { id } => {
                write!(f, "a frame has the reserved id {id:#06x}, which means nothing here")
            }
            Self::RequestIdInUse { request } => {
                write!(f, "a request has the id {request}, which a running one has")
            }
            Self::Hello(fault) => write!(f, "a hello {fault}"),
            Self::Metadata { payload } => {
                write!(f, "a frame of {payload} bytes announces more metadata than it has, or than 8192 bytes")
            }
            Self::Credit { request } => {
                write!(f, "the stream {request} was given more credit than it had used, or not 4 bytes of it")
            }
            Self::CreditOverrun { request } => write!(f, "the stream {request} sent an item without credit"),
        }
    }
}

impl std::error::Error for WireError {}
