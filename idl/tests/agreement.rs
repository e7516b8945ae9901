//! The vectors of agreement: what each language makes of two schemas in the interchange form, of their fingerprints, and
//! of forms that are none. This test makes `runtime/vectors/agreement.json` under `UPDATE_GOLDEN=1`, and compares it.

#[path = "agreement/cases.rs"]
mod cases;
mod generated;
#[path = "agreement/malformed.rs"]
mod malformed;
#[path = "agreement/mutate.rs"]
mod mutate;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use procwire_idl::compile_text;
use procwire_idl::evolution::{
    Change, Effect, Fallback, Field, Interface, Kind, Members, Node, Payload, Rule, Type, canonical, clashes, compare,
};
use sha2::{Digest as _, Sha256};

fn vectors() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../runtime/vectors"))
}

fn rows(name: &str) -> Vec<serde_json::Value> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../runtime/interop/evolution")).join(name);
    serde_json::from_str(&fs::read_to_string(path).expect("the rows")).expect("JSON")
}

/// Two interfaces and what they show.
struct Pair {
    name: String,
    old: Interface,
    new: Interface,
}

fn interface(text: &str) -> Result<Interface, String> {
    let (_, loaded) = compile_text("agreement.ipc", &format!("ipc 1; package a.b;\n{text}"));
    let model = loaded.model.ok_or_else(|| format!("{text}: {:?}\n", loaded.diagnostics))?;
    Ok(with_unknown(Interface::of_package(&model, model.root)))
}

/// What no schema can say.
fn with_unknown(mut interface: Interface) -> Interface {
    let default = |fields: &mut Vec<Field>| {
        for field in fields {
            if field.default == Some(Fallback::Value("250".to_owned())) {
                field.default = Some(Fallback::Unknown);
            }
        }
    };
    for named in &mut interface.types {
        match &mut named.kind {
            Kind::Transparent(target) if named.name == "Foreign" => *target = Type::Unknown,
            Kind::Record { fields, .. } => default(fields),
            _ => {}
        }
    }
    interface
}

fn pairs() -> Vec<Pair> {
    let (mut pairs, mut mistakes) = (Vec::new(), String::new());
    let mut add = |name: String, old: &str, new: &str| match (interface(old), interface(new)) {
        (Ok(old), Ok(new)) => pairs.push(Pair { name, old, new }),
        (Err(mistake), _) | (_, Err(mistake)) => _ = write!(mistakes, "{name}: {mistake}"),
    };
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    for row in rows("rows.json") {
        let ty = text(&row["type"]);
        let version = |which: &str| format!("{} service S {{ ask({ty}); tell() -> {ty}; }}", text(&row[which]));
        add(format!("row {ty}"), &version("old"), &version("new"));
    }
    for row in rows("services.json") {
        let version = |at: usize, which: &str| {
            let module = row["module"][at].as_str();
            let module = module.map(|body| format!("callbacks rows {{ Ask(); }} module M {{ provides S; {body} }}"));
            let declare = text(&row[format!("declare_{which}")]);
            format!("service S {{ {} }} {declare} {}", text(&row[which]), module.unwrap_or_default())
        };
        add(format!("service {}", text(&row["name"])), &version(0, "old"), &version(1, "new"));
    }
    for (name, both, old, new) in cases::TYPES {
        let service = "service S { ask(x: T); tell() -> stream T; event e(T); }";
        add(format!("type: {name}"), &format!("{both} {old} {service}"), &format!("{both} {new} {service}"));
    }
    for (name, both, old, new) in cases::MEMBERS {
        let version = |members: &str| format!("{both} service S {{ {members} }}");
        add(format!("members: {name}"), &version(old), &version(new));
    }
    for (name, both, old, new) in cases::SCHEMAS {
        add(format!("schema: {name}"), &format!("{both} {old}"), &format!("{both} {new}"));
    }
    assert!(mistakes.is_empty(), "{mistakes}");
    pairs.extend(mutate::pairs().into_iter().map(|(name, old, new)| Pair { name, old, new }));
    pairs
}

fn hash(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(8).fold(String::new(), |mut out, byte| {
        _ = write!(out, "{byte:02x}");
        out
    })
}

/// Each member with its canonical text.
fn texts(interface: &Interface) -> Vec<(&'static str, &str, Option<String>)> {
    let methods = interface.methods.iter().map(|method| ("method", method.name.as_str(), method.canonical(interface)));
    let events = interface.events.iter().map(|event| ("event", event.name.as_str(), event.canonical(interface)));
    let callbacks = interface
        .callbacks
        .iter()
        .map(|callback| ("callback", callback.method.name.as_str(), callback.canonical(interface)));
    methods.chain(events).chain(callbacks).collect()
}

fn fingerprint(interface: &Interface) -> String {
    let members = texts(interface).into_iter().map(|(kind, name, text)| (kind, name, text.map(|text| hash(&text))));
    hash(&canonical(members.collect()))
}

fn map<const N: usize>(entries: [(&str, Node); N]) -> Node {
    Node::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

fn list<'t>(texts: impl IntoIterator<Item = &'t String>) -> Node {
    Node::List(texts.into_iter().map(Node::from).collect())
}

fn effect(effect: &Effect) -> Node {
    let (name, why) = match effect {
        Effect::Fine => return map([("effect", "fine".into())]),
        Effect::Behaviour(why) => ("behaviour", why),
        Effect::Wire(why) => ("wire", why),
        Effect::Handshake(why) => ("handshake", why),
    };
    map([("effect", name.into()), ("why", why.into())])
}

fn change(change: &Change) -> Node {
    map([
        ("rule", change.rule.name().into()),
        ("place", (&change.place).into()),
        ("message", (&change.message).into()),
        ("old_parent_new_worker", effect(&change.old_parent_new_worker)),
        ("new_parent_old_worker", effect(&change.new_parent_old_worker)),
    ])
}

/// All members that both sides have under one name.
fn shared(old: &Interface, new: &Interface) -> Members {
    let names = |interface: &Interface| -> [BTreeSet<String>; 3] {
        [
            interface.methods.iter().map(|method| method.name.clone()).collect(),
            interface.events.iter().map(|event| event.name.clone()).collect(),
            interface.callbacks.iter().map(|callback| callback.method.name.clone()).collect(),
        ]
    };
    let ([methods, events, callbacks], others) = (names(old), names(new));
    Members { methods: &methods & &others[0], events: &events & &others[1], callbacks: &callbacks & &others[2] }
}

fn pair(pair: &Pair) -> Node {
    let members = shared(&pair.old, &pair.new);
    let lines = clashes(&pair.old, &pair.new, &members).unwrap_or_else(|_| panic!("{}: entangled", pair.name));
    map([
        ("name", (&pair.name).into()),
        ("old", Node::from(&pair.old)),
        ("new", Node::from(&pair.new)),
        ("fingerprints", list([&fingerprint(&pair.old), &fingerprint(&pair.new)])),
        ("changes", Node::List(compare(&pair.old, &pair.new).changes.iter().map(change).collect())),
        (
            "members",
            map([
                ("methods", list(&members.methods)),
                ("events", list(&members.events)),
                ("callbacks", list(&members.callbacks)),
            ]),
        ),
        ("clashes", list(&lines)),
    ])
}

fn fingerprints(name: &str, interface: &Interface) -> Node {
    let optional = |text: &Option<String>| text.as_ref().map_or(Node::Null, Node::from);
    let members = texts(interface).into_iter().map(|(kind, name, text)| {
        let hash = text.as_ref().map(|text| hash(text));
        map([("kind", kind.into()), ("name", name.into()), ("text", optional(&text)), ("fingerprint", optional(&hash))])
    });
    map([("pair", name.into()), ("members", Node::List(members.collect()))])
}

#[test]
fn the_vectors_say_what_the_engine_says() {
    let pairs = pairs();
    assert!(pairs.len() >= 200, "{} pairs", pairs.len());
    let canonical = pairs.iter().filter(|pair| !pair.name.starts_with("row ") && !pair.name.starts_with("random "));
    let vectors_of = map([
        ("pairs", Node::List(pairs.iter().map(pair).collect())),
        ("entangled", Node::List(mutate::entangled().iter().map(|(name, form)| entangled(name, form)).collect())),
        ("fingerprints", Node::List(canonical.map(|pair| fingerprints(&pair.name, &pair.new)).collect())),
        ("malformed", Node::List(malformed::forms().iter().map(refused).collect())),
    ]);
    let text = vectors_of.json_lines(2) + "\n";
    let path = vectors().join("agreement.json");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &text).expect("it is written");
    }
    assert!(fs::read_to_string(&path).unwrap_or_default() == text, "UPDATE_GOLDEN=1 writes agreement.json anew");
}

fn entangled(name: &str, interface: &Interface) -> Node {
    let members = shared(interface, interface);
    assert!(clashes(interface, interface, &members).is_err(), "{name}");
    map([("name", name.into()), ("form", Node::from(interface))])
}

fn refused((name, form): &(&'static str, Node)) -> Node {
    let Err(error) = Interface::try_from(form) else { panic!("{name} is taken") };
    map([
        ("name", (*name).into()),
        ("path", (&error.path).into()),
        ("message", (&error.message).into()),
        ("form", form.clone()),
    ])
}

#[test]
fn every_rule_has_a_pair() {
    let pairs = pairs();
    let met: BTreeSet<Rule> =
        pairs.iter().flat_map(|pair| compare(&pair.old, &pair.new).changes).map(|change| change.rule).collect();
    let missing: Vec<&Rule> = Rule::ALL.iter().filter(|rule| !met.contains(rule)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_form_is_read_back() {
    for Pair { name, old, new } in pairs() {
        for interface in [old, new] {
            assert_eq!(Interface::try_from(&Node::from(&interface)).as_ref(), Ok(&interface), "{name}");
        }
    }
}

#[test]
fn a_form_of_another_process_is_read_or_refused() {
    let (mut read, mut refused) = (0, 0);
    for (known, form) in mutate::broken(400) {
        match Interface::try_from(&form) {
            Ok(other) => {
                read += 1;
                let members = shared(&known, &other);
                let _ = clashes(&known, &other, &members).map_err(|error| error.to_string());
                let _ = clashes(&other, &known, &members).map_err(|error| error.to_string());
                assert_eq!(fingerprint(&other), fingerprint(&other));
            }
            Err(error) => {
                refused += 1;
                assert!(!error.message.is_empty(), "{form:?}");
            }
        }
    }
    assert!(read > 50 && refused > 50, "{read} are read, {refused} are refused");
}

#[test]
fn what_breaks_has_another_fingerprint() {
    for Pair { name, old, new } in pairs() {
        let (before, after) = (texts(&old), texts(&new));
        for (kind, member, text) in &before {
            let Some((.., other)) = after.iter().find(|(other, name, _)| (other, name) == (kind, member)) else {
                continue;
            };
            if text.is_none() || text != other {
                continue;
            }
            let mut members = Members::default();
            let names = match *kind {
                "method" => &mut members.methods,
                "event" => &mut members.events,
                _ => &mut members.callbacks,
            };
            names.insert((*member).to_owned());
            assert_eq!(clashes(&old, &new, &members), Ok(Vec::new()), "{name}: {kind} {member}");
            assert_eq!(clashes(&new, &old, &members), Ok(Vec::new()), "{name}: {kind} {member}, the other way round");
        }
    }
}

/// Fields of a payload, so that the test of the order reaches them all.
fn each_payload(interface: &mut Interface, visit: &mut impl FnMut(&mut Payload)) {
    let callbacks = interface.callbacks.iter_mut().map(|callback| &mut callback.method);
    interface.methods.iter_mut().chain(callbacks).for_each(|method| visit(&mut method.request));
    interface.events.iter_mut().for_each(|event| visit(&mut event.payload));
    for named in &mut interface.types {
        match &mut named.kind {
            Kind::Record { fields, .. } => fields.reverse(),
            Kind::Enum { variants, .. } => {
                variants.reverse();
                for variant in variants {
                    visit(&mut variant.data);
                }
            }
            _ => {}
        }
    }
}

#[test]
fn order_and_names_do_not_count() {
    for Pair { name, old, .. } in pairs() {
        let mut turned = old.clone();
        each_payload(&mut turned, &mut |payload| {
            if let Payload::Fields(fields) = payload {
                fields.reverse();
            }
        });
        turned.methods.reverse();
        turned.events.reverse();
        let thrown: BTreeSet<usize> = old
            .methods
            .iter()
            .chain(old.callbacks.iter().map(|callback| &callback.method))
            .flat_map(|method| method.throws.clone())
            .collect();
        for (at, named) in turned.types.iter_mut().enumerate().filter(|(at, _)| !thrown.contains(at)) {
            named.name = format!("Other{at}");
        }
        assert_eq!(fingerprint(&turned), fingerprint(&old), "{name}");
    }
}
