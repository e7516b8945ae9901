//! The worker of the scenarios.
fn main() {}
