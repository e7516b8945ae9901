//! Compiles the schema with the `capnp` tool (Debian's package `capnproto`); without it the programs say so and end.

use std::process::{Command, Stdio};

fn main() {
    println!("cargo::rustc-check-cfg=cfg(has_capnp)");
    println!("cargo::rerun-if-changed=echo.capnp");
    println!("cargo::rerun-if-env-changed=PATH");
    let tool = Command::new("capnp")
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if tool.is_ok_and(|status| status.success()) {
        capnpc::CompilerCommand::new()
            .default_parent_module(vec!["generated".into()])
            .file("echo.capnp")
            .run()
            .expect("the schema does not compile");
        println!("cargo::rustc-cfg=has_capnp");
    }
}
