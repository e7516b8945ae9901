//! Schemas that a seed makes: every one of them compiles.

use std::fmt::Write;

use proptest::collection::vec;
use proptest::prelude::*;

/// A type that may use the declared types with numbers below `known`, and within a list or a map any of `all`.
#[derive(Clone, Debug)]
enum Kind {
    Primitive(usize),
    Known(usize),
    List(Box<Kind>),
    Map(usize, Box<Kind>),
    Tuple(Vec<Kind>),
    Nullable(Box<Kind>),
}

const PRIMITIVES: [&str; 27] = [
    "bool",
    "string",
    "u8",
    "u16",
    "u32",
    "u64",
    "i8",
    "i16",
    "i32",
    "i64",
    "f32",
    "f64",
    "bytes",
    "timestamp",
    "duration",
    "uuid",
    "any",
    "string @len(1..=12)",
    "string @len(3) @pattern(\"^[A-Z\\\\d]+$\")",
    "bytes @len(..=64KiB)",
    "u8 @range(1..=200)",
    "i64 @range(-5..) @ts(number)",
    "f32 @range(-0.5..2)",
    "duration @range(1ms..=5s)",
    "timestamp @precise",
    "timestamp @text",
    "uuid @text",
];
const KEYS: [&str; 4] = ["string", "i32", "u64", "bool"];
/// Words that are taken in Rust or in the language, and ones of several cases.
const NAMES: [&str; 20] = [
    "id",
    "type",
    "match",
    "record",
    "self",
    "clientRef",
    "a_b",
    "x1",
    "_y",
    "loop",
    "stream",
    "event",
    "none",
    "reserved",
    "list",
    "HTTPPort",
    "cx",
    "timeout",
    "value",
    "await",
];
/// What nothing is called, as it stands behind the word.
const RESERVED: [&str; 4] = ["", "", "\"gone\"", "\"\\\"*/\" | \"m_0\" | \"12\""];
const DOCS: [&str; 5] = ["Plain.", "With \"quotes\", */ and \\.", "", "  indented", "#[attr] {{ x }} <b>"];

fn kind() -> impl Strategy<Value = Kind> {
    let leaf = prop_oneof![
        (0..PRIMITIVES.len()).prop_map(Kind::Primitive),
        any::<prop::sample::Index>().prop_map(|index| Kind::Known(index.index(1000))),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|kind| Kind::List(Box::new(kind))),
            (0..KEYS.len(), inner.clone()).prop_map(|(key, kind)| Kind::Map(key, Box::new(kind))),
            vec(inner.clone(), 1..4).prop_map(Kind::Tuple),
            inner.prop_map(|kind| Kind::Nullable(Box::new(kind))),
        ]
    })
}

/// Where a type stands, which limits what it may be.
#[derive(Clone, Copy)]
struct Place {
    /// Declared types that may be used directly.
    known: usize,
    /// Declared types that may be used below a list or a map.
    all: usize,
    /// Whether nil would have two meanings.
    nullable: bool,
}

fn text(kind: &Kind, place: Place) -> String {
    let below = Place { known: place.all, nullable: true, ..place };
    match kind {
        Kind::Primitive(index) => {
            let name = PRIMITIVES[*index];
            // `any` may be nil already.
            if name == "any" && !place.nullable { "bool".to_owned() } else { name.to_owned() }
        }
        Kind::Known(index) if place.known > 0 => format!("T{}", index % place.known),
        Kind::Known(_) => "string".to_owned(),
        Kind::List(inner) => format!("list<{}>", text(inner, below)),
        Kind::Map(key, value) => {
            // Every other kind of key brings limits along.
            let (limit, about) = if key % 2 == 0 { ("", "") } else { (" @range(1..)", " @len(..=9)") };
            let limit = if KEYS[*key] == "bool" { "" } else { limit };
            format!("map<{}{limit}, {}>{about}", KEYS[*key], text(value, below))
        }
        Kind::Tuple(elements) => {
            let inside = Place { nullable: true, ..place };
            let elements: Vec<String> = elements.iter().map(|element| text(element, inside)).collect();
            match elements.as_slice() {
                [one] => format!("({one},)"),
                _ => format!("({})", elements.join(", ")),
            }
        }
        Kind::Nullable(inner) => {
            let inner = text(inner, Place { nullable: false, ..place });
            if place.nullable { format!("{inner}?") } else { inner }
        }
    }
}

#[derive(Clone, Debug)]
struct Member {
    kind: Kind,
    /// Required, optional, or with a default.
    presence: u8,
    wire: bool,
    deprecated: bool,
    sensitive: bool,
    doc: Option<usize>,
}

fn member() -> impl Strategy<Value = Member> {
    let doc = prop::option::weighted(0.3, 0..DOCS.len());
    let rare = || prop::bool::weighted(0.1);
    (kind(), 0..3u8, prop::bool::weighted(0.2), rare(), rare(), doc).prop_map(
        |(kind, presence, wire, deprecated, sensitive, doc)| Member {
            kind,
            presence,
            wire,
            deprecated,
            sensitive,
            doc,
        },
    )
}

#[derive(Clone, Debug)]
enum Declaration {
    Record { strict: bool, members: Vec<Member> },
    Newtype(Kind),
    Names { strict: bool, numbers: bool, count: usize },
    Tagged { strict: bool, form: u8, variants: Vec<Vec<Member>> },
    Error(Vec<Vec<Member>>),
}

fn declaration() -> impl Strategy<Value = Declaration> {
    let variants = || vec(vec(member(), 0..3), 1..4);
    prop_oneof![
        (any::<bool>(), vec(member(), 0..6)).prop_map(|(strict, members)| Declaration::Record { strict, members }),
        kind().prop_map(Declaration::Newtype),
        (any::<bool>(), any::<bool>(), 1..5usize)
            .prop_map(|(strict, numbers, count)| { Declaration::Names { strict, numbers, count } }),
        (any::<bool>(), 0..3u8, variants())
            .prop_map(|(strict, form, variants)| { Declaration::Tagged { strict, form, variants } }),
        variants().prop_map(Declaration::Error),
    ]
}

#[derive(Clone, Debug)]
struct Method {
    response: u8,
    bare: bool,
    event: bool,
    parameters: Vec<Member>,
    answer: Kind,
    throws: Option<prop::sample::Index>,
    reserved: usize,
    calls: usize,
}

/// What stands before a method.
const CALLS: [&str; 4] =
    ["", "@timeout(1500ms) ", "@idempotent @x.role(admin) ", "@timeout(1h) @idempotent @since(\"1.4\") "];

fn method() -> impl Strategy<Value = Method> {
    (
        0..6u8,
        prop::bool::weighted(0.2),
        prop::bool::weighted(0.3),
        vec(member(), 0..4),
        kind(),
        any::<Option<prop::sample::Index>>(),
        0..RESERVED.len(),
        0..CALLS.len(),
    )
        .prop_map(|(response, bare, event, parameters, answer, throws, reserved, calls)| Method {
            response,
            bare,
            event,
            parameters,
            answer,
            throws,
            reserved,
            calls,
        })
}

/// A schema's text.
pub fn schema() -> impl Strategy<Value = String> {
    (vec(0..DOCS.len(), 0..3), vec(declaration(), 0..7), vec(method(), 0..6), 0..RESERVED.len())
        .prop_map(|(docs, declarations, methods, reserved)| write(&docs, &declarations, &methods, RESERVED[reserved]))
}

fn write(docs: &[usize], declarations: &[Declaration], methods: &[Method], reserved: &str) -> String {
    let mut out = String::new();
    for doc in docs {
        put(&mut out, format_args!("//! {}\n", DOCS[*doc]));
    }
    out.push_str("ipc 1;\npackage acme.things;\n");
    let errors: Vec<usize> = positions(declarations, |declaration| matches!(declaration, Declaration::Error(_)));
    for (index, declaration) in declarations.iter().enumerate() {
        // Only records hide nil for certain, so a direct use of another type is never made nullable.
        let place = Place { known: 0, all: declarations.len(), nullable: true };
        write_declaration(&mut out, index, declaration, place);
    }
    let prefix = if docs.is_empty() { "@prefix(\"things/\") " } else { "" };
    put(&mut out, format_args!("\n{prefix}service Things {{\n"));
    for (index, method) in methods.iter().enumerate() {
        write_method(&mut out, index, method, declarations.len(), &errors);
    }
    if !reserved.is_empty() {
        put(&mut out, format_args!("  reserved {reserved};\n"));
    }
    out.push_str("}\n");
    out
}

fn positions(declarations: &[Declaration], is: impl Fn(&Declaration) -> bool) -> Vec<usize> {
    let found = declarations.iter().enumerate().filter(|(_, declaration)| is(declaration));
    found.map(|(index, _)| index).collect()
}

fn write_declaration(out: &mut String, index: usize, declaration: &Declaration, place: Place) {
    let strictly = |strict: bool| if strict { "strict " } else { "" };
    out.push('\n');
    match declaration {
        Declaration::Record { strict, members } => {
            put(out, format_args!("{}record T{index} {{\n", strictly(*strict)));
            write_members(out, members, place);
            put_reserved(out, RESERVED[index % RESERVED.len()]);
            out.push_str("}\n");
        }
        Declaration::Newtype(kind) => {
            let kind = text(kind, Place { nullable: false, ..place });
            put(out, format_args!("newtype T{index} = {kind};\n"));
        }
        Declaration::Names { strict, numbers, count } => {
            let repr = if *numbers { " @repr(i16)" } else { "" };
            put(out, format_args!("{}enum T{index}{repr} {{\n", strictly(*strict)));
            for variant in 0..*count {
                let number = if *numbers { format!(" = {}", variant * 3) } else { String::new() };
                put(out, format_args!("  V{variant}{number},\n"));
            }
            out.push_str("}\n");
        }
        Declaration::Tagged { strict, form, variants } => {
            let form = ["", " @tag(\"$kind\")", " @external"][usize::from(*form)];
            put(out, format_args!("{}enum T{index}{form} {{\n", strictly(*strict)));
            // The first one has data, so that the enum is no list of names.
            out.push_str("  First(u8),\n");
            write_variants(out, variants, place, false);
            out.push_str("}\n");
        }
        Declaration::Error(variants) => {
            put(out, format_args!("error T{index} {{\n"));
            write_variants(out, variants, place, true);
            out.push_str("}\n");
        }
    }
}

fn write_variants(out: &mut String, variants: &[Vec<Member>], place: Place, is_error: bool) {
    for (index, members) in variants.iter().enumerate() {
        match members.as_slice() {
            [] if is_error => put(out, format_args!("  @retry(after = 250ms) V{index},\n")),
            [] => put(out, format_args!("  V{index},\n")),
            [one] => put(out, format_args!("  V{index}({}),\n", text(&one.kind, place))),
            several => {
                put(out, format_args!("  V{index} {{\n"));
                write_members(out, several, place);
                put_reserved(out, RESERVED[index % RESERVED.len()]);
                out.push_str("  },\n");
            }
        }
    }
}

fn write_members(out: &mut String, members: &[Member], place: Place) {
    for (index, member) in members.iter().enumerate() {
        put(out, format_args!("{},\n", member_text(index, member, place)));
    }
}

fn member_text(index: usize, member: &Member, place: Place) -> String {
    let mut out = String::new();
    for line in member.doc.iter().flat_map(|doc| DOCS[*doc].lines()) {
        put(&mut out, format_args!("\n/// {line}\n"));
    }
    if member.deprecated {
        out.push_str("@deprecated(\"use \\\"another\\\"\") ");
    }
    if member.sensitive {
        out.push_str("@sensitive @x.secret(level = 3, \"a \\\"b\\\"\") @py(name = \"");
        put(&mut out, format_args!("secret_{index}\") "));
    }
    // `type` would be the key of a tagged enum, and is tried elsewhere.
    let name = NAMES[index % NAMES.len()];
    let name = if name == "type" { "kind" } else { name };
    if member.wire {
        put(&mut out, format_args!("@wire(\"${index}\") "));
    }
    let default = match &member.kind {
        Kind::Primitive(kind) => match PRIMITIVES[*kind] {
            "bool" => Some("true"),
            "string" => Some("\"a \\\"b\\\"\""),
            "f32" | "f64" => Some("-0.25"),
            "duration" => Some("250ms"),
            "u8" | "u16" | "u32" | "u64" | "i8" | "i16" | "i32" | "i64" => Some("7"),
            _ => None,
        },
        Kind::List(_) => Some("[]"),
        Kind::Map(..) => Some("{}"),
        _ => None,
    };
    match (member.presence, default) {
        (1, _) => {
            let kind = text(&member.kind, Place { nullable: false, ..place });
            put(&mut out, format_args!("{name}?: {kind}"));
        }
        (2, Some(value)) => {
            let kind = text(&member.kind, place);
            put(&mut out, format_args!("{name}: {kind} = {value}"));
        }
        _ => {
            let kind = text(&member.kind, place);
            put(&mut out, format_args!("{name}: {kind}"));
        }
    }
    out
}

fn write_method(out: &mut String, index: usize, method: &Method, declared: usize, errors: &[usize]) {
    let place = Place { known: 0, all: declared, nullable: true };
    let parameters = match method.parameters.as_slice() {
        [first, ..] if method.bare => text(&first.kind, place),
        members => {
            let mut members: Vec<String> =
                members.iter().enumerate().map(|(index, member)| member_text(index, member, place)).collect();
            let reserved = RESERVED[method.reserved];
            members.extend((!reserved.is_empty()).then(|| format!("reserved {reserved}")));
            members.join(", ")
        }
    };
    let calls = CALLS[method.calls];
    if method.event {
        return put(out, format_args!("  event e{index}({parameters});\n"));
    }
    let answer = text(&method.answer, place);
    let response = match method.response {
        0 => String::new(),
        1 => format!(" -> {answer}"),
        2 => format!(" -> stream {answer}"),
        3 => " -> ack".to_owned(),
        4 => format!(" -> ack {answer}"),
        _ => return put(out, format_args!("  m{index}({parameters}) -> none;\n")),
    };
    let throws = match method.throws {
        Some(chosen) if !errors.is_empty() => format!(" throws T{}", chosen.get(errors)),
        _ => String::new(),
    };
    put(out, format_args!("  {calls}m{index}({parameters}){response}{throws};\n"));
}

fn put_reserved(out: &mut String, reserved: &str) {
    if !reserved.is_empty() {
        put(out, format_args!("    reserved {reserved},\n"));
    }
}

fn put(out: &mut String, arguments: std::fmt::Arguments<'_>) {
    out.write_fmt(arguments).expect("a String takes everything");
}
