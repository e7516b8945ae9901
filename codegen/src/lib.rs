//! Generates Rust, TypeScript and Python from a procwire schema.
