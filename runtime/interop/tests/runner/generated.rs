//! The stubs of the scenarios stand in the repository, where an editor finds them; here they are held against their
//! schemas. `UPDATE_GOLDEN=1` writes them anew.

use std::path::Path;

use procwire_codegen::{Target, generate, load};

/// Schemas, languages and files.
const STUBS: [(&str, Target, &str); 10] = [
    ("back.ipc", Target::TypeScript, "typescript/back.ts"),
    ("back.ipc", Target::Python, "python/back.py"),
    ("chain.ipc", Target::TypeScript, "typescript/chain.ts"),
    ("chain.ipc", Target::Python, "python/chain.py"),
    ("interop.ipc", Target::TypeScript, "typescript/interop.ts"),
    ("interop.ipc", Target::Python, "python/interop.py"),
    ("scenarios/missing-method/less.ipc", Target::TypeScript, "scenarios/missing-method/less.ts"),
    ("scenarios/missing-method/less.ipc", Target::Python, "scenarios/missing-method/less.py"),
    ("scenarios/two-services/weather.ipc", Target::TypeScript, "scenarios/two-services/weather.ts"),
    ("scenarios/two-services/weather.ipc", Target::Python, "scenarios/two-services/weather.py"),
];

/// The error names the stubs that differ from what their schemas give.
pub fn check(root: &Path) -> Result<(), String> {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut stale = Vec::new();
    for (schema, target, stub) in STUBS {
        let text = text(&root.join(schema), target)?;
        let path = root.join(stub);
        if update {
            std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        } else if std::fs::read_to_string(&path).unwrap_or_default() != text {
            stale.push(stub);
        }
    }
    if stale.is_empty() {
        return Ok(());
    }
    Err(format!("differ from what is generated (UPDATE_GOLDEN=1 rewrites them): {stale:?}"))
}

fn text(schema: &Path, target: Target) -> Result<String, String> {
    let schema = load(schema).map_err(|error| error.to_string())?;
    let model = schema.model.ok_or_else(|| format!("{:?}", schema.diagnostics))?;
    let files = generate(&model, &schema.sources, target).map_err(|found| format!("{found:?}"))?;
    Ok(files.iter().map(|(_, text)| text).collect())
}
