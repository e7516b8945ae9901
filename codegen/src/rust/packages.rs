//! Several packages in one text: the root's items at its top, the others in modules like their names.
//!
//! The text may stand in any module, so that paths begin with `self` and `super` and never with `crate`. What stands in a
//! module is laid out as a file of its own would be, and then indented.

use std::collections::{BTreeMap, BTreeSet};

use procwire_idl::diagnostic::{Code, Diagnostic, Diagnostics};
use procwire_idl::model::{Model, Package, PackageId};

use super::context::{Context, Shared};
use super::{collisions, docs, names, views};

/// The modules that a package lies in, from the outermost; none for the root.
pub(super) fn modules(model: &Model, package: &Package) -> Vec<String> {
    if std::ptr::eq(package, model.root()) {
        return Vec::new();
    }
    package.name.iter().map(|segment| names::single(segment, names::Kind::Field)).collect()
}

/// The path from one package to what another declares, with `::` at its end; empty for the package itself.
pub(super) fn path(model: &Model, from: &Package, to: &Package) -> String {
    if std::ptr::eq(from, to) {
        return String::new();
    }
    let start = match modules(model, from).len() {
        0 => "self::".to_owned(),
        depth => "super::".repeat(depth),
    };
    modules(model, to).iter().fold(start, |path, module| path + module + "::")
}

/// The package and what it can name, directly or through what it names.
pub(super) fn reached(model: &Model, id: PackageId) -> BTreeSet<PackageId> {
    let mut reached = BTreeSet::from([id]);
    let mut next = vec![id];
    while let Some(id) = next.pop() {
        let imports = model.packages[id.0 as usize].imports.iter().copied();
        next.extend(imports.filter(|import| reached.insert(*import)));
    }
    reached
}

/// A module of packages.
#[derive(Default)]
struct Module<'a> {
    package: Option<(PackageId, &'a Package)>,
    inner: BTreeMap<String, Module<'a>>,
}

/// The modules of all packages but the root.
pub(super) fn text(shared: &Shared<'_>) -> Result<String, Diagnostics> {
    let model = shared.model;
    let mut root = Module::default();
    let mut wrong = Diagnostics::new();
    let packages = (0..).map(PackageId).zip(&model.packages);
    for (id, package) in packages.filter(|(id, _)| *id != model.root) {
        let modules = modules(model, package);
        let path = modules.join("::");
        let place = modules.into_iter().fold(&mut root, |module, name| module.inner.entry(name).or_default());
        if let Some((_, other)) = place.package {
            let (name, other) = (package.dotted_name(), other.dotted_name());
            let span = procwire_idl::source::Span::new(package.file, 0, 0);
            let message = format!("the packages `{name}` and `{other}` are both the module `{path}` in Rust");
            wrong.push(Diagnostic::error(Code::NameCollision, span, message));
        }
        place.package = Some((id, package));
    }
    let mut out = String::new();
    write(shared, &root, 0, &mut out, &mut wrong);
    if wrong.has_errors() { Err(wrong) } else { Ok(out) }
}

fn write(shared: &Shared<'_>, module: &Module<'_>, depth: usize, out: &mut String, wrong: &mut Diagnostics) {
    for (at, (name, inner)) in module.inner.iter().enumerate() {
        if at > 0 || depth == 0 || module.package.is_some() {
            out.push('\n');
        }
        if let Some((_, package)) = inner.package {
            for line in docs::lines(&package.docs) {
                push(out, depth, &format!("///{line}"));
            }
        }
        push(out, depth, &format!("pub mod {name} {{"));
        if let Some((id, _)) = inner.package {
            let context = Context::new(shared, id);
            wrong.extend(collisions::find(&context));
            for (at, item) in views::items(&context).iter().enumerate() {
                if at > 0 {
                    out.push('\n');
                }
                item.to_string().lines().for_each(|line| push(out, depth + 1, line));
            }
        }
        write(shared, inner, depth + 1, out, wrong);
        push(out, depth, "}");
    }
}

/// A line, indented; an empty one stays empty.
fn push(out: &mut String, depth: usize, line: &str) {
    if !line.is_empty() {
        out.extend(std::iter::repeat_n("    ", depth));
        out.push_str(line);
    }
    out.push('\n');
}
