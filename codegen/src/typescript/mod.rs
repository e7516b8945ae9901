//! TypeScript: a package of the model as one file.
//!
//! What is printed declares: interfaces, unions, one codec a type over the runtime's primitives, and one descriptor a
//! service. The runtime behaves. It is named through `procwire/stub-v1` alone, and globals are named absolutely, since
//! a schema may call a type `Symbol` or `Promise`.

mod codecs;
mod collisions;
mod context;
mod docs;
mod inputs;
mod layout;
mod literals;
mod names;
mod namespaces;
mod rules;
mod types;
mod values;
mod views;

pub(crate) use names::kept;

use procwire_idl::diagnostic::Diagnostics;
use procwire_idl::model::{Package, PackageId};

use self::context::Context;
pub(crate) use self::context::Shared;

/// The text of a package's file; `source` is the name of the schema's file.
pub(crate) fn file(shared: &Shared<'_>, package: PackageId, source: &str) -> Result<String, Diagnostics> {
    let context = Context::new(shared, package);
    let diagnostics = collisions::find(&context);
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    Ok(views::file(&context, source).to_string())
}

/// The path of a package's file below the output folder: `acme/trading.ts` for `acme.trading`.
pub(crate) fn path(package: &Package) -> String {
    format!("{}.ts", package.name.join("/"))
}
