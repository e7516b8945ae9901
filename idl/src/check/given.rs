//! Names that a schema gives for one language.

use crate::model::Names;

/// The languages that code is generated in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    Rust,
    TypeScript,
    Python,
}

impl Language {
    pub(super) const ALL: [Self; 3] = [Self::Rust, Self::TypeScript, Self::Python];

    /// The name that is given for the language.
    pub(super) fn given(self, names: &Names) -> Option<&str> {
        match self {
            Self::Rust => names.rust.as_deref(),
            Self::TypeScript => names.ts.as_deref(),
            Self::Python => names.py.as_deref(),
        }
    }

    /// What is generated in it.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Rust => "generated Rust",
            Self::TypeScript => "generated TypeScript",
            Self::Python => "generated Python",
        }
    }
}

/// Whether a name is given for some language.
pub(super) fn is_given(names: &Names) -> bool {
    Language::ALL.iter().any(|language| language.given(names).is_some())
}
