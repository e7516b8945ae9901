//! Three decoders, one mapping: random payloads that came out of the vectors are read by Rust, by Node and by Python,
//! which come to the same verdict and the same value.
//!
//! `DIFFERENTIAL_SEED` and `DIFFERENTIAL_COUNT` change what is read; the seed is printed.

#[path = "../../rust/tests/hex/mod.rs"]
mod hex;
#[path = "differential/language.rs"]
mod language;
#[path = "differential/mutate.rs"]
mod mutate;
#[path = "differential/peer.rs"]
mod peer;
#[path = "../../rust/tests/vectors/refined.rs"]
mod refined;
#[path = "differential/tree.rs"]
mod tree;
#[path = "differential/types.rs"]
mod types;
#[path = "runner/typescript.rs"]
mod typescript;
#[path = "../../rust/tests/vectors/types.rs"]
#[allow(dead_code, reason = "the suite of the runtime uses the rest")]
mod vectors;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use hex::{hex, unhex};
use language::{Language, disagreement};
use mutate::{Numbers, mutated};
use procwire_codegen::{Target, generate};
use serde_json::Value as Json;
use types::{TYPES, read};

const SEED: u64 = 20_261_121;
const COUNT: u64 = 20_000;
/// Languages and the files that give them a codec of each type.
const STUBS: &[(Target, &str)] =
    &[(Target::TypeScript, "typescript/payloads.ts"), (Target::Python, "python/payloads.py")];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every payload of the vectors with the place of its type: what is taken in all forms, and what is refused.
fn corpus() -> Vec<(usize, Vec<u8>)> {
    let mut corpus = Vec::new();
    let folder = root().join("../vectors/values");
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).expect("the vectors").map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    for path in files.iter().filter(|path| path.extension().is_some_and(|extension| extension == "json")) {
        let text = fs::read_to_string(path).expect("a file that can be read");
        let file: Json = serde_json::from_str(&text).expect("JSON");
        for ty in file["types"].as_array().into_iter().flatten() {
            let Some(place) = TYPES.iter().position(|name| ty["type"] == *name) else {
                continue;
            };
            let cases = ty["cases"].as_array().into_iter().flatten();
            let taken = cases.flat_map(|case| {
                std::iter::once(&case["canonical"]).chain(case["also"].as_array().into_iter().flatten())
            });
            let refused = ty["refused"].as_array().into_iter().flatten().map(|case| &case["bytes"]);
            let payloads = taken.chain(refused).filter_map(Json::as_str).map(unhex);
            corpus.extend(payloads.map(|payload| (place, payload)));
        }
    }
    assert!(corpus.len() > 900, "{} payloads", corpus.len());
    corpus
}

fn variable(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name} is a number: {text}")))
}

/// Payloads out of those of the vectors, with the places of their types.
fn payloads() -> Vec<(usize, Vec<u8>)> {
    let seed = variable("DIFFERENTIAL_SEED", SEED);
    println!("seed {seed}");
    let mut numbers = Numbers(seed);
    let corpus = corpus();
    // The first types have most of the cases, and the last ones none.
    let mut of_type: Vec<Vec<&(usize, Vec<u8>)>> = vec![Vec::new(); TYPES.len()];
    for case in &corpus {
        of_type[case.0].push(case);
    }
    let mut payloads = corpus.clone();
    for _ in payloads.len()..usize::try_from(variable("DIFFERENTIAL_COUNT", COUNT)).expect("a number of payloads") {
        let place = numbers.below(TYPES.len());
        let own = &of_type[place];
        let (_, from) = if own.is_empty() || numbers.once_in(8) { numbers.pick(&corpus) } else { numbers.pick(own) };
        let mut payload = from.clone();
        if own.is_empty() {
            payload = around(TYPES[place], &corpus, &mut numbers);
        }
        payloads.push((place, mutated(&payload, &corpus, &mut numbers)));
    }
    payloads
}

/// A payload that may be one of a type that the vectors do not have: the list, the map or the pair of what they have.
fn around(ty: &str, corpus: &[(usize, Vec<u8>)], numbers: &mut Numbers) -> Vec<u8> {
    let mut part = |name: &str| {
        let place = TYPES.iter().position(|ty| *ty == name.trim_end_matches('?'));
        let parts: Vec<&Vec<u8>> =
            corpus.iter().filter(|(ty, _)| Some(*ty) == place).map(|(_, payload)| payload).collect();
        if parts.is_empty() { vec![0xc0] } else { (*numbers.pick(&parts)).clone() }
    };
    let inner = |start: &str, end: char| ty.strip_prefix(start).and_then(|rest| rest.strip_suffix(end));
    let (head, names): (u8, Vec<&str>) = match (inner("list<", '>'), inner("map<", '>'), inner("(", ')')) {
        (Some(item), ..) => (0x92, vec![item, item]),
        (_, Some(entry), _) => (0x81, entry.split(", ").collect()),
        (.., Some(pair)) => (0x92, pair.split(", ").collect()),
        _ => (0x90, Vec::new()),
    };
    names.into_iter().fold(vec![head], |payload, name| [payload, part(name)].concat())
}

/// Has a peer read all payloads, and tells of every verdict that is not the one of Rust.
fn compare(language: Language, command: Command) {
    let payloads = payloads();
    let verdicts = peer::decide(command, &payloads).unwrap_or_else(|error| panic!("{error}"));
    let mut taken = 0;
    let mut wrong: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for ((place, payload), verdict) in payloads.iter().zip(&verdicts) {
        let ty = TYPES[*place];
        taken += usize::from(matches!(verdict, peer::Verdict::Taken(_)));
        if let Some(what) = disagreement(language, ty, payload, verdict) {
            wrong.entry(ty).or_default().push(format!("{ty}, {}: {what}", hex(payload)));
        }
    }
    let refused = payloads.len() - taken;
    println!("{taken} taken, {refused} refused");
    assert!(taken > payloads.len() / 10 && refused > payloads.len() / 10, "{taken} taken, {refused} refused");
    let count: usize = wrong.values().map(Vec::len).sum();
    let some: Vec<&String> = wrong.values().flat_map(|wrong| wrong.iter().take(5)).collect();
    assert!(wrong.is_empty(), "{language:?} decides {count} payloads otherwise, among them\n{some:#?}");
}

#[test]
fn the_payloads_are_taken_and_refused_by_rust() {
    let payloads = payloads();
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for (place, payload) in &payloads {
        let reason = read(TYPES[*place], payload).map_or_else(|error| error.reason().as_str(), |_| "taken");
        *reasons.entry(reason).or_default() += 1;
    }
    println!("{reasons:?}");
    assert!(reasons["taken"] > payloads.len() / 5, "{reasons:?}");
    // All but the budget, which takes megabytes.
    assert_eq!(reasons.len(), 16, "{reasons:?}");
}

#[test]
fn the_stubs_are_those_of_the_types() {
    let vectors = fs::read_to_string(root().join("../vectors/values/types.ipc")).expect("the vectors' types");
    let (sources, loaded) = procwire_idl::compile_text("payloads.ipc", &types::schema(&vectors));
    let model = loaded.model.unwrap_or_else(|| panic!("{:?}", loaded.diagnostics));
    let mut stale = Vec::new();
    for (target, stub) in STUBS {
        let files = generate(&model, &sources, *target).unwrap_or_else(|found| panic!("{found:?}"));
        let text: String = files.iter().map(|(_, text)| text).collect();
        let path = root().join(stub);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(path, text).expect("a stub that can be written");
        } else if fs::read_to_string(path).unwrap_or_default() != text {
            stale.push(stub);
        }
    }
    assert!(stale.is_empty(), "differ from what is generated (UPDATE_GOLDEN=1 rewrites them): {stale:?}");
}

#[test]
fn node_decides_as_rust_does() {
    typescript::build(root()).unwrap_or_else(|error| panic!("{error}"));
    let mut command = Command::new("node");
    command.arg(root().join("dist/typescript/differential.js"));
    compare(Language::TypeScript, command);
}

#[test]
fn python_decides_as_rust_does() {
    let python = root().join("../python");
    let mut command = Command::new(python.join(".venv/bin/python"));
    command.arg(root().join("python/differential.py"));
    command.env("PYTHONPATH", std::env::join_paths([python.join("src"), root().join("python")]).expect("two folders"));
    compare(Language::Python, command);
}
