//! Writing a pattern for an engine. What is written has only ASCII letters, and every class is spelled out.

use std::fmt::Write as _;

use super::{Class, Node};

/// Whose regular expressions they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Engine {
    Rust,
    TypeScript,
    Python,
}

pub(super) fn text(node: &Node, engine: Engine) -> String {
    let mut writer = Writer { engine, text: String::new() };
    writer.node(node);
    writer.text
}

struct Writer {
    engine: Engine,
    text: String,
}

impl Writer {
    fn node(&mut self, node: &Node) {
        match node {
            Node::Any(branches) => {
                for (at, branch) in branches.iter().enumerate() {
                    self.text.push_str(if at == 0 { "" } else { "|" });
                    self.node(branch);
                }
            }
            Node::All(nodes) => {
                for node in nodes {
                    if let Node::Any(_) = node {
                        self.group(node);
                    } else {
                        self.node(node);
                    }
                }
            }
            Node::Repeat(inside, least, most) => {
                if let Node::Class(_) = **inside {
                    self.node(inside);
                } else {
                    self.group(inside);
                }
                self.times(*least, *most);
            }
            Node::Class(class) => self.class(class),
            // Without flags the text begins once in all three.
            Node::Start => self.text.push('^'),
            // Python's `$` is also before a line break at the end.
            Node::End => self.text.push_str(if self.engine == Engine::Python { r"\Z" } else { "$" }),
            Node::Boundary => self.text.push_str(match self.engine {
                Engine::Rust | Engine::TypeScript => r"\b",
                Engine::Python => r"(?a:\b)",
            }),
        }
    }

    fn group(&mut self, node: &Node) {
        self.text.push_str("(?:");
        self.node(node);
        self.text.push(')');
    }

    fn times(&mut self, least: u32, most: Option<u32>) {
        match (least, most) {
            (0, None) => self.text.push('*'),
            (1, None) => self.text.push('+'),
            (0, Some(1)) => self.text.push('?'),
            (least, None) => self.put(format_args!("{{{least},}}")),
            (least, Some(most)) if least == most => self.put(format_args!("{{{least}}}")),
            (least, Some(most)) => self.put(format_args!("{{{least},{most}}}")),
        }
    }

    fn class(&mut self, class: &Class) {
        if let ([(low, high)], false) = (class.ranges.as_slice(), class.negated)
            && low == high
        {
            return self.character(*low);
        }
        self.text.push('[');
        self.text.push_str(if class.negated { "^" } else { "" });
        for (low, high) in &class.ranges {
            self.character(*low);
            if high > low {
                self.text.push('-');
                self.character(*high);
            }
        }
        self.text.push(']');
    }

    /// One character, in a class or outside; each mark is escaped if any engine wants it, and all take it.
    fn character(&mut self, character: char) {
        match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' => self.text.push(character),
            // JavaScript refuses these behind a `\` in Unicode mode, and they mean themselves everywhere.
            ' ' | '!' | '"' | '#' | '%' | '\'' | ',' | ':' | ';' | '<' | '=' | '>' | '@' | '_' | '`' => {
                self.text.push(character);
            }
            // These join two sets in a class of Rust, or may do so later in Python, but only when doubled.
            '&' | '~' | '-' => self.by_number(character),
            '!'..='~' => {
                self.text.push('\\');
                self.text.push(character);
            }
            _ => self.by_number(character),
        }
    }

    fn by_number(&mut self, character: char) {
        let number = u32::from(character);
        match self.engine {
            Engine::Rust | Engine::TypeScript => self.put(format_args!("\\u{{{number:x}}}")),
            Engine::Python if number <= 0xff => self.put(format_args!("\\x{number:02x}")),
            Engine::Python if number <= 0xffff => self.put(format_args!("\\u{number:04x}")),
            Engine::Python => self.put(format_args!("\\U{number:08x}")),
        }
    }

    fn put(&mut self, text: std::fmt::Arguments<'_>) {
        // A `String` takes everything.
        let _ = self.text.write_fmt(text);
    }
}
