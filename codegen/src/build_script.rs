//! The entry for build scripts. Cargo is spoken to on standard output, which is why this module alone prints.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use procwire_idl::diagnostic::Diagnostic;

use crate::{Error, Files, Schema, load};

/// Compiles a schema in a build script.
///
/// The path is relative to the crate's `Cargo.toml`. The file lands in `OUT_DIR` under the last segment of the package,
/// so the package `acme.trading` is `trading.rs`, and `procwire::include_generated!("trading")` takes it in. Two
/// schemas of one build script whose packages end alike are an error. Cargo runs the script again when the schema
/// changes; warnings of the schema become warnings of the build.
pub fn build(schema: impl AsRef<Path>) -> Result<(), Error> {
    let path = schema.as_ref();
    let out = std::env::var_os("OUT_DIR").map(PathBuf::from).ok_or_else(|| {
        Error::build_script(
            "`OUT_DIR` is not set: `procwire_codegen::build` is for build scripts, elsewhere use `ipcgen build`",
        )
    })?;
    tell("rerun-if-changed", &path.display().to_string());
    let schema = load(path)?;
    for file in schema.files.iter().skip(1) {
        tell("rerun-if-changed", &file.display().to_string());
    }
    for warning in &schema.diagnostics {
        tell("warning", &one_line(warning, &schema));
    }
    let (module, text) = crate::load::root_file(&schema)?;
    let module = module.unwrap_or_else(|| path.file_stem().unwrap_or_default().to_string_lossy().into_owned());
    claim(&module, path)?;
    let mut files = Files::default();
    files.insert(format!("{module}.rs"), text);
    files.write_to(&out)?;
    Ok(())
}

/// Gives a module's name to a schema, unless another schema of this build script has it.
fn claim(module: &str, path: &Path) -> Result<(), Error> {
    static CLAIMED: Mutex<BTreeMap<String, PathBuf>> = Mutex::new(BTreeMap::new());
    let mut claimed = CLAIMED.lock().unwrap_or_else(PoisonError::into_inner);
    match claimed.get(module) {
        Some(other) if other != path => Err(Error::build_script(format!(
            "`{}` and `{}` both become `{module}.rs`: the last segments of their packages have to differ",
            other.display(),
            path.display()
        ))),
        _ => {
            claimed.insert(module.to_owned(), path.to_owned());
            Ok(())
        }
    }
}

/// Says something to cargo. A line end would begin another instruction, so there is none.
fn tell(key: &str, value: &str) {
    println!("cargo:{key}={}", value.replace(['\n', '\r'], " "));
}

fn one_line(diagnostic: &Diagnostic, schema: &Schema) -> String {
    let span = diagnostic.primary.span;
    let name = schema.sources.get(span.file).map_or("", |file| file.name());
    match schema.sources.line_column(span) {
        Some(at) => format!("{name}:{}:{}: {}", at.line, at.column, diagnostic.message),
        None => format!("{name}: {}", diagnostic.message),
    }
}
