//! `ipcgen explain`: what a code of a diagnostic means, and what a rule of `ipcgen breaking` is about.

mod changes;

use std::ffi::OsStr;

use clap::builder::{PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Args, Command};
use procwire_idl::catalog::{self, Entry};
use procwire_idl::diagnostic::Code;

use self::changes::Change;
use crate::json::Json;
use crate::output::{self, Outcome};

/// Explain the code of a diagnostic or a rule of `ipcgen breaking`, with an example
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  ipcgen explain unknown-type\n  ipcgen explain field-added\n  ipcgen explain              # all codes, a line each"
)]
pub struct Explain {
    /// The code or the rule, as it stands in brackets; without one, all are listed
    #[arg(value_parser = CodeName, hide_possible_values = true)]
    code: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Explain {
    pub fn run(&self) -> Result<Outcome, String> {
        let text = match self.code.as_deref() {
            Some(name) => match (Code::from_name(name), changes::find(name)) {
                (Some(code), _) if self.json => json(code).to_json(),
                (Some(code), _) => text(code),
                (None, Some(change)) if self.json => change_json(&change).to_json(),
                (None, Some(change)) => change_text(&change),
                (None, None) => return Err(unknown(name)),
            },
            None if self.json => {
                let codes = Code::ALL.iter().map(|code| json(*code));
                Json::list(codes.chain(changes::all().map(|change| change_json(&change)))).to_json()
            }
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
        let names = Code::ALL.iter().map(|code| code.as_str()).chain(changes::all().map(|change| change.name));
        Some(Box::new(names.map(PossibleValue::new)))
    }
}

/// That there is no such code, and below it those that there are, a line each; first the one that was meant.
fn unknown(name: &str) -> String {
    let meant = Code::nearest(name).map(Code::as_str);
    let all = Code::ALL.iter().map(|code| code.as_str()).chain(changes::all().map(|change| change.name));
    let others = all.filter(|code| Some(*code) != meant);
    let sentence = format!("there is no code `{}`; these are the codes:", name.escape_debug());
    meant.into_iter().chain(others).fold(sentence, |text, code| text + "\n  " + code)
}

fn indented(text: &str) -> String {
    let lines = text.trim_end().lines();
    lines.map(|line| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") }).collect()
}

fn change_text(change: &Change) -> String {
    format!(
        "{}: {}\n\nBefore:\n\n{}\nAfter:\n\n{}\n`ipcgen breaking` says:\n\n{}",
        change.name,
        change.about,
        indented(&change.before()),
        indented(&change.after()),
        indented(&change.told())
    )
}

fn change_json(change: &Change) -> Json {
    Json::Object(vec![
        ("rule", Json::text(change.name)),
        ("about", Json::text(change.about)),
        ("old", Json::text(change.before())),
        ("new", Json::text(change.after())),
        ("told", Json::text(change.told())),
    ])
}

fn text(code: Code) -> String {
    let Entry { title, why, failing, mended } = catalog::entry(code);
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
    let codes = Code::ALL.iter().map(|code| (code.as_str(), catalog::entry(*code).title));
    let rows: Vec<_> = codes.chain(changes::all().map(|change| (change.name, change.about))).collect();
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let lines: Vec<String> = rows.iter().map(|(name, about)| format!("{name:width$}  {about}")).collect();
    lines.join("\n") + "\n"
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
