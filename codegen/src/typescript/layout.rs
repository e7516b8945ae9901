//! Line breaks: what is longer than its line is put on a line each.

/// The width of a line.
pub(super) const WIDTH: usize = 120;

/// Whether `text` fits behind `column` characters, with `trailing` ones behind it.
pub(super) fn fits(text: &str, column: usize, trailing: usize) -> bool {
    column + text.chars().count() + trailing <= WIDTH
}

/// The items between brackets: on one line where they fit, else one a line. `pad` is what keeps them from the brackets
/// on one line, and `separator` is what ends each.
pub(super) fn group(items: &[String], form: &Form, indent: usize, column: usize, trailing: usize) -> String {
    let Form { open, close, separator, pad } = form;
    if items.is_empty() {
        return format!("{open}{close}");
    }
    let flat = format!("{open}{pad}{}{pad}{close}", items.join(&format!("{separator} ")));
    if fits(&flat, column, trailing) && !flat.contains('\n') {
        return flat;
    }
    let inner = " ".repeat(indent + 2);
    let mut text = (*open).to_owned();
    for item in items {
        text.push('\n');
        text.push_str(&inner);
        text.push_str(item);
        text.push_str(separator);
    }
    text.push('\n');
    text.push_str(&" ".repeat(indent));
    text.push_str(close);
    text
}

/// What follows `head =`: a blank and the expression, or the expression on the next line where it is too long. One that
/// is broken already stays.
pub(super) fn assigned(expression: &str, head: usize) -> String {
    if expression.contains('\n') || fits(expression, head + " = ".len(), 1) {
        format!(" {expression}")
    } else {
        format!("\n  {expression}")
    }
}

/// How a group is written.
pub(super) struct Form {
    pub open: &'static str,
    pub close: &'static str,
    pub separator: &'static str,
    pub pad: &'static str,
}

/// A type with properties.
pub(super) const PROPERTIES: Form = Form { open: "{", close: "}", separator: ";", pad: " " };
/// An object.
pub(super) const OBJECT: Form = Form { open: "{", close: "}", separator: ",", pad: " " };
/// A list.
pub(super) const LIST: Form = Form { open: "[", close: "]", separator: ",", pad: "" };
/// The parameters or arguments of a function.
pub(super) const ARGUMENTS: Form = Form { open: "(", close: ")", separator: ",", pad: "" };

#[cfg(test)]
mod tests {
    use super::{ARGUMENTS, PROPERTIES, group};

    #[test]
    fn a_group_is_broken_where_it_is_too_long() {
        let items = ["a: number".to_owned(), "b: string".to_owned()];
        assert_eq!(group(&items, &PROPERTIES, 0, 0, 0), "{ a: number; b: string }");
        assert_eq!(group(&items, &PROPERTIES, 2, 110, 0), "{\n    a: number;\n    b: string;\n  }");
        assert_eq!(group(&[], &ARGUMENTS, 0, 200, 0), "()");
    }
}
