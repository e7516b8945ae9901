//! `bench-prost SCHEMA OUT`: what a build.rs with tonic does.

use std::env;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

fn main() -> Result<()> {
    let mut args = env::args_os().skip(1).map(PathBuf::from);
    let schema = args.next().context("the argument SCHEMA is missing")?;
    let out = args.next().context("the argument OUT is missing")?;
    let folder = schema.parent().context("the schema is in no folder")?;
    let mut prost = tonic_prost_build::Config::new();
    prost.protoc_executable(protoc_bin_vendored::protoc_bin_path()?);
    tonic_prost_build::configure()
        .out_dir(out)
        .compile_with_config(prost, &[schema.as_path()], &[folder])?;
    Ok(())
}
