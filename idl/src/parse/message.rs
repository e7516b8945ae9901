//! Messages: what pest knows about a mistake, as a sentence. pest's own text never shows.
//!
//! pest reports rules, and literals are no rules, so that a missing `:` would be "expected optional". Its error detail
//! has the tokens, at twice the time; so only an item that failed is parsed again with it.

use std::sync::Mutex;

use pest::Parser as _;
use pest::error::{ErrorVariant, InputLocation};

use super::scan::Piece;
use super::{Grammar, Rule, offset};
use crate::ast::Comment;
use crate::diagnostic::{Code, Diagnostic};
use crate::nearest::nearest;
use crate::source::{FileId, Span};

/// Two threads that switch the detail on and off would take it from each other.
static DETAIL: Mutex<()> = Mutex::new(());

/// What the grammar could have taken at the place of the mistake.
struct Mistake<'a> {
    rule: Rule,
    source: &'a str,
    at: usize,
    /// The end of the last token before `at`.
    behind: usize,
    /// Where the word begins that tells what the item is.
    keyword: usize,
    rules: Vec<Rule>,
    tokens: Vec<String>,
}

/// The diagnostic of an item that does not follow its rule.
pub(super) fn explain(rule: Rule, source: &str, piece: Piece<'_>, id: FileId, comments: &[Comment<'_>]) -> Diagnostic {
    let span = |start: usize, end: usize| Span::new(id, offset(piece.start + start), offset(piece.start + end));
    let mut mistake = find(rule, source);
    mistake.keyword = piece.word.map_or(0, |(_, at)| at - piece.start);
    mistake.behind = behind_last_token(source, mistake.at, piece.start, comments);
    let before = mistake.behind;
    let found = found(&source[mistake.at..]);
    let place = if found.is_empty() { span(before, before) } else { span(mistake.at, mistake.at + found.len()) };
    if found.starts_with("///") {
        return Diagnostic::error(Code::DanglingDoc, place, "a doc comment stands before what it documents")
            .note("that is an item, a field, a variant, a parameter, a method or an event");
    }
    if found == "strict" && !matches!(rule, Rule::record | Rule::variants) {
        return Diagnostic::error(Code::Syntax, place, "only a record, an enum or an error can be strict").fix(
            Span { end: place.end + 1, ..place },
            "",
            "remove it",
        );
    }
    let two_types =
        matches!(rule, Rule::service | Rule::callbacks) && mistake.takes(";") && begins_type(&source[mistake.at..]);
    if two_types && let Some((start, kind)) = mistake.meant_kind() {
        let (place, word) = (span(start, before), &source[start..before]);
        let message = format!("expected `result`, `stream` or `ack` in front of the type, found `{word}`");
        return Diagnostic::error(Code::Syntax, place, message).fix(place, kind, format!("did you mean `{kind}`?"));
    }
    let shown = if found.is_empty() { "the end of the item".to_owned() } else { format!("`{found}`") };
    let message = format!("expected {}, found {shown}", mistake.expected());
    let diagnostic = Diagnostic::error(Code::Syntax, place, message);
    let is_name = found.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let gap = span(before, before);
    if mistake.takes(",") && (is_name || found == "@" || found == "\"") {
        diagnostic.fix(gap, ",", "put a `,` between them")
    } else if mistake.takes(",") && found == ";" {
        diagnostic.fix(place, ",", "write `,`")
    } else if mistake.takes(";") && !mistake.takes(",") && !two_types && (is_name || found.is_empty() || found == "}") {
        diagnostic.fix(gap, ";", "end it with `;`")
    } else if mistake.takes("->") && matches!(found, ">" | "-" | ":" | "=>") {
        diagnostic.fix(place, "->", "write `->`")
    } else if mistake.rules.contains(&Rule::string) && !mistake.rules.contains(&Rule::value) && is_name {
        diagnostic.fix(place, format!("\"{found}\""), "put it in quotes")
    } else {
        diagnostic
    }
}

fn find(rule: Rule, source: &str) -> Mistake<'_> {
    // A panic elsewhere while the lock was held leaves nothing behind that could be wrong.
    let guard = DETAIL.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    pest::set_error_detail(true);
    let result = Grammar::parse(rule, source);
    pest::set_error_detail(false);
    drop(guard);
    let mut mistake = Mistake {
        rule,
        source,
        at: source.len(),
        behind: source.len(),
        keyword: 0,
        rules: Vec::new(),
        tokens: Vec::new(),
    };
    let Err(error) = result else { return mistake };
    mistake.at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
    };
    if let ErrorVariant::ParsingError { positives, .. } = &error.variant {
        mistake.rules.clone_from(positives);
    }
    if let Some(attempts) = error.parse_attempts() {
        mistake.at = attempts.max_position;
        mistake.tokens = attempts.expected_tokens().iter().map(ToString::to_string).collect();
        mistake.rules.extend(attempts.call_stacks().iter().filter_map(|stack| stack.deepest.get_rule().copied()));
    }
    // A doc where none may stand fails behind its mark, since it might have been a comment.
    for mark in ["///", "//"] {
        if source[..mistake.at].ends_with(mark) {
            mistake.at -= mark.len();
            break;
        }
    }
    let blank = |c: char| matches!(c, ' ' | '\t' | '\r' | '\n');
    mistake.at += source[mistake.at..].len() - source[mistake.at..].trim_start_matches(blank).len();
    mistake
}

impl Mistake<'_> {
    fn takes(&self, token: &str) -> bool {
        self.tokens.iter().any(|expected| expected == token)
    }

    fn any(&self, rules: &[Rule]) -> bool {
        self.rules.iter().any(|rule| rules.contains(rule))
    }

    /// The word that stands where a method's kind of answer does, if it is nearly one: where it begins, and the kind.
    fn meant_kind(&self) -> Option<(usize, &'static str)> {
        let word = last_word(&self.source[..self.behind]);
        let start = self.behind - word.len();
        let kind = nearest(word, ["stream", "result", "ack"])?;
        self.source[..start].trim_end().ends_with("->").then_some((start, kind))
    }

    /// What would have been right, as a phrase behind "expected".
    fn expected(&self) -> String {
        let last = last_word(&self.source[..self.behind]);
        let found = &self.source[self.at..];
        if is_keyword(last) && self.behind == self.at && found.starts_with(is_letter) {
            return format!("a blank behind `{last}`");
        }
        let reserved = last == "reserved" && self.any(&[Rule::string, Rule::raw_string]);
        if self.takes(":") && !reserved {
            return format!("`:` and a type behind `{last}`");
        }
        if self.tokens.iter().map(String::as_str).filter(|token| is_telling(token)).eq(["]"]) {
            return "`]`, since a default list is empty".to_owned();
        }
        if self.any(&[Rule::value]) && self.takes("[") {
            return "a value: a bool, number, string, duration, `[]`, `{}`, or the name of a variant or constant"
                .to_owned();
        }
        if reserved {
            return "names in quotes behind `reserved`".to_owned();
        }
        // At the end of a word the grammar would take more letters of it, which nobody wants to hear.
        let inside_word = self.source[..self.at].ends_with(is_letter);
        let begins_word = !inside_word || is_keyword(last);
        let takes_letters = self.takes("a..z") && begins_word;
        let mut phrases: Vec<String> = Vec::new();
        if takes_letters {
            phrases.push(self.word(last));
        } else if self.takes("0..9") && begins_word {
            phrases.push(if last == "ipc" { "`1`" } else { "a number" }.to_owned());
        }
        if self.takes("\"") && !self.any(&[Rule::value]) {
            phrases.push("a string".to_owned());
        }
        for token in ["{", "=", "->", "throws", ",", "|", ")", "}", ">", "]", ";", "(", "?"] {
            let minor = matches!(token, "?" | "(") && !phrases.is_empty();
            let default = token == "=" && (self.takes(",") || self.takes(")"));
            let data = token == "{" && self.takes(",");
            if self.takes(token) && !minor && !default && !data {
                phrases.push(format!("`{token}`"));
            }
        }
        match phrases.as_slice() {
            [] if self.at < self.keyword => "an item such as `record` or `service`".to_owned(),
            [] if self.any(&[Rule::EOI]) => "the end of the item".to_owned(),
            [] => format!("something else in this {}", self.noun()),
            [only] => only.clone(),
            [rest @ .., end] => format!("{} or {end}", rest.join(", ")),
        }
    }

    /// What a word would be here.
    fn word(&self, last: &str) -> String {
        let word = if self.source[..self.at].trim_end().ends_with('@') {
            "the name of an annotation"
        } else if last == "throws" {
            "the name of an error"
        } else if self.any(&[Rule::clause, Rule::clause_word]) && !matches!(last, "provides" | "requires" | "optional")
        {
            "`provides`, `requires` or `optional`"
        } else if self.rule == Rule::module && last != "module" {
            "the name of a service or a callback"
        } else if last == "use" {
            "a package or a file in quotes"
        } else if self.rule == Rule::import {
            "a name"
        } else if last == "package" {
            "the name of the package"
        } else if is_keyword(last) && !matches!(last, "stream" | "result" | "reserved") {
            return format!("a name behind `{last}`");
        } else if self.any(&[Rule::ty, Rule::reference, Rule::response, Rule::bare]) {
            "a type"
        } else if self.any(&[Rule::entry, Rule::method, Rule::event]) {
            "a method or an event"
        } else if self.any(&[Rule::variant, Rule::case]) || (self.rule == Rule::variants && !self.any(&[Rule::member]))
        {
            "a variant"
        } else if self.any(&[Rule::member, Rule::field]) {
            if matches!(self.rule, Rule::service | Rule::callbacks) { "a parameter" } else { "a field" }
        } else {
            "a name"
        };
        word.to_owned()
    }

    fn noun(&self) -> &'static str {
        match self.rule {
            Rule::edition | Rule::package => "header",
            Rule::import => "import",
            Rule::constant => "constant",
            Rule::newtype => "newtype",
            Rule::alias => "alias",
            Rule::ext => "extension",
            Rule::record => "record",
            Rule::variants => "enum",
            Rule::callbacks => "block of callbacks",
            Rule::module => "module",
            _ => "service",
        }
    }
}

/// Whether a text begins with a type, and not with a method, an event or what is reserved.
fn begins_type(text: &str) -> bool {
    let word = text.find(|c| !is_letter(c)).unwrap_or(text.len());
    let behind = text[word..].trim_start();
    let ends = behind.starts_with([';', '<', '?', '.']) || found(behind) == "throws";
    text.starts_with('(') || word > 0 && &text[..word] != "throws" && ends
}

/// Whether a character may stand in a word.
fn is_letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Words that another word follows.
fn is_keyword(word: &str) -> bool {
    matches!(
        word,
        "record"
            | "enum"
            | "error"
            | "service"
            | "callbacks"
            | "module"
            | "const"
            | "newtype"
            | "type"
            | "ext"
            | "event"
            | "package"
            | "use"
            | "as"
            | "throws"
            | "stream"
            | "result"
            | "reserved"
            | "ipc"
    )
}

/// Whether a token tells what is missing; blanks and comments may stand everywhere.
fn is_telling(token: &str) -> bool {
    !matches!(token, " " | "\t" | "\n" | "\r\n" | "//" | "/*" | "///" | "@")
}

/// The token at the beginning of a text, as it is shown.
fn found(text: &str) -> &str {
    let word = text.find(|c| !is_letter(c)).unwrap_or(text.len());
    if word > 0 {
        return &text[..word];
    }
    if text.starts_with("///") {
        return text.lines().next().unwrap_or(text).trim_end();
    }
    let double = ["->", "=>", "::", ".."].into_iter().find(|token| text.starts_with(token));
    double.unwrap_or_else(|| &text[..text.chars().next().map_or(0, char::len_utf8)])
}

/// The end of the last token before an offset, comments left out.
fn behind_last_token(source: &str, at: usize, base: usize, comments: &[Comment<'_>]) -> usize {
    let mut end = source[..at].trim_end().len();
    loop {
        let place = offset(base + end);
        let next = comments.partition_point(|comment| comment.span.end < place);
        match comments.get(next) {
            // A comment may also end where the source begins; there is nothing before that.
            Some(comment) if comment.span.end == place && end > 0 => {
                let start = (comment.span.start as usize).saturating_sub(base);
                end = source[..start.min(end)].trim_end().len();
            }
            _ => return end,
        }
    }
}

/// The last word or mark of a text.
fn last_word(text: &str) -> &str {
    let mark = text.char_indices().rfind(|(_, c)| !is_letter(*c));
    let start = mark.map_or(0, |(at, c)| at + c.len_utf8());
    if start < text.len() { &text[start..] } else { &text[mark.map_or(0, |(at, _)| at)..] }
}
