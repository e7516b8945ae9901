//! The table "Who may depend on whom" of ARCHITECTURE.md, held against the manifests.

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

#[test]
fn manifests_keep_to_the_table_of_who_may_depend_on_whom() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let text = std::fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    let houses = houses(&text);
    let packages = packages(root);
    let problems = problems(root, &houses, &packages);
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn an_edge_that_the_table_lacks_is_a_problem() {
    let table = "| folder | package | ours | third parties |\n|---|---|---|---|\n\
        | a | `one` | `two` (feature `far`) | none |\n| b | `two` | none | `left` |\n";
    let package = |name: &str, folder: &str, dependencies: Value| {
        serde_json::json!({
            "name": name, "manifest_path": format!("/r/{folder}/Cargo.toml"), "publish": null, "dependencies": dependencies,
        })
    };
    let edge = |name: &str, optional: bool| serde_json::json!({"name": name, "kind": null, "optional": optional});
    let well = [
        package("one", "a", serde_json::json!([edge("two", true)])),
        package("two", "b", serde_json::json!([edge("left", false)])),
    ];
    let houses = houses(table);
    assert_eq!(problems(Path::new("/r"), &houses, &well), Vec::<String>::new());
    let wrong = [
        package("one", "a", serde_json::json!([edge("two", false), edge("left", false)])),
        package("two", "c", serde_json::json!([edge("one", false)])),
    ];
    let found = problems(Path::new("/r"), &houses, &wrong);
    assert_eq!(found.len(), 4, "{found:?}");
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

/// `` `a` `b` (feature `f`), `c` ``: a and b are optional, c need not be.
fn allowed(cell: &str) -> Allowed {
    if cell == "anything" {
        return Allowed::Anything;
    }
    let mut names = BTreeMap::new();
    for group in cell.split(',') {
        let (listed, condition) = group.split_once('(').unwrap_or((group, ""));
        for name in listed.split('`').skip(1).step_by(2) {
            names.insert(name.to_owned(), condition.starts_with("feature"));
        }
    }
    Allowed::Only(names)
}

fn packages(root: &Path) -> Vec<Value> {
    let output = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

fn problems(root: &Path, houses: &[House], packages: &[Value]) -> Vec<String> {
    let mut problems = Vec::new();
    let ours: BTreeSet<&str> = packages.iter().filter_map(|package| package["name"].as_str()).collect();
    for house in houses.iter().filter(|house| !ours.contains(house.package.as_str())) {
        problems.push(format!("the table names `{}`, which is no package of the workspace", house.package));
    }
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        let Some(house) = houses.iter().find(|house| house.package == name) else {
            problems.push(format!("`{name}` has no row in the table"));
            continue;
        };
        let manifest = Path::new(package["manifest_path"].as_str().unwrap_or_default());
        if manifest.parent() != Some(&root.join(&house.folder)) {
            problems.push(format!("`{name}` is in {}, the table says {}", manifest.display(), house.folder));
        }
        let dependencies = package["dependencies"].as_array().map(Vec::as_slice).unwrap_or_default();
        // Tests may use what they like: nobody who depends on a package builds its tests.
        for dependency in dependencies.iter().filter(|dependency| dependency["kind"] != "dev") {
            let target = dependency["name"].as_str().unwrap_or_default();
            let cell = if ours.contains(target) { &house.ours } else { &house.third_parties };
            let Allowed::Only(names) = cell else { continue };
            match names.get(target) {
                None => problems.push(format!("`{name}` may not depend on `{target}`")),
                Some(true) if dependency["optional"] != true => {
                    problems.push(format!("`{name}` may depend on `{target}` only behind a feature"));
                }
                Some(_) => {}
            }
        }
    }
    problems
}
