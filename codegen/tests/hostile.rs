//! Schemas that are large in one direction. Whatever is not linear here takes minutes, and a test that takes minutes is
//! noticed.

use procwire_codegen::{Files, Target, generate};

fn parts(count: usize, part: impl Fn(usize) -> String) -> String {
    (0..count).map(part).collect()
}

fn generated(body: &str) -> Files {
    let (sources, loaded) = procwire_idl::compile_text("hostile.ipc", &format!("ipc 1;\npackage hostile;\n{body}"));
    let shown = procwire_idl::render::human(&loaded.diagnostics, &sources, false);
    let model = loaded.model.unwrap_or_else(|| panic!("{shown}"));
    // Of the others it is enough that they come to an end.
    for target in [Target::TypeScript, Target::Python] {
        let files = generate(&model, &sources, target).expect("names that do not meet");
        assert!(files.iter().all(|(_, text)| !text.is_empty()));
    }
    generate(&model, &sources, Target::Rust).expect("names that do not meet")
}

fn text(body: &str) -> String {
    generated(body).get("hostile.rs").expect("the file").to_owned()
}

#[test]
fn an_enum_may_have_many_variants_and_many_uses() {
    let variants = parts(4_000, |at| format!("V{at}, "));
    let uses = parts(4_000, |at| format!("f{at}: E = V{},\n", 3_999 - at));
    let text = text(&format!("enum E {{ {variants} }}\nrecord R {{ {uses} }}"));
    assert!(text.contains("#[procwire(default = E::V0)]\n    pub f3999: E,"));
}

#[test]
fn every_number_of_a_byte_may_be_taken() {
    let variants = parts(256, |at| format!("V{at} = {at}, "));
    let text = text(&format!("enum E @repr(u8) {{ {variants} }}"));
    // `Unknown` has a number of its own in Rust, so the numbers need a wider type there.
    assert!(text.contains("#[repr(u16)]\n#[procwire(repr = \"u8\")]"));
}

#[test]
fn declarations_may_form_a_long_chain() {
    let chain = parts(4_000, |at| format!("record A{at} {{ next: A{} }}\n", at + 1));
    let text = text(&format!("{chain}record A4000 {{ value: f64 }}"));
    assert!(!text.contains("Eq, Hash"));
    let chain = parts(4_000, |at| format!("record A{at} {{ next: A{}? }}\n", (at + 1) % 4_000));
    let text = self::text(&chain);
    assert_eq!(text.matches("pub next: Option<Box<A").count(), 4_000);
}

#[test]
fn a_type_may_be_nested_deeply() {
    let lists = format!("{}u8{}", "list<".repeat(60), ">".repeat(60));
    let text = text(&format!("record R {{ f: {lists} }}\nservice S {{ m(a: {lists}) -> stream {lists}; }}"));
    // syn recurses in unoptimized code here, which a test's small stack does not hold.
    let parsed = std::thread::Builder::new().stack_size(64 << 20).spawn(move || syn::parse_file(&text).is_ok());
    assert!(parsed.expect("a thread").join().expect("no panic"));
}

#[test]
fn text_may_be_long() {
    let long = "x".repeat(100_000);
    let text = text(&format!(
        "/// {long}\n@deprecated(\"{long}\") record R {{ @wire(\"{long}\") f: string = \"{long}\" }}\nconst C: string = \"{long}\";"
    ));
    assert!(syn::parse_file(&text).is_ok());
    assert_eq!(text.matches(&long).count(), 5);
}

#[test]
fn a_method_may_take_many_parameters() {
    let parameters = parts(5_000, |at| format!("p{at}?: u8, q{at}: u8,"));
    let text = text(&format!("service S {{ m({parameters}); event e({parameters}); }}"));
    let last_required = text.find("q4999: u8").expect("the last required one");
    let first_optional = text.find("p0: Option<u8>").expect("the first optional one");
    assert!(last_required < first_optional);
}
