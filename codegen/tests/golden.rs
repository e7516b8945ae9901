//! Each folder below `golden/` is a schema and the text that is generated from it.
//!
//! `UPDATE_GOLDEN=1` writes the text anew; read the difference before it is committed.

use std::fs;
use std::path::{Path, PathBuf};

use procwire_codegen::{Target, generate, load};

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut cases: Vec<PathBuf> =
        fs::read_dir(folder).expect("golden cases").map(|entry| entry.expect("a folder").path()).collect();
    cases.retain(|case| case.is_dir());
    cases.sort();
    assert!(!cases.is_empty());
    cases
}

fn name(case: &Path) -> String {
    case.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The languages and the names of their golden files.
const GOLDEN: &[(Target, &str)] =
    &[(Target::Rust, "rust.rs"), (Target::TypeScript, "typescript.ts"), (Target::Python, "python.py")];

fn rust(case: &Path) -> String {
    files(case, Target::Rust, "rust.rs").pop().map(|(_, text)| text).unwrap_or_default()
}

/// The files that a case generates in a language. One is called `single`; several lie in a folder with the name of the
/// language, as they would in an output folder.
fn files(case: &Path, target: Target, single: &str) -> Vec<(String, String)> {
    let schema = load(case.join("schema.ipc")).unwrap_or_else(|error| panic!("{error}"));
    let rendered = procwire_idl::render::human(&schema.diagnostics, &schema.sources, false);
    let model = schema.model.unwrap_or_else(|| panic!("{}:\n{rendered}", name(case)));
    let files = generate(&model, &schema.sources, target)
        .unwrap_or_else(|found| panic!("{}", procwire_idl::render::human(&found, &schema.sources, false)));
    let all: Vec<(&str, &str)> = files.iter().collect();
    if let [(_, text)] = all[..] {
        return vec![(single.to_owned(), text.to_owned())];
    }
    all.iter().map(|(path, text)| (format!("{}/{path}", target.name()), (*text).to_owned())).collect()
}

#[test]
fn generated_text_is_the_golden_text() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut stale = Vec::new();
    for case in cases() {
        for (file, text) in GOLDEN.iter().flat_map(|(target, single)| files(&case, *target, single)) {
            let path = case.join(&file);
            if update {
                fs::create_dir_all(path.parent().expect("a folder")).expect("a folder for the golden file");
                fs::write(&path, text).expect("a golden file that can be written");
            } else if fs::read_to_string(&path).unwrap_or_default() != text {
                stale.push(format!("{}/{file}", name(&case)));
            }
        }
    }
    assert!(stale.is_empty(), "differ from what is generated (UPDATE_GOLDEN=1 rewrites them): {stale:?}");
}

/// What is generated is formatted and is Rust. Blank lines and the comment on top are ours: prettyplease keeps neither.
#[test]
fn generated_text_is_formatted() {
    for case in cases() {
        let text = rust(&case);
        let items = text.split_once("\n\n").map_or("", |(_, items)| items);
        let ours = without_modules(items);
        let mut parsed = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}\n{text}", name(&case)));
        parsed.items = flattened(parsed.items);
        let formatted = prettyplease::unparse(&parsed);
        let formatted: Vec<&str> = formatted.lines().collect();
        // In an attribute, prettyplease takes the end of `..=` for an assignment.
        let same = |lines: &[&str]| lines.join("\n").replace("..= ", "..=");
        assert_eq!(same(&ours), same(&formatted), "{}", name(&case));
    }
}

/// The lines of a text that are not blank; what stands in a module as it would stand in a file of its own, since that is how
/// it is laid out before it is indented.
fn without_modules(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = Vec::new();
    let mut depth = 0;
    for line in text.lines().filter(|line| !line.is_empty()) {
        let indent = "    ".repeat(depth);
        match line.strip_prefix(&indent) {
            Some(inner) if inner.starts_with("pub mod ") => {
                while lines.last().is_some_and(|docs| docs.starts_with("///")) {
                    lines.pop();
                }
                depth += 1;
            }
            Some(inner) => lines.push(inner),
            None => {
                assert_eq!(line.trim_start(), "}", "only the end of a module stands further left");
                depth -= 1;
            }
        }
    }
    lines
}

/// Items, those in modules among the others.
fn flattened(items: Vec<syn::Item>) -> Vec<syn::Item> {
    let flat = items.into_iter().map(|item| match item {
        syn::Item::Mod(module) => flattened(module.content.map(|(_, items)| items).unwrap_or_default()),
        item => vec![item],
    });
    flat.flatten().collect()
}

#[test]
fn generating_twice_gives_the_same_text() {
    for case in cases() {
        for (target, single) in GOLDEN.iter().copied() {
            assert_eq!(files(&case, target, single), files(&case, target, single));
        }
    }
}
