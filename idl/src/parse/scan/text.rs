//! Comments, strings, and the characters that may stand in them.

use super::Scanner;
use crate::ast::{Comment, Doc};
use crate::diagnostic::Code;
use crate::limits;

impl Scanner<'_, '_> {
    pub(super) fn line_comment(&mut self) {
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

    pub(super) fn block_comment(&mut self) {
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

    pub(super) fn starts_raw_string(&self) -> bool {
        let rest = &self.bytes[self.at + 1..];
        let hashes = rest.iter().take_while(|byte| **byte == b'#').count();
        rest.get(hashes) == Some(&b'"')
    }

    /// Reads a string from its quote on; `raw` is 0, or 1 and the number of `#`.
    pub(super) fn string(&mut self, raw: usize) {
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
    pub(super) fn forbidden_outside(&mut self) {
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

/// Characters that change how a text looks or where a line ends, without being seen.
pub(in crate::parse) fn is_forbidden(character: char) -> bool {
    (character.is_control() && character != '\t' && character != '\n')
        || matches!(character, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// How a message names a character.
pub(in crate::parse) fn name_of(character: char) -> String {
    match character {
        '\r' => "a carriage return without a line feed".to_owned(),
        '\0' => "a NUL character".to_owned(),
        c if c.is_control() => format!("the control character U+{:04X}", u32::from(c)),
        c if is_forbidden(c) => format!("the text direction control U+{:04X}", u32::from(c)),
        c if c.is_alphanumeric() => format!("`{c}`"),
        c => format!("`{}` (U+{:04X})", c.escape_debug(), u32::from(c)),
    }
}
