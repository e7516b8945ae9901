//! `ipcgen explain`: what a code of a diagnostic means.

use clap::Args;
use clap::builder::PossibleValuesParser;
use procwire_idl::catalog::{self, Entry};
use procwire_idl::diagnostic::Code;

use crate::json::Json;
use crate::output::{self, Outcome};

/// Explain the code of a diagnostic, with an example that fails and the example mended
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  ipcgen explain unknown-type\n  ipcgen explain              # all codes, a line each"
)]
pub struct Explain {
    /// The code, as it stands in brackets behind `error`; without one, all codes are listed
    #[arg(value_parser = PossibleValuesParser::new(Code::ALL.iter().map(|code| code.as_str())), hide_possible_values = true)]
    code: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Explain {
    pub fn run(&self) -> Result<Outcome, String> {
        let text = match self.code.as_deref().and_then(Code::from_name) {
            Some(code) if self.json => json(code).to_json(),
            Some(code) => text(code),
            None if self.json => Json::list(Code::ALL.iter().map(|code| json(*code))).to_json(),
            None => list(),
        };
        output::result(&text)?;
        Ok(Outcome::Clean)
    }
}

fn text(code: Code) -> String {
    let Entry { title, why, failing, mended } = catalog::entry(code);
    let indented = |schema: &str| {
        schema
            .trim_end()
            .lines()
            .map(|line| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") })
            .collect::<String>()
    };
    format!("{code}: {title}\n\n{why}\n\nThis fails:\n\n{}\nThis does not:\n\n{}", indented(failing), indented(mended))
}

fn list() -> String {
    let width = Code::ALL.iter().map(|code| code.as_str().len()).max().unwrap_or_default();
    let mut text = String::new();
    for code in Code::ALL {
        let name = code.as_str();
        text.push_str(name);
        text.extend(std::iter::repeat_n(' ', width + 2 - name.len()));
        text.push_str(catalog::entry(*code).title);
        text.push('\n');
    }
    text
}

fn json(code: Code) -> Json {
    let Entry { title, why, failing, mended } = catalog::entry(code);
    Json::Object(vec![
        ("code", Json::text(code.as_str())),
        ("title", Json::text(title)),
        ("why", Json::text(why)),
        ("failing", Json::text(failing)),
        ("mended", Json::text(mended)),
    ])
}
