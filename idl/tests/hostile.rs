//! Schemas that were made to do harm end in diagnostics: no crash, no blow-up.
//!
//! Nothing here is timed; what would be quadratic takes minutes and shows.

use std::ops::Range;

use procwire_idl::diagnostic::Code;
use procwire_idl::source::SourceMap;
use procwire_idl::{Library, Loaded, Source, Unreadable, compile_text, limits, load, render};

const HEADER: &str = "ipc 1;\npackage a;\n";

fn compile(body: &str) -> Loaded {
    compile_text("hostile.ipc", &format!("{HEADER}{body}")).1
}

/// What a person would be shown.
fn shown(body: &str) -> String {
    let (sources, loaded) = compile_text("hostile.ipc", &format!("{HEADER}{body}"));
    render::human(&loaded.diagnostics, &sources, true)
}

/// Many parts of a text, each with its number.
fn parts(numbers: Range<usize>, part: impl Fn(usize) -> String) -> String {
    numbers.fold(String::new(), |text, number| text + &part(number))
}

fn has(loaded: &Loaded, code: Code) -> bool {
    loaded.diagnostics.iter().any(|diagnostic| diagnostic.code == code)
}

#[test]
fn a_file_beyond_the_limit_is_not_read() {
    let loaded = compile(&" ".repeat(limits::FILE_SIZE));
    assert!(has(&loaded, Code::Limit));
    assert_eq!(loaded.diagnostics.len(), 1);
}

#[test]
fn brackets_may_be_nested_to_the_limit_and_no_deeper() {
    let nested = |depth: usize| format!("type A = {}u8{};", "list<".repeat(depth), ">".repeat(depth));
    assert!(compile(&nested(limits::NESTING)).model.is_some());
    assert!(has(&compile(&nested(limits::NESTING + 1)), Code::Limit));
    let tuples = |depth: usize| format!("type A = {}u8{};", "(".repeat(depth), ",)".repeat(depth));
    assert!(compile(&tuples(limits::NESTING)).model.is_some());
    assert!(has(&compile(&tuples(limits::NESTING + 1)), Code::Limit));
}

#[test]
fn deep_brackets_of_any_kind_are_told() {
    for bracket in ["(", "[", "{", "<", "list<", "map<u8,", "f(", "/*", "@a("] {
        let count = 600_000 / bracket.len();
        let loaded = compile(&format!("type A = {}", bracket.repeat(count)));
        assert!(loaded.model.is_none(), "{bracket}");
        assert!(has(&loaded, Code::Limit), "{bracket}");
    }
}

#[test]
fn question_marks_do_not_nest() {
    let loaded = compile(&format!("type A = u8{};", "?".repeat(600_000)));
    assert!(has(&loaded, Code::DoubleOptional));
    assert_eq!(loaded.diagnostics.len(), 1);
}

#[test]
fn items_beyond_the_limit_are_not_read() {
    let loaded = compile(&parts(0..limits::ITEMS + 10, |at| format!("type A{at}=u8;")));
    assert!(has(&loaded, Code::Limit));
    assert_eq!(loaded.diagnostics.len(), 1);
}

#[test]
fn a_thousand_diagnostics_are_enough() {
    for piece in
        ["x", ";", "}", "\u{1}", "\u{1}a", "\"", "é", "/// d\n", "a:", "type A=B;", "@", "strict\n", "1", "r#\""]
    {
        let loaded = compile(&piece.repeat(300_000 / piece.len()));
        assert!(loaded.model.is_none(), "{piece:?}");
        assert!((1..=1_001).contains(&loaded.diagnostics.len()), "{piece:?}: {}", loaded.diagnostics.len());
    }
}

#[test]
fn chains_and_circles_of_declarations_need_no_stack() {
    let count = 8_000;
    for (kind, first) in
        [("newtype", "newtype A0 = A7999;"), ("type", "type A0 = A7999;"), ("newtype", "newtype A0 = u8;")]
    {
        let others = parts(1..count, |at| format!("\n{kind} A{at} = A{};", at - 1));
        let loaded = compile(&format!("{first}{others}"));
        assert!(loaded.model.is_none());
        // A chain that ends is too long, and no more than that.
        assert_eq!(has(&loaded, Code::Limit), first.ends_with("u8;"));
    }
}

#[test]
fn a_circle_of_records_is_told_once() {
    let count = 10_000;
    let body = parts(0..count, |at| format!("record A{at} {{ a: A{} }}\n", (at + 1) % count));
    let loaded = compile(&body);
    assert!(has(&loaded, Code::InfiniteType));
    assert_eq!(loaded.diagnostics.len(), 1);
}

#[test]
fn defaults_through_long_chains_are_cheap() {
    let chain = parts(1..3_000, |at| {
        let before = at - 1;
        format!("newtype A{at} = A{before};\nconst C{at}: u8 = C{before};\n")
    });
    let fields = parts(0..3_000, |at| format!("f{at}: A{at} = C{at},\n"));
    let body = format!("newtype A0 = u8;\nconst C0: u8 = 1;\n{chain}record R {{ {fields} }}");
    let loaded = compile(&body);
    assert!(has(&loaded, Code::Limit));
    assert_eq!(loaded.diagnostics.len(), 1);
}

#[test]
fn many_unknown_names_among_many_names_are_cheap() {
    let body = parts(0..3_000, |at| {
        format!("record SomeRatherLongNameOfARecord{at} {{ f: SomeRatherLongNameOfARocerd{at} }}\n")
    });
    assert!(has(&compile(&body), Code::UnknownType));
}

#[test]
fn one_wide_thing_is_as_cheap_as_many_small_ones() {
    let fields = parts(0..12_000, |at| format!("f{at}: u8 = 1,\n"));
    assert!(compile(&format!("record R {{ {fields} }}")).model.is_some());
    let variants = parts(0..8_000, |at| format!("V{at}, "));
    let uses = parts(0..8_000, |at| format!("f{at}: E = V{at},"));
    assert!(compile(&format!("enum E {{ {variants} }} record R {{ {uses} }}")).model.is_some());
    let reserved = parts(0..12_000, |at| format!("\"r{at}\" | "));
    assert!(compile(&format!("record R {{ {} reserved {reserved} \"x\" }}", "f: u8,")).model.is_some());
    let annotations = "@deprecated(\"x\") ".repeat(20_000);
    assert!(compile(&format!("{annotations} record R {{}}")).model.is_none());
    let tuple = "u8,".repeat(100_000);
    assert!(has(&compile(&format!("type T = ({tuple});")), Code::Limit));
}

#[test]
fn a_name_has_a_longest_length() {
    let record = |length: usize| format!("record {} {{}}", "a".repeat(length));
    assert!(compile(&record(limits::NAME)).model.is_some());
    assert!(has(&compile(&record(limits::NAME + 1)), Code::Limit));
    assert!(has(&compile(&record(600_000)), Code::Limit));
}

#[test]
fn a_mistake_at_the_end_of_a_large_item_is_told() {
    let fields = parts(0..12_000, |at| format!("f{at}: u8, // {at}\n"));
    assert!(has(&compile(&format!("record R {{ {fields} x u8 }}")), Code::Syntax));
}

#[test]
fn what_is_shown_is_bounded_too() {
    let long = format!("record R {{ {} }}", "a: b, ".repeat(50_000));
    assert!(shown(&long).len() < 1_000_000);
    let far = format!("record R {{}}\n{}record R {{}}\n", "// nothing\n".repeat(50_000));
    assert!(shown(&far).len() < 10_000);
    assert!(shown(&"x".repeat(300_000)).len() < 10_000);
}

#[test]
fn what_a_fuzzer_found_ends_in_diagnostics() {
    for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/found")).unwrap() {
        let text = String::from_utf8_lossy(&std::fs::read(file.unwrap().path()).unwrap()).into_owned();
        let (sources, loaded) = compile_text("found.ipc", &text);
        assert!(!render::human(&loaded.diagnostics, &sources, false).is_empty());
    }
}

#[test]
fn comments_that_nest_without_an_end_are_cheap() {
    assert!(has(&compile(&"/*".repeat(100_000)), Code::Unclosed));
    assert!(has(&compile(&format!("record A {{ a: {} u8 }}", "/*".repeat(1000))), Code::Unclosed));
}

/// Files that are made when they are asked for.
struct Made<F>(F);

impl<F: FnMut(&str) -> Option<String>> Library for Made<F> {
    fn read(&mut self, path: &str) -> Result<Source, Unreadable> {
        let text = (self.0)(path).ok_or(Unreadable::Missing)?;
        Ok(Source { name: path.to_owned(), text })
    }
}

fn compile_with(root: &str, files: impl FnMut(&str) -> Option<String>) -> Loaded {
    let mut sources = SourceMap::new();
    let id = sources.add("a.ipc", format!("{HEADER}{root}"));
    load(&mut sources, id, "a.ipc", &mut Made(files))
}

/// The number in the name of a file `m12.ipc`.
fn number(path: &str) -> usize {
    path.trim_start_matches('m').trim_end_matches(".ipc").parse().expect("a number")
}

#[test]
fn the_largest_schema_is_read() {
    // Every item that may be there, in the largest file that may be there.
    let count = limits::ITEMS - 3;
    let records = parts(0..count, |at| format!("record R{at} {{ a: u8, b?: string }}\n"));
    let rest = limits::FILE_SIZE - HEADER.len() - records.len();
    let docs = format!("/// {}\n", "d".repeat(95));
    let body = docs.repeat(rest / docs.len()) + &records;
    let (_, loaded) = compile_text("largest.ipc", &format!("{HEADER}{body}"));
    assert!(loaded.diagnostics.is_empty());
    assert_eq!(loaded.model.expect("a model").types.len(), count);
}

#[test]
fn the_largest_schema_of_mistakes_is_told() {
    let records = parts(0..limits::ITEMS - 3, |at| format!("record R{at} {{ a: Missing{at}, a: u8 }}\n"));
    assert!(records.len() + HEADER.len() < limits::FILE_SIZE);
    let loaded = compile(&records);
    assert!(has(&loaded, Code::UnknownType));
    assert!(loaded.diagnostics.len() <= 1_001);
}

#[test]
fn aliases_that_double_do_not_grow() {
    // Written out, the last would have 2 to the power of the chain's length elements, of which each has a record.
    let chain = parts(1..limits::CHAIN, |at| format!("type A{at} = (A{}, A{}, A{0}, A{0});\n", at - 1, at - 1));
    let uses = parts(0..5_000, |at| format!("record R{at} {{ a: A{0}, b: list<A{0}> = [] }}\n", limits::CHAIN - 1));
    assert!(compile(&format!("record R {{}} type A0 = (R, R);\n{chain}{uses}")).model.is_some());
    let records = parts(1..20_000, |at| format!("record D{at} {{ a: D{0}, b: D{0}, c: D{0} }}\n", at - 1));
    assert!(compile(&format!("record D0 {{}}\n{records}")).model.is_some());
}

#[test]
fn imports_lead_no_deeper_than_the_limit() {
    let chain = |length: usize| {
        compile_with("use m1;\nrecord R { r: m1.R }", |path| {
            let at = number(path);
            let next = at + 1;
            Some(if at < length {
                format!("ipc 1;\npackage m{at};\nuse m{next};\nrecord R {{ r: m{next}.R }}\n")
            } else {
                format!("ipc 1;\npackage m{at};\nrecord R {{}}\n")
            })
        })
    };
    assert!(chain(limits::IMPORT_DEPTH).model.is_some());
    let loaded = chain(1_000_000);
    assert!(has(&loaded, Code::Limit));
    assert_eq!(loaded.diagnostics.len(), 1);
}

#[test]
fn imports_that_double_end_at_the_limit_of_files() {
    // Each imports two that nobody has named yet.
    let mut read = 0;
    let loaded = compile_with("use m1;", |path| {
        read += 1;
        let at = number(path);
        Some(format!("ipc 1;\npackage m{at};\nuse m{};\nuse m{};\n", 2 * at, 2 * at + 1))
    });
    assert!(has(&loaded, Code::Limit));
    assert_eq!(read, limits::FILES);
}

#[test]
fn files_that_are_imported_many_times_are_read_once() {
    // Each of these imports all that follow, so that there are more ways than anybody could go.
    let mut read = 0;
    let root = parts(0..30, |at| format!("use m{at};\n"));
    let loaded = compile_with(&root, |path| {
        read += 1;
        let at = number(path);
        Some(format!("ipc 1;\npackage m{at};\n{}", parts(at + 1..30, |other| format!("use m{other};\n"))))
    });
    assert!(loaded.model.is_some());
    assert_eq!(read, 30);
}

#[test]
fn all_files_together_have_a_limit() {
    let large =
        |path: &str| format!("ipc 1;\npackage m{};\n// {}\n", number(path), "x".repeat(limits::FILE_SIZE - 100));
    let root = parts(0..10, |at| format!("use m{at};\n"));
    let mut read = 0;
    let loaded = compile_with(&root, |path| {
        read += 1;
        Some(large(path))
    });
    assert!(has(&loaded, Code::Limit));
    assert_eq!(read, limits::SCHEMA_SIZE / (limits::FILE_SIZE - 100) + 1);

    let items = parts(0..limits::ITEMS / 4, |at| format!("type A{at}=u8;"));
    let loaded = compile_with(&root, |path| Some(format!("ipc 1;\npackage m{};\n{items}", number(path))));
    assert!(has(&loaded, Code::Limit));
}

#[test]
fn many_packages_in_one_circle_are_told_once() {
    let count = 3_000;
    let loaded = compile_with("use m0;", |path| {
        let at = number(path);
        // Ways of every length lead round, so that none is far from the root.
        let next = parts(1..4, |step| format!("use m{};\n", (at * 7 + step) % count));
        Some(format!("ipc 1;\npackage m{at};\n{next}"))
    });
    assert!(has(&loaded, Code::ImportCycle));
    assert!(loaded.diagnostics.len() < 20, "{}", loaded.diagnostics.len());
}
