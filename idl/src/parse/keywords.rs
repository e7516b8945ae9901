//! The words that begin an item.

/// What a word begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keyword {
    Edition,
    Package,
    Import,
    Const,
    Newtype,
    Alias,
    Ext,
    Record,
    Variants,
    Service,
    Callbacks,
    Module,
}

/// The words that begin an item of this version, for suggestions.
pub(super) const ITEMS: [&str; 13] = [
    "package",
    "use",
    "const",
    "newtype",
    "type",
    "ext",
    "record",
    "enum",
    "error",
    "service",
    "callbacks",
    "module",
    "strict",
];

/// What a word begins.
pub(super) fn item(word: &str) -> Option<Keyword> {
    Some(match word {
        "ipc" => Keyword::Edition,
        "package" => Keyword::Package,
        "const" => Keyword::Const,
        "newtype" => Keyword::Newtype,
        "type" => Keyword::Alias,
        "ext" => Keyword::Ext,
        "record" => Keyword::Record,
        "enum" | "error" => Keyword::Variants,
        "service" => Keyword::Service,
        "callbacks" => Keyword::Callbacks,
        "module" => Keyword::Module,
        "use" => Keyword::Import,
        _ => return None,
    })
}
