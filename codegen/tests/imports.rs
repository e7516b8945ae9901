//! Imports from folders: where the root lies, and what lies outside of it.

use std::fs;
use std::path::Path;

use procwire_codegen::{Schema, Target, generate, load};
use procwire_idl::render;
use tempfile::TempDir;

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        fs::write(path, text).expect("a file");
    }
    folder
}

fn shown(schema: &Schema) -> String {
    render::human(&schema.diagnostics, &schema.sources, false)
}

#[track_caller]
fn clean(path: &Path) -> Schema {
    let schema = load(path).unwrap_or_else(|error| panic!("{error}"));
    assert!(schema.model.is_some(), "{}", shown(&schema));
    schema
}

const MONEY: &str = "ipc 1;\npackage acme.common;\nrecord Money { units: i64 }\n";
const TRADING: &str = "ipc 1;\npackage acme.trading;\nuse acme.common;\nrecord Order { price: common.Money }\n";

#[test]
fn without_settings_the_root_is_the_folder_of_the_schema() {
    let folder = folder(&[("any.ipc", TRADING), ("acme/common.ipc", MONEY)]);
    let schema = clean(&folder.path().join("any.ipc"));
    assert_eq!(schema.model.expect("a model").packages.len(), 2);
    assert_eq!(schema.files, [folder.path().join("any.ipc"), folder.path().join("acme/common.ipc")]);
}

#[test]
fn the_nearest_settings_name_the_root() {
    let folder = folder(&[
        ("ipc.toml", "root = \"nowhere\""),
        ("schemas/acme/ipc.toml", "root = \"..\"\n[lint]\nnaming = \"off\"\n"),
        ("schemas/acme/trading.ipc", TRADING),
        ("schemas/acme/common.ipc", MONEY),
    ]);
    let acme = folder.path().join("schemas/acme");
    let schema = clean(&acme.join("trading.ipc"));
    let names: Vec<&str> = schema.sources.files().map(|(_, file)| file.name()).collect();
    let name = |file: &str| acme.join(file).display().to_string();
    assert_eq!(names, [name("trading.ipc"), name("common.ipc")]);
    assert!(schema.files.contains(&acme.join("ipc.toml")), "{:?}", schema.files);
}

#[test]
fn a_root_that_the_schema_is_not_in_is_told() {
    let folder = folder(&[("ipc.toml", "root = \"inner\""), ("inner/common.ipc", MONEY), ("trading.ipc", TRADING)]);
    let error = load(folder.path().join("trading.ipc")).expect_err("it lies outside").to_string();
    assert!(error.contains("outside of its root folder") && error.contains("ipc.toml"), "{error}");
    fs::write(folder.path().join("ipc.toml"), "root = 1").expect("settings");
    let error = load(folder.path().join("trading.ipc")).expect_err("it is no folder").to_string();
    assert!(error.contains("`root` is a folder in quotes"), "{error}");
}

#[test]
fn a_folder_in_the_place_of_a_file_is_told() {
    let folder = folder(&[("trading.ipc", TRADING), ("acme/common.ipc/x", "")]);
    let schema = load(folder.path().join("trading.ipc")).expect("it can be read");
    assert!(shown(&schema).contains("it is no file"), "{}", shown(&schema));
}

#[cfg(unix)]
#[test]
fn a_link_does_not_lead_out_of_the_root() {
    let outside = folder(&[("common.ipc", MONEY)]);
    let inside = folder(&[("trading.ipc", TRADING), ("acme/x", ""), ("kept/common.ipc", MONEY)]);
    let link = inside.path().join("acme/common.ipc");
    std::os::unix::fs::symlink(outside.path().join("common.ipc"), &link).expect("a link");
    let schema = load(inside.path().join("trading.ipc")).expect("it can be read");
    assert!(
        shown(&schema).contains("error[import-outside-root]: `acme/common.ipc` lies outside"),
        "{}",
        shown(&schema)
    );
    assert!(!shown(&schema).contains("units"), "nothing of the file is shown");
    // A link that stays inside is a file as any other.
    fs::remove_file(&link).expect("no link");
    std::os::unix::fs::symlink("../kept/common.ipc", &link).expect("a link");
    clean(&inside.path().join("trading.ipc"));
}

#[test]
fn mistakes_of_all_files_are_told_with_their_names() {
    let folder = folder(&[
        ("trading.ipc", &TRADING.replace("Money", "Mony")),
        ("acme/common.ipc", "ipc 1;\npackage acme.common;\nrecord Money { units: i46 }\n"),
    ]);
    let shown = shown(&load(folder.path().join("trading.ipc")).expect("it can be read"));
    assert!(shown.contains("trading.ipc:4:23") && shown.contains("acme/common.ipc:3:23"), "{shown}");
}

#[test]
fn each_package_is_a_file_but_in_rust() {
    let folder = folder(&[("trading.ipc", TRADING), ("acme/common.ipc", MONEY)]);
    let schema = clean(&folder.path().join("trading.ipc"));
    let model = schema.model.expect("a model");
    let paths = |target| -> Vec<String> {
        let files = generate(&model, &schema.sources, target).expect("files");
        files.iter().map(|(path, _)| path.to_owned()).collect()
    };
    assert_eq!(paths(Target::Rust), ["acme/trading.rs"]);
    assert_eq!(paths(Target::TypeScript), ["acme/common.ts", "acme/trading.ts"]);
    assert_eq!(paths(Target::Python), ["acme/__init__.py", "acme/common.py", "acme/trading.py"]);
}

#[test]
fn a_package_that_others_lie_in_is_the_file_of_their_folder_in_python() {
    let folder = folder(&[
        ("acme.ipc", "ipc 1;\npackage acme;\nuse acme.desk;\nrecord A { d: desk.D }\n"),
        (
            "acme/desk.ipc",
            "ipc 1;\npackage acme.desk;\nuse acme.desk.inner;\nuse acme.common;\nrecord D { i: inner.I, c: common.C }\n",
        ),
        ("acme/desk/inner.ipc", "ipc 1;\npackage acme.desk.inner;\nuse acme.common;\nrecord I { c: common.C }\n"),
        ("acme/common.ipc", "ipc 1;\npackage acme.common;\nrecord C {}\n"),
    ]);
    let schema = clean(&folder.path().join("acme.ipc"));
    let files = generate(&schema.model.expect("a model"), &schema.sources, Target::Python).expect("files");
    let paths: Vec<&str> = files.iter().map(|(path, _)| path).collect();
    assert_eq!(paths, ["acme/__init__.py", "acme/common.py", "acme/desk/__init__.py", "acme/desk/inner.py"]);
    let desk = files.get("acme/desk/__init__.py").expect("the file");
    assert!(desk.contains("from .. import common as _common\n"), "{desk}");
    assert!(desk.contains("from ..desk import inner as _inner\n"), "{desk}");
}

#[test]
fn a_package_of_python_that_is_there_is_left_as_it_is() {
    let folder = folder(&[("trading.ipc", TRADING), ("acme/common.ipc", MONEY), ("out/acme/__init__.py", "x = 1\n")]);
    let schema = clean(&folder.path().join("trading.ipc"));
    let files = generate(&schema.model.expect("a model"), &schema.sources, Target::Python).expect("files");
    let out = folder.path().join("out");
    files.write_to(&out).expect("written");
    assert_eq!(fs::read_to_string(out.join("acme/__init__.py")).expect("the mark"), "x = 1\n");
    assert_eq!(files.compare_with(&out).expect("compared"), []);
}
