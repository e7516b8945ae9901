//! The errors that a reader tells by itself.

use super::{DEPTH, DecodeError, Reason};

/// How a value is called whose first byte is `marker`.
pub(super) fn name_of(marker: u8) -> &'static str {
    match marker {
        0x00..=0x7f | 0xcc..=0xcf | 0xd0..=0xd3 | 0xe0..=0xff => "int",
        0x80..=0x8f | 0xde | 0xdf => "map",
        0x90..=0x9f | 0xdc | 0xdd => "list",
        0xa0..=0xbf | 0xd9..=0xdb => "string",
        0xc0 => "nil",
        0xc2 | 0xc3 => "bool",
        0xc4..=0xc6 => "bytes",
        0xc7..=0xc9 | 0xd4..=0xd8 => "an extension",
        0xca | 0xcb => "float",
        0xc1 => "the byte c1",
    }
}

#[cold]
#[inline(never)]
pub(super) fn truncated() -> DecodeError {
    DecodeError::new(Reason::Truncated, "the payload ends inside a value")
}

#[cold]
#[inline(never)]
pub(super) fn too_deep() -> DecodeError {
    DecodeError::new(Reason::Depth, format!("more than {DEPTH} containers lie inside each other"))
}

#[cold]
#[inline(never)]
pub(super) fn malformed() -> DecodeError {
    DecodeError::new(Reason::Malformed, "the byte c1 begins no value")
}

#[cold]
#[inline(never)]
pub(super) fn trailing(length: usize) -> DecodeError {
    DecodeError::new(Reason::Trailing, format!("bytes follow the value: {length}"))
}

#[cold]
#[inline(never)]
pub(super) fn not_utf8(error: std::str::Utf8Error) -> DecodeError {
    DecodeError::new(Reason::Utf8, format!("text is not UTF-8 from its byte {} on", error.valid_up_to()))
}
