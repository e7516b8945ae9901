//! Documentation of a schema as docstrings, as ruff would lay them out.

use procwire_idl::model::Docs;

use super::literals::printable;

/// The lines of a docstring with its quotes, without the indentation of its place; none where nothing is documented.
pub(super) fn docstring(docs: &Docs, deprecated: Option<&str>) -> Vec<String> {
    let mut lines = docs.lines.clone();
    if let Some(reason) = deprecated {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(format!("Deprecated: {reason}").lines().map(str::to_owned));
    }
    of_lines(&lines)
}

/// The docstring of this text.
pub(super) fn text(text: &str) -> Vec<String> {
    of_lines(&text.lines().map(str::to_owned).collect::<Vec<_>>())
}

fn of_lines(lines: &[String]) -> Vec<String> {
    let lines = cleaned(lines);
    let Some((first, rest)) = lines.split_first() else {
        return Vec::new();
    };
    let all = lines.join("\n");
    let escaped = |line: &str| match (all.contains('\\'), all.contains("\"\"\"")) {
        (_, false) => line.to_owned(),
        (false, true) => line.replace("\"\"\"", "\\\"\\\"\\\""),
        // In a raw docstring nothing can be escaped.
        (true, true) => line.replace('\\', "\\u005c").replace("\"\"\"", "\\u0022\\u0022\\u0022"),
    };
    let raw = if all.contains('\\') && !all.contains("\"\"\"") { "r" } else { "" };
    // A quote beside the quotes would be one of them.
    let first = escaped(first);
    let opening = format!("{raw}\"\"\"{}{first}", if first.starts_with('"') { " " } else { "" });
    if rest.is_empty() {
        let last = first.ends_with(['"', '\\']);
        return vec![format!("{opening}{}\"\"\"", if last { " " } else { "" })];
    }
    let mut out = vec![opening];
    out.extend(rest.iter().map(|line| escaped(line)));
    out.push("\"\"\"".to_owned());
    out
}

/// Without blank lines at the ends, without blanks at the ends of lines, and without a common indentation.
fn cleaned(lines: &[String]) -> Vec<String> {
    let lines: Vec<String> =
        lines.iter().map(|line| printable(&line.replace('\t', "    ")).trim_end().to_owned()).collect();
    let Some(start) = lines.iter().position(|line| !line.is_empty()) else {
        return Vec::new();
    };
    let end = lines.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
    let lines = &lines[start..end];
    let indent = |line: &String| line.len() - line.trim_start_matches(' ').len();
    let common = lines.iter().skip(1).filter(|line| !line.is_empty()).map(indent).min().unwrap_or(0);
    let mut out = vec![lines[0].trim_start().to_owned()];
    out.extend(lines.iter().skip(1).map(|line| line.get(common..).unwrap_or_default().to_owned()));
    out
}

#[cfg(test)]
mod tests {
    use super::docstring;

    fn lines(docs: &str) -> Vec<String> {
        docstring(&docs.into(), None)
    }

    #[test]
    fn one_line_stays_one() {
        assert_eq!(lines("Places an order."), [r#""""Places an order.""""#]);
        assert!(lines("  \n").is_empty());
    }

    #[test]
    fn quotes_and_backslashes_do_not_end_it() {
        assert_eq!(lines("\"a\""), [r#"""" "a" """"#]);
        assert_eq!(lines(r"\d"), [r#"r"""\d""""#]);
        assert_eq!(lines("a \\"), [r#"r"""a \ """"#]);
        assert_eq!(lines("a \"\"\" b"), [r#""""a \"\"\" b""""#]);
        assert_eq!(lines(r#"a """ \d"#), [r#""""a \u0022\u0022\u0022 \u005cd""""#]);
        assert_eq!(lines(r#"""" \"#), [r#""""\u0022\u0022\u0022 \u005c""""#]);
    }

    #[test]
    fn lines_are_indented_as_they_were() {
        assert_eq!(lines("  a\n    b\n\n      c"), [r#""""a"#, "b", "", "  c", r#"""""#]);
    }

    #[test]
    fn a_reason_is_told() {
        assert_eq!(docstring(&"a".into(), Some("use b")), [r#""""a"#, "", "Deprecated: use b", r#"""""#]);
    }
}
