//! The words that begin an item.

/// What a word begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keyword {
    Edition,
    Package,
    Const,
    Newtype,
    Alias,
    Record,
    Variants,
    Service,
    /// A word of the language that this version does not have.
    Later,
}

/// The words that begin an item of this version, for suggestions.
pub(super) const ITEMS: [&str; 9] =
    ["package", "const", "newtype", "type", "record", "enum", "error", "service", "strict"];

/// What a word begins; the words of later versions are known, so that they can be named.
pub(super) fn item(word: &str) -> Option<Keyword> {
    Some(match word {
        "ipc" => Keyword::Edition,
        "package" => Keyword::Package,
        "const" => Keyword::Const,
        "newtype" => Keyword::Newtype,
        "type" => Keyword::Alias,
        "record" => Keyword::Record,
        "enum" | "error" => Keyword::Variants,
        "service" => Keyword::Service,
        "use" | "ext" | "callbacks" | "module" => Keyword::Later,
        _ => return None,
    })
}
