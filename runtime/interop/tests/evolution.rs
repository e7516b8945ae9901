//! `ipcgen breaking` tells the truth: for each row of `evolution/rows.json` both versions are served and called, the old
//! parent with the new worker and the new parent with the old worker, in each language, and what happens is what the
//! comparison of the two versions says. A parent that checks the schema refuses just what the comparison calls a break.

#[path = "../../rust/tests/hex/mod.rs"]
mod hex;
#[path = "runner/typescript.rs"]
mod typescript;

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use hex::hex;
use procwire::Value;
use procwire::codec::to_bytes;
use procwire_codegen::{Target, generate, load};
use procwire_idl::evolution::{Comparison, Effect, Interface, Pair, Rule, compare};
use serde_json::{Value as Json, json};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// One change, as two versions of a type.
struct Row {
    ty: String,
    old: String,
    new: String,
    old_values: Vec<Json>,
    new_values: Vec<Json>,
}

fn rows() -> Vec<Row> {
    let text = fs::read_to_string(root().join("evolution/rows.json")).expect("the rows");
    let rows: Vec<Json> = serde_json::from_str(&text).expect("JSON");
    let text = |row: &Json, key: &str| row[key].as_str().expect("a text").to_owned();
    let values = |row: &Json, key: &str| row[key].as_array().expect("values").clone();
    rows.iter()
        .map(|row| Row {
            ty: text(row, "type"),
            old: text(row, "old"),
            new: text(row, "new"),
            old_values: values(row, "old_values"),
            new_values: values(row, "new_values"),
        })
        .collect()
}

/// A service of two versions, alone or as a child that calls back.
struct Service {
    name: String,
    /// The declarations of the old version and of the new one.
    versions: [String; 2],
    /// What begins the outcome with the old parent and with the new one, where that is more than that it goes or not.
    outcomes: Option<[String; 2]>,
}

impl Service {
    /// What the comparison of the two versions says.
    fn comparison(&self) -> Comparison {
        let [old, new] = &self.versions;
        let interface = |declared: &str| {
            let text = format!("ipc 1; package row; {CALLBACKS}\n{declared}");
            let (_, loaded) = procwire_idl::compile_text("row.ipc", &text);
            Interface::from(&loaded.model.unwrap_or_else(|| panic!("{text}: {:?}", loaded.diagnostics)))
        };
        compare(&interface(old), &interface(new))
    }
}

/// What a child may require.
const CALLBACKS: &str = "callbacks rows { Ask(); }";

fn services() -> Vec<Service> {
    let text = fs::read_to_string(root().join("evolution/services.json")).expect("the services");
    let services: Vec<Json> = serde_json::from_str(&text).expect("JSON");
    let text = |json: &Json| json.as_str().unwrap_or_default().to_owned();
    let service = |service: &Json| {
        let name = text(&service["name"]);
        let version = |at: usize, which: &str| {
            let module = service["module"][at].as_str();
            let module = module.map(|body| format!("module {name}Module {{ provides {name}; {body} }}"));
            let parts = [
                format!("service {name} {{ {} }}", text(&service[which])),
                text(&service[format!("declare_{which}")]),
                module.unwrap_or_default(),
            ];
            parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
        };
        let outcomes = service["outcomes"].as_array().map(|both| [text(&both[0]), text(&both[1])]);
        Service { versions: [version(0, "old"), version(1, "new")], outcomes, name }
    };
    services.iter().map(service).collect()
}

fn snake(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// The schema of one version of all rows.
fn schema(version: &str, rows: &[Row]) -> String {
    let types: Vec<&str> =
        rows.iter().map(|row| if version == "old" { row.old.as_str() } else { row.new.as_str() }).collect();
    let methods = rows.iter().map(|Row { ty, .. }| {
        let name = snake(ty);
        format!("  {name}_ask({ty});\n  {name}_tell(bytes) -> {ty};\n")
    });
    let at = usize::from(version == "new");
    let services = services();
    let services = services.iter().map(|service| format!("\n{}\n", service.versions[at]));
    format!(
        "//! The {version} version of the rows in this folder; the test `evolution` makes this file.\nipc 1;\n\
         package evolution.{version};\n\n{CALLBACKS}\n\n{}\n\nservice Evolution {{\n{}}}\n{}",
        types.join("\n\n"),
        methods.collect::<String>(),
        services.collect::<String>()
    )
}

#[test]
fn the_schemas_and_stubs_are_those_of_the_rows() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let rows = rows();
    let mut stale = Vec::new();
    let mut hold = |path: PathBuf, text: &str| {
        if update {
            fs::write(&path, text).expect("a file that can be written");
        } else if fs::read_to_string(&path).unwrap_or_default() != text {
            stale.push(path);
        }
    };
    for version in ["old", "new"] {
        let text = procwire_idl::format::text(&schema(version, &rows));
        let path = root().join(format!("evolution/{version}.ipc"));
        hold(path.clone(), &text);
        let schema = load(&path).expect("the schema");
        let model = schema.model.unwrap_or_else(|| panic!("{:?}", schema.diagnostics));
        for (target, stub) in [
            (Target::TypeScript, format!("typescript/evolution/{version}.ts")),
            (Target::Python, format!("python/evolution_{version}.py")),
        ] {
            let files = generate(&model, &schema.sources, target).unwrap_or_else(|found| panic!("{found:?}"));
            let text: String = files.iter().map(|(_, text)| text).collect();
            hold(root().join(stub), &text);
        }
    }
    assert!(stale.is_empty(), "differ from what the rows give (UPDATE_GOLDEN=1 rewrites them): {stale:?}");
}

/// What the comparison says of a row, for what the parent writes and for what the worker writes.
fn verdicts(row: &Row) -> [Comparison; 2] {
    let interface = |text: &str, service: &str| {
        let text = format!("ipc 1; package row;\n{text}\nservice Row {{ {service} }}");
        let (_, loaded) = procwire_idl::compile_text("row.ipc", &text);
        Interface::from(&loaded.model.unwrap_or_else(|| panic!("{text}: {:?}", loaded.diagnostics)))
    };
    [format!("ask({});", row.ty), format!("tell() -> {};", row.ty)]
        .map(|service| compare(&interface(&row.old, &service), &interface(&row.new, &service)))
}

fn message_pack(value: &Json) -> Value {
    match value {
        Json::Null => Value::Nil,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(int), _) => Value::Int(int.into()),
            (None, float) => Value::F64(float.expect("a number")),
        },
        Json::String(text) => Value::String(text.clone()),
        Json::Array(items) => Value::List(items.iter().map(message_pack).collect()),
        Json::Object(entries) => {
            Value::Map(entries.iter().map(|(key, value)| (Value::String(key.clone()), message_pack(value))).collect())
        }
    }
}

/// A call, and what must come of it.
struct Step {
    method: String,
    payload: Vec<u8>,
    row: usize,
    /// The parent writes what is of interest.
    asks: bool,
}

/// The steps of a pair: each value that the parent's version may write is asked, each that the worker's may is told.
fn steps(pair: Pair, rows: &[Row]) -> Vec<Step> {
    let mut steps = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let (parent, worker) = match pair {
            Pair::OldParentNewWorker => (&row.old_values, &row.new_values),
            Pair::NewParentOldWorker => (&row.new_values, &row.old_values),
        };
        for (values, asks) in [(parent, true), (worker, false)] {
            let method = format!("{}_{}", snake(&row.ty), if asks { "ask" } else { "tell" });
            steps.extend(values.iter().map(|value| Step {
                method: method.clone(),
                payload: to_bytes(&message_pack(value)).expect("a value that can be written").to_vec(),
                row: at,
                asks,
            }));
        }
    }
    steps
}

/// Has a parent make the calls, and gives what came of each.
fn outcomes(program: &[String], environment: &[(&str, String)], pair: Pair, steps: &[Step]) -> Vec<String> {
    let (parent, worker) = match pair {
        Pair::OldParentNewWorker => ("old", "new"),
        Pair::NewParentOldWorker => ("new", "old"),
    };
    let mut command = Command::new(&program[0]);
    command.args(&program[1..]).args([parent, "parent", "types"]).args(program).args([worker, "worker", "types"]);
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a parent");
    let lines = steps.iter().map(|step| format!("{}\n", json!({"method": step.method, "payload": hex(&step.payload)})));
    let lines: String = lines.collect();
    let mut input = child.stdin.take().expect("a pipe");
    // The parents read all of it before they answer.
    input.write_all(lines.as_bytes()).expect("a reader");
    drop(input);
    let output = child.wait_with_output().expect("an end");
    assert!(output.status.success(), "{program:?} {parent}: {}", output.status);
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let outcomes: Vec<String> = text.lines().map(str::to_owned).collect();
    assert_eq!(outcomes.len(), steps.len(), "{text}");
    outcomes
}

/// Each service is started and called once, by the parent of one version and the worker of the other.
fn hold_services(program: &[String], environment: &[(&str, String)]) {
    let mut wrong = Vec::new();
    for service in services() {
        let Service { name, outcomes, .. } = &service;
        let comparison = service.comparison();
        for (pair, parent, worker) in
            [(Pair::OldParentNewWorker, "old", "new"), (Pair::NewParentOldWorker, "new", "old")]
        {
            let mut command = Command::new(&program[0]);
            command.args(&program[1..]).args([parent, "parent", name]).args(program).args([worker, "worker", name]);
            command.envs(environment.iter().map(|(name, value)| (name, value))).stdin(Stdio::null());
            let output = command.output().expect("a parent");
            let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
            assert!(
                output.status.success() && !text.is_empty(),
                "{name}, {parent}: {}",
                String::from_utf8_lossy(&output.stderr)
            );
            let handshake = comparison.changes.iter().any(|change| matches!(change.effect(pair), Effect::Handshake(_)));
            let begins = outcomes.as_ref().map_or("ok", |outcomes| &outcomes[usize::from(parent == "new")]);
            let expected = match (comparison.breaks(pair), handshake) {
                (false, _) => text == begins || text.starts_with(&format!("{begins} ")),
                (true, true) => text.starts_with("refused "),
                (true, false) => text != "ok" && !text.starts_with("refused "),
            };
            if !expected {
                wrong.push(format!("{name}, {pair:?}: {text}, and said was {:?}", comparison.changes));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn hold(program: &[String], environment: &[(&str, String)]) {
    hold_services(program, environment);
    let rows = rows();
    let verdicts: Vec<[Comparison; 2]> = rows.iter().map(verdicts).collect();
    let mut wrong = Vec::new();
    for pair in [Pair::OldParentNewWorker, Pair::NewParentOldWorker] {
        let steps = steps(pair, &rows);
        let outcomes = outcomes(program, environment, pair, &steps);
        for (at, row) in rows.iter().enumerate() {
            for asks in [true, false] {
                let own = steps.iter().zip(&outcomes).filter(|(step, _)| step.row == at && step.asks == asks);
                let failed: Vec<&String> = own.map(|(_, outcome)| outcome).filter(|outcome| *outcome != "ok").collect();
                let refused = failed.iter().all(|outcome| outcome.starts_with("invalid_argument ") || !asks);
                let said = verdicts[at][usize::from(!asks)].breaks(pair);
                if said == failed.is_empty() || !refused {
                    let writer = if asks { "parent" } else { "worker" };
                    let word = if said { "breaks" } else { "is fine" };
                    wrong.push(format!("{}, {pair:?}, the {writer} writes: said that it {word}, {failed:?}", row.ty));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_rows_hold_every_kind_of_change_of_a_type() {
    let found: BTreeSet<Rule> =
        rows().iter().flat_map(verdicts).flat_map(|comparison| comparison.changes).map(|change| change.rule).collect();
    for rule in [
        Rule::FieldAdded,
        Rule::FieldRemoved,
        Rule::FieldRenamed,
        Rule::PresenceChanged,
        Rule::NullabilityChanged,
        Rule::DefaultChanged,
        Rule::TypeChanged,
        Rule::StrictnessChanged,
        Rule::FormChanged,
        Rule::VariantAdded,
        Rule::VariantRemoved,
        Rule::NumberChanged,
        Rule::ConstraintChanged,
    ] {
        assert!(found.contains(&rule), "no row is about `{}`: {}", rule.name(), rule.about());
    }
}

/// A program of one language that is both sides.
struct Program {
    command: Vec<String>,
    environment: Vec<(&'static str, String)>,
}

fn rust() -> Program {
    Program { command: vec![env!("CARGO_BIN_EXE_evolution").to_owned()], environment: Vec::new() }
}

fn typescript() -> Program {
    typescript::build(root()).unwrap_or_else(|error| panic!("{error}"));
    let script = root().join("dist/typescript/evolution/main.js");
    Program { command: vec!["node".to_owned(), script.display().to_string()], environment: Vec::new() }
}

fn python() -> Program {
    let python = root().join("../python");
    let command = [python.join(".venv/bin/python"), root().join("python/evolution.py")];
    let path = format!("{}:{}", python.join("src").display(), root().join("python").display());
    Program {
        command: command.map(|path| path.display().to_string()).to_vec(),
        environment: vec![("PYTHONPATH", path)],
    }
}

#[test]
fn rust_does_as_the_comparison_says() {
    hold(&rust().command, &rust().environment);
}

#[test]
fn typescript_does_as_the_comparison_says() {
    hold(&typescript().command, &typescript().environment);
}

#[test]
fn python_does_as_the_comparison_says() {
    hold(&python().command, &python().environment);
}

const PAIRS: [(Pair, &str, &str); 2] =
    [(Pair::OldParentNewWorker, "old", "new"), (Pair::NewParentOldWorker, "new", "old")];

/// Has a parent that checks the schema start a worker, and gives what it prints.
fn start(parent: &Program, worker: &Program, (old_or_new, other): (&str, &str), what: &str) -> String {
    let mut command = Command::new(&parent.command[0]);
    command.args(&parent.command[1..]).args([old_or_new, "starter", what]);
    command.args(&worker.command).args([other, "worker", what]).stdin(Stdio::null());
    for program in [parent, worker] {
        command.envs(program.environment.iter().map(|(name, value)| (name, value)));
    }
    let output = command.output().expect("a parent");
    assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
}

/// The rows that a refusal is about: its lines begin with the name of a type or with that of a method.
fn refused_rows(text: &str) -> BTreeSet<String> {
    let places = text.lines().skip(1).map(str::trim);
    let row = |place: &str| {
        let place = place.split(": ").next().unwrap_or_default();
        let place = place.strip_prefix("Evolution.").unwrap_or(place);
        let name: String = place.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        let name = name.strip_suffix("_ask").or(name.strip_suffix("_tell")).unwrap_or(&name);
        if name.starts_with(|c: char| c.is_ascii_uppercase()) { snake(name) } else { name.to_owned() }
    };
    places.map(row).collect()
}

/// A parent refuses the worker of the other version because of the rows that break, and because of nothing else.
fn hold_refusal_of_types(parent: &Program, worker: &Program) {
    let rows = rows();
    for (pair, version, other) in PAIRS {
        let breaks = |row: &&Row| verdicts(row).iter().any(|verdict| verdict.breaks(pair));
        let expected: BTreeSet<String> = rows.iter().filter(breaks).map(|row| snake(&row.ty)).collect();
        let text = start(parent, worker, (version, other), "types");
        assert!(text.starts_with("refused "), "{text}");
        assert_eq!(refused_rows(&text), expected, "{text}");
        assert_eq!(start(parent, worker, (version, version), "types"), "ok");
    }
}

/// A parent refuses the worker of the other version where the comparison says that something breaks.
fn hold_refusal_of_services(parent: &Program, worker: &Program) {
    let mut wrong = Vec::new();
    for service in services() {
        let comparison = service.comparison();
        for (pair, version, other) in PAIRS {
            let text = start(parent, worker, (version, other), &service.name);
            if comparison.breaks(pair) != text.starts_with("refused ") || text.starts_with("failed ") {
                wrong.push(format!("{}, {pair:?}: {text}, and said was {:?}", service.name, comparison.changes));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_rust_parent_refuses_what_breaks() {
    for worker in [rust(), typescript(), python()] {
        hold_refusal_of_types(&rust(), &worker);
    }
    hold_refusal_of_services(&rust(), &typescript());
}

#[test]
fn a_typescript_parent_refuses_what_breaks() {
    for worker in [rust(), typescript(), python()] {
        hold_refusal_of_types(&typescript(), &worker);
    }
    hold_refusal_of_services(&typescript(), &python());
}

#[test]
fn a_python_parent_refuses_what_breaks() {
    for worker in [rust(), typescript(), python()] {
        hold_refusal_of_types(&python(), &worker);
    }
    hold_refusal_of_services(&python(), &rust());
}
