//! Views of a Python file.
//!
//! Statements, signatures and docstrings are whole, escaped and broken to their width; lines after the first have
//! their indentation. Docstrings are lines without the indentation of their place.

use askama::Template;

/// A whole file.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "python/file.py.jinja", escape = "none")]
pub struct File {
    /// Comment lines on top, without `#`, with the blank that follows it.
    pub header: Vec<String>,
    /// The module's docstring, with its quotes.
    pub docs: Vec<String>,
    /// Import lines of modules by their whole names.
    pub absolute: Vec<String>,
    /// Import lines of files beside this one.
    pub relative: Vec<String>,
    /// What is declared, in the order in which it is printed.
    pub items: Vec<Placed>,
}

/// An item and the blank lines above it.
#[derive(Clone, Debug)]
pub struct Placed {
    /// As many line ends as there are blank lines.
    pub blanks: &'static str,
    /// What is declared.
    pub item: Item,
}

/// One item of a file.
#[derive(Clone, Debug, Template)]
pub enum Item {
    /// An assignment.
    #[template(path = "python/statement.py.jinja", escape = "none")]
    Statement {
        /// All of it.
        text: String,
        /// The docstring below it.
        docs: Vec<String>,
    },
    /// A class.
    #[template(path = "python/class.py.jinja", escape = "none")]
    Class {
        /// From `class` to the colon.
        head: String,
        /// Its docstring.
        docs: Vec<String>,
        /// Its attributes.
        fields: Vec<Field>,
        /// Its methods.
        methods: Vec<Method>,
    },
}

/// An attribute of a class.
#[derive(Clone, Debug)]
pub struct Field {
    /// All of it.
    pub text: String,
    /// The docstring below it.
    pub docs: Vec<String>,
}

/// A method of a class.
#[derive(Clone, Debug)]
pub struct Method {
    /// Decorators, with `@`.
    pub decorators: Vec<String>,
    /// From `def` to the colon.
    pub head: String,
    /// Its docstring.
    pub docs: Vec<String>,
    /// The one statement of its body.
    pub body: String,
}
