//! Documentation of a schema as documentation comments.

use procwire_idl::model::Docs;

use super::literals;

/// The lines of a comment: the documentation, what the generator adds to it, and the mark of what is deprecated.
pub(super) fn lines(docs: &Docs, added: &[&str], deprecated: Option<&str>) -> Vec<String> {
    let mut lines: Vec<String> = docs.lines.iter().map(|line| literals::doc(line)).collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    if !added.is_empty() {
        separate(&mut lines);
        lines.extend(added.iter().map(|line| (*line).to_owned()));
    }
    if let Some(reason) = deprecated {
        separate(&mut lines);
        let reason = reason.lines().map(literals::doc).collect::<Vec<_>>().join(" ");
        lines.push(format!("@deprecated {}", reason.trim()).trim_end().to_owned());
    }
    lines
}

fn separate(lines: &mut Vec<String>) {
    if !lines.is_empty() {
        lines.push(String::new());
    }
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn parts_are_parted_by_a_blank_line() {
        assert_eq!(lines(&"a\n".into(), &["b"], Some("c\nd */")), ["a", "", "b", "", "@deprecated c d *\\/"]);
        assert_eq!(lines(&"".into(), &[], Some("")), ["@deprecated"]);
        assert!(lines(&"".into(), &[], None).is_empty());
    }
}
