//! TypeScript: names that meet, schemas that are large in one direction, and what files declare.

mod source;

use procwire_codegen::{Target, generate};
use procwire_idl::diagnostic::Code;
use procwire_idl::model::Model;

fn model(body: &str) -> (procwire_idl::source::SourceMap, Model) {
    let (sources, loaded) = procwire_idl::compile_text("x.ipc", &format!("ipc 1;\npackage x;\n{body}"));
    let shown = procwire_idl::render::human(&loaded.diagnostics, &sources, false);
    (sources, loaded.model.unwrap_or_else(|| panic!("{shown}")))
}

fn text(body: &str) -> String {
    let (sources, model) = model(body);
    generate(&model, &sources, Target::TypeScript)
        .expect("names that do not meet")
        .get("x.ts")
        .expect("a file")
        .to_owned()
}

/// What is found after a change of the model.
fn found(body: &str, change: impl FnOnce(&mut Model)) -> Vec<String> {
    let (sources, mut model) = model(body);
    change(&mut model);
    match generate(&model, &sources, Target::TypeScript) {
        Ok(_) => Vec::new(),
        Err(diagnostics) => {
            assert!(diagnostics.iter().all(|found| found.code == Code::NameCollision && !found.secondary.is_empty()));
            diagnostics.into_iter().map(|found| found.message).collect()
        }
    }
}

fn parts(count: usize, part: impl Fn(usize) -> String) -> String {
    (0..count).map(part).collect()
}

#[test]
fn derived_names_may_be_taken() {
    let taken = |name: &str| format!("`{name}` is a name that TypeScript derives from here, and it is taken");
    assert_eq!(found("newtype A = u8; record AInput { a: u8 }", |_| {}), [taken("AInput")]);
    assert_eq!(found("enum A { B { b?: u8 } } record AInput { a: u8 }", |_| {}), [taken("AInput")]);
    assert_eq!(found("error A { B } record AData { a: u8 }", |_| {}), [taken("AData")]);
    assert_eq!(found("enum A { B { b: u8 } } record AInput { a: u8 }", |_| {}), [] as [&str; 0]);
}

#[test]
fn methods_and_events_may_meet_after_conversion() {
    let found = found("service S { first_one(); event second(); }", |model| {
        "FirstOne".clone_into(&mut model.packages[0].services[0].events[0].name);
    });
    assert_eq!(found, ["`FirstOne` and `first_one` are both `firstOne` in TypeScript"]);
}

#[test]
fn the_name_of_unknown_variants_is_taken() {
    let open = "enum A { @wire(\"$unknown\") B { b: u8 } }";
    assert_eq!(found(open, |_| {}), ["`B` is `$unknown` on the wire, which TypeScript needs"]);
    assert_eq!(found(&format!("strict {open}"), |_| {}), [] as [&str; 0]);
    assert_eq!(found("enum A { @wire(\"$unknown\") B }", |_| {}), [] as [&str; 0]);
}

#[test]
fn what_is_declared_is_what_the_schema_declares() {
    let text = text(
        "/// */ const evil = 1; /*
         const ONE: u8 = 1;
         newtype Name = string;
         type Names = list<Name>;
         record Plain { a: u8 }
         record Left { a?: string, b: string = \"*/ \\\" ; const evil = 1\" }
         enum Side { Buy, @wire(\"\\\"; evil(); \\\"\") Sell }
         enum Shape { Dot, Circle { radius: f64 } }
         error Trouble { Lost }
         service Desk { call(a: Names) throws Trouble; event done(Plain); }",
    );
    let names = [
        "const ONE",
        "type Name",
        "function Name",
        "type NameInput",
        "type Names",
        "type NamesInput",
        "interface Plain",
        "interface Left",
        "interface LeftInput",
        "type Side",
        "type Shape",
        "type TroubleData",
        "class Trouble",
        "interface DeskClient",
        "interface DeskWorker",
        "interface DeskEvents",
        "interface DeskEmit",
        "const Plain$keys",
        "const Plain$",
        "const Left$keys",
        "const Left$",
        "const Shape$Circle$keys",
        "const Shape$Circle$",
        "const Desk$call$keys",
        "const Desk$call$",
        "const Name$",
        "const Side$",
        "const Shape$",
        "const Trouble$",
        "const listOfName$",
        "const Desk",
        "const DeskClient",
        "const serveDesk",
    ];
    assert_eq!(source::declared(&text), names);
}

#[test]
fn constants_alone_need_no_import() {
    let text = text("const ONE: u8 = 1; /// Two.\nconst TWO: u64 = 2;");
    let (_, declarations) = text.split_once("\n\n").expect("a header");
    assert_eq!(declarations, "export const ONE = 1;\n\n/** Two. */\nexport const TWO = 2n;\n");
}

#[test]
fn a_schema_may_be_large() {
    let variants = parts(4_000, |at| format!("V{at}, "));
    let uses = parts(4_000, |at| format!("f{at}: E = V{},\n", 3_999 - at));
    let text = text(&format!("enum E {{ {variants} }}\nrecord R {{ {uses} }}"));
    assert!(text.contains("let f3999: E = \"V0\";"));
    // 31 fields have their bits in one mask.
    assert!(text.contains("let seen129 = 0;") && !text.contains("let seen130 = 0;"));
    source::declared(&text);
}

#[test]
fn declarations_may_form_a_long_chain() {
    // Codecs that need others are made in order; a chain of them must not take as many frames of the stack.
    let chain = parts(20_000, |at| format!("enum A{at} {{ Next(A{}), End }}\n", (at + 1) % 20_000));
    let text = text(&chain);
    assert_eq!(text.matches("export const A").count(), 20_000);
    assert!(text.contains("$.lazy((): $.Codec<A"));
}

#[test]
fn a_type_may_be_nested_deeply() {
    let lists = format!("{}u8{}", "list<".repeat(60), ">".repeat(60));
    let text = text(&format!("record R {{ f: {lists} }}\nservice S {{ m(a: {lists}) -> stream {lists}; }}"));
    assert_eq!(text.matches(" = $.list(").count() + text.matches("\n  $.list(").count(), 60);
    let tuple = (0..40).fold("u8".to_owned(), |inner, _| format!("({inner}, {{}})").replace("{}", "string"));
    source::declared(&self::text(&format!("record R {{ f: {tuple} }}")));
}
