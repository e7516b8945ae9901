//! Limits against hostile schemas. Each ends in a diagnostic.

/// The largest file in bytes.
pub const FILE_SIZE: usize = 4 * 1024 * 1024;
/// How deep brackets and comments may be nested.
pub const NESTING: usize = 64;
/// The longest name in bytes.
pub const NAME: usize = 255;
/// The most items of a schema, in all its files.
pub const ITEMS: usize = 100_000;
/// The largest size of all files of a schema together, in bytes.
pub const SCHEMA_SIZE: usize = 16 * 1024 * 1024;
/// The most files of a schema.
pub const FILES: usize = 10_000;
/// How many imports may lie between a schema and a file that it needs.
pub const IMPORT_DEPTH: usize = 32;
/// The most elements of a tuple: Rust's own traits stop there, and nobody counts further.
pub const TUPLE: usize = 12;
/// The most aliases and newtypes that may follow each other.
pub const CHAIN: usize = 8;
