//! Why a schema could not be compiled.

use std::fmt;
use std::path::{Path, PathBuf};

use procwire_idl::diagnostic::Diagnostics;
use procwire_idl::render;
use procwire_idl::source::SourceMap;

use crate::files::FilesError;

/// Why a schema could not be compiled.
///
/// `Debug` prints the same as `Display`, so that a build script that ends in `unwrap` or returns the error from `main`
/// shows what is wrong as it is meant to be read.
pub struct Error(Kind);

enum Kind {
    Read { path: PathBuf, reason: String },
    Schema { sources: SourceMap, diagnostics: Diagnostics },
    Files(FilesError),
    BuildScript(String),
}

impl Error {
    pub(crate) fn read(path: &Path, reason: impl fmt::Display) -> Self {
        Self(Kind::Read { path: path.to_owned(), reason: reason.to_string() })
    }

    pub(crate) fn schema(sources: SourceMap, diagnostics: Diagnostics) -> Self {
        Self(Kind::Schema { sources, diagnostics })
    }

    pub(crate) fn build_script(message: impl Into<String>) -> Self {
        Self(Kind::BuildScript(message.into()))
    }

    /// The diagnostics, with the texts that they speak of, if it is the schema that is wrong.
    #[must_use]
    pub fn diagnostics(&self) -> Option<(&Diagnostics, &SourceMap)> {
        match &self.0 {
            Kind::Schema { sources, diagnostics } => Some((diagnostics, sources)),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Read { path, reason } => write!(f, "cannot read `{}`: {reason}", path.display()),
            Kind::Schema { sources, diagnostics } => f.write_str(render::human(diagnostics, sources, false).trim_end()),
            Kind::Files(error) => error.fmt(f),
            Kind::BuildScript(message) => f.write_str(message),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if matches!(self.0, Kind::Schema { .. }) {
            // `main` and `unwrap` print something in front; the source lines have to begin at the margin.
            f.write_str("\n")?;
        }
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0 {
            Kind::Files(error) => Some(error),
            _ => None,
        }
    }
}

impl From<FilesError> for Error {
    fn from(error: FilesError) -> Self {
        Self(Kind::Files(error))
    }
}
