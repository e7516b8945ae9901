//! Modules.

use syn::{ItemStruct, Path};

use super::notes::{lead, put};
use super::service::callback;
use crate::rust::mistakes::Mistakes;
use crate::rust::module::Module;
use crate::rust::service::{Service, notes, plain};

pub(super) fn print(item: &ItemStruct, module: &Module, services: &[&Service], mistakes: &mut Mistakes) -> String {
    let name = module.name.as_ref().map_or_else(|| plain(&item.ident), syn::LitStr::value);
    let mut text = lead(&notes(&item.attrs), &[], "");
    put(&mut text, format_args!("module {name} {{\n"));
    let provides: Vec<String> = module.provides.iter().map(|path| service(path, services, mistakes)).collect();
    let requires: Vec<String> = module.requires.iter().map(|path| one(path, services, mistakes)).collect();
    let optional: Vec<String> = module.optional.iter().map(|path| one(path, services, mistakes)).collect();
    for (word, names) in [("provides", provides), ("requires", requires), ("optional", optional)] {
        if !names.is_empty() {
            put(&mut text, format_args!("  {word} {};\n", names.join(", ")));
        }
    }
    text.push_str("}\n");
    text
}

/// The schema's name of a service, by its trait.
fn service(path: &Path, services: &[&Service], mistakes: &mut Mistakes) -> String {
    let last = path.segments.last().map(|last| &last.ident);
    let Some(found) = services.iter().find(|service| Some(&service.ident) == last && service.callbacks.is_none())
    else {
        mistakes.push(path, "this is no trait of a service that is exported along");
        return String::new();
    };
    found.name.clone()
}

/// The schema's name of a callback, by its trait and its function.
fn one(path: &Path, services: &[&Service], mistakes: &mut Mistakes) -> String {
    let mut idents = path.segments.iter().rev().map(|segment| &segment.ident);
    let (function, owner) = (idents.next(), idents.next());
    let found = services.iter().filter(|service| Some(&service.ident) == owner).find_map(|service| {
        let namespace = service.callbacks.as_ref()?;
        let method = service.methods.iter().find(|method| Some(&method.ident) == function)?;
        Some(format!("{namespace}.{}", callback(namespace, method, mistakes).0))
    });
    if found.is_none() {
        mistakes.push(path, "this is no callback of a trait that is exported along");
    }
    found.unwrap_or_default()
}
