//! `ipcgen explain`: what a code of a diagnostic means.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Args, Command};
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
    #[arg(value_parser = CodeName, hide_possible_values = true)]
    code: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Explain {
    pub fn run(&self) -> Result<Outcome, String> {
        let code = match self.code.as_deref() {
            Some(name) => Some(Code::from_name(name).ok_or_else(|| unknown(name))?),
            None => None,
        };
        let text = match code {
            Some(code) if self.json => json(code).to_json(),
            Some(code) => text(code),
            None if self.json => Json::list(Code::ALL.iter().map(|code| json(*code))).to_json(),
            None => list(),
        };
        output::result(&text)?;
        Ok(Outcome::Clean)
    }
}

/// Takes any text, so that a wrong code is answered by [`unknown`], while completions still know the right ones.
#[derive(Clone)]
struct CodeName;

impl TypedValueParser for CodeName {
    type Value = String;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<String, clap::Error> {
        StringValueParser::new().parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(Code::ALL.iter().map(|code| PossibleValue::new(code.as_str()))))
    }
}

/// That there is no such code, and below it those that there are, a line each; first the one that was meant.
fn unknown(name: &str) -> String {
    let meant = Code::nearest(name);
    let others = Code::ALL.iter().copied().filter(|code| Some(*code) != meant);
    let codes = meant.into_iter().chain(others);
    let sentence = format!("there is no code `{}`; these are the codes:", name.escape_debug());
    codes.fold(sentence, |text, code| text + "\n  " + code.as_str())
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
    let mut text = format!(
        "{code}: {title}\n\n{why}\n\nThis fails:\n\n{}\nThis does not:\n\n{}",
        indented(failing),
        indented(mended)
    );
    if mended.contains("use ") {
        let files = catalog::LIBRARY.iter();
        text.extend(files.map(|(path, schema)| format!("\nThere, {path} is:\n\n{}", indented(schema))));
    }
    text
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
