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

mod again;
mod agreement;
mod build_script;
mod error;
mod files;
mod load;
mod python;
mod root;
mod rust;
mod target;
mod typescript;
mod words;

pub use again::Again;
pub use build_script::build;
pub use error::Error;
pub use files::{Difference, DifferenceKind, Files, FilesError, Written};
pub use load::{RustSource, Schema, load, load_again, load_with, read, rust_source};
pub use root::{place, settings_file};
pub use target::Target;
pub use words::renamed;

use std::cell::LazyCell;

use procwire_idl::diagnostic::Diagnostics;
use procwire_idl::model::{Model, Package, PackageId};
use procwire_idl::source::SourceMap;

/// The files of a model in one language: one a package, and in Rust one for all. An error names what is a schema but cannot
/// be this language.
pub fn generate(model: &Model, sources: &SourceMap, target: Target) -> Result<Files, Diagnostics> {
    generate_with(model, sources, target, &mut |_, make| make())
}

/// The path and the text of a file.
type Made = Result<(String, String), Diagnostics>;

/// The same, where somebody else decides whether the file of a package has to be made.
fn generate_with(
    model: &Model,
    sources: &SourceMap,
    target: Target,
    decide: &mut dyn FnMut(PackageId, &dyn Fn() -> Made) -> Made,
) -> Result<Files, Diagnostics> {
    let mut files = Files::default();
    if target == Target::Rust {
        // The others are modules of it.
        let package = model.root();
        files.insert(rust::path(package), rust::file(model, source_name(sources, package))?);
        return Ok(files);
    }
    // What is wrong with one package does not hide what is wrong with the next.
    let mut wrong = Diagnostics::new();
    let typescript = LazyCell::new(|| typescript::Shared::new(model));
    for (id, package) in (0..).map(PackageId).zip(&model.packages) {
        let source = source_name(sources, package);
        let made = decide(id, &|| match target {
            Target::Python => Ok((python::path(model, package), python::file(model, package, source)?)),
            _ => Ok((typescript::path(package), typescript::file(&typescript, id, source)?)),
        });
        match made {
            Ok((path, text)) => files.insert(path, text),
            Err(found) => wrong.extend(found),
        }
    }
    if wrong.has_errors() {
        return Err(wrong);
    }
    if target == Target::Python && model.packages.len() > 1 {
        mark_folders(&mut files);
    }
    Ok(files)
}

/// Python's mark of a package in each folder, so that what lies in one can import what lies beside it. The output folder
/// itself is the user's.
fn mark_folders(files: &mut Files) {
    let folders = |path: &str| -> Vec<String> {
        path.match_indices('/').map(|(at, _)| format!("{}/__init__.py", &path[..at])).collect()
    };
    let marks: Vec<String> = files.iter().flat_map(|(path, _)| folders(path)).collect();
    for mark in marks {
        if files.get(&mark).is_none() {
            files.insert_unless_there(mark);
        }
    }
}

/// The name of the file that a package was read from, without its folder.
fn source_name<'s>(sources: &'s SourceMap, package: &Package) -> &'s str {
    file_name(sources.get(package.file).map_or("", |file| file.name()))
}

/// The last part of a path, so that what is generated does not tell where the schema lay.
fn file_name(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}
