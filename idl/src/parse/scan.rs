//! The scanner: looks at each character once, refuses those that may not stand in a schema, keeps the comments, and
//! cuts the text into items.
//!
//! It knows strings, comments, brackets and words, and nothing of the grammar. An item ends at a `;` or `}` outside of
//! brackets, or where a line begins with the keyword and the name of another item: a missing `}` then costs one item and
//! not the rest of the file.

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

    fn line_comment(&mut self) {
        let start = self.at;
        let mut end = self.text[start..].find('\n').map_or(self.text.len(), |length| start + length);
        self.at = end;
        if self.bytes[..end].ends_with(b"\r") && self.bytes.get(end) == Some(&b'\n') {
            end -= 1;
        }
        self.check_inside(start, end, "a comment");
        let (text, span) = (&self.text[start..end], self.span(start, end));
        if text.starts_with("///") && !text.starts_with("////") {
            let at = std::mem::replace(&mut self.at, start);
            self.begin();
            self.at = at;
        } else if let Some(doc) = text.strip_prefix("//!") {
            if self.items_began || self.piece.is_some_and(|piece| !piece.is_header()) {
                let message = "`//!` documents the file and stands above its first item";
                self.tell(Code::DanglingDoc, start, end, message, "here it documents nothing");
            } else {
                self.found.docs.push(Doc { text: doc.strip_prefix(' ').unwrap_or(doc), span });
            }
        } else {
            self.found.comments.push(Comment { text, span });
        }
    }

    fn block_comment(&mut self) {
        let start = self.at;
        let mut depth = 0_usize;
        let mut at = start;
        loop {
            match (self.bytes.get(at), self.bytes.get(at + 1)) {
                (Some(b'/'), Some(b'*')) => {
                    depth += 1;
                    at += 2;
                    if depth == limits::NESTING + 1 {
                        let message = format!("comments are nested more than {} deep", limits::NESTING);
                        self.tell(Code::Limit, at - 2, at, message, "one too many");
                        self.begin().broken = true;
                    }
                }
                (Some(b'*'), Some(b'/')) => {
                    depth -= 1;
                    at += 2;
                    if depth == 0 {
                        break;
                    }
                }
                (Some(_), _) => at += 1,
                (None, _) => {
                    let message = "the comment is not closed before the end of the file";
                    self.tell(Code::Unclosed, start, start + 2, message, "opened here");
                    self.begin().broken = true;
                    break;
                }
            }
        }
        self.at = at.min(self.text.len());
        self.check_inside(start, self.at, "a comment");
        let span = self.span(start, self.at);
        self.found.comments.push(Comment { text: &self.text[start..self.at], span });
    }

    fn starts_raw_string(&self) -> bool {
        let rest = &self.bytes[self.at + 1..];
        let hashes = rest.iter().take_while(|byte| **byte == b'#').count();
        rest.get(hashes) == Some(&b'"')
    }

    /// Reads a string from its quote on; `raw` is 0, or 1 and the number of `#`.
    fn string(&mut self, raw: usize) {
        let begin = self.at - raw;
        let quote = std::mem::replace(&mut self.at, begin);
        self.begin();
        self.behind_at = false;
        let closes = |at: usize| {
            self.bytes[at] == b'"'
                && (raw == 0
                    || self.bytes[at + 1..].iter().take(raw - 1).filter(|byte| **byte == b'#').count() == raw - 1)
        };
        let mut at = quote + 1;
        loop {
            match self.bytes.get(at) {
                None | Some(b'\n') => {
                    let end = if self.bytes[at - 1] == b'\r' { at - 1 } else { at };
                    let message = "the string is not closed before the end of the line";
                    self.tell(Code::Unclosed, begin, end.max(quote + 1), message, "opened here");
                    self.begin().broken = true;
                    self.at = at;
                    break;
                }
                Some(b'\\') if raw == 0 && self.bytes.get(at + 1).is_some_and(|byte| *byte != b'\n') => {
                    at += 2;
                }
                Some(b'"') if closes(at) => {
                    self.at = at + 1 + raw.saturating_sub(1);
                    break;
                }
                Some(_) => at += 1,
            }
        }
        self.check_inside(quote, self.at.min(self.text.len()), "a string");
    }

    /// Tells of characters that may stand neither in a string nor in a comment.
    fn check_inside(&mut self, start: usize, end: usize, place: &str) {
        // Offsets may lie inside a character behind a backslash; it is then looked at from its first byte on.
        let start = (0..=start).rev().find(|at| self.text.is_char_boundary(*at)).unwrap_or(0);
        let end = (end..=self.text.len()).find(|at| self.text.is_char_boundary(*at)).unwrap_or(self.text.len());
        let text = &self.text[start..end];
        if text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\t')) {
            return;
        }
        let mut characters = text.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            let line_end = character == '\r' && text[at..].starts_with("\r\n");
            if line_end || !is_forbidden(character) {
                continue;
            }
            while characters.next_if(|(_, next)| *next == character).is_some() {}
            let (from, to) = (start + at, start + at + character.len_utf8());
            self.tell_character(from, to, character, place);
            // The grammar would only say again that a string does not go over a line's end.
            if character == '\r' && place == "a string" {
                self.begin().broken = true;
            }
        }
    }

    fn tell_character(&mut self, from: usize, to: usize, character: char, place: &str) {
        let message = format!("{} may not stand in {place}", name_of(character));
        self.tell(Code::ForbiddenCharacter, from, to, message, "remove it");
    }

    /// A character that no token begins with: told once for a run of its kind.
    fn forbidden_outside(&mut self) {
        self.begin();
        let rest = &self.text[self.at..];
        let Some(first) = rest.chars().next() else {
            return;
        };
        let length = rest.find(|c: char| c.is_ascii_graphic() || matches!(c, ' ' | '\t' | '\n')).unwrap_or(rest.len());
        let (start, end) = (self.at, self.at + length);
        if first.is_alphanumeric() {
            let message = format!("names are ASCII letters, digits and `_`, found {}", name_of(first));
            self.tell(Code::ForbiddenCharacter, start, end, message, "not in a name");
        } else {
            self.tell_character(start, end, first, "a schema outside of strings and comments");
        }
        self.begin().broken = true;
        self.at = end;
    }
}

impl Piece<'_> {
    fn is_header(&self) -> bool {
        matches!(self.word.map(|(word, _)| word), Some("ipc" | "package"))
    }
}

/// Characters that change how a text looks or where a line ends, without being seen.
pub(super) fn is_forbidden(character: char) -> bool {
    (character.is_control() && character != '\t' && character != '\n')
        || matches!(character, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// How a message names a character.
pub(super) fn name_of(character: char) -> String {
    match character {
        '\r' => "a carriage return without a line feed".to_owned(),
        '\0' => "a NUL character".to_owned(),
        c if c.is_control() => format!("the control character U+{:04X}", u32::from(c)),
        c if is_forbidden(c) => format!("the text direction control U+{:04X}", u32::from(c)),
        c if c.is_alphanumeric() => format!("`{c}`"),
        c => format!("`{}` (U+{:04X})", c.escape_debug(), u32::from(c)),
    }
}
