//! Tokens as brackets and elements.
//!
//! An element is what a comma or a semicolon ends in a pair of brackets, and in a file what a semicolon or a block ends.
//! Docs and comments above it and behind it belong to it.

use super::token::{Kind, Token};

/// A part of an element.
#[derive(Debug)]
pub(super) enum Node<'a> {
    Token(Token<'a>),
    Group(Group<'a>),
}

/// A pair of brackets.
#[derive(Debug)]
pub(super) struct Group<'a> {
    pub open: Token<'a>,
    /// Empty where the text ends before it is closed.
    pub close: &'static str,
    pub elements: Vec<Element<'a>>,
    /// Comments and docs behind the last element.
    pub rest: Vec<Line<'a>>,
    /// Whether elements end with a semicolon.
    pub statements: bool,
    /// Whether a comma stands behind the last element.
    pub comma: bool,
    /// Whether the author broke the line behind the opening bracket.
    pub broken: bool,
}

/// A comment or a doc on a line of its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    pub token: Token<'a>,
    /// Whether a blank line stands in front of it.
    pub blank: bool,
}

/// What stands between two separators.
#[derive(Debug, Default)]
pub(super) struct Element<'a> {
    /// What stands above it.
    pub above: Vec<Line<'a>>,
    /// Whether a blank line stands between that, or what comes before, and it.
    pub blank: bool,
    pub nodes: Vec<Node<'a>>,
    /// The comments behind it on its line.
    pub behind: Vec<Token<'a>>,
    /// The semicolon of an item, where it has one.
    pub semicolon: bool,
}

/// A file: its items, and what stands behind the last.
pub(super) struct File<'a> {
    pub elements: Vec<Element<'a>>,
    pub rest: Vec<Line<'a>>,
}

pub(super) fn read<'a>(tokens: &[Token<'a>]) -> File<'a> {
    let mut reader = Reader { tokens, at: 0 };
    let mut elements = Vec::new();
    loop {
        let (element, _) = reader.element(None, false);
        if element.nodes.is_empty() && !element.semicolon {
            return File { elements, rest: element.above };
        }
        elements.push(element);
    }
}

struct Reader<'a, 't> {
    tokens: &'t [Token<'a>],
    at: usize,
}

/// What ended an element.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Comma,
    Semicolon,
    /// The closing bracket, which is not consumed, or the end of the text.
    Close,
    /// The block that ends an item.
    Block,
}

impl<'a> Reader<'a, '_> {
    fn peek(&self) -> Option<Token<'a>> {
        self.tokens.get(self.at).copied()
    }

    /// An element inside of brackets, or of the file; `statements` tells that only a semicolon ends it.
    fn element(&mut self, close: Option<&str>, statements: bool) -> (Element<'a>, End) {
        let mut element = Element::default();
        // A comma between the arguments of a type parts no elements.
        let mut angles = 0_usize;
        let end = loop {
            let Some(token) = self.peek() else {
                break End::Close;
            };
            if close.is_some_and(|close| token.is(close)) {
                break End::Close;
            }
            self.at += 1;
            match token.kind {
                Kind::Doc | Kind::FileDoc => element.raise(token),
                Kind::LineComment | Kind::BlockComment => self.comment(&mut element, token, close),
                Kind::Mark if token.text == "," && close.is_some() && angles == 0 && !statements => break End::Comma,
                Kind::Mark if token.text == ";" => {
                    element.semicolon = close.is_none();
                    break End::Semicolon;
                }
                Kind::Mark if matches!(token.text, "(" | "[" | "{") => {
                    element.begin(&token);
                    let group = self.group(token);
                    // The braces of an import are not its end.
                    let ends = token.text == "{" && close.is_none() && !element.is_import();
                    element.nodes.push(Node::Group(group));
                    if ends {
                        break End::Block;
                    }
                }
                _ => {
                    match token.text {
                        "<" => angles += 1,
                        ">" => angles = angles.saturating_sub(1),
                        _ => {}
                    }
                    element.begin(&token);
                    element.nodes.push(Node::Token(token));
                }
            }
        };
        if end != End::Close || close.is_none() {
            self.behind(&mut element);
        }
        (element, end)
    }

    /// A comment between the parts of an element, or above the first.
    fn comment(&mut self, element: &mut Element<'a>, token: Token<'a>, close: Option<&str>) {
        let ends_element =
            self.peek().is_none_or(|next| close.is_some_and(|close| next.is(close) || next.is(",")) || next.is(";"));
        if !element.nodes.is_empty() && token.newlines == 0 && ends_element {
            element.behind.push(token);
        } else if !element.nodes.is_empty() && token.kind == Kind::BlockComment && !token.text.contains('\n') {
            element.nodes.push(Node::Token(token));
        } else {
            element.raise(token);
        }
    }

    /// Comments on the line of the separator.
    fn behind(&mut self, element: &mut Element<'a>) {
        while let Some(token) = self.peek().filter(|token| token.is_comment() && token.newlines == 0) {
            // One that something follows on the same line belongs to that.
            let last = token.kind == Kind::LineComment
                || self.tokens.get(self.at + 1).is_none_or(|next| next.newlines > 0 || next.is_comment());
            if !last {
                break;
            }
            element.behind.push(token);
            self.at += 1;
        }
    }

    /// Whether a semicolon stands in the brackets that were just opened.
    fn holds_statements(&self) -> bool {
        let mut depth = 0_usize;
        for token in &self.tokens[self.at..] {
            match token.text {
                _ if token.kind != Kind::Mark => {}
                ";" if depth == 0 => return true,
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" if depth == 0 => return false,
                ")" | "]" | "}" => depth -= 1,
                _ => {}
            }
        }
        false
    }

    fn group(&mut self, open: Token<'a>) -> Group<'a> {
        let close = match open.text {
            "(" => ")",
            "[" => "]",
            _ => "}",
        };
        let broken = self.peek().is_some_and(|next| next.newlines > 0);
        let mut group = Group {
            open,
            close: "",
            elements: Vec::new(),
            rest: Vec::new(),
            statements: open.text == "{" && self.holds_statements(),
            comma: false,
            broken,
        };
        loop {
            let (mut element, end) = self.element(Some(close), group.statements);
            if end == End::Close {
                if element.nodes.is_empty() {
                    group.rest = std::mem::take(&mut element.above);
                    group.comma = !group.elements.is_empty() && !group.statements;
                } else {
                    group.elements.push(element);
                }
                if self.peek().is_some() {
                    self.at += 1;
                    group.close = close;
                }
                return group;
            }
            group.elements.push(element);
        }
    }
}

impl<'a> Element<'a> {
    /// Puts a comment or a doc above the element.
    fn raise(&mut self, token: Token<'a>) {
        self.above.push(Line { token, blank: token.newlines > 1 });
    }

    /// Takes note of the blank line in front of the first token.
    fn begin(&mut self, token: &Token<'_>) {
        if self.nodes.is_empty() {
            self.blank = token.newlines > 1;
        }
    }

    fn is_import(&self) -> bool {
        self.is_word("use")
    }

    /// Whether the element begins with this word.
    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(self.nodes.first(), Some(Node::Token(token)) if token.kind == Kind::Word && token.text == word)
    }
}
