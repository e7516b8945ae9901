//! `ipcgen dump`: what the compiler understood.

mod model;
mod tree;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use procwire_idl::diagnostic::Diagnostics;

use crate::json::Json;
use crate::output::{self, Color, Outcome};

/// Print what the compiler understood of a schema
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  ipcgen dump model trading.ipc\n  ipcgen dump tree trading.ipc --json")]
pub struct Dump {
    /// What to print
    #[arg(value_enum)]
    what: What,
    /// The schema
    schema: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// The syntax tree: the file as it is written, also with errors in it
    Tree,
    /// The model: everything resolved
    Model,
}

impl Dump {
    pub fn run(&self, color: Color) -> Result<Outcome, String> {
        let schema = procwire_codegen::load(&self.schema).map_err(|error| error.to_string())?;
        let (dumped, diagnostics) = match self.what {
            What::Model => (schema.model.as_ref().map(model::dump), schema.diagnostics),
            What::Tree => {
                let mut diagnostics = Diagnostics::new();
                let trees = Json::list(schema.sources.files().map(|(id, file)| {
                    tree::dump(&procwire_idl::parse::file(id, file, &mut diagnostics), &schema.sources)
                }));
                (Some(trees), diagnostics)
            }
        };
        output::diagnostics(&diagnostics, &schema.sources, color);
        if let Some(dumped) = dumped {
            output::result(&if self.json { dumped.to_json() } else { dumped.to_outline() })?;
        }
        Ok(if diagnostics.has_errors() { Outcome::Found } else { Outcome::Clean })
    }
}
