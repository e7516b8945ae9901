//! A schema as tokens, comments and docs among them.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word.
    Word,
    /// A number with its sign, or a string: whatever is printed as it stands.
    Literal,
    /// Punctuation.
    Mark,
    /// `///` to the end of the line.
    Doc,
    /// `//!` to the end of the line.
    FileDoc,
    /// `//` to the end of the line.
    LineComment,
    /// `/* */`
    BlockComment,
}

/// A token and the white space in front of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    pub kind: Kind,
    /// As it stands, without the carriage return of a line's end.
    pub text: &'a str,
    /// The line ends in front of it.
    pub newlines: usize,
    /// Whether anything stands between it and the token before.
    pub spaced: bool,
}

impl Token<'_> {
    pub(super) fn is(&self, mark: &str) -> bool {
        self.kind == Kind::Mark && self.text == mark
    }

    pub(super) fn is_comment(&self) -> bool {
        matches!(self.kind, Kind::LineComment | Kind::BlockComment)
    }
}

/// Marks of several characters, the longest first.
const LONG_MARKS: [&str; 3] = ["..=", "..", "->"];

/// All tokens of a text.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut found: Vec<Token<'_>> = Vec::new();
    let mut at = 0;
    let mut newlines = 0;
    let mut spaced = false;
    while let Some(next) = text[at..].chars().next() {
        if next.is_whitespace() {
            newlines += usize::from(next == '\n');
            spaced = true;
            at += next.len_utf8();
            continue;
        }
        let (kind, length) = token(&text[at..], found.last());
        let token = text[at..at + length].trim_end_matches('\r');
        found.push(Token { kind, text: token, newlines, spaced });
        (newlines, spaced) = (0, false);
        at += length;
    }
    found
}

/// The kind and the length of the token that a text begins with.
fn token(rest: &str, before: Option<&Token<'_>>) -> (Kind, usize) {
    let line = || rest.find('\n').unwrap_or(rest.len());
    if rest.starts_with("///") && !rest.starts_with("////") {
        return (Kind::Doc, line());
    }
    if rest.starts_with("//!") {
        return (Kind::FileDoc, line());
    }
    if rest.starts_with("//") {
        return (Kind::LineComment, line());
    }
    if rest.starts_with("/*") {
        return (Kind::BlockComment, block_comment(rest));
    }
    if let Some(length) = string(rest) {
        return (Kind::Literal, length);
    }
    let first = rest.as_bytes()[0];
    let signed = matches!(first, b'-' | b'+') && rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
    if first.is_ascii_digit() || signed {
        let is_version = before.is_some_and(|token| token.is(".."));
        return (Kind::Literal, if is_version && signed { 1 } else { number(rest) });
    }
    if first.is_ascii_alphabetic() || first == b'_' {
        return (Kind::Word, rest.find(|c: char| !is_letter(c)).unwrap_or(rest.len()));
    }
    if let Some(mark) = LONG_MARKS.iter().find(|mark| rest.starts_with(**mark)) {
        return (Kind::Mark, mark.len());
    }
    (Kind::Mark, rest.chars().next().map_or(1, char::len_utf8))
}

fn is_letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The length of a comment with those inside it.
fn block_comment(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let (mut depth, mut at) = (0_usize, 0);
    while at < bytes.len() {
        match &bytes[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => {
                (depth, at) = (depth - 1, at + 2);
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    rest.len()
}

/// The length of a string, raw or not, if the text begins with one.
fn string(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    if bytes[0] == b'"' {
        let mut at = 1;
        while at < bytes.len() {
            match bytes[at] {
                b'"' => return Some(at + 1),
                b'\n' => return Some(at),
                b'\\' if bytes.get(at + 1).is_some_and(|byte| *byte != b'\n') => at += 2,
                _ => at += 1,
            }
        }
        return Some(rest.len());
    }
    let hashes = bytes.strip_prefix(b"r")?.iter().take_while(|byte| **byte == b'#').count();
    if bytes.get(1 + hashes) != Some(&b'"') {
        return None;
    }
    let body = 2 + hashes;
    let close = format!("\"{}", "#".repeat(hashes));
    let line = rest[body..].find('\n').unwrap_or(rest.len() - body);
    Some(rest[body..body + line].find(&close).map_or(body + line, |end| body + end + close.len()))
}

/// The length of a number: `1_000`, `0xff`, `1.5`, `1e-3`, `250ms`, `64KiB`.
fn number(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut at = 1;
    loop {
        match bytes.get(at) {
            Some(b'e' | b'E') if matches!(bytes.get(at + 1), Some(b'-' | b'+')) && digit(at + 2) => at += 2,
            Some(byte) if is_letter(char::from(*byte)) => at += 1,
            Some(b'.') if digit(at + 1) => at += 1,
            _ => return at,
        }
    }
}
