//! The views of a file: every decision that a template must not take.

mod constants;
mod enums;
mod modules;
mod records;
mod services;

use procwire_idl::model::{Declaration, DeclarationKind, Docs, Ext, Item, Type, TypeId};
use procwire_templates::rust::{self as view, Lead};

use super::context::Context;
use super::types::Place;
use super::{HEADER, annotations, docs, layout, literals, types};

/// The whole file.
pub(super) fn file(context: &Context<'_>, source: &str) -> view::File {
    let mut header = vec![literals::comment(&format!("{} from {source}. Do not edit.", HEADER.trim_start()))];
    if !context.package.docs.is_empty() {
        header.push(String::new());
        header.extend(context.package.docs.lines.iter().map(|line| literals::comment(line)));
    }
    view::File { header, items: items(context) }
}

/// What the package declares.
pub(super) fn items(context: &Context<'_>) -> Vec<view::Item> {
    let items = context.package.declarations.iter().flat_map(|item| match *item {
        Item::Type(id) => vec![declaration(context, id)],
        Item::Const(at) => vec![constants::view(context, at)],
        Item::Service(at) => services::views(context, at),
        Item::Callbacks(at) => services::callbacks(context, at),
        Item::Module(at) => vec![modules::view(context, at)],
    });
    items.collect()
}

fn declaration(context: &Context<'_>, id: TypeId) -> view::Item {
    let declared = context.model.declaration(id);
    match &declared.kind {
        DeclarationKind::Record(record) => records::view(context, id, declared, record),
        DeclarationKind::Enum(body) => enums::view(context, id, declared, body, false),
        DeclarationKind::Error(body) => enums::view(context, id, declared, body, true),
        DeclarationKind::Newtype(target) => newtype(context, id, declared, target),
        DeclarationKind::Alias(target) => alias(context, id, declared, target),
        DeclarationKind::Ext(ext) => extension(context, id, declared, ext),
    }
}

fn newtype(context: &Context<'_>, id: TypeId, declared: &Declaration, target: &Type) -> view::Item {
    let name = context.type_name(id).to_owned();
    let mut lead = lead(&declared.docs, declared.deprecated.as_deref(), 0);
    lead.attributes.extend([UNUSED.to_owned(), derive(context, id, declared.extras.sensitive)]);
    let sensitive = declared.extras.sensitive.then(|| "sensitive".to_owned());
    let options = name_option(&declared.name, &name).into_iter().chain(sensitive);
    push_procwire(&mut lead, options.chain(annotations::others(&declared.extras)), 0);
    let ty = types::text(context, target, Place::inside(context, id));
    let inner = inside(&name, annotations::refinement(context, target), ty);
    view::Item::Newtype { lead, name, inner }
}

/// What stands between the parentheses of a newtype.
fn inside(name: &str, options: Vec<String>, ty: String) -> String {
    let column = format!("pub struct {name}").len();
    let elements = layout::elements(vec![(procwire(options), "pub ", ty)], 0, column, 1);
    elements[1..elements.len() - 1].to_owned()
}

/// An extension: a newtype of the type of the user's, or of the target where none is named.
fn extension(context: &Context<'_>, id: TypeId, declared: &Declaration, ext: &Ext) -> view::Item {
    let name = context.type_name(id).to_owned();
    let mut lead = lead(&declared.docs, declared.deprecated.as_deref(), 0);
    lead.attributes.extend([UNUSED.to_owned(), derive(context, id, declared.extras.sensitive)]);
    let target = types::text(context, &ext.target, Place::inside(context, id));
    let text =
        |key: &str, value: &Option<String>| value.as_ref().map(|value| format!("{key} = {}", literals::string(value)));
    let mut options = vec![format!("ext = {}", ext.code)];
    options.extend(name_option(&declared.name, &name));
    options.extend(ext.rust.as_ref().map(|_| format!("target = {}", literals::string(&target))));
    options.extend(ext.write.then(|| "write".to_owned()));
    options.extend([text("ts", &ext.ts), text("py", &ext.py)].into_iter().flatten());
    options.extend(declared.extras.sensitive.then(|| "sensitive".to_owned()));
    options.extend(annotations::others(&declared.extras));
    push_procwire(&mut lead, options, 0);
    let inner = match &ext.rust {
        // A path of another crate is written from the crate's name on, wherever the text is put.
        Some(path) if is_absolute(path) => path.clone(),
        Some(path) => format!("::{path}"),
        None => target,
    };
    let inner = inside(&name, annotations::refinement(context, &ext.target), inner);
    view::Item::Newtype { lead, name, inner }
}

fn is_absolute(path: &str) -> bool {
    ["::", "crate::", "self::", "super::"].iter().any(|start| path.starts_with(start))
}

fn alias(context: &Context<'_>, id: TypeId, declared: &Declaration, target: &Type) -> view::Item {
    let name = context.type_name(id).to_owned();
    let mut lead = lead(&declared.docs, declared.deprecated.as_deref(), 0);
    lead.attributes.push(UNUSED.to_owned());
    let column = format!("pub type {name} = ").len();
    let target = layout::ty(types::text(context, target, Place::inside(context, id)), 0, column, 1);
    view::Item::Alias { lead, name, target }
}

/// On every declaration: a crate need not use all that a schema declares.
const UNUSED: &str = "#[allow(dead_code)]";

/// Docs, and the attribute of what is deprecated.
fn lead(docs: &Docs, reason: Option<&str>, indent: usize) -> Lead {
    let attributes = reason.map(|reason| layout::attribute(deprecated(reason), indent));
    Lead { docs: docs::lines(docs), attributes: attributes.into_iter().collect() }
}

/// The attribute of what is deprecated, flat.
fn deprecated(reason: &str) -> String {
    if reason.is_empty() {
        "#[deprecated]".to_owned()
    } else {
        format!("#[deprecated(note = {})]", literals::string(reason))
    }
}

/// The derives of a declaration. Where something may not be shown, `Message` writes `Debug`.
fn derive(context: &Context<'_>, id: TypeId, sensitive: bool) -> String {
    let debug = if sensitive { "" } else { " Debug," };
    let derives = context.derives(id);
    let equality = if derives.equality { ", Eq, Hash" } else { "" };
    let order = if derives.order { ", PartialOrd, Ord" } else { "" };
    layout::attribute(format!("#[derive(Clone,{debug} PartialEq{equality}{order}, ::procwire::Message)]"), 0)
}

/// The schema's name, where the Rust name differs.
fn name_option(declared: &str, name: &str) -> Vec<String> {
    if declared == name { Vec::new() } else { vec![format!("name = {}", literals::string(declared))] }
}

/// The name on the wire, where the identifier differs.
fn wire_option(wire: &str, name: &str) -> Option<String> {
    (wire != name).then(|| format!("wire = {}", literals::string(wire)))
}

/// Names on the wire that may not come back; of an enum of numbers, numbers too.
fn reserved_option(reserved: &[String], are_numbers: bool) -> Option<String> {
    if reserved.is_empty() {
        return None;
    }
    let entry = |entry: &String| match entry.parse::<i128>() {
        Ok(number) if are_numbers => number.to_string(),
        _ => literals::string(entry),
    };
    let entries: Vec<String> = reserved.iter().map(entry).collect();
    Some(format!("reserved = [{}]", entries.join(", ")))
}

/// Adds `#[procwire(…)]` with these options, if there are any.
fn push_procwire(lead: &mut Lead, options: impl IntoIterator<Item = String>, indent: usize) {
    if let Some(text) = procwire(options) {
        lead.attributes.push(layout::attribute(text, indent));
    }
}

fn procwire(options: impl IntoIterator<Item = String>) -> Option<String> {
    let options: Vec<String> = options.into_iter().collect();
    (!options.is_empty()).then(|| format!("#[procwire({})]", options.join(", ")))
}
