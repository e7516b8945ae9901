//! Words that a language keeps, as the linter asks for them.

use procwire_idl::lint::{Named, Renamed};

use crate::{python, rust, typescript};

/// In which languages a name is another one because the language, or generated code, keeps the word.
#[must_use]
pub fn renamed(named: Named, name: &str) -> Vec<Renamed> {
    let all = [
        ("Rust", "rust", rust::kept(named, name)),
        ("TypeScript", "ts", typescript::kept(named, name)),
        ("Python", "py", python::kept(named, name)),
    ];
    let renamed =
        all.into_iter().filter_map(|(language, annotation, name)| Some(Renamed { language, annotation, name: name? }));
    renamed.collect()
}
