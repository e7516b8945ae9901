//! Generates Rust, TypeScript and Python from a procwire schema.
//!
//! A build script compiles a schema with [`build`]:
//!
//! ```no_run
//! // build.rs
//! fn main() -> Result<(), procwire_codegen::Error> {
//!     procwire_codegen::build("trading.ipc")
//! }
//! ```
//!
//! and the crate takes the result in with `procwire::include_generated!("trading")`. Everything else here is what
//! `ipcgen` and `include_ipc!` are made of: [`load`] reads a schema, [`generate`] makes [`Files`] of its model.

mod build_script;
mod error;
mod files;
mod load;
mod python;
mod rust;
mod target;
mod typescript;

pub use build_script::build;
pub use error::Error;
pub use files::{Difference, DifferenceKind, Files, FilesError, Written};
pub use load::{RustSource, Schema, load, read, rust_source};
pub use target::Target;

use procwire_idl::diagnostic::Diagnostics;
use procwire_idl::model::Model;
use procwire_idl::source::SourceMap;

/// The files of a model in one language, one a package. An error names what is a schema but cannot be this language.
pub fn generate(model: &Model, sources: &SourceMap, target: Target) -> Result<Files, Diagnostics> {
    let mut files = Files::default();
    for package in &model.packages {
        let source = sources.get(package.file).map_or("", |file| file.name());
        match target {
            Target::Rust => files.insert(rust::path(package), rust::file(model, package, file_name(source))?),
            Target::TypeScript => {
                files.insert(typescript::path(package), typescript::file(model, package, file_name(source))?);
            }
            Target::Python => files.insert(python::path(package), python::file(model, package, file_name(source))?),
        }
    }
    Ok(files)
}

/// The last part of a path, so that what is generated does not tell where the schema lay.
fn file_name(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}
