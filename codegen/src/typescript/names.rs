//! Names of a schema as TypeScript identifiers: the one place where they are converted and escaped.
//!
//! Fields and parameters are not converted: they are properties, named as on the wire. What else has a name gets the
//! case of its kind, unless it has a fitting one already. A name that is taken gets a trailing `_` until it is free.

use std::borrow::Cow;
use std::collections::HashSet;

use heck::{ToLowerCamelCase, ToShoutySnakeCase, ToUpperCamelCase};
use procwire_idl::lint::Named;
use procwire_idl::model::Extras;

/// Every word that cannot name a variable in a module, or that would hide something that generated code uses.
const KEYWORDS: [&str; 62] = [
    "Infinity",
    "NaN",
    "abstract",
    "any",
    "arguments",
    "as",
    "async",
    "await",
    "boolean",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "declare",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "eval",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "globalThis",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "interface",
    "let",
    "new",
    "null",
    "number",
    "of",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "static",
    "string",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "type",
    "typeof",
    "undefined",
    "var",
    "void",
    "while",
    "with",
    "yield",
];
/// What every object has, and what clients, handlers and event tables have of their own. A client with a `then` would
/// be taken for a promise.
const MEMBERS: [&str; 20] = [
    "__defineGetter__",
    "__defineSetter__",
    "__lookupGetter__",
    "__lookupSetter__",
    "__proto__",
    "constructor",
    "events",
    "has",
    "hasOwnProperty",
    "isPrototypeOf",
    "new",
    "peer",
    "propertyIsEnumerable",
    "prototype",
    "shutdown",
    "then",
    "toJSON",
    "toLocaleString",
    "toString",
    "valueOf",
];
/// What the functions of a codec have beside a variable a field.
const LOCALS: [&str; 8] = ["error", "field", "left", "next", "r", "seen", "value", "w"];
/// What stands beside a bare parameter.
const PARAMETERS: [&str; 3] = ["args", "cx", "options"];

/// What is named; each kind has its own case and its own words that are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A type or a service.
    Type,
    /// A constant.
    Const,
    /// A method or an event.
    Member,
    /// The one parameter of a method that is no map.
    Parameter,
    /// A variable that holds a field while its record is read.
    Local,
}

impl Kind {
    fn convert(self, name: &str) -> Cow<'_, str> {
        let converted = match self {
            Self::Type => {
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
            Self::Member | Self::Parameter => {
                let is_fine =
                    name.starts_with(|c: char| c.is_ascii_lowercase()) && !name.trim_end_matches('_').contains('_');
                if is_fine {
                    return Cow::Borrowed(name);
                }
                name.to_lower_camel_case()
            }
            Self::Local => return Cow::Borrowed(name),
        };
        // `_`, `__` and `_1` lose what makes them identifiers.
        if converted.starts_with(|c: char| c.is_ascii_digit()) || converted.is_empty() {
            return Cow::Owned(format!("_{converted}"));
        }
        Cow::Owned(converted)
    }

    fn is_taken(self, name: &str) -> bool {
        match self {
            // Upper case keeps a type from every keyword, and shouting all constants but two.
            Self::Type => matches!(name, "Infinity" | "NaN"),
            Self::Const => matches!(name, "NAN" | "INFINITY"),
            Self::Member => MEMBERS.contains(&name),
            Self::Parameter => is_keyword(name) || PARAMETERS.contains(&name),
            Self::Local => {
                is_keyword(name)
                    || LOCALS.contains(&name)
                    // The masks beyond the first: `seen1`.
                    || name.strip_prefix("seen").is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
            }
        }
    }
}

fn is_keyword(name: &str) -> bool {
    KEYWORDS.binary_search(&name).is_ok()
}

/// Whether a name has no two underscores in a row, but for its ends.
fn is_plain(name: &str) -> bool {
    let core = name.trim_matches('_');
    !core.is_empty() && !core.contains("__")
}

/// A name of a schema, and the one that the schema gives it in TypeScript.
#[derive(Clone, Copy, Debug)]
pub(super) struct Name<'a> {
    pub written: &'a str,
    pub given: Option<&'a str>,
}

impl<'a> Name<'a> {
    pub(super) fn new(written: &'a str, extras: &'a Extras) -> Self {
        Self { written, given: extras.names.ts.as_deref() }
    }
}

impl<'a> From<&'a str> for Name<'a> {
    fn from(written: &'a str) -> Self {
        Self { written, given: None }
    }
}

/// The identifiers of the names of one scope, in their order. Names that are the same without an escape stay the same:
/// that is an error of the schema, which [`collisions`](super::collisions) finds.
pub(super) fn scope<'a, N: Into<Name<'a>>>(names: impl Iterator<Item = N>, kind: Kind) -> Vec<Cow<'a, str>> {
    let convert = |Name { written, given }: Name<'a>| given.map_or_else(|| kind.convert(written), Cow::Borrowed);
    let mut converted: Vec<Cow<'a, str>> = names.map(|name| convert(name.into())).collect();
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
pub(super) fn single(name: &str, kind: Kind) -> String {
    scope(std::iter::once(name), kind).pop().map(Cow::into_owned).unwrap_or_default()
}

/// Whether a text can stand as a property's name without quotes.
pub(super) fn is_identifier(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'$'))
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$'))
}

/// Whether an expression only looks something up, so that it may be written twice.
pub(super) fn is_plain_access(expression: &str) -> bool {
    !expression.contains(['?', '(', ' '])
}

/// The identifier of a name that the language, or generated code, keeps for itself.
pub(crate) fn kept(named: Named, name: &str) -> Option<String> {
    let kind = match named {
        Named::Type => Kind::Type,
        Named::Const => Kind::Const,
        Named::Member => Kind::Member,
        // They are called as on the wire.
        Named::Variant | Named::Field | Named::Parameter => return None,
    };
    kind.is_taken(&kind.convert(name)).then(|| single(name, kind))
}

#[cfg(test)]
mod tests {
    use super::{KEYWORDS, Kind, MEMBERS, is_identifier, scope, single};

    #[test]
    fn lists_are_sorted() {
        assert!(KEYWORDS.is_sorted());
        assert!(MEMBERS.is_sorted());
    }

    #[test]
    fn names_get_the_case_of_their_kind() {
        assert_eq!(single("order_type", Kind::Type), "OrderType");
        assert_eq!(single("HTTPServer", Kind::Type), "HTTPServer");
        assert_eq!(single("maxSymbol", Kind::Const), "MAX_SYMBOL");
        assert_eq!(single("warm_stats", Kind::Member), "warmStats");
        assert_eq!(single("DataFetch", Kind::Member), "dataFetch");
        assert_eq!(single("client_ref", Kind::Local), "client_ref");
        assert_eq!(single("_1", Kind::Member), "_1");
    }

    #[test]
    fn what_is_taken_gets_underscores_until_it_is_free() {
        assert_eq!(single("then", Kind::Member), "then_");
        assert_eq!(single("delete", Kind::Member), "delete");
        assert_eq!(scope(["class", "class_", "r"].into_iter(), Kind::Local), ["class__", "class_", "r_"]);
        assert_eq!(single("seen2", Kind::Local), "seen2_");
        assert_eq!(single("options", Kind::Parameter), "options_");
    }

    #[test]
    fn only_plain_words_need_no_quotes() {
        assert!(is_identifier("class") && is_identifier("_1"));
        assert!(!is_identifier("a b") && !is_identifier("1") && !is_identifier("") && !is_identifier("ä"));
    }
}
