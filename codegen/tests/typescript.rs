//! TypeScript: names that meet, schemas that are large in one direction, and what files declare.

mod source;

use procwire_codegen::{Target, generate};
use procwire_idl::diagnostic::Code;
use procwire_idl::model::{DeclarationKind, Model, VariantData};

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
        "const schema$",
        "const Desk",
        "const DeskClient",
        "const serveDesk",
    ];
    assert_eq!(source::declared(&text), names);
}

#[test]
fn names_that_the_schema_gives_are_taken_as_they_are() {
    let text = text(
        "@ts(name = \"Renamed\") record Old { @ts(name = \"fooBar\") foo_bar: u8, other?: string }
         @ts(name = \"most_of_all\") const MOST: u8 = 1;
         strict enum Mode @repr(u8) { @ts(name = \"off\") Off = 0, On = 1 }
         service Desk { @ts(name = \"do_it\") doIt(@ts(name = \"it\") what: u8); @ts(name = \"then\") x(); }",
    );
    for part in [
        "export interface Renamed {\n  readonly fooBar: number;\n  readonly other?: string;\n}",
        "export const most_of_all = 1;",
        "export type Mode = \"off\" | \"On\";",
        "  do_it(args: { it: number }, options?: $.CallOptions): globalThis.Promise<void>;",
        // A client with a `then` would be taken for a promise, whoever wants it.
        "  then_(options?: $.CallOptions): globalThis.Promise<void>;",
        "$.keys(\"foo_bar\", \"other\")",
        "w.u8(value.fooBar);",
        "name: \"do_it\",\n      wire: \"doIt\"",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn names_that_the_schema_gives_may_meet() {
    let both = |one, other, name| format!("`{one}` and `{other}` are both `{name}` in TypeScript");
    let give = |model: &mut Model, name: &str| match &mut model.types[0].kind {
        DeclarationKind::Record(record) => record.fields[1].extras.names.ts = Some(name.to_owned()),
        DeclarationKind::Enum(body) => {
            let VariantData::Struct(fields) = &mut body.variants[0].data else { panic!("a variant with fields") };
            fields[0].extras.names.ts = Some(name.to_owned());
        }
        _ => panic!("a record or an enum"),
    };
    // The checks of a schema refuse it; a model may come from elsewhere.
    assert_eq!(found("record R { a: u8, b: u8 }", |model| give(model, "a")), [both("b", "a", "a")]);
    let tag = ["`a` is `type` in TypeScript, which names the variant"];
    assert_eq!(found("enum E { A { a: u8 } }", |model| give(model, "type")), tag);
}

#[test]
fn callbacks_and_namespaces_are_members_of_one_object() {
    let schema = "callbacks a { B(); } callbacks a.b { C(); }";
    assert_eq!(found(schema, |_| {}), ["`a.b` and `B` are both `b` in TypeScript"]);
    assert_eq!(found("callbacks a { B(); } callbacks a.c { C(); } callbacks a { D(); }", |_| {}), [] as [&str; 0]);
    let taken = |name: &str| format!("`{name}` is a name that TypeScript derives from here, and it is taken");
    let context = "service S {} record SContext { a: u8 }";
    assert_eq!(found(context, |_| {}), [] as [&str; 0]);
    assert_eq!(found(&format!("{context} callbacks a {{ B(); }}"), |_| {}), [taken("SContext")]);
    assert_eq!(
        found("record MHandlers { a: u8 } module M { requires a.B; } callbacks a { B(); }", |_| {}),
        [taken("MHandlers")]
    );
}

#[test]
fn a_rule_is_made_once() {
    let text = text("record R { a: string @len(1..=2), b: list<string @len(1..=2)>, c: u8 @range(1..=2) }");
    assert_eq!(text.matches("$.rule(").count(), 2);
    assert_eq!(text.matches("$.characters(1, 2)").count(), 1);
}

#[test]
fn a_pattern_stays_in_its_quotes() {
    let text = text(r#"record R { a: string @pattern("\"; evil(); //") }"#);
    assert!(text.contains(r#""\"; evil(); //""#), "{text}");
    source::declared(&text);
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
fn callbacks_may_be_many() {
    let blocks = parts(4_000, |at| format!("callbacks n{} {{ C{at}(); }}\n", at % 2_000));
    let modules = parts(200, |at| format!("module M{at} {{ requires n{at}.*; optional n{}.C{}; }}\n", at + 1, at + 1));
    let text = text(&format!("{blocks}{modules}"));
    assert_eq!(text.matches("export interface N").count(), 4_000);
    assert_eq!(text.matches("= $.module({").count(), 200);
}

#[test]
fn a_type_may_be_nested_deeply() {
    let lists = format!("{}u8{}", "list<".repeat(60), ">".repeat(60));
    let text = text(&format!("record R {{ f: {lists} }}\nservice S {{ m(a: {lists}) -> stream {lists}; }}"));
    assert_eq!(text.matches(" = $.list(").count() + text.matches("\n  $.list(").count(), 60);
    let tuple = (0..40).fold("u8".to_owned(), |inner, _| format!("({inner}, {{}})").replace("{}", "string"));
    source::declared(&self::text(&format!("record R {{ f: {tuple} }}")));
}
