//! Integers in their shortest form, as an array of which the first bytes count.

/// The marker and the eight bytes behind it.
#[inline]
pub(super) fn behind(marker: u8, bytes: [u8; 8]) -> [u8; 9] {
    let mut all = [marker; 9];
    all[1..].copy_from_slice(&bytes);
    all
}

/// An integer that is not negative, and the length of its form.
#[inline]
pub(super) fn uint(value: u64) -> ([u8; 9], usize) {
    let class = match value {
        // What is small is its own marker.
        ..0x80 => return (behind(value.to_le_bytes()[0], [0; 8]), 1),
        0x80..0x100 => 0,
        0x100..0x1_0000 => 1,
        0x1_0000..0x1_0000_0000 => 2,
        _ => 3,
    };
    wide(0xcc, value.to_be_bytes(), class)
}

/// An integer, and the length of its form.
#[inline]
pub(super) fn int(value: i64) -> ([u8; 9], usize) {
    let class = match value {
        0.. => return uint(value.unsigned_abs()),
        -32..0 => return (behind(value.to_le_bytes()[0], [0; 8]), 1),
        -0x80..-32 => 0,
        -0x8000..-0x80 => 1,
        -0x8000_0000..-0x8000 => 2,
        _ => 3,
    };
    wide(0xd0, value.to_be_bytes(), class)
}

/// The last `1 << class` bytes of an integer, behind their marker.
#[inline]
fn wide(marker8: u8, bytes: [u8; 8], class: u8) -> ([u8; 9], usize) {
    let width = 1_u32 << class;
    // Shifted to the front, so that all eight can be written and only the length differs.
    let front = u64::from_be_bytes(bytes) << (64 - 8 * width);
    (behind(marker8 + class, front.to_be_bytes()), width as usize + 1)
}
