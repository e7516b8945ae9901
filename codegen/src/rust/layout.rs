//! Line breaks as prettyplease puts them, so that generated text is formatted when it is printed.
//!
//! Everything is written flat first. Only what is too long for its line comes here: the outermost group is opened, one
//! item a line, and each item again if it is still too long.

/// The width that prettyplease formats for; a line may have this many bytes.
pub(super) const WIDTH: usize = 89;
/// However deep a line is indented, this many bytes are left for it.
const LEAST: usize = 60;
const STEP: usize = 4;

/// What kind of text is broken.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// Groups are `<…>` and `(…)`, and the last item gets a comma.
    Type,
    /// Groups are `(…)`, and the last item gets a comma.
    Expression,
    /// Groups are `(…)`, and the last item gets no comma.
    Attribute,
}

/// The last column for a line with this indentation.
pub(super) fn limit(indent: usize) -> usize {
    WIDTH.max(indent + LEAST)
}

/// A type that begins at `column` of a line indented by `indent`; `trailing` bytes follow it on the line.
pub(super) fn ty(text: String, indent: usize, column: usize, trailing: usize) -> String {
    laid_out(text, Kind::Type, indent, column, trailing)
}

/// An expression, likewise.
pub(super) fn expression(text: String, indent: usize, column: usize, trailing: usize) -> String {
    laid_out(text, Kind::Expression, indent, column, trailing)
}

/// A whole attribute, on lines of its own.
pub(super) fn attribute(text: String, indent: usize) -> String {
    laid_out(text, Kind::Attribute, indent, indent, 0)
}

/// The width that prettyplease counts: it puts a blank behind the `=` of `..=` in an attribute, and nobody else does.
fn width(text: &str, kind: Kind) -> usize {
    text.len() + if kind == Kind::Attribute { blanks(text) } else { 0 }
}

/// The blanks that prettyplease puts into the attributes of a text.
pub(super) fn blanks(text: &str) -> usize {
    code_bytes(text).filter(|(at, byte)| *byte == b'=' && text[..*at].ends_with("..")).count()
}

fn laid_out(text: String, kind: Kind, indent: usize, column: usize, trailing: usize) -> String {
    if column + width(&text, kind) + trailing <= limit(indent) {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 64);
    lay_out(&mut out, &text, kind, indent, column, trailing);
    out
}

fn lay_out(out: &mut String, text: &str, kind: Kind, indent: usize, column: usize, trailing: usize) {
    let group = if column + width(text, kind) + trailing <= limit(indent) { None } else { find_group(text, kind) };
    let Some((open, close)) = group else {
        out.push_str(text);
        return;
    };
    let items = split(&text[open + 1..close], kind);
    let inner = indent + STEP;
    out.push_str(&text[..=open]);
    let comma_last = kind != Kind::Attribute;
    for (at, item) in items.iter().enumerate() {
        let is_last = at + 1 == items.len();
        new_line(out, inner);
        lay_out(out, item, kind, inner, inner, usize::from(!is_last));
        if comma_last || !is_last {
            out.push(',');
        }
    }
    new_line(out, indent);
    out.push_str(&text[close..]);
}

/// The elements of a tuple struct or variant with the parentheses around them, each with its attribute and what stands
/// before its type.
pub(super) fn elements(
    elements: Vec<(Option<String>, &str, String)>,
    indent: usize,
    column: usize,
    trailing: usize,
) -> String {
    let has_attributes = elements.iter().any(|(attribute, ..)| attribute.is_some());
    let flat: Vec<String> = elements
        .iter()
        .map(|(attribute, before, ty)| match attribute {
            Some(attribute) => format!("{attribute} {before}{ty}"),
            None => format!("{before}{ty}"),
        })
        .collect();
    let flat = format!("({})", flat.join(", "));
    if !has_attributes {
        return ty(flat, indent, column, trailing);
    }
    if column + flat.len() + blanks(&flat) + trailing <= limit(indent) {
        return flat;
    }
    let mut out = String::from("(");
    let inner = indent + STEP;
    for (attribute, before, text) in elements {
        if let Some(attribute) = attribute {
            new_line(&mut out, inner);
            out.push_str(&self::attribute(attribute, inner));
        }
        new_line(&mut out, inner);
        out.push_str(before);
        out.push_str(&ty(text, inner, inner + before.len(), 1));
        out.push(',');
    }
    new_line(&mut out, indent);
    out.push(')');
    out
}

fn new_line(out: &mut String, indent: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
}

/// The first outermost group that holds something: where its brackets are.
fn find_group(text: &str, kind: Kind) -> Option<(usize, usize)> {
    let mut open = None;
    let mut depth = 0_usize;
    for (at, byte) in code_bytes(text) {
        if opens(byte, kind) {
            depth += 1;
            if depth == 1 {
                open = Some(at);
            }
        } else if closes(byte, kind) {
            depth = depth.saturating_sub(1);
            if depth == 0
                && let Some(open) = open
                && open + 1 < at
            {
                return Some((open, at));
            }
        }
    }
    None
}

/// The items of a group's inside. In an attribute, the elements of a list count as items, as prettyplease counts them.
fn split(inside: &str, kind: Kind) -> Vec<&str> {
    let mut items = Vec::new();
    let (mut start, mut depth) = (0, 0_usize);
    for (at, byte) in code_bytes(inside) {
        if opens(byte, kind) {
            depth += 1;
        } else if closes(byte, kind) {
            depth = depth.saturating_sub(1);
        } else if byte == b',' && depth == 0 {
            items.push(inside[start..at].trim_start());
            start = at + 1;
        }
    }
    let last = inside[start..].trim_start();
    if !last.is_empty() {
        items.push(last);
    }
    items
}

fn opens(byte: u8, kind: Kind) -> bool {
    byte == b'(' || kind == Kind::Type && byte == b'<'
}

fn closes(byte: u8, kind: Kind) -> bool {
    byte == b')' || kind == Kind::Type && byte == b'>'
}

/// The bytes outside of string literals, with their offsets.
fn code_bytes(text: &str) -> impl Iterator<Item = (usize, u8)> {
    let (mut in_string, mut escaped) = (false, false);
    text.bytes().enumerate().filter(move |(_, byte)| {
        let was_in_string = in_string;
        if escaped {
            escaped = false;
        } else if in_string && *byte == b'\\' {
            escaped = true;
        } else if *byte == b'"' {
            in_string = !in_string;
        }
        !was_in_string && !in_string
    })
}

#[cfg(test)]
mod tests {
    use super::{attribute, expression, ty};

    fn formatted(text: &str) -> String {
        prettyplease::unparse(&syn::parse_file(text).expect("Rust source"))
    }

    #[test]
    fn types_break_as_prettyplease_breaks_them() {
        let name = "Quite".repeat(4);
        for depth in 0..12 {
            for pad in 0..30 {
                let field = "f".repeat(pad + 1);
                let mut text = format!("({name}, Vec<{name}>)");
                for level in 0..depth {
                    text = match level % 3 {
                        0 => format!("Option<{text}>"),
                        1 => format!("::std::collections::BTreeMap<String, {text}>"),
                        _ => format!("({text},)"),
                    };
                }
                let column = "    pub : ".len() + field.len();
                let laid = ty(text, 4, column, 1);
                let file = format!("pub struct S {{\n    pub {field}: {laid},\n}}\n");
                assert_eq!(file, formatted(&file));
            }
        }
    }

    #[test]
    fn attributes_break_as_prettyplease_breaks_them() {
        for count in 0..9 {
            for pad in 0..12 {
                let names: Vec<String> =
                    (0..count).map(|n| format!("\"name, {} \\\" ({n}\"", "x".repeat(pad))).collect();
                let text = format!(
                    "#[procwire(builder, default = Symbol(\"{}\".into()), reserved = [{}])]",
                    "y".repeat(pad * 5),
                    names.join(", ")
                );
                let file = format!("{}\nstruct S {{}}\n", attribute(text, 0));
                assert_eq!(file, formatted(&file));
            }
        }
    }

    #[test]
    fn expressions_break_as_prettyplease_breaks_them() {
        for pad in 0..60 {
            let head = format!("pub const {}: Duration = ", "X".repeat(pad + 1));
            let value = expression("::std::time::Duration::from_micros(250)".into(), 0, head.len(), 1);
            let file = format!("{head}{value};\n");
            assert_eq!(file, formatted(&file));
        }
    }
}
