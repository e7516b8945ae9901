//! Views of a Python file.

use askama::Template;

/// A whole file.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "python/file.py.jinja", escape = "none")]
pub struct File {
    /// Comment lines on top, without `#`, with the blank that follows it.
    pub header: Vec<String>,
}
