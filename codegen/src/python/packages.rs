//! Packages beside the one that is printed: what their files are imported as.

use std::collections::{HashMap, HashSet};

use procwire_idl::model::{Model, Package, PackageId};

use super::names::{self, Kind};

/// A package that another one may name.
#[derive(Clone, Debug)]
pub(super) struct Import {
    /// The name that its file has in the other's.
    pub alias: String,
    /// The line that imports it.
    pub line: String,
}

/// What the package can name, directly or through what it names: all packages that it reaches.
pub(super) fn imports(model: &Model, id: PackageId) -> HashMap<PackageId, Import> {
    let package = &model.packages[id.0 as usize];
    let mut reached = package.imports.clone();
    let mut known: HashSet<PackageId> = reached.iter().copied().collect();
    let mut at = 0;
    while let Some(next) = reached.get(at).copied() {
        for import in &model.packages[next.0 as usize].imports {
            if known.insert(*import) {
                reached.push(*import);
            }
        }
        at += 1;
    }
    let mut aliases: HashMap<String, usize> = HashMap::new();
    for id in &reached {
        let short = segments(&model.packages[id.0 as usize]).pop().unwrap_or_default();
        *aliases.entry(short).or_default() += 1;
    }
    let own = segments(package);
    let depth = own.len() + usize::from(is_folder(model, package));
    let import = |id: PackageId| {
        let path = segments(&model.packages[id.0 as usize]);
        let short = path.last().cloned().unwrap_or_default();
        let alias = if aliases[&short] == 1 { format!("_{short}") } else { format!("_{}", path.join("_")) };
        Import { line: line(&own, depth, &path, &alias), alias }
    };
    reached.iter().map(|id| (*id, import(*id))).collect()
}

/// Files below one folder find each other wherever it stands. Above it there may be no package to Python, and so the
/// output folder has to be on its path.
///
/// `depth` is how many folders and files lead to the importing file, its own among them.
fn line(own: &[String], depth: usize, other: &[String], alias: &str) -> String {
    let shared = own[..own.len() - 1].iter().zip(&other[..other.len() - 1]).take_while(|(a, b)| a == b).count();
    if shared == 0 {
        return format!("import {} as {alias}", other.join("."));
    }
    let dots = ".".repeat(depth - shared);
    let (last, folders) = other[shared..].split_last().map_or((alias, &[][..]), |(last, rest)| (last.as_str(), rest));
    format!("from {dots}{} import {last} as {alias}", folders.join("."))
}

/// Whether other packages lie in a package, so that its file is the one of a folder: `acme` beside `acme.common`. Python
/// takes the folder where there is a file of the same name too.
pub(super) fn is_folder(model: &Model, package: &Package) -> bool {
    let mut longer = model.packages.iter().filter(|other| other.name.len() > package.name.len()).peekable();
    if longer.peek().is_none() {
        return false;
    }
    let own = segments(package);
    longer.any(|other| segments(other).starts_with(&own))
}

/// The parts of a package's path, as they are names in Python.
pub(super) fn segments(package: &Package) -> Vec<String> {
    package.name.iter().map(|segment| names::single(segment.as_str(), Kind::Module)).collect()
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn files_of_one_folder_are_imported_relatively() {
        let line = |own: &str, other: &str| {
            let path = |name: &str| name.split('.').map(str::to_owned).collect::<Vec<_>>();
            line(&path(own), path(own).len(), &path(other), "_x")
        };
        assert_eq!(line("acme.trading", "acme.common"), "from . import common as _x");
        assert_eq!(line("acme.desk.trading", "acme.common"), "from .. import common as _x");
        assert_eq!(line("acme.trading", "acme.desk.common"), "from .desk import common as _x");
        assert_eq!(line("acme.desk.trading", "acme.feed.quotes"), "from ..feed import quotes as _x");
        assert_eq!(line("trading", "common"), "import common as _x");
        assert_eq!(line("acme.trading", "shared.audit"), "import shared.audit as _x");
        assert_eq!(line("acme", "acme.common"), "import acme.common as _x");
        let parts = |name: &str| name.split('.').map(str::to_owned).collect::<Vec<_>>();
        let from_folder = super::line(&parts("acme.desk"), 3, &parts("acme.common"), "_x");
        assert_eq!(from_folder, "from .. import common as _x");
    }
}
