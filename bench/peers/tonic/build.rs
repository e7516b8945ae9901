//! Compiles the service with the vendored protoc: a machine that runs the benches need not have one.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut prost = tonic_prost_build::Config::new();
    prost.protoc_executable(protoc_bin_vendored::protoc_bin_path()?);
    tonic_prost_build::configure()
        .bytes(".")
        .compile_with_config(prost, &["../echo.proto"], &[".."])?;
    Ok(())
}
