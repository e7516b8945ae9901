//! What README.md shows is what is here, and it does what it says: every parent with every worker.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

/// The files that the README's blocks are cut from.
const SHOWN: [&str; 8] = [
    "quotes.ipc",
    "src/bin/quotes-worker.rs",
    "src/bin/quotes-parent.rs",
    "typescript/worker.ts",
    "typescript/parent.ts",
    "python/worker.py",
    "python/parent.py",
    "parent.mjs",
];

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_readme_shows_these_files() {
    let readme = std::fs::read_to_string(folder().join("../../README.md")).unwrap();
    let sources = SHOWN.map(|file| without_layout(&std::fs::read_to_string(folder().join(file)).unwrap()));
    let blocks: Vec<String> = blocks(&readme);
    assert_eq!(blocks.len(), SHOWN.len(), "a block of the README has no file here");
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

/// The text without indentation and line breaks, which formatters may place otherwise.
fn without_layout(text: &str) -> String {
    text.replace(",)", ")").split_whitespace().collect::<String>().replace(",)", ")")
}

#[test]
fn the_generated_files_are_those_of_the_schema() {
    let schema = procwire_codegen::load(folder().join("quotes.ipc")).unwrap();
    let model = schema.model.expect("a clean schema");
    for (target, out) in
        [(procwire_codegen::Target::TypeScript, "typescript"), (procwire_codegen::Target::Python, "python")]
    {
        let files = procwire_codegen::generate(&model, &schema.sources, target).expect("names that do not meet");
        let differences = files.compare_with(&folder().join(out)).unwrap();
        assert!(differences.is_empty(), "{differences:?}: run `ipcgen build quotes.ipc --lang {out} --out {out}`");
    }
}

#[test]
fn every_parent_gets_quotes_from_every_worker() {
    for (worker, line) in workers() {
        for (parent, mut command, expected) in parents() {
            let output = command.args(&line).output().unwrap();
            assert_eq!(text_of(&output), expected, "a {parent} parent with a {worker} worker");
        }
    }
}

/// The TypeScript of the example, compiled.
fn compiled() -> PathBuf {
    static DIST: LazyLock<PathBuf> = LazyLock::new(|| {
        let tsc = folder().join("node_modules/.bin/tsc");
        let output = Command::new(&tsc).args(["-p", "typescript"]).current_dir(folder()).output();
        let output =
            output.unwrap_or_else(|error| panic!("{}: {error}; `cargo xtask test` installs it", tsc.display()));
        text_of(&output);
        folder().join("typescript/dist")
    });
    DIST.clone()
}

fn workers() -> [(&'static str, Vec<PathBuf>); 3] {
    [
        ("Rust", vec![env!("CARGO_BIN_EXE_quotes-worker").into()]),
        ("TypeScript", vec!["node".into(), compiled().join("worker.js")]),
        ("Python", vec![python(), folder().join("python/worker.py")]),
    ]
}

/// Each parent with what it prints.
fn parents() -> [(&'static str, Command, String); 4] {
    let with = |program: PathBuf, script: PathBuf| {
        let mut command = command(&program);
        command.arg(script);
        command
    };
    let printed = |quote: fn(&str, &str) -> String| {
        let quotes =
            [("ACME", "101.5"), ("BETA", "7.25"), ("ACME", "101.5")].map(|(symbol, price)| quote(symbol, price));
        format!("ACME costs 101.5\n{}\n", quotes.join("\n"))
    };
    [
        (
            "Rust",
            command(Path::new(env!("CARGO_BIN_EXE_quotes-parent"))),
            printed(|symbol, price| format!("Quote {{ symbol: \"{symbol}\", price: {price} }}")),
        ),
        (
            "TypeScript",
            with("node".into(), compiled().join("parent.js")),
            printed(|symbol, price| format!("{{ symbol: '{symbol}', price: {price} }}")),
        ),
        (
            "Python",
            with(python(), folder().join("python/parent.py")),
            printed(|symbol, price| format!("Quote(symbol='{symbol}', price={price})")),
        ),
        ("published", with("node".into(), folder().join("parent.mjs")), "{ symbol: 'ACME', price: 101.5 }\n".repeat(4)),
    ]
}

/// The interpreter of the runtime's virtual environment.
fn python() -> PathBuf {
    folder().join("../../runtime/python/.venv/bin/python")
}

fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env("PYTHONPATH", folder().join("../../runtime/python/src"));
    command
}

fn text_of(output: &Output) -> String {
    let (text, log) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{text}{log}");
    text.into_owned()
}
