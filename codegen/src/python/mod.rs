//! Python: a package of the model as one file of declarations.
//!
//! What is printed declares: msgspec structs, thin clients, workers to derive from. The runtime behaves. It is named
//! through `_p` alone, and so are the things of the standard library: no name of a schema begins with `_`, so that
//! none of them can be hidden.

mod collisions;
mod context;
mod docs;
mod layout;
mod literals;
mod names;
mod namespaces;
mod packages;
mod types;
mod values;
mod views;

pub(crate) use names::kept;

use procwire_idl::diagnostic::Diagnostics;
use procwire_idl::model::{Model, Package, PackageId};

use self::context::Context;
use crate::agreement::Agreement;

/// The text of a package's file; `source` is the name of the schema's file.
pub(crate) fn file(model: &Model, package: &Package, source: &str) -> Result<String, Diagnostics> {
    let id = (0..).map(PackageId).zip(&model.packages).find(|(_, other)| std::ptr::eq(*other, package));
    let id = id.map_or(model.root, |(id, _)| id);
    let mut context = Context::new(model, id);
    context.agreement = Agreement::of(model, id);
    let diagnostics = collisions::find(&context);
    if diagnostics.has_errors() {
        return Err(diagnostics);
    }
    Ok(views::file(&context, source).to_string())
}

/// The path of a package's file below the output folder: `acme/trading.py` for `acme.trading`.
pub(crate) fn path(model: &Model, package: &Package) -> String {
    let path = packages::segments(package).join("/");
    if packages::is_folder(model, package) { format!("{path}/__init__.py") } else { format!("{path}.py") }
}
