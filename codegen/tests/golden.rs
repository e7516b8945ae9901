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
        let ours: Vec<&str> = items.lines().filter(|line| !line.is_empty()).collect();
        let parsed = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}\n{text}", name(&case)));
        let formatted = prettyplease::unparse(&parsed);
        let formatted: Vec<&str> = formatted.lines().collect();
        assert_eq!(ours.join("\n"), formatted.join("\n"), "{}", name(&case));
    }
}

#[test]
fn generating_twice_gives_the_same_text() {
    for case in cases() {
        for (target, single) in GOLDEN.iter().copied() {
            assert_eq!(files(&case, target, single), files(&case, target, single));
        }
    }
}
