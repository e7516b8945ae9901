//! A tree of values, which JSON and `MsgPack` both write: what the interchange form is made of.

use std::fmt::Write as _;

/// A value of the interchange form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// Nothing.
    Null,
    /// A truth value.
    Bool(bool),
    /// A whole number; the form has one beyond 2^53 as text, since a peer in JavaScript reads a double.
    Int(i64),
    /// A text.
    Text(String),
    /// Values in order.
    List(Vec<Node>),
    /// Values by key, in the order in which they are written.
    Map(Vec<(String, Node)>),
}

impl Node {
    /// The value of a key of a map.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(entries) => entries.iter().find(|(own, _)| own == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// JSON on one line. It is ASCII, without the characters that end a literal of TypeScript or Python.
    #[must_use]
    pub fn json(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    /// JSON to be read by people: the maps and lists of the first `levels` have a line for each entry.
    #[must_use]
    pub fn json_lines(&self, levels: usize) -> String {
        let mut out = String::new();
        self.write_lines(levels, 0, &mut out);
        out
    }

    /// JSON in lines of this width, where it can be.
    #[must_use]
    pub fn json_within(&self, width: usize) -> String {
        let mut out = String::new();
        self.write_within(width, 0, 1, &mut out);
        out
    }

    fn write(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Int(value) => _ = write!(out, "{value}"),
            Self::Text(text) => quoted(text, out),
            Self::List(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    out.push_str(if at == 0 { "" } else { ", " });
                    item.write(out);
                }
                out.push(']');
            }
            Self::Map(entries) => {
                out.push('{');
                for (at, (key, value)) in entries.iter().enumerate() {
                    out.push_str(if at == 0 { "" } else { ", " });
                    quoted(key, out);
                    out.push_str(": ");
                    value.write(out);
                }
                out.push('}');
            }
        }
    }

    /// `around` is what else stands on the line.
    fn write_within(&self, width: usize, indent: usize, around: usize, out: &mut String) {
        let flat = self.json();
        let is_leaf = match self {
            Self::List(items) => items.is_empty(),
            Self::Map(entries) => entries.is_empty(),
            _ => true,
        };
        if is_leaf || indent + around + flat.len() <= width {
            out.push_str(&flat);
            return;
        }
        let line = |out: &mut String, at: usize, indent: usize| {
            out.push_str(if at == 0 { "\n" } else { ",\n" });
            out.extend(std::iter::repeat_n(' ', indent));
        };
        match self {
            Self::List(items) => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    line(out, at, indent + 2);
                    item.write_within(width, indent + 2, 1, out);
                }
                line(out, 0, indent);
                out.push(']');
            }
            Self::Map(entries) => {
                out.push('{');
                for (at, (key, value)) in entries.iter().enumerate() {
                    line(out, at, indent + 2);
                    let start = out.len();
                    quoted(key, out);
                    out.push_str(": ");
                    value.write_within(width, indent + 2, out.len() - start + 1, out);
                }
                line(out, 0, indent);
                out.push('}');
            }
            _ => {}
        }
    }

    fn write_lines(&self, levels: usize, indent: usize, out: &mut String) {
        let line = |out: &mut String, at: usize, indent: usize| {
            out.push_str(if at == 0 { "\n" } else { ",\n" });
            out.extend(std::iter::repeat_n(' ', indent));
        };
        match self {
            Self::List(items) if levels > 0 && !items.is_empty() => {
                out.push('[');
                for (at, item) in items.iter().enumerate() {
                    line(out, at, indent + 2);
                    item.write_lines(levels - 1, indent + 2, out);
                }
                line(out, 0, indent);
                out.push(']');
            }
            Self::Map(entries) if levels > 0 && !entries.is_empty() => {
                out.push('{');
                for (at, (key, value)) in entries.iter().enumerate() {
                    line(out, at, indent + 2);
                    quoted(key, out);
                    out.push_str(": ");
                    value.write_lines(levels - 1, indent + 2, out);
                }
                line(out, 0, indent);
                out.push('}');
            }
            plain => plain.write(out),
        }
    }
}

impl From<i128> for Node {
    fn from(number: i128) -> Self {
        match i64::try_from(number) {
            Ok(number) if number.unsigned_abs() <= 1 << 53 => Self::Int(number),
            _ => Self::Text(number.to_string()),
        }
    }
}

impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Node {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

/// Printable ASCII stands as it is, but for what ends or opens something in a string of JSON, a raw template of TypeScript
/// or a raw string of Python; all else is `\uXXXX`, a character beyond U+FFFF two of them.
fn quoted(text: &str, out: &mut String) {
    out.push('"');
    for unit in text.encode_utf16() {
        match u8::try_from(unit) {
            Ok(b'"' | b'\\' | b'`' | b'$') | Err(_) => _ = write!(out, "\\u{unit:04x}"),
            Ok(byte @ b' '..=b'~') => out.push(char::from(byte)),
            Ok(_) => _ = write!(out, "\\u{unit:04x}"),
        }
    }
    out.push('"');
}
