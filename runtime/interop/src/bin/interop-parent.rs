//! The parent of the scenarios.
fn main() {}
