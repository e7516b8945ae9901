//! Lints: what a schema may say, and would better say otherwise.
//!
//! Each [`Rule`] has a level, which a project sets; `@allow(rule, "reason")` before a declaration silences one for it and
//! for all that is in it. What a rule finds is a diagnostic with the rule's [`Code`].

mod allow;
mod calls;
mod imports;
mod names;
mod removed;
mod rules;
mod travel;
mod wide;
mod words;

use crate::ast;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::model::Model;
use crate::source::{FileId, SourceMap};

pub(crate) use allow::check_allow;
pub use words::{Named, Renamed, Words};

/// What happens where a rule is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Nothing.
    Off,
    /// It is told.
    Warn,
    /// It is told, and the check fails.
    Error,
}

impl Level {
    /// The level of a name, as a configuration writes it.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "off" => Some(Self::Off),
            "warn" => Some(Self::Warn),
            "error" => Some(Self::Error),
            _ => None,
        }
    }
}

/// A rule and its level where no project sets one.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Its name is the code's.
    pub code: Code,
    /// The level.
    pub level: Level,
}

/// Every rule.
pub const RULES: &[Rule] = &[
    Rule { code: Code::BareParameter, level: Level::Warn },
    Rule { code: Code::DeepNesting, level: Level::Warn },
    Rule { code: Code::EventWithoutPayloadRecord, level: Level::Warn },
    Rule { code: Code::FloatForMoney, level: Level::Warn },
    Rule { code: Code::LargeField, level: Level::Warn },
    Rule { code: Code::MissingDocs, level: Level::Off },
    Rule { code: Code::Naming, level: Level::Warn },
    Rule { code: Code::NoTimeout, level: Level::Off },
    Rule { code: Code::RemovedWithoutReserved, level: Level::Warn },
    Rule { code: Code::RetryWithoutIdempotent, level: Level::Warn },
    Rule { code: Code::ShadowedName, level: Level::Off },
    Rule { code: Code::StrictInAnswer, level: Level::Warn },
    Rule { code: Code::UntaggedEnum, level: Level::Off },
    Rule { code: Code::UnusedImport, level: Level::Warn },
    Rule { code: Code::UnusedType, level: Level::Warn },
    Rule { code: Code::WideIntForJs, level: Level::Off },
];

/// The rule of a name.
#[must_use]
pub fn rule(name: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.code.as_str() == name)
}

/// The name of the rule that was probably meant.
#[must_use]
pub fn meant(name: &str) -> Option<&'static str> {
    crate::nearest::nearest(name, RULES.iter().map(|rule| rule.code.as_str()))
}

/// What the rules find in a schema without errors; `level` gives each rule its level, and `words` knows the languages.
#[must_use]
pub fn lint(
    sources: &SourceMap,
    root: FileId,
    model: &Model,
    level: impl Fn(&Rule) -> Level,
    words: Words<'_>,
) -> Diagnostics {
    let mut found = Diagnostics::new();
    let Some(source) = sources.get(root) else {
        return found;
    };
    let tree = crate::parse::file(root, source, &mut Diagnostics::new());
    keep(everything(model, &tree, sources, words), &tree, root, level, &mut found);
    found.sort();
    found
}

/// What is found in a schema beside an earlier version of it: names that are gone and not reserved.
#[must_use]
pub fn lint_against(
    sources: &SourceMap,
    root: FileId,
    old: &Model,
    model: &Model,
    level: impl Fn(&Rule) -> Level,
) -> Diagnostics {
    let mut found = Diagnostics::new();
    if let Some(source) = sources.get(root) {
        let tree = crate::parse::file(root, source, &mut Diagnostics::new());
        let mut removed = Vec::new();
        removed::find(old, model, &mut removed);
        keep(removed, &tree, root, level, &mut found);
        found.sort();
    }
    found
}

/// Keeps what is neither off nor allowed.
fn keep(
    all: Vec<Diagnostic>,
    tree: &ast::File<'_>,
    root: FileId,
    level: impl Fn(&Rule) -> Level,
    found: &mut Diagnostics,
) {
    let allowed = allow::all(tree);
    for diagnostic in all {
        let Some(rule) = RULES.iter().find(|rule| rule.code == diagnostic.code) else {
            continue;
        };
        let severity = match level(rule) {
            Level::Off => continue,
            Level::Warn => Severity::Warning,
            Level::Error => Severity::Error,
        };
        // Other packages are linted as roots of their own.
        if diagnostic.primary.span.file != root {
            continue;
        }
        if !allowed.iter().any(|allowed| allowed.covers(diagnostic.code, diagnostic.primary.span)) {
            found.push(Diagnostic { severity, ..diagnostic });
        }
    }
}

fn everything(model: &Model, tree: &ast::File<'_>, sources: &SourceMap, words: Words<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    names::find(model, &mut found);
    rules::find(model, tree, &mut found);
    calls::find(model, &mut found);
    words::find(model, words, &mut found);
    imports::find(model, tree, sources, &mut found);
    found
}
