//! The languages that are generated.

/// A language that is generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Target {
    /// Rust
    Rust,
    /// TypeScript
    TypeScript,
    /// Python
    Python,
}

impl Target {
    /// Every language.
    pub const ALL: &'static [Self] = &[Self::Rust, Self::TypeScript, Self::Python];

    /// The name, as the command line takes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::TypeScript => "typescript",
            Self::Python => "python",
        }
    }
}
