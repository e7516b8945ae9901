//! The formatter: one form, the same meaning, no comment lost.

mod generated;

use std::fs;
use std::path::{Path, PathBuf};

use procwire_idl::{compile_text, dump, format, render};
use proptest::prelude::*;

/// What a text means, printed; `None` where it has an error.
fn meaning(text: &str) -> Option<String> {
    let (_, loaded) = compile_text("format.ipc", text);
    loaded.model.map(|model| dump::model(&model))
}

/// Formats a text and checks what holds for each.
#[track_caller]
fn formatted(text: &str) -> String {
    let once = format::text(text);
    let (sources, loaded) = compile_text("format.ipc", &once);
    let shown = render::human(&loaded.diagnostics, &sources, false);
    assert_eq!(meaning(&once), meaning(text), "the meaning has changed:\n{shown}\n{once}");
    assert_eq!(format::text(&once), once, "formatting again changes it");
    once
}

/// A schema with this body, formatted; the header is cut off.
#[track_caller]
fn body(text: &str) -> String {
    let text = formatted(&format!("ipc 1;\npackage a;\n\n{text}"));
    text.strip_prefix("ipc 1;\npackage a;\n\n").expect("the header").to_owned()
}

/// The schemas of the repository that this package has.
fn schemas(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(schemas(&path));
        } else if path.extension().is_some_and(|extension| extension == "ipc") {
            found.push(path);
        }
    }
    found
}

#[test]
fn a_short_list_stands_on_one_line() {
    assert_eq!(body("record  Point{x:i32,\ny :i32 ,}"), "record Point { x: i32, y: i32 }\n");
    assert_eq!(body("enum Side { Buy, Sell, }"), "enum Side { Buy, Sell }\n");
    assert_eq!(body("record Empty {\n}"), "record Empty {}\n");
}

#[test]
fn a_list_that_its_author_broke_stays_broken() {
    assert_eq!(body("record P {\nx: i32, y: i32 }"), "record P {\n  x: i32,\n  y: i32,\n}\n");
}

#[test]
fn a_list_that_is_too_long_is_broken() {
    let fields: Vec<String> = (0..12).map(|at| format!("field_{at}: u32")).collect();
    let expected = format!("record R {{\n  {},\n}}\n", fields.join(",\n  "));
    assert_eq!(body(&format!("record R {{ {} }}", fields.join(", "))), expected);
}

#[test]
fn parameters_are_broken_where_a_method_is_too_long() {
    let long =
        "search(pattern: string, ignore_case: bool = false, limit?: u32, skip: list<string> = []) -> stream u32;";
    let expected = "service S {\n  search(\n    pattern: string,\n    ignore_case: bool = false,\n    limit?: u32,\n    \
                    skip: list<string> = [],\n  ) -> stream u32;\n}\n";
    assert_eq!(body(&format!("service S {{ {long} }}")), expected);
}

#[test]
fn white_space_inside_of_types_is_of_one_form() {
    assert_eq!(
        body("record R { a:map< string,list <u32>> ? , b : list< ( u8 , ) > , c:( string,i32 ),d : ( ) }"),
        "record R { a: map<string, list<u32>>?, b: list<(u8,)>, c: (string, i32), d: () }\n"
    );
    assert_eq!(
        body("service S { a( )->stream (u8,) ;b(  string )-> ack ; c ( x? : u8 ) -> none; event e(u8) ; }"),
        "service S {\n  a() -> stream (u8,);\n  b(string) -> ack;\n  c(x?: u8) -> none;\n  event e(u8);\n}\n"
    );
}

#[test]
fn annotations_stay_on_the_line_that_they_are_on() {
    assert_eq!(
        body("record R { @wire( \"x\" )a: u8, @deprecated(\"no\")\n@wire(\"y\") b: u8 }"),
        "record R {\n  @wire(\"x\") a: u8,\n  @deprecated(\"no\")\n  @wire(\"y\") b: u8,\n}\n"
    );
    assert_eq!(
        body("strict enum M @repr( u8 ) { A=0,B = -1 }").len(),
        "strict enum M @repr(u8) { A = 0, B = -1 }\n".len()
    );
}

#[test]
fn an_annotation_that_makes_a_line_too_long_gets_its_own() {
    let why = "w".repeat(80);
    assert_eq!(
        body(&format!("record R {{ @deprecated(\"{why}\") some: u32 }}")),
        format!("record R {{\n  @deprecated(\"{why}\")\n  some: u32,\n}}\n")
    );
}

#[test]
fn comments_stay_where_they_belong() {
    let text = "// about R\nrecord R {\n  // first\n  a: u8, // behind a\n\n  // above b\n  b: u8, /* behind b */\n  // last\n}\n";
    assert_eq!(body(text), text);
    assert_eq!(body("record R { a: u8 // why\n, b: u8 }"), "record R {\n  a: u8, // why\n  b: u8,\n}\n");
    assert_eq!(body("record R {} // behind\n// alone"), "record R {} // behind\n// alone\n");
}

#[test]
fn a_comment_in_the_middle_of_an_element_stands_above_it() {
    assert_eq!(body("record R { a: // why\n u8 }"), "record R {\n  // why\n  a: u8,\n}\n");
    assert_eq!(body("record R { a: /* what */ u8 }"), "record R { a: /* what */ u8 }\n");
}

#[test]
fn blank_lines_part_what_their_author_parted() {
    assert_eq!(
        body("const A: u8 = 1;\nconst B: u8 = 2;\n\n\n\nconst C: u8 = 3;"),
        "const A: u8 = 1;\nconst B: u8 = 2;\n\nconst C: u8 = 3;\n"
    );
    assert_eq!(body("type A = u8;\n/// D.\ntype B = u8;"), "type A = u8;\n\n/// D.\ntype B = u8;\n");
    assert_eq!(body("record R {\n\n  a: u8,\n\n\n  b: u8,\n\n}"), "record R {\n  a: u8,\n\n  b: u8,\n}\n");
}

#[test]
fn docs_are_parted_from_their_marks() {
    let text = formatted("//!About\n//!\n//!  it\nipc 1;\npackage a;\n///doc\n///\trow\nrecord R { ///field\n a: u8 }");
    assert_eq!(
        text,
        "//! About\n//!\n//!  it\nipc 1;\npackage a;\n\n/// doc\n///\trow\nrecord R {\n  /// field\n  a: u8,\n}\n"
    );
}

#[test]
fn line_ends_and_a_byte_order_mark_are_of_one_form() {
    assert_eq!(formatted("\u{feff}ipc 1;\r\npackage a;\r\n// c\r\n"), "ipc 1;\npackage a;\n// c\n");
}

#[test]
fn reserved_names_and_strings_stay_as_they_are() {
    assert_eq!(
        body("record R { a: string = r#\"x \" y\"#, reserved \"b\"|\"c\" }\nservice S{reserved method \"x\";}"),
        "record R { a: string = r#\"x \" y\"#, reserved \"b\" | \"c\" }\n\nservice S {\n  reserved method \"x\";\n}\n"
    );
}

#[test]
fn what_the_parser_does_not_know_yet_is_laid_out_as_well() {
    let text = "use acme.common.{Money,Currency};\nuse \"shared/audit.ipc\"  as audit;\n\
                ext Price=16 as string{rust:\"a\";ts:\"b\";}\nnewtype S = string @len( 1 ..= 12 );\n\
                module W { requires trading.*,a.B; }";
    assert_eq!(
        format::text(text),
        "use acme.common.{Money, Currency};\nuse \"shared/audit.ipc\" as audit;\n\n\
         ext Price = 16 as string {\n  rust: \"a\";\n  ts: \"b\";\n}\n\nnewtype S = string @len(1..=12);\n\n\
         module W {\n  requires trading.*, a.B;\n}\n"
    );
}

#[test]
fn every_schema_of_the_tests_keeps_its_meaning() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let schemas = schemas(&folder);
    assert!(schemas.len() > 20, "{}", schemas.len());
    for path in schemas {
        let text = fs::read_to_string(&path).unwrap_or_default();
        if meaning(&text).is_some() {
            formatted(&text);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_model_keeps_its_meaning(choices in prop::collection::vec(any::<u8>(), 0..600)) {
        formatted(&dump::model(&generated::model(&choices)));
    }

    /// Comments, line ends and blanks anywhere between tokens: every comment is kept, and the form is found at once.
    #[test]
    fn comments_anywhere_are_kept(
        choices in prop::collection::vec(any::<u8>(), 0..300),
        noise in prop::collection::vec((any::<prop::sample::Index>(), 0..4_usize), 0..12),
    ) {
        const NOISE: [&str; 4] = ["\n// one\n", " /* two */ ", "\n\n\n", "\n"];
        let text = dump::model(&generated::model(&choices));
        let parts: Vec<&str> = text.split_inclusive([' ', '\n']).collect();
        let mut noisy = String::new();
        let mut comments = [0, 0];
        for (at, part) in parts.iter().enumerate() {
            noisy.push_str(part);
            let line = noisy.rsplit('\n').next().unwrap_or_default();
            // Inside of strings and docs a comment is none.
            let quiet = line.contains("//") || line.contains('"');
            for (_, kind) in noise.iter().filter(|(index, _)| index.index(parts.len()) == at && !quiet) {
                noisy.push_str(NOISE[*kind]);
                if *kind < 2 {
                    comments[*kind] += 1;
                }
            }
        }
        let once = formatted(&noisy);
        prop_assert_eq!(once.matches("// one").count(), comments[0]);
        prop_assert_eq!(once.matches("/* two */").count(), comments[1]);
    }
}

#[test]
fn a_large_schema_is_formatted_in_time_that_grows_with_its_size() {
    let record = |at: usize| format!("record R{at} {{ a: u32, b: list<list<list<u8>>>, c: (u8, (u8, (u8, u8))) }}\n");
    let text: String = (0..2_000).map(record).collect();
    let text = format!("ipc 1;\npackage a;\n\n{text}");
    assert_eq!(formatted(&text), text);
}

#[test]
fn imports_callbacks_and_modules_have_one_form() {
    let text = "use  a.b ;use a.b  as c;\nuse a . b.{X,Y  as Z ,} ; use \"f.ipc\"as d; use \"f.ipc\" . { X };";
    // They name what is not here, so only the form is looked at.
    let once = format::text(&format!("ipc 1;\npackage a;\n\n{text}"));
    assert_eq!(
        once,
        "ipc 1;\npackage a;\n\nuse a.b;\nuse a.b as c;\nuse a.b.{X, Y as Z};\nuse \"f.ipc\" as d;\nuse \"f.ipc\".{X};\n"
    );
    assert_eq!(format::text(&once), once);
    assert_eq!(
        body("callbacks a.b{ X ( a:u8 )->stream u8;Y(); } module M{requires a.b.X,a.b .* ;}"),
        "callbacks a.b {\n  X(a: u8) -> stream u8;\n  Y();\n}\n\nmodule M {\n  requires a.b.X, a.b.*;\n}\n"
    );
}
