//! The table "Who may depend on whom" of ARCHITECTURE.md, held against the manifests, and the modules that all
//! runtimes have.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// What a cell of the table allows.
enum Allowed {
    Anything,
    /// Each name with whether it has to be optional.
    Only(BTreeMap<String, bool>),
}

struct House {
    folder: String,
    package: String,
    ours: Allowed,
    third_parties: Allowed,
}

/// Who publishes packages: a name means one thing in each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Registry {
    Cargo,
    Npm,
    Python,
}

struct Package {
    registry: Registry,
    name: String,
    folder: String,
    dependencies: Vec<Dependency>,
}

struct Dependency {
    name: String,
    optional: bool,
}

#[test]
fn manifests_keep_to_the_table_of_who_may_depend_on_whom() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let houses = houses(&architecture(root));
    let mut packages = crates(root);
    packages.extend(npm_packages(root));
    packages.extend(python_packages(root));
    let problems = problems(&houses, &packages);
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn an_edge_that_the_table_lacks_is_a_problem() {
    let table = "| folder | package | ours | third parties |\n|---|---|---|---|\n\
        | a | `one` | `two` (feature `far`) | none |\n| b | `two` | none | `left` |\n| c | `one` | none | none |\n";
    let package = |registry, name: &str, folder: &str, dependencies: &[(&str, bool)]| Package {
        registry,
        name: name.to_owned(),
        folder: folder.to_owned(),
        dependencies: dependencies
            .iter()
            .map(|&(name, optional)| Dependency { name: name.to_owned(), optional })
            .collect(),
    };
    let (cargo, npm) = (Registry::Cargo, Registry::Npm);
    let well = [
        package(cargo, "one", "a", &[("two", true)]),
        package(cargo, "two", "b", &[("left", false)]),
        package(npm, "one", "c", &[]),
    ];
    let houses = houses(table);
    assert_eq!(problems(&houses, &well), Vec::<String>::new());
    let wrong = [
        package(cargo, "one", "a", &[("two", false), ("left", false)]),
        package(cargo, "two", "d", &[("one", false)]),
        package(npm, "one", "c", &[("two", false)]),
    ];
    let found = problems(&houses, &wrong);
    // Two edges of `one`, one of the npm package, a package without a row, a row without a package.
    assert_eq!(found.len(), 5, "{found:?}");
}

#[test]
fn the_runtimes_have_the_same_modules() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let text = architecture(root);
    let line = text.lines().find(|line| line.starts_with("The runtimes have the same modules: ")).unwrap();
    let modules: Vec<&str> = line.split('`').skip(1).step_by(2).collect();
    assert!(modules.len() >= 8, "{modules:?}");
    let mut missing = Vec::new();
    for (folder, extension) in
        [("runtime/rust/src", "rs"), ("runtime/typescript/src", "ts"), ("runtime/python/src/procwire", "py")]
    {
        for module in &modules {
            let path = root.join(folder).join(module);
            if !path.is_dir() && !path.with_extension(extension).exists() {
                missing.push(format!("{folder} has no module `{module}`"));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

fn architecture(root: &Path) -> String {
    std::fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap()
}

fn houses(text: &str) -> Vec<House> {
    let head = "| folder | package | ours | third parties |";
    let rows = text.lines().skip_while(|line| line.trim() != head).skip(2);
    rows.take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells: Vec<&str> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
            let &[folder, package, ours, third_parties] = cells.as_slice() else {
                panic!("a row of the table has no four cells: {line}");
            };
            House {
                folder: folder.trim_matches('`').to_owned(),
                package: package.trim_matches('`').to_owned(),
                ours: allowed(ours),
                third_parties: allowed(third_parties),
            }
        })
        .collect()
}

/// `` `a` `b` (feature `f`), `c` ``: a and b are optional, c need not be. Python says `extra` for a feature, npm `peer`.
fn allowed(cell: &str) -> Allowed {
    if cell == "anything" {
        return Allowed::Anything;
    }
    let mut names = BTreeMap::new();
    for group in cell.split(',') {
        let (listed, condition) = group.split_once('(').unwrap_or((group, ""));
        let optional = ["feature", "extra", "peer"].iter().any(|word| condition.starts_with(word));
        for name in listed.split('`').skip(1).step_by(2) {
            names.insert(name.to_owned(), optional);
        }
    }
    Allowed::Only(names)
}

/// The packages of the workspace. Tests may use what they like: nobody who depends on a package builds its tests.
fn crates(root: &Path) -> Vec<Package> {
    let output = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let package = |package: &Value| Package {
        registry: Registry::Cargo,
        name: text(&package["name"]),
        folder: folder(root, Path::new(&text(&package["manifest_path"]))),
        dependencies: package["dependencies"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|dependency| dependency["kind"] != "dev")
            .map(|dependency| Dependency { name: text(&dependency["name"]), optional: dependency["optional"] == true })
            .collect(),
    };
    metadata["packages"].as_array().unwrap().iter().map(package).collect()
}

/// What is published on npm, and so is not private.
fn npm_packages(root: &Path) -> Vec<Package> {
    let manifests = manifests(root, "package.json").into_iter().map(|(folder, text)| {
        let manifest: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{folder}: {error}"));
        (folder, manifest)
    });
    let published = manifests.filter(|(_, manifest)| manifest["private"] != true);
    let package = |(folder, manifest): (String, Value)| {
        let names = |table: &str, optional: bool| -> Vec<Dependency> {
            let entries = manifest[table].as_object().into_iter().flatten();
            entries.map(|(name, _)| Dependency { name: name.clone(), optional }).collect()
        };
        let mut dependencies = names("dependencies", false);
        let peers = names("peerDependencies", false).into_iter();
        dependencies.extend(peers.map(|Dependency { name, .. }| {
            let optional = manifest["peerDependenciesMeta"][&name]["optional"] == true;
            Dependency { name, optional }
        }));
        dependencies.extend(names("optionalDependencies", true));
        Package { registry: Registry::Npm, name: text(&manifest["name"]), folder, dependencies }
    };
    published.map(package).collect()
}

/// What becomes a wheel.
fn python_packages(root: &Path) -> Vec<Package> {
    let package = |(folder, text): (String, String)| {
        let manifest: toml::Table = text.parse().unwrap_or_else(|error| panic!("{folder}: {error}"));
        let project = &manifest["project"];
        let names = |list: Option<&toml::Value>, optional: bool| -> Vec<Dependency> {
            let requirements = list.and_then(toml::Value::as_array).into_iter().flatten();
            let name = |requirement: &str| {
                let end = requirement.find(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c));
                requirement[..end.unwrap_or(requirement.len())].to_owned()
            };
            requirements
                .filter_map(toml::Value::as_str)
                .map(|requirement| Dependency { name: name(requirement), optional })
                .collect()
        };
        let mut dependencies = names(project.get("dependencies"), false);
        let extras = project.get("optional-dependencies").and_then(toml::Value::as_table);
        for (_, extra) in extras.into_iter().flatten() {
            dependencies.extend(names(Some(extra), true));
        }
        let name = project["name"].as_str().unwrap_or_default().to_owned();
        Package { registry: Registry::Python, name, folder, dependencies }
    };
    manifests(root, "pyproject.toml").into_iter().map(package).collect()
}

/// The folders of the repository that hold such a file, and its text; what was fetched or built is not ours.
fn manifests(root: &Path, name: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(at) = folders.pop() {
        for entry in std::fs::read_dir(&at).unwrap().flatten() {
            let own = entry.file_name().to_string_lossy().into_owned();
            let foreign = matches!(own.as_str(), "node_modules" | "dist" | "target") || own.starts_with('.');
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.extend((!foreign).then(|| entry.path()));
            } else if own == name {
                found.push((folder(root, &entry.path()), std::fs::read_to_string(entry.path()).unwrap()));
            }
        }
    }
    found
}

fn folder(root: &Path, manifest: &Path) -> String {
    let folder = manifest.parent().unwrap();
    folder.strip_prefix(root).unwrap_or(folder).to_string_lossy().into_owned()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn problems(houses: &[House], packages: &[Package]) -> Vec<String> {
    let mut problems = Vec::new();
    for House { folder, package: name, .. } in houses {
        if !packages.iter().any(|package| package.folder == *folder && package.name == *name) {
            problems.push(format!("the table names `{name}` in {folder}, which is not there"));
        }
    }
    for Package { registry, name, folder, dependencies } in packages {
        let Some(house) = houses.iter().find(|house| house.folder == *folder && house.package == *name) else {
            problems.push(format!("`{name}` in {folder} ({registry:?}) has no row in the table"));
            continue;
        };
        let ours: BTreeSet<&str> = packages
            .iter()
            .filter(|package| package.registry == *registry)
            .map(|package| package.name.as_str())
            .collect();
        for dependency in dependencies {
            let target = dependency.name.as_str();
            let cell = if ours.contains(target) { &house.ours } else { &house.third_parties };
            let Allowed::Only(names) = cell else { continue };
            match names.get(target) {
                None => problems.push(format!("`{name}` in {folder} may not depend on `{target}`")),
                Some(true) if !dependency.optional => {
                    problems.push(format!("`{name}` may depend on `{target}` only behind a feature"));
                }
                Some(_) => {}
            }
        }
    }
    problems
}
