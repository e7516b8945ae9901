//! Patterns: the regular expressions of `@pattern`, and what each language's engine is given for one.
//!
//! The engines of Rust, JavaScript and Python agree on less than each of them has, and even where they agree on the
//! syntax they differ in what `.`, `$`, `\d` and `\b` mean. So a pattern is read here, in the subset that all share, and
//! written anew for each engine, with every class spelled out. A pattern searches: nothing anchors it but `^` and `$`.

mod find;
mod read;
mod write;

use std::fmt;

/// The most steps of a pattern, repetitions counted as often as they may happen: Rust's engine refuses what is far
/// larger, and no reader understands it.
pub const STEPS: u64 = 4000;

/// How deep groups may be nested.
pub const DEPTH: usize = 32;

/// What is wrong with a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The offset of the byte at which it was noticed.
    pub at: usize,
    message: String,
    note: Option<&'static str>,
}

impl Mistake {
    fn new(at: usize, message: impl Into<String>) -> Self {
        Self { at, message: message.into(), note: None }
    }

    fn note_that(self, note: &'static str) -> Self {
        Self { note: Some(note), ..self }
    }

    /// What would be right, where there is more to say.
    #[must_use]
    pub fn note(&self) -> Option<&'static str> {
        self.note
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Mistake {}

/// A part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Node {
    /// One of the branches.
    Any(Vec<Node>),
    /// One after the other.
    All(Vec<Node>),
    /// As often as it says.
    Repeat(Box<Node>, u32, Option<u32>),
    /// One character.
    Class(Class),
    /// `^`
    Start,
    /// `$`
    End,
    /// `\b`
    Boundary,
}

/// A set of characters, as ranges.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Class {
    negated: bool,
    ranges: Vec<(char, char)>,
}

/// Checks that a pattern is one of the subset.
///
/// # Errors
/// If it is not: what is wrong, and where.
pub fn check(pattern: &str) -> Result<(), Mistake> {
    read::pattern(pattern).map(|_| ())
}

/// Whether a text has what a pattern looks for; `None` where it would take too long to tell.
///
/// # Errors
/// If the pattern is not one of the subset.
pub fn is_found(pattern: &str, text: &str) -> Result<Option<bool>, Mistake> {
    let node = read::pattern(pattern)?;
    Ok(find::is_found(&node, read::steps(&node), text))
}

/// The pattern for Rust's crate `regex-lite`, whose `\b` is of ASCII as the language's is.
///
/// # Errors
/// If the pattern is not one of the subset.
pub fn rust(pattern: &str) -> Result<String, Mistake> {
    Ok(write::text(&read::pattern(pattern)?, write::Engine::Rust))
}

/// The pattern for `new RegExp(.., "u")` of JavaScript.
///
/// # Errors
/// If the pattern is not one of the subset.
pub fn typescript(pattern: &str) -> Result<String, Mistake> {
    Ok(write::text(&read::pattern(pattern)?, write::Engine::TypeScript))
}

/// The pattern for `re.compile(..)` of Python, to be used with `search`.
///
/// # Errors
/// If the pattern is not one of the subset.
pub fn python(pattern: &str) -> Result<String, Mistake> {
    Ok(write::text(&read::pattern(pattern)?, write::Engine::Python))
}
