//! Compiles the schema; `src/lib.rs` takes the result in.

fn main() -> Result<(), procwire_codegen::Error> {
    procwire_codegen::build("textsearch.ipc")
}
