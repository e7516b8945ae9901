//! Every example of LANGUAGE.md is a schema without a mistake.

use procwire_idl::{compile_text, render};

/// The fenced blocks with their marks and the line that they begin on.
fn blocks(document: &str) -> Vec<(usize, &str, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(usize, &str, String)> = None;
    for (number, line) in document.lines().enumerate() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(mark), None) => open = Some((number + 1, mark, String::new())),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some((_, _, text))) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    blocks
}

#[test]
fn every_example_is_clean() {
    let document = include_str!("../LANGUAGE.md");
    let mut schemas = 0;
    for (line, mark, text) in blocks(document) {
        let text = match mark {
            "ipc" => text,
            "" => format!("ipc 1;\npackage example;\n{text}"),
            "text" => continue,
            other => panic!("line {line}: `{other}` marks no kind of block that this test knows"),
        };
        let (sources, loaded) = compile_text("LANGUAGE.md", &text);
        let shown = render::human(&loaded.diagnostics, &sources, false);
        assert!(loaded.model.is_some() && loaded.diagnostics.is_empty(), "the block at line {line}:\n{shown}");
        schemas += 1;
    }
    assert!(schemas >= 8, "only {schemas} examples were found");
}
