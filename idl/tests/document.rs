//! Every example of LANGUAGE.md is a schema without a mistake.

use procwire_idl::catalog::LIBRARY;
use procwire_idl::source::SourceMap;
use procwire_idl::{Library, Source, Unreadable, compile_text, load, render};

/// What the examples import, which one of them shows.
struct Examples;

impl Library for Examples {
    fn read(&mut self, path: &str) -> Result<Source, Unreadable> {
        let (name, text) = LIBRARY.iter().find(|(name, _)| *name == path).ok_or(Unreadable::Missing)?;
        Ok(Source { name: (*name).to_owned(), text: (*text).to_owned() })
    }
}

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
            // Settings are read by the tests of `ipcgen`.
            "text" | "rust" | "toml" => continue,
            other => panic!("line {line}: `{other}` marks no kind of block that this test knows"),
        };
        let mut sources = SourceMap::new();
        let root = sources.add("LANGUAGE.md", text);
        let loaded = load(&mut sources, root, "LANGUAGE.md", &mut Examples);
        let shown = render::human(&loaded.diagnostics, &sources, false);
        assert!(loaded.model.is_some() && loaded.diagnostics.is_empty(), "the block at line {line}:\n{shown}");
        schemas += 1;
    }
    assert!(schemas >= 8, "only {schemas} examples were found");
}

#[test]
fn types_that_contain_themselves_are_refused_where_the_page_says_so() {
    let codes = |body: &str| -> Vec<&str> {
        let (_, loaded) = compile_text("page.ipc", &format!("ipc 1;\npackage example;\n{body}"));
        loaded.diagnostics.iter().map(|diagnostic| diagnostic.code.as_str()).collect()
    };
    for ends in [
        "newtype N = list<N>;",
        "newtype N = map<string, N?>;",
        "newtype N = (u8, N?);",
        "enum E { Leaf, Deep(E) }",
        "enum E { Deep(E?) }",
        "enum E { Deep { e?: E } }",
        "record R { r?: R }",
        "record R { r: N } newtype N = R?;",
    ] {
        assert_eq!(codes(ends), [""; 0], "{ends}");
    }
    for endless in [
        "newtype N = N?;",
        "newtype N = A; type A = N?;",
        "newtype N = (u8, N);",
        "enum E { Deep(E) }",
        "record R { r: R }",
        "record R { r: N } newtype N = R;",
    ] {
        assert_eq!(codes(endless), ["infinite-type"], "{endless}");
    }
}
