//! Appending to a buffer in one step: one check of the room, one change of the length.
//!
//! The only unsafe code of the codec. `Vec` checks its room and stores its length for each piece, and as each store is
//! awaited by the next load, a small record took twice as long to write with `extend_from_slice` alone.
#![allow(unsafe_code)]

/// Appends `prefix` and the first `length` bytes of `bytes`; a longer `length` counts as all of them.
#[inline]
pub(super) fn put<const N: usize>(buffer: &mut Vec<u8>, prefix: &[u8], bytes: [u8; N], length: usize) {
    let start = buffer.len();
    buffer.reserve(prefix.len() + N);
    // SAFETY: there is room for all of both behind `start`, they cannot overlap the buffer, which is borrowed
    // exclusively, and the bytes up to the new length are written.
    unsafe {
        let end = buffer.as_mut_ptr().add(start);
        end.copy_from_nonoverlapping(prefix.as_ptr(), prefix.len());
        end.add(prefix.len()).copy_from_nonoverlapping(bytes.as_ptr(), N);
        buffer.set_len(start + prefix.len() + length.min(N));
    }
}

/// Appends `prefix`, one byte and `text`.
#[inline]
pub(super) fn put_text(buffer: &mut Vec<u8>, prefix: &[u8], byte: u8, text: &[u8]) {
    let start = buffer.len();
    let length = prefix.len() + 1 + text.len();
    buffer.reserve(length);
    // SAFETY: as above.
    unsafe {
        let end = buffer.as_mut_ptr().add(start);
        end.copy_from_nonoverlapping(prefix.as_ptr(), prefix.len());
        end.add(prefix.len()).write(byte);
        end.add(prefix.len() + 1).copy_from_nonoverlapping(text.as_ptr(), text.len());
        buffer.set_len(start + length);
    }
}
