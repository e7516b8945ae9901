//! What the values hold, whatever the codec.

/// A text of the small record: 16 bytes.
pub const NAME: &str = "sixteen bytes ok";
/// A number that takes four bytes.
pub const ID: u64 = 1_000_000;
/// A float with a fraction.
pub const SCORE: f64 = 0.625;
/// The items of the nested record.
pub const ITEMS: u32 = 6;
/// Keys and values of each item's labels.
pub const LABELS: [(&str, &str); 2] = [("warehouse", "north-east 4"), ("colour", "forest green")];
/// The nested record's note.
pub const NOTE: &str = "leave it with the neighbours if nobody opens the door";
