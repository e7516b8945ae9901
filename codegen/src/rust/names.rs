//! Names of a schema as Rust identifiers: the one place where they are converted and escaped.
//!
//! A name is converted to the case that Rust wants, unless it already has a form that rustc takes without a warning. A
//! name that meets a keyword or a name of the runtime's own gets a trailing `_` until it is free. Raw identifiers are
//! never written, since some keywords have none.

use std::borrow::Cow;
use std::collections::HashSet;

use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};
use procwire_idl::lint::Named;
use procwire_idl::model::Extras;

/// Every word that rustc reserves in some edition, and those of the 2024 edition.
const KEYWORDS: [&str; 53] = [
    "Self", "_", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do",
    "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super",
    "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];
/// The hidden item of the service's trait.
const FUNCTIONS: [&str; 1] = ["procwire_dispatch"];
/// What the macros add to an argument list.
const PARAMETERS: [&str; 2] = ["_cx", "cx"];

/// What is named; each kind has its own case and its own words that are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A type or a trait.
    Type,
    /// A variant of a strict enum.
    Variant,
    /// A variant of an open enum, which has `Unknown` already.
    OpenVariant,
    /// A constant.
    Const,
    /// A field of a record or of a struct variant.
    Field,
    /// A method or an event.
    Function,
    /// A parameter of a method or of an event.
    Parameter,
}

impl Kind {
    fn convert(self, name: &str) -> Cow<'_, str> {
        let converted = match self {
            Self::Type | Self::Variant | Self::OpenVariant => {
                let is_fine =
                    name.starts_with(|c: char| c.is_ascii_uppercase()) && !name.trim_end_matches('_').contains('_');
                if is_fine {
                    return Cow::Borrowed(name);
                }
                name.to_upper_camel_case()
            }
            Self::Const => {
                if is_plain(name) && !name.contains(|c: char| c.is_ascii_lowercase()) {
                    return Cow::Borrowed(name);
                }
                name.to_shouty_snake_case()
            }
            Self::Field | Self::Function | Self::Parameter => {
                if is_plain(name) && !name.contains(|c: char| c.is_ascii_uppercase()) {
                    return Cow::Borrowed(name);
                }
                name.to_snake_case()
            }
        };
        // `_`, `__` and `_1` lose what makes them identifiers.
        if converted.starts_with(|c: char| c.is_ascii_digit()) || converted.is_empty() {
            return Cow::Owned(format!("_{converted}"));
        }
        Cow::Owned(converted)
    }

    fn is_taken(self, name: &str) -> bool {
        KEYWORDS.binary_search(&name).is_ok()
            || match self {
                Self::Type | Self::Variant | Self::Const | Self::Field => false,
                Self::OpenVariant => name == "Unknown",
                Self::Function => FUNCTIONS.contains(&name),
                Self::Parameter => PARAMETERS.contains(&name),
            }
    }
}

/// A name of the schema, and the one that `@rust(name = "..")` gives in its place.
#[derive(Clone, Copy)]
pub(super) struct Name<'a> {
    declared: &'a str,
    given: Option<&'a str>,
}

impl<'a> Name<'a> {
    pub(super) fn new(declared: &'a str, extras: &'a Extras) -> Self {
        Self { declared, given: extras.names.rust.as_deref() }
    }
}

impl<'a> From<&'a str> for Name<'a> {
    fn from(declared: &'a str) -> Self {
        Self { declared, given: None }
    }
}

impl<'a> From<&'a String> for Name<'a> {
    fn from(declared: &'a String) -> Self {
        declared.as_str().into()
    }
}

/// Whether a name has no two underscores in a row, but for its ends.
fn is_plain(name: &str) -> bool {
    let core = name.trim_matches('_');
    !core.is_empty() && !core.contains("__")
}

/// The identifiers of the names of one scope, in their order. Names that are the same without an escape stay the same:
/// that is an error of the schema, which [`collisions`](super::collisions) finds.
pub(super) fn scope<'a, N: Into<Name<'a>>>(names: impl Iterator<Item = N>, kind: Kind) -> Vec<Cow<'a, str>> {
    let names = names.map(Into::into);
    let converted = names.map(|name| name.given.map_or_else(|| kind.convert(name.declared), Cow::Borrowed));
    let mut converted: Vec<Cow<'a, str>> = converted.collect();
    if converted.iter().any(|name| kind.is_taken(name)) {
        let mut taken: HashSet<String> =
            converted.iter().filter(|name| !kind.is_taken(name)).map(ToString::to_string).collect();
        for name in converted.iter_mut().filter(|name| kind.is_taken(name)) {
            let escaped = name.to_mut();
            while kind.is_taken(escaped) || taken.contains(escaped.as_str()) {
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
        Named::Variant => Kind::Variant,
        Named::Const => Kind::Const,
        Named::Field => Kind::Field,
        Named::Parameter => Kind::Parameter,
        Named::Member => Kind::Function,
    };
    kind.is_taken(&kind.convert(name)).then(|| single(name, kind))
}

#[cfg(test)]
mod tests {
    use super::{KEYWORDS, Kind, scope, single};

    #[test]
    fn keywords_are_sorted_for_the_search() {
        assert!(KEYWORDS.is_sorted());
    }

    #[test]
    fn names_keep_a_form_that_rust_takes() {
        assert_eq!(single("HTTPServer", Kind::Type), "HTTPServer");
        assert_eq!(single("_id", Kind::Field), "_id");
        assert_eq!(single("x_1", Kind::Field), "x_1");
        assert_eq!(single("MAX", Kind::Const), "MAX");
    }

    #[test]
    fn names_get_the_case_of_their_kind() {
        assert_eq!(single("order_type", Kind::Type), "OrderType");
        assert_eq!(single("clientRef", Kind::Field), "client_ref");
        assert_eq!(single("a__b", Kind::Field), "a_b");
        assert_eq!(single("maxSymbol", Kind::Const), "MAX_SYMBOL");
    }

    #[test]
    fn what_is_no_identifier_becomes_one() {
        for kind in [Kind::Type, Kind::Variant, Kind::Const, Kind::Field, Kind::Function, Kind::Parameter] {
            for name in ["_", "__", "_1", "__1__", "self", "Self", "crate", "super", "yield", "gen", "_a", "a_"] {
                let escaped = single(name, kind);
                assert!(syn::parse_str::<syn::Ident>(&escaped).is_ok(), "{name} became {escaped}");
            }
        }
    }

    #[test]
    fn an_escape_goes_on_until_the_name_is_free() {
        assert_eq!(scope(["type_", "type", "x"].into_iter(), Kind::Field), ["type_", "type__", "x"]);
        assert_eq!(single("Unknown", Kind::OpenVariant), "Unknown_");
        assert_eq!(single("Unknown", Kind::Variant), "Unknown");
        assert_eq!(single("procwire_dispatch", Kind::Function), "procwire_dispatch_");
        assert_eq!(single("cx", Kind::Parameter), "cx_");
    }
}
