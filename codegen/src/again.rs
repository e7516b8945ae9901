//! Generating again and again: what a change cannot have touched is not generated again.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use procwire_idl::diagnostic::Diagnostics;
use procwire_idl::model::{Model, PackageId};
use procwire_idl::source::SourceMap;

use crate::{Files, Target, generate_with};

/// What was generated last of one schema in one language.
///
/// A file says what its package declares, by what that reaches, and knows the names of all packages; so it is the same
/// while the texts of those packages and all names are the same.
#[derive(Clone, Debug, Default)]
pub struct Again {
    /// The files of the packages, by the paths of their sources, with what they were made of.
    made: HashMap<String, (u64, (String, String))>,
}

impl Again {
    /// Nothing was generated yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// As [`generate`](crate::generate), for the same language each time.
    pub fn generate(&mut self, model: &Model, sources: &SourceMap, target: Target) -> Result<Files, Diagnostics> {
        let ingredients = ingredients(model, sources);
        let name = |id: PackageId| {
            let file = model.packages[id.0 as usize].file;
            sources.get(file).map_or_else(String::new, |file| file.name().to_owned())
        };
        let before = std::mem::take(&mut self.made);
        generate_with(model, sources, target, &mut |id, make| {
            let (name, of) = (name(id), ingredients[id.0 as usize]);
            let made = match before.get(&name) {
                Some((known, made)) if *known == of => made.clone(),
                _ => make()?,
            };
            self.made.insert(name, (of, made.clone()));
            Ok(made)
        })
    }
}

/// What each package's file is made of.
fn ingredients(model: &Model, sources: &SourceMap) -> Vec<u64> {
    let of = |thing: &dyn Fn(&mut DefaultHasher)| {
        let mut hasher = DefaultHasher::new();
        thing(&mut hasher);
        hasher.finish()
    };
    let names = of(&|hasher| model.packages.iter().for_each(|package| package.name.hash(hasher)));
    let texts: Vec<u64> = model
        .packages
        .iter()
        .map(|package| {
            let file = sources.get(package.file);
            of(&|hasher| file.map(|file| (file.name(), file.text())).hash(hasher))
        })
        .collect();
    (0..model.packages.len())
        .map(|at| {
            let mut reached = vec![at];
            let mut known = vec![false; model.packages.len()];
            known[at] = true;
            let mut next = 0;
            while let Some(at) = reached.get(next).copied() {
                for import in &model.packages[at].imports {
                    if !std::mem::replace(&mut known[import.0 as usize], true) {
                        reached.push(import.0 as usize);
                    }
                }
                next += 1;
            }
            of(&|hasher| (names, reached.iter().map(|at| texts[*at]).collect::<Vec<_>>()).hash(hasher))
        })
        .collect()
}
