//! Literals and doc lines: where text that a schema's author chose enters TypeScript source.
//!
//! Nothing that is written here can end the literal or the comment that it stands in.

use super::names;

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

/// A property's name, quoted where it has to be.
pub(super) fn property(name: &str) -> String {
    if names::is_identifier(name) { name.to_owned() } else { string(name) }
}

/// The access to a property.
pub(super) fn member(object: &str, name: &str) -> String {
    if names::is_identifier(name) { format!("{object}.{name}") } else { format!("{object}[{}]", string(name)) }
}

/// A literal of a finite number.
pub(super) fn float(value: f64) -> String {
    // `Debug` writes the shortest text that reads back as the same number, and an exponent where it is long.
    let text = format!("{value:?}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// What follows `//` for a line of a comment: nothing, or a blank and the text.
pub(super) fn comment(line: &str) -> String {
    let text = printable(line.trim_end());
    if text.is_empty() { text } else { format!(" {text}") }
}

/// A line of documentation: it cannot end the comment, and begins no tag.
pub(super) fn doc(line: &str) -> String {
    let text = printable(line.trim_end()).replace("*/", "*\\/").replace("{@", "{\\@");
    let body = text.trim_start();
    if body.starts_with('@') {
        return format!("{}\\{body}", &text[..text.len() - body.len()]);
    }
    text
}

fn printable(text: &str) -> String {
    text.chars().map(|c| if c != '\t' && is_unprintable(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// Characters that end a line, that turn the direction of text, or that one cannot see.
fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::{comment, doc, float, member, property, string};

    #[test]
    fn a_string_stays_in_its_quotes() {
        assert_eq!(string("\"quoted\" \\ */ ${x}"), r#""\"quoted\" \\ */ ${x}""#);
        assert_eq!(string("a\r\n\t\u{2028}\u{202e}\0ü🦀"), r#""a\r\n\t\u{2028}\u{202e}\u{0}ü🦀""#);
    }

    #[test]
    fn a_property_is_quoted_where_it_is_no_word() {
        assert_eq!(property("class"), "class");
        assert_eq!(property("a b"), r#""a b""#);
        assert_eq!(member("value", "x"), "value.x");
        assert_eq!(member("value", "*/"), r#"value["*/"]"#);
    }

    #[test]
    fn a_float_is_as_short_as_it_can_be() {
        assert_eq!(float(1.0), "1");
        assert_eq!(float(-0.5), "-0.5");
        assert_eq!(float(1e300), "1e300");
    }

    #[test]
    fn documentation_stays_in_its_comment() {
        assert_eq!(doc("x */ y  "), "x *\\/ y");
        assert_eq!(doc("  @deprecated {@link x}"), "  \\@deprecated {\\@link x}");
        assert_eq!(doc("a\u{2028}b"), "a\u{fffd}b");
        assert_eq!(comment("  "), "");
    }
}
