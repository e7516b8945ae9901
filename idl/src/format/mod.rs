//! The one form that a schema is written in.
//!
//! The formatter works on tokens and brackets, not on the tree, so that every comment has a place and a form that the
//! grammar learns later is laid out like the others. Nothing but white space, the comma behind the last element of a
//! list, and the place of a comment in the middle of an element ever changes.
//!
//! - Two spaces a level, at most [`WIDTH`] columns, LF.
//! - A list in braces or a parameter list stands on one line where it fits there, holds neither a doc nor a comment,
//!   and its author did not break it behind the opening bracket. Otherwise each element has a line, with a comma behind
//!   the last. The body of a service always has lines.
//! - One blank line at most, and always one around an item of several lines.
//! - A comment on a line of its own stays above what it stands above, one behind an element stays behind it.
//! - An annotation stays on a line of its own where its author put it on one.

mod layout;
mod spacing;
mod token;
mod tree;

/// The columns of a line.
pub const WIDTH: usize = 100;

/// Lays out a text that the parser takes without a syntax error. Of any other text the result means nothing.
///
/// ```
/// let text = "ipc 1;package a;record  Point{x:i32,y:i32}";
/// assert_eq!(procwire_idl::format::text(text), "ipc 1;\npackage a;\n\nrecord Point { x: i32, y: i32 }\n");
/// ```
#[must_use]
pub fn text(source: &str) -> String {
    let tokens = token::tokens(source);
    layout::file(&tree::read(&tokens))
}
