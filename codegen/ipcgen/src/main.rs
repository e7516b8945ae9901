//! The command line of procwire.
fn main() {}
