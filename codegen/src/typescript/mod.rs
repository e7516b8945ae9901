//! TypeScript: a package of the model as one file.

mod views;

use procwire_idl::diagnostic::Diagnostics;
use procwire_idl::model::{Model, Package};

/// The text of a package's file; `source` is the name of the schema's file.
pub(crate) fn file(_model: &Model, package: &Package, source: &str) -> Result<String, Diagnostics> {
    Ok(views::file(package, source).to_string())
}

/// The path of a package's file below the output folder: `acme/trading.ts` for `acme.trading`.
pub(crate) fn path(package: &Package) -> String {
    format!("{}.ts", package.name.join("/"))
}
