//! Any bytes as what a peer sends to a connection and what its user does meanwhile, for either end and with whatever is in
//! force: it keeps its limits and its promises, and ends where the protocol says so.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| procwire::fuzzing::connection(data));
