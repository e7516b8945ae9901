//! Searches the text files of a folder: the service that `textsearch.ipc` declares.

mod files;
mod librarian;
mod search;

// What build.rs made of the schema: the records, the trait `TextSearch` and `TextSearchClient`.
procwire::include_generated!("textsearch");

pub use librarian::Librarian;
