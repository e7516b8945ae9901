//! What README.md shows is what is here, and it does what it says.

use std::path::Path;
use std::process::{Command, Output};

const WORKER: &str = env!("CARGO_BIN_EXE_quotes-worker");

#[test]
fn the_readme_shows_these_files() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(folder.join("../../README.md")).unwrap();
    let files = ["quotes.ipc", "src/bin/quotes-worker.rs", "src/bin/quotes-parent.rs", "parent.mjs"];
    let sources = files.map(|file| without_layout(&std::fs::read_to_string(folder.join(file)).unwrap()));
    let blocks: Vec<String> = blocks(&readme);
    assert_eq!(blocks.len(), files.len(), "a block of the README has no file here");
    for block in blocks {
        // A block leaves out what lies between its paragraphs (imports, helpers), so each paragraph is looked up.
        for paragraph in block.split("\n\n") {
            let shown = without_layout(paragraph);
            assert!(sources.iter().any(|source| source.contains(&shown)), "not in the example:\n{paragraph}");
        }
    }
}

/// The fenced blocks but those of the shell.
fn blocks(markdown: &str) -> Vec<String> {
    let fences: Vec<&str> = markdown.split("```").collect();
    let inside = fences.iter().skip(1).step_by(2);
    inside
        .filter(|block| !block.starts_with("sh\n"))
        .map(|block| block.split_once('\n').map_or("", |(_, text)| text).trim_end().to_owned())
        .collect()
}

/// The text without indentation and line breaks, which rustfmt may place otherwise.
fn without_layout(text: &str) -> String {
    text.replace(",)", ")").split_whitespace().collect::<String>().replace(",)", ")")
}

#[test]
fn a_rust_parent_gets_quotes() {
    let output = Command::new(env!("CARGO_BIN_EXE_quotes-parent")).arg(WORKER).output().unwrap();
    assert_eq!(
        text_of(&output),
        "ACME costs 101.5\n\
         Quote { symbol: \"ACME\", price: 101.5 }\n\
         Quote { symbol: \"BETA\", price: 7.25 }\n\
         Quote { symbol: \"ACME\", price: 101.5 }\n"
    );
}

#[test]
fn a_node_parent_on_the_published_package_gets_quotes() {
    let parent = Path::new(env!("CARGO_MANIFEST_DIR")).join("parent.mjs");
    let output = Command::new("node").arg(parent).arg(WORKER).output().unwrap();
    assert_eq!(text_of(&output), "{ symbol: 'ACME', price: 101.5 }\n".repeat(4));
}

fn text_of(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}
