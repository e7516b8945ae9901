//! What a change of a schema breaks: the table of LANGUAGE, row by row.

use procwire_idl::compile_text;
use procwire_idl::evolution::{
    Comparison, Effect, Interface, Language, Order, Pair, Rule, SourceChange, compare, compare_source,
};
use procwire_idl::model::Model;

fn model(text: &str) -> Model {
    let (sources, loaded) = compile_text("evolution.ipc", &format!("ipc 1; package a;\n{text}"));
    let shown = procwire_idl::render::human(&loaded.diagnostics, &sources, false);
    loaded.model.unwrap_or_else(|| panic!("{shown}"))
}

/// Two versions of some declarations, with a service around them that is the same in both.
fn versions(old: &str, new: &str) -> Comparison {
    compare(&Interface::from(&model(old)), &Interface::from(&model(new)))
}

/// What programs that are built against the generated code notice.
fn source(old: &str, new: &str) -> Vec<SourceChange> {
    compare_source(&model(old), &model(new))
}

/// `R` is what the parent writes.
fn request(old: &str, new: &str) -> Comparison {
    let service = "\nservice S { call(value: R); }";
    versions(&format!("{old}{service}"), &format!("{new}{service}"))
}

/// `R` is what the worker writes.
fn answer(old: &str, new: &str) -> Comparison {
    let service = "\nservice S { call() -> R; }";
    versions(&format!("{old}{service}"), &format!("{new}{service}"))
}

/// Each method in place of the other.
fn method(old: &str, new: &str) -> Comparison {
    versions(&format!("service S {{ {old} }}"), &format!("service S {{ {new} }}"))
}

#[track_caller]
fn only(comparison: &Comparison) -> Rule {
    let [change] = &comparison.changes[..] else {
        panic!("{:#?}", comparison.changes);
    };
    change.rule
}

fn is_behaviour(effect: &Effect) -> bool {
    matches!(effect, Effect::Behaviour(_))
}

#[test]
fn the_same_schema_has_no_changes() {
    let text = "record R { next: R?, items: map<string, (u8, E)> } enum E { A, B { c: R } } error X { Y(E) }
        service S { call(R) -> stream E throws X; event e(x: E, y?: u8); }";
    assert_eq!(versions(text, text), Comparison::default());
}

#[test]
fn a_required_field_breaks_whoever_does_not_write_it() {
    let (old, new) = ("record R { a: u8 }", "record R { a: u8, b: u8 }");
    assert_eq!(only(&request(old, new)), Rule::FieldAdded);
    assert_eq!(request(old, new).order(), Order::ParentFirst);
    assert_eq!(answer(old, new).order(), Order::WorkerFirst);
    assert_eq!(request(new, old).order(), Order::WorkerFirst);
    assert_eq!(answer(new, old).order(), Order::ParentFirst);
    assert_eq!(request(new, old).changes[0].message, "was removed; its name has to become `reserved`");
}

#[test]
fn an_optional_field_breaks_only_a_strict_reader() {
    for field in ["b?: u8", "b: u8 = 1", "b: u8?"] {
        let new = format!("record R {{ a: u8, {field} }}");
        assert_eq!(request("record R { a: u8 }", &new).order(), Order::Any, "{field}");
        assert_eq!(answer(&new, "record R { a: u8 }").order(), Order::Any, "{field}");
        let strict = request("strict record R { a: u8 }", &format!("strict {new}"));
        assert_eq!(strict.order(), Order::WorkerFirst, "{field}");
    }
}

#[test]
fn a_field_that_may_be_left_out_breaks_a_reader_that_needs_it() {
    let (required, optional) = ("record R { a: u8 }", "record R { a?: u8 }");
    assert_eq!(only(&request(required, optional)), Rule::PresenceChanged);
    assert_eq!(request(required, optional).order(), Order::WorkerFirst);
    assert_eq!(request(optional, required).order(), Order::ParentFirst);
    assert_eq!(answer(required, optional).order(), Order::ParentFirst);
    assert_eq!(request(required, "record R { a: u8 = 1 }").order(), Order::Any);
}

#[test]
fn nil_breaks_a_reader_that_does_not_take_it() {
    let (plain, nullable) = ("record R { a: list<u8> }", "record R { a: list<u8?> }");
    assert_eq!(only(&request(plain, nullable)), Rule::NullabilityChanged);
    assert_eq!(request(plain, nullable).order(), Order::WorkerFirst);
    assert_eq!(request(nullable, plain).order(), Order::ParentFirst);
    assert_eq!(request("record R { a?: u8 }", "record R { a: u8? }").order(), Order::Any);
}

#[test]
fn a_variant_that_is_not_known_breaks_only_a_strict_reader() {
    let (few, many) = ("enum R { A, B }", "enum R { A, B, C }");
    let added = answer(few, many);
    assert_eq!((only(&added), added.order()), (Rule::VariantAdded, Order::Any));
    assert!(is_behaviour(&added.changes[0].old_parent_new_worker));
    assert_eq!(added.changes[0].new_parent_old_worker, Effect::Fine);
    assert_eq!(answer(&format!("strict {few}"), &format!("strict {many}")).order(), Order::ParentFirst);
    assert_eq!(request(&format!("strict {few}"), &format!("strict {many}")).order(), Order::WorkerFirst);
    assert_eq!(request(&format!("strict {many}"), &format!("strict {few}")).order(), Order::ParentFirst);
    assert_eq!(only(&request(many, few)), Rule::VariantRemoved);
}

#[test]
fn an_enum_that_gains_data_breaks_unless_it_was_a_map() {
    assert_eq!(request("enum R { A, B }", "enum R { A, B(u8) }").order(), Order::Together);
    assert_eq!(request("enum R @tagged { A, B }", "enum R { A, B, C(u8) }").order(), Order::Any);
    assert_eq!(only(&request("enum R @tag(\"a\") { A }", "enum R @tag(\"b\") { A }")), Rule::FormChanged);
}

#[test]
fn integers_are_judged_by_their_range() {
    let narrow = "record R { a: u32 }";
    for wide in ["u64", "i64", "f64"] {
        let wide = format!("record R {{ a: {wide} }}");
        assert_eq!(only(&request(narrow, &wide)), Rule::TypeChanged);
        assert_eq!(request(narrow, &wide).order(), Order::WorkerFirst);
        assert_eq!(request(&wide, narrow).order(), Order::ParentFirst);
        assert_eq!(answer(narrow, &wide).order(), Order::ParentFirst);
    }
    assert_eq!(request(narrow, "record R { a: i32 }").order(), Order::Together);
}

#[test]
fn other_types_break_both_ways() {
    for (old, new) in [("string", "u8"), ("list<u8>", "map<u8, u8>"), ("(u8, u8)", "(u8, u8, u8)"), ("bytes", "bool")] {
        let comparison = request(&format!("record R {{ a: {old} }}"), &format!("record R {{ a: {new} }}"));
        assert_eq!((only(&comparison), comparison.order()), (Rule::TypeChanged, Order::Together), "{old} to {new}");
    }
}

#[test]
fn what_looks_the_same_on_the_wire_is_no_change() {
    let plain = "record R { a: u8, b: list<string> }";
    for same in [
        "newtype N = u8; record R { a: N, b: list<string> }",
        "type L = list<string>; record R { a: u8, b: L }",
        "record R { b: list<string>, a: u8 }",
        "record R { @wire(\"a\") first: u8, /// doc\n b: list<string> }",
        "record R { a: u8, b: list<string>, reserved \"c\" }",
    ] {
        assert_eq!(request(plain, same), Comparison::default(), "{same}");
    }
    let renamed = versions(
        "record R { a: u8 } service S { call(value: R); }",
        "record Q { a: u8 } service S { call(value: Q); }",
    );
    assert_eq!(renamed, Comparison::default());
}

#[test]
fn a_renamed_optional_field_is_lost_silently() {
    let comparison = request("record R { a?: u8 }", "record R { b?: u8 }");
    assert_eq!((only(&comparison), comparison.order()), (Rule::FieldRenamed, Order::Any));
    assert!(is_behaviour(&comparison.changes[0].old_parent_new_worker));
    assert!(is_behaviour(&comparison.changes[0].new_parent_old_worker));
    assert!(comparison.changes[0].message.contains("@wire(\"a\")"), "{}", comparison.changes[0].message);
}

#[test]
fn another_default_is_another_behaviour() {
    let comparison = request("record R { a: u8 = 1 }", "record R { a: u8 = 2 }");
    assert_eq!((only(&comparison), comparison.order()), (Rule::DefaultChanged, Order::Any));
    assert!(is_behaviour(&comparison.changes[0].old_parent_new_worker));
}

#[test]
fn swapped_numbers_arrive_as_other_variants() {
    let comparison = request("enum R @repr(u8) { A = 0, B = 1 }", "enum R @repr(u8) { A = 1, B = 0 }");
    assert_eq!(comparison.order(), Order::Together);
    assert!(comparison.changes.iter().all(|change| change.rule == Rule::NumberChanged), "{comparison:#?}");
}

#[test]
fn methods_and_events_are_part_of_the_handshake() {
    let comparison = method("a();", "a(); b(); event c();");
    assert_eq!(
        comparison.changes.iter().map(|change| change.rule).collect::<Vec<_>>(),
        [Rule::MethodAdded, Rule::EventAdded]
    );
    assert_eq!(comparison.order(), Order::WorkerFirst);
    assert!(matches!(comparison.changes[0].effect(Pair::NewParentOldWorker), Effect::Handshake(_)));
    assert_eq!(method("a(); b();", "a();").order(), Order::ParentFirst);
    assert_eq!(method("a();", "@wire(\"a\") renamed();"), Comparison::default());
    assert_eq!(method("a();", "renamed();").order(), Order::Together);
    assert_eq!(only(&method("a() -> u8;", "a() -> stream u8;")), Rule::ResponseChanged);
    assert_eq!(method("a() -> u8;", "a() -> stream u8;").order(), Order::Together);
}

#[test]
fn services_may_have_methods_of_the_same_name() {
    let two = "service A { ping(); } service B { ping() -> u8; }";
    assert_eq!(versions(two, two), Comparison::default());
    let comparison = versions(two, "service A { ping(); } service C { ping() -> u16; }");
    assert_eq!((only(&comparison), comparison.changes[0].place.as_str()), (Rule::TypeChanged, "C.ping answer"));
}

#[test]
fn parameters_evolve_as_the_fields_of_a_record_do() {
    assert_eq!(method("a();", "a(x?: u8);").order(), Order::Any);
    assert_eq!(method("a();", "a(x: u8);").order(), Order::ParentFirst);
    assert_eq!(method("a(x: u8);", "a();").order(), Order::WorkerFirst);
    assert_eq!(only(&method("a(x: u8);", "a(u8);")), Rule::ParametersChanged);
    assert_eq!(method("a(bytes) -> bytes;", "@codec(raw) a(bytes) -> bytes;").order(), Order::Together);
    assert_eq!(method("event e(x: u8);", "event e(x: u8, y: u8);").order(), Order::WorkerFirst);
}

#[test]
fn an_answer_may_become_something_that_takes_nil() {
    assert_eq!(method("a();", "a() -> u8;").order(), Order::WorkerFirst);
    assert_eq!(method("a();", "a() -> u8?;").order(), Order::Any);
    assert_eq!(method("a() -> ack;", "a() -> ack u8;").order(), Order::WorkerFirst);
    assert_eq!(method("a() -> u8;", "a();").order(), Order::ParentFirst);
}

#[test]
fn errors_never_break_the_wire() {
    let error = |variants: &str| format!("error E {{ {variants} }} service S {{ a() throws E; }}");
    let comparison = versions(&error("A"), &error("A, B(u8)"));
    assert_eq!((only(&comparison), comparison.order()), (Rule::VariantAdded, Order::Any));
    assert_eq!(versions(&error("A(u8)"), &error("A(string)")).order(), Order::Any);
    let comparison = versions("service S { a(); }", &error("A"));
    assert_eq!((only(&comparison), comparison.order()), (Rule::ThrowsChanged, Order::Any));
    assert!(is_behaviour(&comparison.changes[0].old_parent_new_worker));
}

#[test]
fn a_type_that_both_sides_write_is_judged_both_ways() {
    let service = "service S { a(value: R) -> R; }";
    let comparison =
        versions(&format!("record R {{ a: u8 }} {service}"), &format!("record R {{ a: u8, b: u8 }} {service}"));
    assert_eq!((only(&comparison), comparison.order()), (Rule::FieldAdded, Order::Together));
    assert_eq!(comparison.order().to_string(), "no order of upgrades helps");
}

#[test]
fn recursive_types_end() {
    let (old, new) = ("record R { next: R?, items: list<R>, a: u8 }", "record R { next: R?, items: list<R>, a: u16 }");
    let comparison = request(old, new);
    assert_eq!(only(&comparison), Rule::TypeChanged);
    assert_eq!(comparison.changes[0].place, "R.a");
    assert_eq!(comparison.changes[0].message, "u8 became u16");
}

#[test]
fn a_type_that_does_not_travel_is_not_judged() {
    assert_eq!(versions("record R { a: u8 }", "record R { a: string }"), Comparison::default());
}

#[test]
fn several_errors_are_told_apart_by_name() {
    let file = |throws: &str| format!("error E {{ A }} error F {{ B }} service S {{ a() throws {throws}; }}");
    let more = versions(&file("E"), &file("E | F"));
    assert_eq!((only(&more), more.order()), (Rule::ThrowsChanged, Order::Any));
    assert_eq!(more.changes[0].message, "throws `F` now");
    assert!(is_behaviour(&more.changes[0].old_parent_new_worker));
    assert_eq!(more.changes[0].new_parent_old_worker, Effect::Fine);
    assert_eq!(versions(&file("E | F"), &file("F | E")), Comparison::default());
}

#[test]
fn a_callback_is_judged_with_the_roles_turned_round() {
    let file = |callback: &str| format!("callbacks desk {{ {callback} }} service S {{ a(); }}");
    let required = versions(&file("Ask(x: u8);"), &file("Ask(x: u8, y: u8);"));
    assert_eq!((only(&required), required.order()), (Rule::FieldAdded, Order::WorkerFirst));
    let answer = versions(&file("Ask() -> u8;"), &file("Ask() -> u16;"));
    assert_eq!((only(&answer), answer.order()), (Rule::TypeChanged, Order::WorkerFirst));
}

#[test]
fn only_a_required_callback_is_part_of_the_handshake() {
    let file = |module: &str| format!("callbacks desk {{ Ask(); }} service S {{ a(); }} {module}");
    let (optional, required) =
        (file("module M { provides S; optional desk.Ask; }"), file("module M { provides S; requires desk.Ask; }"));
    let none = "service S { a(); }";
    assert_eq!(versions(none, &required).order(), Order::ParentFirst);
    // A new parent has no handler for it, and the old worker does not start without.
    assert_eq!(versions(&required, none).order(), Order::WorkerFirst);
    assert_eq!(versions(none, &optional).order(), Order::Any);
    let tightened = versions(&optional, &required);
    assert_eq!((only(&tightened), tightened.order()), (Rule::RequirementChanged, Order::ParentFirst));
    assert_eq!(versions(&required, &optional).order(), Order::WorkerFirst);
}

#[test]
fn a_name_that_is_reserved_is_not_asked_for_again() {
    let removed = request("record R { a?: u8, b: u8 }", "record R { b: u8, reserved \"a\" }");
    assert_eq!(removed.changes[0].message, "was removed");
    let method = versions("service S { a(); b(); }", "service S { b(); reserved method \"a\"; }");
    assert_eq!(method.changes[0].message, "was removed");
}

#[test]
fn source_code_breaks_by_language() {
    use Language::{Python, Rust, TypeScript};
    let cases: &[(&str, &str, &str, &[Language])] = &[
        ("record R { a: u8 }", "record R { @wire(\"a\") b: u8 }", "R.a", &[Rust, Python]),
        ("record R { a: u8 }", "record R { @wire(\"b\") a: u8 }", "R.a", &[TypeScript]),
        ("record R { a: u8 }", "record R { a: u16 }", "R.a", &[Rust]),
        ("record R { a: u32 }", "record R { a: u64 }", "R.a", &[Rust, TypeScript]),
        ("record R { a: u32 }", "record R { a: f64 }", "R.a", &[Rust, Python]),
        ("record R { a: u8 }", "newtype N = u8; record R { a: N }", "R.a", &[Rust]),
        ("record R { a: u8 }", "record R { a?: u8 }", "R.a", &[Rust, TypeScript, Python]),
        ("record R { }", "record R { a: u8 }", "R.a", &[Rust, TypeScript, Python]),
        ("enum E { A }", "enum E { A, B }", "E.B", &[Rust, TypeScript, Python]),
        ("record R { }", "record Q { }", "R", &[Rust, TypeScript, Python]),
        ("service S { a(); }", "service S { a(); b(); }", "S.b", &[Rust, TypeScript, Python]),
        ("service S { a(); }", "error E { X } service S { a() throws E; }", "S.a", &[Rust]),
        ("service S { a(x: u8, y: u8); }", "service S { a(y: u8, x: u8); }", "S.a", &[Rust, Python]),
    ];
    for (old, new, place, languages) in cases {
        let changes = source(old, new);
        let found = changes.iter().find(|change| change.place == *place);
        let found = found.unwrap_or_else(|| panic!("{old} to {new}: {changes:#?}"));
        assert_eq!(&found.languages, languages, "{old} to {new}: {changes:#?}");
    }
}

#[test]
fn what_no_program_notices_is_no_change_of_source() {
    for (old, new) in [
        ("record R { a: u8 }", "record R { /// doc\n a: u8, b?: u8, c: u8 = 1 }"),
        ("record R { a: list<u8> }", "type L = list<u8>; record R { a: L }"),
        ("service S { a(x: u8); }", "service S { a(x: u8, y?: u8); }"),
        ("record R { a: u8, b: u8 }", "record R { b: u8, a: u8, reserved \"c\" }"),
    ] {
        assert_eq!(source(old, new), [], "{old} to {new}");
    }
}
