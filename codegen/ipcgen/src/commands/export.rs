//! `ipcgen export`: the schema that Rust source means.

mod modules;
mod package;

use std::path::PathBuf;

use clap::Args;
use procwire_idl::rust::export::export;

use self::modules::Modules;
use crate::output::{self, Color, Outcome};

/// Print the schema that a crate's Rust source means
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  ipcgen export . > trading.ipc\n  ipcgen export src/trading.rs --package acme.trading"
)]
pub struct Export {
    /// A crate's folder, or one Rust file; the modules that it declares are read too
    source: PathBuf,
    /// The schema's package; without it the crate's name, or that of the file
    #[arg(long, value_name = "NAME")]
    package: Option<String>,
}

impl Export {
    pub fn run(&self, color: Color) -> Result<Outcome, String> {
        let modules = match Modules::read(&self.source)? {
            Ok(modules) => modules,
            Err(problem) => {
                output::notice(&problem);
                return Ok(Outcome::Found);
            }
        };
        let package = self.package.clone().map_or_else(|| package::name(&self.source), Ok);
        let text = match export(package.as_deref().ok(), &modules.files) {
            Ok(text) => text,
            Err(errors) => {
                for (file, error) in &errors {
                    output::notice(&modules::describe(&modules.paths[*file], error));
                }
                return Ok(Outcome::Found);
            }
        };
        // Only now, since mistakes in the source say more than a name that is missing.
        package?;
        // What Rust lets pass and a schema does not, such as a reserved name, is told before anyone relies on the text.
        let (sources, loaded) = procwire_idl::compile_text("exported.ipc", &text);
        output::diagnostics(&loaded.diagnostics, &sources, color);
        if loaded.diagnostics.has_errors() {
            return Ok(Outcome::Found);
        }
        output::result(&text)?;
        Ok(Outcome::Clean)
    }
}
