//! Literals and doc lines: where text that a schema's author chose enters Rust source.
//!
//! Nothing that is written here can end the literal or the comment that it stands in.

/// A string literal.
pub(super) fn string(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for c in text.chars() {
        match c {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            c if is_unprintable(c) => literal.extend(c.escape_unicode()),
            c => literal.push(c),
        }
    }
    literal.push('"');
    literal
}

/// A float literal of a finite number.
pub(super) fn float(value: f64) -> String {
    // `Debug` writes the shortest text that reads back as the same number, and always a point or an exponent.
    format!("{value:?}")
}

/// What follows `///` (or `//`) for a line of documentation: nothing, or a blank and the text.
pub(super) fn comment(line: &str) -> String {
    let text = line.trim_end();
    if text.is_empty() {
        return String::new();
    }
    let mut comment = String::with_capacity(text.len() + 1);
    comment.push(' ');
    comment.extend(text.chars().map(|c| if c != '\t' && is_unprintable(c) { char::REPLACEMENT_CHARACTER } else { c }));
    comment
}

/// Characters that break a comment (a bare CR), that rustc refuses in source (bidi controls), or that one cannot see.
fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::{comment, float, string};

    #[test]
    fn a_string_reads_back_as_it_was() {
        for text in
            ["", "plain", "\"quoted\" \\ and */ \"\"\"", "lines\r\n\tand\u{2028}more\u{202e}\0", "ümläut \u{1f980}"]
        {
            let literal: syn::LitStr = syn::parse_str(&string(text)).expect("a literal");
            assert_eq!(literal.value(), text);
        }
    }

    #[test]
    fn a_float_is_no_integer() {
        assert_eq!(float(1.0), "1.0");
        assert_eq!(float(-0.5), "-0.5");
        assert_eq!(float(1e300), "1e300");
    }

    #[test]
    fn a_comment_stays_on_its_line() {
        assert_eq!(comment("a\rb\u{0}c\u{2028}d"), " a\u{fffd}b\u{fffd}c\u{fffd}d");
        assert_eq!(comment("  "), "");
        assert_eq!(comment("x */ y  "), " x */ y");
    }
}
