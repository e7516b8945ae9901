//! Documentation of a schema as doc comments of Rust.
//!
//! Code in a schema's documentation is not Rust that could run, but rustdoc takes every fence without a language and
//! every indented block for a test. Those become blocks of text here.

use procwire_idl::model::Docs;

use super::literals::comment;

/// Words behind a fence after which rustdoc takes the block for Rust.
const RUST_WORDS: [&str; 6] = ["compile_fail", "ignore", "no_run", "rust", "should_panic", "test_harness"];

/// What follows `///` on each line.
pub(super) fn lines(docs: &Docs) -> Vec<String> {
    let mut reader =
        Reader { out: Vec::with_capacity(docs.lines.len()), block: Block::Text, was_blank: true, in_list: false };
    for line in &docs.lines {
        reader.line(line);
    }
    reader.leave_indented();
    reader.out
}

/// What the line before was part of.
enum Block {
    Text,
    /// Between fences: the fence's character and length.
    Fenced(char, usize),
    /// Indented by four or more, where nothing but a paragraph or a list stood before.
    Indented,
}

struct Reader {
    out: Vec<String>,
    block: Block,
    was_blank: bool,
    in_list: bool,
}

impl Reader {
    fn line(&mut self, line: &str) {
        let text = line.trim_start();
        let is_blank = text.is_empty();
        let is_indented = line.starts_with("    ") || line.starts_with('\t');
        match self.block {
            Block::Fenced(mark, length) => {
                let run = run_of(text, mark);
                if run >= length && text[run..].trim().is_empty() {
                    self.block = Block::Text;
                }
                self.out.push(comment(line));
            }
            Block::Indented if is_blank || is_indented => self.out.push(comment(unindented(line))),
            Block::Indented | Block::Text => {
                self.leave_indented();
                if is_indented && !is_blank && self.was_blank && !self.in_list {
                    self.block = Block::Indented;
                    self.out.push(comment("```text"));
                    self.out.push(comment(unindented(line)));
                } else {
                    self.text(line, text);
                }
            }
        }
        self.was_blank = is_blank;
    }

    fn text(&mut self, line: &str, text: &str) {
        for mark in ['`', '~'] {
            let run = run_of(text, mark);
            let info = text[run..].trim();
            if run >= 3 && !(mark == '`' && info.contains('`')) {
                self.block = Block::Fenced(mark, run);
                let fence = &line[..line.len() - text.len() + run];
                self.out.push(comment(&format!("{fence}{}", language(info))));
                return;
            }
        }
        if is_list_item(text) {
            self.in_list = true;
        } else if self.was_blank && !text.is_empty() && !line.starts_with(' ') {
            self.in_list = false;
        }
        self.out.push(comment(line));
    }

    /// Closes the block that stands for an indented one, before the blank lines at its end.
    fn leave_indented(&mut self) {
        if matches!(self.block, Block::Indented) {
            let end = self.out.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
            self.out.insert(end, comment("```"));
            self.block = Block::Text;
        }
    }
}

fn run_of(text: &str, mark: char) -> usize {
    text.len() - text.trim_start_matches(mark).len()
}

fn unindented(line: &str) -> &str {
    line.strip_prefix('\t').or_else(|| line.strip_prefix("    ")).unwrap_or(line)
}

fn is_list_item(text: &str) -> bool {
    let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let marks: &[&str] = if rest.len() < text.len() { &[". ", ") "] } else { &["- ", "* ", "+ "] };
    marks.iter().any(|mark| rest.starts_with(mark))
}

/// What stands behind an opening fence, so that rustdoc shows the block and does not run it.
fn language(info: &str) -> String {
    let is_rust = info.split([',', ' ', '\t']).any(|word| {
        RUST_WORDS.contains(&word) || ["edition", "standalone", "ignore-"].iter().any(|start| word.starts_with(start))
    });
    match info {
        "" => "text".to_owned(),
        _ if is_rust => format!("{info},ignore"),
        _ => info.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::lines;

    fn text(docs: &str) -> String {
        lines(&docs.into()).iter().map(|line| line.strip_prefix(' ').unwrap_or(line)).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn fences_are_no_tests() {
        assert_eq!(text("```\nplace(order)\n```\nthen"), "```text\nplace(order)\n```\nthen");
        assert_eq!(text("~~~~ rust\n```\n~~~~"), "~~~~rust,ignore\n```\n~~~~");
        assert_eq!(text("```json\n{}\n```"), "```json\n{}\n```");
        assert_eq!(text("`````\n```\n\n    x\n`````"), "`````text\n```\n\n    x\n`````");
    }

    #[test]
    fn indented_blocks_are_no_tests() {
        assert_eq!(
            text("so:\n\n    place(order)\n\n    again\n\nthen"),
            "so:\n\n```text\nplace(order)\n\nagain\n```\n\nthen"
        );
        assert_eq!(text("    first"), "```text\nfirst\n```");
    }

    #[test]
    fn what_continues_a_paragraph_or_a_list_stays() {
        for same in ["a\n    b", "- a\n\n    b\n\n- c", "1. a\n\n    b"] {
            assert_eq!(text(same), same);
        }
    }
}
