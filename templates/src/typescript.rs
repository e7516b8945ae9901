//! Views of a TypeScript file.

use askama::Template;

/// A whole file.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "typescript/file.ts.jinja", escape = "none")]
pub struct File {
    /// Comment lines on top, without `//`, with the blank that follows it.
    pub header: Vec<String>,
}
