//! Appending to a buffer in one step: one check of the room, one change of the length; and short texts.
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

/// Bytes as text where they are ASCII and few, which takes a fraction of what the whole check does.
#[inline]
pub(super) fn few_ascii(bytes: &[u8]) -> Option<&str> {
    let high = match bytes.len() {
        0..=7 => bytes.iter().fold(0, |all, byte| all | u64::from(*byte)) & 0x80,
        8..=32 => {
            let word = |at: usize| u64::from_ne_bytes(*bytes[at..].first_chunk::<8>().unwrap_or(&[0xff; 8]));
            let mut all = word(bytes.len() - 8);
            let mut at = 0;
            while at + 8 <= bytes.len() {
                all |= word(at);
                at += 8;
            }
            all & 0x8080_8080_8080_8080
        }
        _ => return None,
    };
    // SAFETY: no byte has its highest bit set, and such bytes are UTF-8.
    (high == 0).then(|| unsafe { std::str::from_utf8_unchecked(bytes) })
}

#[cfg(test)]
mod tests {
    use super::few_ascii;

    #[test]
    fn few_ascii_is_what_the_whole_check_says_of_ascii() {
        let ascii: Vec<u8> = (0..128).collect();
        for length in 0..=40 {
            for start in [0, 64, 128 - length] {
                let text = &ascii[start..start + length];
                let expected = if length <= 32 { std::str::from_utf8(text).ok() } else { None };
                assert_eq!(few_ascii(text), expected, "{length} bytes from {start}");
                for at in 0..length {
                    let mut other = text.to_vec();
                    other[at] |= 0x80;
                    assert_eq!(few_ascii(&other), None, "{length} bytes, the one at {at} is none of ASCII");
                }
            }
        }
    }
}
