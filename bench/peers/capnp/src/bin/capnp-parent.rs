//! The client.

#[cfg(has_capnp)]
use bench_capnp::parent::main;

#[cfg(not(has_capnp))]
fn main() {
    println!(
        "{{\"skipped\":\"the capnp tool was missing when this was built (Debian: capnproto)\"}}"
    );
}
