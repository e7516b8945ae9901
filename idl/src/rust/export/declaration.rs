//! Records, newtypes, enums, errors, aliases and constants.

use quote::ToTokens;
use syn::{ItemConst, ItemType, Type};

use super::extras;
use super::names::Names;
use super::notes::{lead, put, string};
use super::{types, values};
use crate::model::Value;
use crate::rust::message::{
    Enum, Ext, Field, Kind, Message, Newtype, Record, Representation, Reserved, Variant, VariantData,
};
use crate::rust::mistakes::Mistakes;
use crate::rust::refinement::Refinement;
use crate::rust::service::{Presence, plain};

pub(super) fn message(message: &Message, names: &Names, mistakes: &mut Mistakes) -> String {
    if let Kind::Throws(_) = message.kind {
        return String::new();
    }
    let head = &message.name;
    let mut annotations = extras::names(head, &message.ident, &message.extras, mistakes);
    if matches!(&message.kind, Kind::Newtype(newtype) if newtype.sensitive) {
        annotations.push("@sensitive".to_owned());
    }
    let mut text = lead(&message.notes, &annotations, "");
    match &message.kind {
        Kind::Record(record) => text.push_str(&self::record(head, record, names, mistakes)),
        Kind::Newtype(newtype) => {
            if let Some(ext) = &newtype.ext {
                text.push_str(&self::ext(head, newtype, ext, names, mistakes));
            } else {
                let inner = type_text(&newtype.inner, &newtype.refinement, names, mistakes);
                put(&mut text, format_args!("newtype {head} = {inner};\n"));
            }
        }
        Kind::Throws(_) => {}
        Kind::Enum(item) => text.push_str(&self::enumeration(head, item, names, mistakes)),
    }
    text
}

/// An extension: the field's type is the target, or the one that stands for it in Rust.
fn ext(head: &str, newtype: &Newtype, ext: &Ext, names: &Names, mistakes: &mut Mistakes) -> String {
    let target = type_text(ext.target.as_ref().unwrap_or(&newtype.inner), &newtype.refinement, names, mistakes);
    let rust = ext.target.as_ref().map(|_| {
        let path = newtype.inner.to_token_stream().to_string().replace(' ', "");
        path.strip_prefix("::").map_or(path.clone(), str::to_owned)
    });
    let write = if ext.write { " @ext(write)" } else { "" };
    let mut text = format!("ext {head} = {} as {target}{write}", ext.code);
    let types = [("rust", &rust), ("ts", &ext.ts), ("py", &ext.py)];
    let types: Vec<String> = types
        .into_iter()
        .filter_map(|(language, path)| path.as_ref().map(|path| format!("  {language}: {};\n", string(path))))
        .collect();
    if types.is_empty() {
        text.push_str(";\n");
    } else {
        put(&mut text, format_args!(" {{\n{}}}\n", types.concat()));
    }
    text
}

fn record(head: &str, record: &Record, names: &Names, mistakes: &mut Mistakes) -> String {
    let strict = if record.strict { "strict " } else { "" };
    let mut text = format!("{strict}record {head} {{\n");
    for field in &record.fields {
        text.push_str(&self::field(field, "  ", names, mistakes));
        text.push_str(",\n");
    }
    text.push_str(&self::reserved(&record.reserved, "  "));
    text.push_str("}\n");
    text
}

fn enumeration(head: &str, item: &Enum, names: &Names, mistakes: &mut Mistakes) -> String {
    let strict = if item.unknown.is_none() { "strict " } else { "" };
    let keyword = if item.error { "error" } else { "enum" };
    let has_data = item.variants.iter().any(|variant| !matches!(variant.data, VariantData::Unit));
    let annotation = match &item.representation {
        Representation::Name => String::new(),
        Representation::Tagged(tag) if tag == "type" && (item.error || has_data) => String::new(),
        Representation::Tagged(tag) if tag == "type" => " @tagged".to_owned(),
        Representation::Tagged(tag) => format!(" @tag({})", string(tag)),
        Representation::Number(integer) => format!(" @repr({integer})"),
        Representation::External => " @external".to_owned(),
    };
    let mut text = format!("{strict}{keyword} {head}{annotation} {{\n");
    for variant in &item.variants {
        text.push_str(&self::variant(variant, names, mistakes));
    }
    text.push_str(&self::reserved(&item.reserved, "  "));
    text.push_str("}\n");
    text
}

fn variant(variant: &Variant, names: &Names, mistakes: &mut Mistakes) -> String {
    let (name, mut annotations) = extras::member(&variant.ident, &variant.wire, &variant.extras, mistakes);
    annotations.extend(variant.retry.map(|retry| match retry.after {
        Some(after) => format!("@retry(after = {})", Value::Duration(after)),
        None => "@retry".to_owned(),
    }));
    let mut text = lead(&variant.notes, &annotations, "  ");
    put(&mut text, format_args!("  {name}"));
    match &variant.data {
        VariantData::Unit => {}
        VariantData::Tuple(elements) => {
            let elements: Vec<String> =
                elements.iter().map(|element| type_text(&element.ty, &element.refinement, names, mistakes)).collect();
            put(&mut text, format_args!("({})", elements.join(", ")));
        }
        VariantData::Struct(fields) => {
            text.push_str(" {\n");
            for field in fields {
                text.push_str(&self::field(field, "    ", names, mistakes));
                text.push_str(",\n");
            }
            text.push_str(&self::reserved(&variant.reserved, "    "));
            text.push_str("  }");
        }
    }
    if let Some(number) = variant.number {
        put(&mut text, format_args!(" = {number}"));
    }
    text.push_str(",\n");
    text
}

/// A field or a parameter, without the comma.
pub(super) fn field(field: &Field, indent: &str, names: &Names, mistakes: &mut Mistakes) -> String {
    let (name, mut annotations) = extras::member(&field.ident, &field.wire, &field.extras, mistakes);
    if field.sensitive {
        annotations.push("@sensitive".to_owned());
    }
    let mut text = lead(&field.notes, &annotations, indent);
    text.push_str(indent);
    match &field.presence {
        Presence::Required => {
            let ty = type_text(&field.ty, &field.refinement, names, mistakes);
            put(&mut text, format_args!("{name}: {ty}"));
        }
        Presence::Optional(inner) => {
            let ty = type_text(inner, &field.refinement, names, mistakes);
            put(&mut text, format_args!("{name}?: {ty}"));
        }
        Presence::Default(value) => {
            let ty = type_text(&field.ty, &field.refinement, names, mistakes);
            let value = mistakes.take(values::text(value, names)).unwrap_or_default();
            put(&mut text, format_args!("{name}: {ty} = {value}"));
        }
    }
    text
}

fn reserved(reserved: &[Reserved], indent: &str) -> String {
    reserved_names(reserved).map(|names| format!("{indent}reserved {names},\n")).unwrap_or_default()
}

/// What is reserved, as it stands behind the word; nothing where nothing is.
pub(super) fn reserved_names(reserved: &[Reserved]) -> Option<String> {
    if reserved.is_empty() {
        return None;
    }
    let reserved: Vec<String> = reserved
        .iter()
        .map(|reserved| match reserved {
            Reserved::Name(name) => string(&name.value()),
            Reserved::Number(number, _) => number.to_string(),
        })
        .collect();
    Some(reserved.join(" | "))
}

/// The text of a type with what stands about it; a mistake where it has none.
pub(super) fn type_text(ty: &Type, about: &Refinement, names: &Names, mistakes: &mut Mistakes) -> String {
    mistakes.take(types::text(ty, about, names)).unwrap_or_default()
}

/// An alias, where a schema can say it: the others may be of a kind that no message uses.
pub(super) fn alias(alias: &ItemType, names: &Names) -> Option<String> {
    let target = types::text(&alias.ty, &Refinement::default(), names).ok()?;
    let lead = lead(&alias.attrs, &[], "");
    Some(format!("{lead}type {} = {target};\n", plain(&alias.ident)))
}

/// A constant, where a schema can say it.
pub(super) fn constant(constant: &ItemConst, names: &Names) -> Option<String> {
    let ty = match &*constant.ty {
        Type::Reference(reference) => match &*reference.elem {
            Type::Path(path) if path.path.is_ident("str") => "string".to_owned(),
            _ => return None,
        },
        other => types::text(other, &Refinement::default(), names).ok()?,
    };
    let value = values::text(&constant.expr, names).ok()?;
    let lead = lead(&constant.attrs, &[], "");
    Some(format!("{lead}const {}: {ty} = {value};\n", plain(&constant.ident)))
}
