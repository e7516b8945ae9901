//! Literals and comments: where text that a schema's author chose enters Python source.
//!
//! Nothing that is written here can end the literal or the comment that it stands in.

use std::fmt::Write as _;

/// A string literal, in the quotes that need fewer escapes.
pub(super) fn string(text: &str) -> String {
    let quote = if text.matches('"').count() > text.matches('\'').count() { '\'' } else { '"' };
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push(quote);
    for c in text.chars() {
        match c {
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            c if c == quote => literal.extend(['\\', c]),
            c if is_unprintable(c) => push_escaped(&mut literal, c),
            c => literal.push(c),
        }
    }
    literal.push(quote);
    literal
}

fn push_escaped(literal: &mut String, c: char) {
    let code = u32::from(c);
    let written = match code {
        0..=0xff => write!(literal, "\\x{code:02x}"),
        0x100..=0xffff => write!(literal, "\\u{code:04x}"),
        _ => write!(literal, "\\U{code:08x}"),
    };
    debug_assert!(written.is_ok(), "a string takes what is written");
}

/// A float literal of a finite number.
pub(super) fn float(value: f64) -> String {
    // `Debug` writes the shortest text that reads back as the same number, and always a point or an exponent.
    format!("{value:?}")
}

/// Microseconds as seconds.
#[allow(clippy::cast_precision_loss)]
pub(super) fn seconds(micros: u64) -> String {
    // A duration is below 2^53.
    float(micros as f64 / 1e6)
}

/// What follows `#` for a line: nothing, or a blank and the text.
pub(super) fn comment(line: &str) -> String {
    let text = printable(line);
    let text = text.trim_end();
    if text.is_empty() { String::new() } else { format!(" {text}") }
}

/// The line with a mark for each character that one cannot see.
pub(super) fn printable(line: &str) -> String {
    line.chars().map(|c| if c != '\t' && is_unprintable(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// Characters that end a line or a file to Python or to some editor, or that one cannot see.
fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::{comment, float, string};

    #[test]
    fn a_string_needs_few_escapes() {
        assert_eq!(string("plain"), r#""plain""#);
        assert_eq!(string("she said \"no\""), r#"'she said "no"'"#);
        assert_eq!(string("it's \"no\""), r#"'it\'s "no"'"#);
        assert_eq!(string("'\""), r#""'\"""#);
        assert_eq!(string("a\\b\n\t\u{0}\u{2028}\u{7f}"), r#""a\\b\n\t\x00\u2028\x7f""#);
    }

    #[test]
    fn a_float_is_no_integer() {
        assert_eq!(float(1.0), "1.0");
        assert_eq!(float(1e300), "1e300");
    }

    #[test]
    fn a_comment_stays_on_its_line() {
        assert_eq!(comment("a\rb\u{c}c\u{2028}d"), " a\u{fffd}b\u{fffd}c\u{fffd}d");
        assert_eq!(comment("  "), "");
    }
}
