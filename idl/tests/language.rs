//! What schemas mean: from a text to the model.

use procwire_idl::model::{
    CallbackId, DeclarationKind, Enum, Field, IntType, Model, Parameters, Presence, Representation, Response, Service,
    TypeKind, Value, VariantData,
};
use procwire_idl::{compile_text, dump, render};

fn compile(body: &str) -> Model {
    let (sources, loaded) = compile_text("test.ipc", &format!("ipc 1;\npackage test;\n{body}"));
    let shown = render::human(&loaded.diagnostics, &sources, false);
    assert!(loaded.diagnostics.is_empty(), "{shown}");
    loaded.model.expect("a schema without mistakes has a model")
}

fn kind<'m>(model: &'m Model, name: &str) -> &'m DeclarationKind {
    let declaration = model.types.iter().find(|declaration| declaration.name == name);
    &declaration.expect("the type is declared").kind
}

fn fields<'m>(model: &'m Model, name: &str) -> &'m [Field] {
    match kind(model, name) {
        DeclarationKind::Record(record) => &record.fields,
        other => panic!("{other:?} is no record"),
    }
}

fn variants<'m>(model: &'m Model, name: &str) -> &'m Enum {
    match kind(model, name) {
        DeclarationKind::Enum(declared) | DeclarationKind::Error(declared) => declared,
        other => panic!("{other:?} is no enum"),
    }
}

fn service(model: &Model) -> &Service {
    &model.root().services[0]
}

fn defaults(model: &Model, name: &str) -> Vec<Value> {
    let default = |field: &Field| match &field.presence {
        Presence::Default(value) => value.clone(),
        other => panic!("{other:?} is no default"),
    };
    fields(model, name).iter().map(default).collect()
}

#[test]
fn words_are_keywords_only_where_they_can_be_one() {
    let words = "ipc package use const newtype type ext record strict enum error service callbacks module event reserved \
                 none ack stream result throws list map string true false r as in from";
    let each = |part: &dyn Fn(&str) -> String| words.split(' ').fold(String::new(), |text, word| text + &part(word));
    let members = each(&|word| format!("{word}: u8, "));
    let methods = each(&|word| format!("{word}({word}: u8); "));
    let variants = each(&|word| format!("{word} {{ {word}: u8 }}, "));
    let body = format!("record A {{ {members} }} service S {{ {methods} }} enum E @tag(\"?\") {{ {variants} }}");
    let model = compile(&body);
    assert_eq!(fields(&model, "A").len(), words.split(' ').count());
    assert_eq!(service(&model).methods.len(), words.split(' ').count());
}

#[test]
fn items_may_be_named_like_keywords() {
    let model = compile(
        "record record {} record stream { r: record } service service { f() -> result stream; event event(record); }",
    );
    let method = &service(&model).methods[0];
    assert_eq!(method.response, Response::Result);
    assert_eq!(model.type_text(method.answer.as_ref().expect("it answers")), "stream");
    assert_eq!(service(&model).events[0].name, "event");
}

#[test]
fn line_ends_marks_and_comments_change_nothing() {
    let text = "ipc 1;\npackage test;\n// one\n/* a /* nested */ comment */\nrecord A { // two\n  a: /* three */ u8, //// four\n}\n";
    let plain = compile_text("a", text).1.model.expect("it is clean");
    let windows = compile_text("b", &format!("\u{feff}{}", text.replace('\n', "\r\n"))).1;
    assert_eq!(dump::model(&plain), dump::model(&windows.model.expect("it is clean, too")));
}

#[test]
fn docs_reach_what_they_document() {
    let text = "//! The file.\r\n//!\r\n//! More.\r\nipc 1;\r\npackage test;\r\n/// A record.\r\n///   indented\r\n@deprecated(\"old\")\r\n/// Still it.\r\nrecord A {\r\n  /// A field. \r\n  a: u8,\r\n}\r\nenum E {\r\n  /// A variant.\r\n  V,\r\n}\r\nservice S {\r\n  /// A method.\r\n  f(\r\n    /// A parameter.\r\n    p: u8);\r\n  /// An event.\r\n  event e();\r\n}";
    let model = compile_text("docs", text).1.model.expect("it is clean");
    assert_eq!(model.root().docs.lines, ["The file.", "", "More."]);
    assert_eq!(model.types[0].docs.lines, ["A record.", "  indented", "Still it."]);
    assert_eq!(model.types[0].deprecated.as_deref(), Some("old"));
    assert_eq!(fields(&model, "A")[0].docs.text(), "A field.");
    assert_eq!(variants(&model, "E").variants[0].docs.text(), "A variant.");
    let service = service(&model);
    assert_eq!(service.methods[0].docs.text(), "A method.");
    assert_eq!(service.events[0].docs.text(), "An event.");
    let Parameters::Named(parameters) = &service.methods[0].parameters else { panic!("they are named") };
    assert_eq!(parameters[0].docs.text(), "A parameter.");
}

#[test]
fn numbers_mean_what_they_mean_elsewhere() {
    let model = compile(
        "record A { a: u32 = 1_000, b: i64 = -0x7F, c: u64 = 18446744073709551615, d: i8 = +7, e: u32 = 1e6, f: f64 = 1, \
         g: f32 = 2.5e-3, h: f64 = -1E+2, i: u8 = 007 }",
    );
    assert_eq!(
        defaults(&model, "A"),
        [
            Value::Int(1000),
            Value::Int(-127),
            Value::Int(u64::MAX.into()),
            Value::Int(7),
            Value::Int(1_000_000),
            Value::Float(1.0),
            Value::Float(0.0025),
            Value::Float(-100.0),
            Value::Int(7),
        ]
    );
}

#[test]
fn strings_and_durations_have_their_values() {
    let plain = r#"const A: string = "a\n\t\"\\\u{e9}\u{1F600}ü"; const B: string = r"\n"; const I: string = "// no /* comment";"#;
    let hashed = "const C: string = r#\"say \"no\"\"#;";
    let durations = "const D: duration = 250ms; const E: duration = 1.5s; const F: duration = 2h; const G: duration = 3m; \
                     const H: duration = 9007199254740991us;";
    let model = compile(&format!("{plain}\n{hashed}\n{durations}"));
    let values: Vec<&Value> = model.root().consts.iter().map(|constant| &constant.value).collect();
    let text = |text: &str| Value::String(text.to_owned());
    assert_eq!(values[0], &text("a\n\t\"\\\u{e9}\u{1F600}ü"));
    assert_eq!(values[1], &text("\\n"));
    assert_eq!(values[2], &text("// no /* comment"));
    assert_eq!(values[3], &text("say \"no\""));
    let microseconds = [250_000, 1_500_000, 7_200_000_000, 180_000_000, (1 << 53) - 1];
    assert!(values[4..].iter().copied().eq(&microseconds.map(Value::Duration)));
}

#[test]
fn defaults_are_folded_and_fitted() {
    let model = compile(
        "const A: u8 = B; const B: u32 = 50; newtype N = u64; type M = N; enum E { X, Y(u8) }
         record R { a: M = A, b: u8? = B, c: E = X, d: E? = X, e: list<E> = [], f: map<string, E> = {}, g: bool = true, h: f32 = B }",
    );
    let (id, _) = model.types.iter().enumerate().find(|(_, ty)| ty.name == "E").expect("E is declared");
    let x = Value::Variant {
        ty: procwire_idl::model::TypeId(u32::try_from(id).expect("it is small")),
        variant: "X".into(),
    };
    assert_eq!(
        defaults(&model, "R"),
        [
            Value::Int(50),
            Value::Int(50),
            x.clone(),
            x,
            Value::EmptyList,
            Value::EmptyMap,
            Value::Bool(true),
            Value::Float(50.0),
        ]
    );
}

#[test]
fn every_type_is_read() {
    let model = compile(
        "record R { a: bool, b: string, c: u8, d: i64, e: f32, f: f64, g: bytes, h: timestamp, i: duration, j: uuid, k: any, \
         l: (), m: (u8,), n: (u8, i8), o: list<list<u8?>>?, p: map<string, R>, q: R? }",
    );
    let texts: Vec<String> = fields(&model, "R").iter().map(|field| model.type_text(&field.ty)).collect();
    assert_eq!(
        texts,
        [
            "bool",
            "string",
            "u8",
            "i64",
            "f32",
            "f64",
            "bytes",
            "timestamp",
            "duration",
            "uuid",
            "any",
            "()",
            "(u8,)",
            "(u8, i8)",
            "list<list<u8?>>?",
            "map<string, R>",
            "R?",
        ]
    );
}

#[test]
fn the_form_of_an_enum_follows_its_variants_and_annotations() {
    let model = compile(
        "enum A { X } enum B @repr(i16) { X = -1 } enum C { X, Y(u8) } enum D @tag(\"kind\") { X } enum E @tagged { X }
         enum F @external { X, Y(u8) } error G { X } strict error H { X(u8) } strict enum I { X } enum J @tagged @tag(\"k\") { X }",
    );
    let form = |name| variants(&model, name).representation.clone();
    let tagged = |tag: &str| Representation::Tagged { tag: tag.to_owned() };
    assert_eq!(form("A"), Representation::Name);
    assert_eq!(form("B"), Representation::Number(IntType::I16));
    assert_eq!(variants(&model, "B").variants[0].number, Some(-1));
    assert_eq!(form("C"), tagged("type"));
    assert_eq!(form("D"), tagged("kind"));
    assert_eq!(form("E"), tagged("type"));
    assert_eq!(form("F"), Representation::External);
    assert_eq!(form("G"), tagged("type"));
    assert!(variants(&model, "H").strict && variants(&model, "I").strict && !variants(&model, "A").strict);
    assert_eq!(form("J"), tagged("k"));
}

#[test]
fn variants_carry_nothing_values_or_fields() {
    let model = compile(
        "enum E { A, B(u8,), C(u8, string), D { x?: u8, @wire(\"Y\") y: u8 = 1, reserved \"z\" }, F {}, reserved \"G\" }",
    );
    let declared = variants(&model, "E");
    assert_eq!(declared.variants[0].data, VariantData::Unit);
    assert!(matches!(&declared.variants[1].data, VariantData::Tuple(types) if types.len() == 1));
    assert!(matches!(&declared.variants[2].data, VariantData::Tuple(types) if types.len() == 2));
    let VariantData::Struct(fields) = &declared.variants[3].data else { panic!("it has fields") };
    assert_eq!(fields[0].presence, Presence::Optional);
    assert_eq!((fields[1].wire.as_str(), &fields[1].presence), ("Y", &Presence::Default(Value::Int(1))));
    assert_eq!(declared.variants[4].data, VariantData::Struct(Vec::new()));
    assert_eq!(declared.reserved, ["G"]);
    assert_eq!(declared.variants[3].reserved, ["z"]);
}

#[test]
fn methods_have_one_of_four_answers() {
    let model = compile(
        "record T {} error E { X }
         service S { a(); b() -> T; c() -> result T throws E; d() -> stream T; e() -> ack; f() -> ack T; g() -> none; h() -> (); i() throws E; j() -> ack throws E; k() -> stream (); }",
    );
    let methods: Vec<(&str, Response, bool, bool)> = service(&model)
        .methods
        .iter()
        .map(|method| (method.name.as_str(), method.response, method.answer.is_some(), !method.throws.is_empty()))
        .collect();
    assert_eq!(
        methods,
        [
            ("a", Response::Result, false, false),
            ("b", Response::Result, true, false),
            ("c", Response::Result, true, true),
            ("d", Response::Stream, true, false),
            ("e", Response::Ack, false, false),
            ("f", Response::Ack, true, false),
            ("g", Response::None, false, false),
            ("h", Response::Result, false, false),
            ("i", Response::Result, false, true),
            ("j", Response::Ack, false, true),
            ("k", Response::Stream, false, false),
        ]
    );
}

#[test]
fn parameters_are_named_bare_or_none() {
    let model = compile(
        "record Q {} service S { a(); b(Q); c(q: Q, @wire(\"N\") n?: u8,); d(list<u8>?); e((u8, u8)); f(()); g(reserved \"x\"); h(type: u8);
         event i(); event j(Q); event k(q: Q = 1_000us, reserved \"y\" | \"z\"); reserved method \"find\"; reserved event \"done\" | \"over\"; }"
            .replace("q: Q = 1_000us", "q: duration = 1_000us")
            .as_str(),
    );
    let service = service(&model);
    let parameters = |at: usize| &service.methods[at].parameters;
    assert_eq!(parameters(0), &Parameters::None);
    assert!(matches!(parameters(1), Parameters::Bare(ty) if model.type_text(ty) == "Q"));
    assert!(matches!(parameters(2), Parameters::Named(fields) if fields.len() == 2 && fields[1].wire == "N"));
    assert!(matches!(parameters(3), Parameters::Bare(ty) if model.type_text(ty) == "list<u8>?"));
    assert!(matches!(parameters(4), Parameters::Bare(ty) if model.type_text(ty) == "(u8, u8)"));
    assert_eq!(parameters(5), &Parameters::None);
    assert_eq!(parameters(6), &Parameters::None);
    assert_eq!(service.methods[6].reserved, ["x"]);
    assert!(matches!(parameters(7), Parameters::Named(fields) if fields[0].name == "type"));
    assert_eq!(service.events.len(), 3);
    assert_eq!(service.events[2].reserved, ["y", "z"]);
    assert_eq!(service.reserved, ["find", "done", "over"]);
}

#[test]
fn wire_names_are_as_written_unless_set() {
    let model = compile(
        "record R { camelCase: u8, @wire(\"$/x\") y: u8 } enum E { @wire(\"a-b\") AB }
         service S { getUser(); @wire(\"x.y\") z(); @wire(\"x.y\") @codec(raw) event e(bytes); }",
    );
    assert_eq!(fields(&model, "R")[0].wire, "camelCase");
    assert_eq!(fields(&model, "R")[1].wire, "$/x");
    assert_eq!(variants(&model, "E").variants[0].wire, "a-b");
    assert_eq!(service(&model).methods[0].wire, "getUser");
    assert_eq!(service(&model).methods[1].wire, "x.y");
    assert_eq!(service(&model).events[0].wire, "x.y");
    assert!(service(&model).events[0].raw);
}

#[test]
fn declarations_that_reach_each_other_share_a_cycle() {
    let model = compile(
        "record A { b: B? } record B { c: list<C> } newtype C = map<string, A>; record D { a: A } newtype Tree = list<Tree>; enum E { X(E), Y }",
    );
    let cycle = |name: &str| model.types.iter().find(|ty| ty.name == name).expect("it is declared").cycle;
    assert_eq!((cycle("A"), cycle("B"), cycle("C"), cycle("D")), (Some(0), Some(0), Some(0), None));
    assert_eq!((cycle("Tree"), cycle("E")), (Some(1), Some(2)));
}

#[test]
fn an_error_may_be_the_type_of_a_field() {
    let model = compile("error E { X } record R { e: E, f: list<E>, g: E = X }");
    assert!(matches!(fields(&model, "R")[0].ty.kind, TypeKind::Named(_)));
}

#[test]
fn source_order_is_kept() {
    let model = compile("service S {} const C: u8 = 1; record B {} record A {} enum E { Z, A }");
    let dumped = dump::model(&model);
    let places: Vec<usize> = ["service S", "const C", "record B", "record A", "enum E", "Z,", "A,"]
        .iter()
        .map(|part| dumped.find(part).expect("it is there"))
        .collect();
    assert!(places.is_sorted(), "{dumped}");
}

#[test]
fn spans_point_at_what_they_are_of() {
    let (sources, loaded) =
        compile_text("spans", "ipc 1;\npackage a;\nrecord Rec { field /* c */ : list< u8 > /* d */ ? , }\n");
    let model = loaded.model.expect("it is clean");
    assert_eq!(sources.text(model.types[0].span), "Rec");
    let field = &fields(&model, "Rec")[0];
    assert_eq!(sources.text(field.span), "field");
    assert_eq!(sources.text(field.ty.span), "list< u8 > /* d */ ?");
    let TypeKind::Nullable(inner) = &field.ty.kind else { panic!("it is nullable") };
    assert!(sources.text(inner.span).starts_with("list< u8 >"));
}

#[test]
fn a_callback_is_known_by_its_namespace_and_its_name() {
    let model = compile(
        "error E { X }
         callbacks trading { DataFetch(symbol: string, depth: u8 = 3) -> stream u8 throws E; }
         callbacks audit.trail { @wire(\"audit.log\") log(line: string) -> none; }
         callbacks trading { Position(string) -> i64; reserved \"Old\"; }",
    );
    let blocks = &model.root().callbacks;
    let wires: Vec<&str> = blocks.iter().flat_map(|block| &block.methods).map(|method| method.wire.as_str()).collect();
    assert_eq!(wires, ["trading.DataFetch", "audit.log", "trading.Position"]);
    let Parameters::Named(parameters) = &blocks[0].methods[0].parameters else { panic!("they have names") };
    assert_eq!(parameters[1].presence, Presence::Default(Value::Int(3)));
    assert_eq!(blocks[2].reserved, ["Old"]);
}

#[test]
fn a_module_names_services_and_callbacks() {
    let model = compile(
        "module Desk { requires host.B; optional host.*; provides S, T; }
         callbacks host { A(); B(); }
         service S { a(); } service T { b(); }
         callbacks host { C(); }",
    );
    let module = &model.root().modules[0];
    let of = |ids: &[CallbackId]| ids.iter().map(|id| (id.block, id.method)).collect::<Vec<_>>();
    assert_eq!(module.provides.iter().map(|id| id.service).collect::<Vec<_>>(), [0, 1]);
    assert_eq!(of(&module.requires), [(0, 1)]);
    assert_eq!(of(&module.optional), [(0, 0), (1, 0)]);
}

#[test]
fn a_method_may_throw_several_errors() {
    let model = compile("error A { X } error B { Y } service S { f() throws A | B; }");
    let thrown = service(&model).methods[0].throws.iter().map(|id| model.declaration(*id).name.as_str());
    assert_eq!(thrown.collect::<Vec<_>>(), ["A", "B"]);
}
