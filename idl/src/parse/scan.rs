//! The scanner: looks at each character once, refuses those that may not stand in a schema, keeps the comments, and
//! cuts the text into items.
//!
//! It knows strings, comments, brackets and words, and nothing of the grammar. An item ends at a `;` or `}` outside of
//! brackets, or where a line begins with the keyword and the name of another item: a missing `}` then costs one item and
//! not the rest of the file.

mod text;

pub(super) use text::{is_forbidden, name_of};

use super::keywords::{self, Keyword};
use crate::ast::{Comment, Doc};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::limits;
use crate::source::{FileId, Span};

/// A part of the text that should be one item.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'a> {
    /// The offset of the first byte.
    pub start: usize,
    /// The offset behind the last byte.
    pub end: usize,
    /// The first word that is no annotation and not `strict`, and its offset.
    pub word: Option<(&'a str, usize)>,
    /// The word behind it, and its offset.
    pub name: Option<(&'a str, usize)>,
    /// Whether something was already told about it that the grammar would only tell again.
    pub broken: bool,
}

/// What the scanner found.
pub(super) struct Scan<'a> {
    pub pieces: Vec<Piece<'a>>,
    pub comments: Vec<Comment<'a>>,
    pub docs: Vec<Doc<'a>>,
}

/// Cuts a text into items.
pub(super) fn scan<'a>(file: FileId, text: &'a str, diagnostics: &mut Diagnostics) -> Scan<'a> {
    let mut scanner = Scanner {
        file,
        text,
        bytes: text.as_bytes(),
        at: 0,
        brackets: Vec::new(),
        angles: 0,
        piece: None,
        behind_at: false,
        items_began: false,
        found: Scan { pieces: Vec::new(), comments: Vec::new(), docs: Vec::new() },
        diagnostics,
    };
    scanner.run();
    scanner.found
}

struct Scanner<'a, 'd> {
    file: FileId,
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    brackets: Vec<(u8, usize)>,
    angles: usize,
    piece: Option<Piece<'a>>,
    /// The last token was `@` or `.`, so that a word here is no keyword.
    behind_at: bool,
    items_began: bool,
    found: Scan<'a>,
    diagnostics: &'d mut Diagnostics,
}

impl<'a> Scanner<'a, '_> {
    fn run(&mut self) {
        if self.text.starts_with('\u{feff}') {
            self.at = '\u{feff}'.len_utf8();
        }
        while let Some(&byte) = self.bytes.get(self.at) {
            if self.found.pieces.len() >= limits::ITEMS {
                let message = format!("a schema has at most {} items", limits::ITEMS);
                self.tell(Code::Limit, self.at, self.at + 1, message, "this is one more");
                return;
            }
            match byte {
                b' ' | b'\t' | b'\n' => self.at += 1,
                b'\r' if self.bytes.get(self.at + 1) == Some(&b'\n') => self.at += 2,
                b'/' if self.bytes.get(self.at + 1) == Some(&b'/') => self.line_comment(),
                b'/' if self.bytes.get(self.at + 1) == Some(&b'*') => self.block_comment(),
                b'"' => self.string(0),
                b'r' if self.starts_raw_string() => {
                    let hashes = self.bytes[self.at + 1..].iter().take_while(|byte| **byte == b'#').count();
                    self.at += 1 + hashes;
                    self.string(hashes + 1);
                }
                b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.word(),
                b'0'..=b'9' => {
                    self.begin();
                    self.at += self.count(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
                    self.behind_at = false;
                }
                b'!'..=b'~' => self.mark(byte),
                _ => self.forbidden_outside(),
            }
        }
        self.finish();
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, super::offset(start), super::offset(end))
    }

    fn tell(&mut self, code: Code, start: usize, end: usize, message: impl Into<String>, label: &str) {
        let diagnostic = Diagnostic::error(code, self.span(start, end), message).label(label);
        self.diagnostics.push(diagnostic);
    }

    fn count(&self, wanted: impl Fn(u8) -> bool) -> usize {
        self.bytes[self.at..].iter().take_while(|byte| wanted(**byte)).count()
    }

    /// The item that is being read; the current character begins one if none is.
    fn begin(&mut self) -> &mut Piece<'a> {
        let start = self.at;
        self.piece.get_or_insert(Piece { start, end: start, word: None, name: None, broken: false })
    }

    fn end(&mut self, end: usize) {
        if let Some(piece) = self.piece.take() {
            self.items_began |= !piece.is_header();
            self.found.pieces.push(Piece { end, ..piece });
        }
        self.brackets.clear();
        self.angles = 0;
        self.behind_at = false;
    }

    fn finish(&mut self) {
        self.unclosed("before the end of the file");
        self.end(self.text.len());
    }

    /// Tells of the innermost open bracket, if there is one.
    fn unclosed(&mut self, place: &str) {
        let told = self.piece.is_some_and(|piece| piece.broken);
        if let Some(&(bracket, at)) = self.brackets.last()
            && !told
        {
            let bracket = char::from(bracket);
            let message = format!("`{bracket}` is not closed {place}");
            self.tell(Code::Unclosed, at, at + 1, message, "opened here");
            self.begin().broken = true;
        }
    }

    fn word(&mut self) {
        let length = self.count(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let word = &self.text[self.at..self.at + length];
        let begins_line = self.at == 0 || self.bytes[self.at - 1] == b'\n';
        let has_word = self.piece.is_some_and(|piece| piece.word.is_some());
        if begins_line && (has_word || !self.brackets.is_empty()) && self.begins_item(word, length) {
            let cut = self.start_of_outer();
            self.unclosed("before the next item begins");
            self.end(cut);
            let at = std::mem::replace(&mut self.at, cut);
            self.begin();
            self.at = at;
        }
        let (at, behind_at, outside) = (self.at, self.behind_at, self.brackets.is_empty());
        let piece = self.begin();
        if outside && !behind_at {
            match piece.word {
                None if word == "strict" => {}
                None => piece.word = Some((word, at)),
                Some(_) if piece.name.is_none() => piece.name = Some((word, at)),
                Some(_) => {}
            }
        }
        if length > limits::NAME {
            self.begin().broken = true;
            let message = format!("a name has at most {} characters", limits::NAME);
            self.tell(Code::Limit, at, at + length, message, "this one has more");
        }
        self.at += length;
        self.behind_at = false;
    }

    /// Whether a word at the beginning of a line and what follows can only be the beginning of an item.
    fn begins_item(&self, word: &str, length: usize) -> bool {
        let rest = &self.text[self.at + length..];
        let next = rest.trim_start_matches([' ', '\t']);
        if next.len() == rest.len() {
            return false;
        }
        let end = next.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(next.len());
        let next = &next[..end];
        match keywords::item(word) {
            Some(Keyword::Import) if rest.trim_start_matches([' ', '\t']).starts_with('"') => true,
            Some(Keyword::Edition) => next.starts_with(|c: char| c.is_ascii_digit()),
            Some(_) => next.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_'),
            None => word == "strict" && matches!(next, "record" | "enum" | "error"),
        }
    }

    /// The first of the lines directly above that begin with a doc or an annotation: these belong to what follows.
    fn start_of_outer(&self) -> usize {
        let least = self.piece.map_or(0, |piece| piece.start);
        let mut start = self.at;
        while start > least {
            let above = self.text[..start - 1].rfind('\n').map_or(0, |end| end + 1);
            let line = &self.text[above..start];
            let is_outer = line.starts_with('@') || (line.starts_with("///") && !line.starts_with("////"));
            if above <= least || !is_outer {
                break;
            }
            start = above;
        }
        start
    }

    fn mark(&mut self, byte: u8) {
        let at = self.at;
        self.begin();
        self.at += 1;
        self.behind_at = matches!(byte, b'@' | b'.');
        match byte {
            b'(' | b'[' | b'{' => self.open(byte, at),
            b'<' => self.angles += 1,
            b'>' if at > 0 && self.bytes[at - 1] != b'-' => {
                self.angles = self.angles.saturating_sub(1);
            }
            b')' | b']' | b'}' => self.close(byte, at),
            b';' => {
                self.angles = 0;
                if self.brackets.is_empty() {
                    self.end(at + 1);
                }
            }
            _ => {}
        }
        if self.brackets.len() + self.angles > limits::NESTING {
            let told = self.begin().broken;
            if !told {
                let message = format!("brackets are nested more than {} deep", limits::NESTING);
                self.tell(Code::Limit, at, at + 1, message, "one too many");
                self.begin().broken = true;
            }
        }
    }

    fn open(&mut self, byte: u8, at: usize) {
        if byte == b'{' {
            self.angles = 0;
        }
        self.brackets.push((byte, at));
    }

    fn close(&mut self, byte: u8, at: usize) {
        let opening = match byte {
            b')' => b'(',
            b']' => b'[',
            _ => b'{',
        };
        if byte == b'}' {
            self.angles = 0;
            // A forgotten `)` does not reach beyond the braces that it stands in.
            while self.brackets.last().is_some_and(|(open, _)| *open != b'{') {
                self.brackets.pop();
            }
        }
        if self.brackets.last().is_some_and(|(open, _)| *open == opening) {
            self.brackets.pop();
            // The braces of a `use` are not its end.
            let is_use = self.begin().word.is_some_and(|(word, _)| word == "use");
            if byte == b'}' && self.brackets.is_empty() && !is_use {
                self.end(at + 1);
            }
        } else if byte == b'}' {
            self.tell(Code::Syntax, at, at + 1, "`}` closes nothing", "there is no `{` for it");
            self.begin().broken = true;
            self.end(at + 1);
        }
    }
}

impl Piece<'_> {
    fn is_header(&self) -> bool {
        matches!(self.word.map(|(word, _)| word), Some("ipc" | "package"))
    }
}
