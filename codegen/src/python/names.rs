//! Names of a schema as Python identifiers: the one place where they are converted and escaped.
//!
//! A name is converted to the case that Python wants, unless it already has it. It never begins with `_`: such names
//! are the runtime's, and private to whoever reads the code. A name that meets a keyword, a built-in name that
//! annotations use, or a name of the runtime's own gets a trailing `_` until it is free.

use std::borrow::Cow;
use std::collections::HashSet;

use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};
use procwire_idl::lint::Named;
use procwire_idl::model::Extras;

/// Every reserved word. `match`, `case` and `type` are words only where they can be one, and so may be names.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
    "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];
/// Built-in names that annotations use, which an attribute of the class would hide.
const BUILTINS: [&str; 7] = ["bool", "dict", "float", "int", "list", "str", "tuple"];
/// What clients and workers have themselves.
const FUNCTIONS: [&str; 19] = [
    "attach",
    "callbacks",
    "close",
    "closed",
    "counts",
    "events",
    "handle",
    "has",
    "healthy",
    "name",
    "on_shutdown",
    "peer",
    "ready",
    "run",
    "serve",
    "shutdown",
    "spawn",
    "spawn_sync",
    "with_options",
];
/// What the runtime adds to an argument list.
const PARAMETERS: [&str; 2] = ["cx", "self"];

/// What is named; each kind has its own case and its own words that are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A class or an alias.
    Type,
    /// A part of a class's name.
    Suffix,
    /// A constant, or a member of an enum of numbers.
    Const,
    /// A field of a record or of a struct variant, or a parameter.
    Field,
    /// A method or an event.
    Function,
    /// A part of a path.
    Module,
}

impl Kind {
    fn convert(self, name: &str) -> Cow<'_, str> {
        let (bare, was_private) = match name.trim_start_matches('_') {
            bare if bare.len() < name.len() => (bare, true),
            _ => (name, false),
        };
        let converted: Cow<'_, str> = match self {
            Self::Type | Self::Suffix if is_camel(bare) => Cow::Borrowed(bare),
            Self::Type | Self::Suffix => Cow::Owned(bare.to_upper_camel_case()),
            Self::Const if is_plain(bare) && !bare.contains(|c: char| c.is_ascii_lowercase()) => Cow::Borrowed(bare),
            Self::Const => Cow::Owned(bare.to_shouty_snake_case()),
            Self::Field | Self::Function | Self::Module
                if is_plain(bare) && !bare.contains(|c: char| c.is_ascii_uppercase()) =>
            {
                Cow::Borrowed(bare)
            }
            Self::Field | Self::Function | Self::Module => Cow::Owned(bare.to_snake_case()),
        };
        // `_`, `__` and `_1` lose what makes them identifiers.
        if self != Self::Suffix && !converted.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let letter = if matches!(self, Self::Type | Self::Const) { 'N' } else { 'n' };
            return Cow::Owned(format!("{letter}{converted}_"));
        }
        if was_private { Cow::Owned(format!("{converted}_")) } else { converted }
    }

    fn is_taken(self, name: &str) -> bool {
        is_keyword(name)
            || match self {
                Self::Type | Self::Suffix | Self::Const | Self::Module => false,
                Self::Field => BUILTINS.contains(&name) || PARAMETERS.contains(&name),
                Self::Function => BUILTINS.contains(&name) || FUNCTIONS.contains(&name),
            }
    }
}

fn is_camel(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase()) && !name.trim_end_matches('_').contains('_')
}

/// Whether a name has no two underscores in a row, but for its end.
fn is_plain(name: &str) -> bool {
    let core = name.trim_end_matches('_');
    !core.is_empty() && !core.contains("__")
}

/// A name of a schema, and the one that `@py(name = "..")` gives it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Name<'a> {
    pub written: &'a str,
    pub given: Option<&'a str>,
}

impl<'a> Name<'a> {
    pub(super) fn new(written: &'a str, extras: &'a Extras) -> Self {
        Self { written, given: extras.names.py.as_deref() }
    }

    /// For what is called after the thing, in the case of its own kind.
    pub(super) fn derived(written: &'a str, extras: &'a Extras) -> Self {
        Self { written: extras.names.py.as_deref().unwrap_or(written), given: None }
    }

    fn convert(self, kind: Kind) -> Cow<'a, str> {
        self.given.map_or_else(|| kind.convert(self.written), Cow::Borrowed)
    }
}

impl<'a> From<&'a str> for Name<'a> {
    fn from(written: &'a str) -> Self {
        Self { written, given: None }
    }
}

/// Whether a given name is one that Python takes, and that this module leaves to schemas.
pub(super) fn is_usable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !is_keyword(name)
}

/// Whether Python takes a word for itself.
pub(super) fn is_keyword(word: &str) -> bool {
    KEYWORDS.binary_search(&word).is_ok()
}

/// The identifiers of the names of one scope, in their order. Names that are the same without an escape stay the same:
/// that is an error of the schema, which [`collisions`](super::collisions) finds.
pub(super) fn scope<'a, N: Into<Name<'a>>>(names: impl Iterator<Item = N>, kind: Kind) -> Vec<Cow<'a, str>> {
    escaped(names, kind, |_| false)
}

/// The same, where other names of the scope are taken already.
pub(super) fn escaped<'a, N: Into<Name<'a>>>(
    names: impl Iterator<Item = N>,
    kind: Kind,
    is_used: impl Fn(&str) -> bool,
) -> Vec<Cow<'a, str>> {
    let is_taken = |name: &str| kind.is_taken(name) || is_used(name);
    let mut converted: Vec<Cow<'a, str>> = names.map(|name| name.into().convert(kind)).collect();
    if converted.iter().any(|name| is_taken(name)) {
        let mut taken: HashSet<String> =
            converted.iter().filter(|name| !is_taken(name)).map(ToString::to_string).collect();
        for name in converted.iter_mut().filter(|name| is_taken(name)) {
            let escaped = name.to_mut();
            while is_taken(escaped) || taken.contains(escaped.as_str()) {
                escaped.push('_');
            }
            taken.insert(escaped.clone());
        }
    }
    converted
}

/// The identifier of a name that stands alone in its scope.
pub(super) fn single<'a>(name: impl Into<Name<'a>>, kind: Kind) -> String {
    scope(std::iter::once(name), kind).pop().map(Cow::into_owned).unwrap_or_default()
}

/// The identifier of a name that the language, or generated code, keeps for itself.
pub(crate) fn kept(named: Named, name: &str) -> Option<String> {
    let kind = match named {
        Named::Type => Kind::Type,
        Named::Const => Kind::Const,
        Named::Field | Named::Parameter => Kind::Field,
        Named::Member => Kind::Function,
        // It is a part of a class's name, or in capitals.
        Named::Variant => return None,
    };
    kind.is_taken(&kind.convert(name)).then(|| single(name, kind))
}

#[cfg(test)]
mod tests {
    use super::{BUILTINS, FUNCTIONS, KEYWORDS, Kind, Name, is_usable, scope, single};

    #[test]
    fn words_are_sorted() {
        assert!(KEYWORDS.is_sorted() && BUILTINS.is_sorted() && FUNCTIONS.is_sorted());
    }

    #[test]
    fn names_get_the_case_of_their_kind() {
        assert_eq!(single("HTTPServer", Kind::Type), "HTTPServer");
        assert_eq!(single("order_type", Kind::Type), "OrderType");
        assert_eq!(single("clientRef", Kind::Field), "client_ref");
        assert_eq!(single("a__b", Kind::Field), "a_b");
        assert_eq!(single("maxSymbol", Kind::Const), "MAX_SYMBOL");
    }

    #[test]
    fn no_name_is_private() {
        assert_eq!(single("_id", Kind::Field), "id_");
        assert_eq!(single("__init__", Kind::Function), "init___");
        for kind in [Kind::Type, Kind::Const, Kind::Field, Kind::Function, Kind::Module] {
            for name in ["_", "__", "_1", "__1__", "_a", "None", "_None", "yield", "__slots__", "a_"] {
                let escaped = single(name, kind);
                assert!(escaped.starts_with(|c: char| c.is_ascii_alphabetic()), "{name} became {escaped}");
                assert!(KEYWORDS.binary_search(&escaped.as_str()).is_err(), "{name} became {escaped}");
            }
        }
    }

    #[test]
    fn an_escape_goes_on_until_the_name_is_free() {
        assert_eq!(scope(["class_", "class", "x"].into_iter(), Kind::Field), ["class_", "class__", "x"]);
        assert_eq!(single("list", Kind::Function), "list_");
        assert_eq!(single("spawn", Kind::Function), "spawn_");
        assert_eq!(single("match", Kind::Field), "match");
    }

    #[test]
    fn a_given_name_stands_as_it_is() {
        let given = |name| Name { written: "x", given: Some(name) };
        assert_eq!(single(given("fooBar"), Kind::Field), "fooBar");
        assert_eq!(single(given("list"), Kind::Field), "list_");
        for (name, usable) in [("a1_B", true), ("_a", false), ("1a", false), ("a-b", false), ("", false), ("if", false)]
        {
            assert_eq!(is_usable(name), usable, "{name}");
        }
    }
}
