//! The limits that hold for every payload, read or written.

/// Containers that may lie inside each other; as many layers of option, newtype and enum may lie around one value.
pub(crate) const DEPTH: u32 = 100;
/// What a container is taken to cost, in bytes of memory.
pub(crate) const CONTAINER_COST: u64 = 64;
/// What any other value is taken to cost, besides its text.
pub(crate) const SCALAR_COST: u64 = 16;
/// What every payload may cost, however short.
pub(crate) const BUDGET_BASE: u64 = 16 << 20;
/// What a payload may cost more for each of its bytes.
pub(crate) const BUDGET_FACTOR: u64 = 8;
/// From this length on, bytes are neither copied while writing nor while reading.
pub(crate) const SEGMENT: usize = 32 << 10;
/// The longest duration, in microseconds: what a JavaScript number holds exactly.
pub(crate) const DURATION_MAX: u64 = (1 << 53) - 1;
/// 0001-01-01T00:00:00Z, in seconds since 1970.
pub(crate) const TIMESTAMP_MIN: i64 = -62_135_596_800;
/// 9999-12-31T23:59:59Z, in seconds since 1970.
pub(crate) const TIMESTAMP_MAX: i64 = 253_402_300_799;
/// The key that no map may have: to JavaScript it is the object's prototype.
pub(crate) const FORBIDDEN_KEY: &[u8] = b"__proto__";
