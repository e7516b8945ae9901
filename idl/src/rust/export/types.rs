//! Types of Rust as types of the language.

use syn::{GenericArgument, PathArguments, PathSegment, Type};

use super::names::Names;
use crate::rust::refinement::{Part, Refinement};

/// A type as a schema writes it, with what stands about it.
pub(super) fn text(ty: &Type, about: &Refinement, names: &Names) -> syn::Result<String> {
    match ty {
        Type::Group(group) => text(&group.elem, about, names),
        Type::Paren(paren) => text(&paren.elem, about, names),
        Type::Tuple(tuple) => {
            let about_element = |at: usize| about.elements.iter().find(|(place, _)| *place == at).map(|(_, part)| part);
            let elements = tuple.elems.iter().enumerate();
            let elements: Vec<String> =
                elements.map(|(at, element)| inside(element, about_element(at), names)).collect::<syn::Result<_>>()?;
            Ok(match elements.as_slice() {
                [one] => format!("({one},)"),
                _ => format!("({})", elements.join(", ")),
            })
        }
        Type::Path(path) if path.qself.is_none() => {
            let segments = &path.path.segments;
            let Some(last) = segments.last() else {
                return Err(unknown(ty));
            };
            // A name alone may shadow one of the prelude; a path into a library never does.
            let library = segments.len() > 1 && is_library(&segments[0]);
            match (names.declared(&last.ident), names.alias(&last.ident)) {
                // What stands about an alias is about what it stands for.
                (Some(_), Some(target)) if !library && !is_nothing(about) => return text(target, about, names),
                (Some(declared), _) if !library => return Ok(declared.to_owned()),
                _ => {}
            }
            built_in(last, about, names)?.ok_or_else(|| unknown(ty))
        }
        _ => Err(unknown(ty)),
    }
}

fn is_library(segment: &PathSegment) -> bool {
    ["procwire", "std", "core", "alloc", "bytes", "uuid"].iter().any(|name| segment.ident == name)
}

fn unknown(ty: &Type) -> syn::Error {
    let message = "this type has no form in a schema; \
                   write one of the language's, or a type of this crate under `#[derive(procwire::Message)]`";
    syn::Error::new_spanned(ty, message)
}

fn is_nothing(about: &Refinement) -> bool {
    about.is_plain() && !about.ts_number && about.parts().all(|part| is_nothing(&part.refinement))
}

/// A type inside of another one.
fn inside(ty: &Type, part: Option<&Part>, names: &Names) -> syn::Result<String> {
    match part {
        Some(part) => text(ty, &part.refinement, names),
        None => text(ty, &Refinement::default(), names),
    }
}

/// The language's type of that name, if it has one.
fn built_in(segment: &PathSegment, about: &Refinement, names: &Names) -> syn::Result<Option<String>> {
    let name = segment.ident.to_string();
    let arguments = arguments(segment);
    let mut written = match (name.as_str(), arguments.as_slice()) {
        ("bool" | "u8" | "u16" | "u32" | "u64" | "i8" | "i16" | "i32" | "i64" | "f32" | "f64", []) => name,
        ("String", []) => "string".to_owned(),
        ("Bytes", []) => "bytes".to_owned(),
        ("SystemTime", []) => "timestamp".to_owned(),
        ("Timestamp", []) => "timestamp @precise".to_owned(),
        ("Duration", []) => "duration".to_owned(),
        ("Uuid", []) => "uuid".to_owned(),
        ("Value", []) => "any".to_owned(),
        ("Vec", [element]) => format!("list<{}>", inside(element, about.item.as_ref(), names)?),
        ("BTreeMap", [key, value]) | ("HashMap", [key, value] | [key, value, _]) => {
            let key = inside(key, about.key.as_ref(), names)?;
            format!("map<{key}, {}>", inside(value, about.value.as_ref(), names)?)
        }
        // What stands about them is about what they hold.
        ("Option", [inner]) => return Ok(Some(format!("{}?", text(inner, about, names)?))),
        ("Box", [inner]) => return text(inner, about, names).map(Some),
        _ => return Ok(None),
    };
    written.push_str(if about.ts_number { " @ts(number)" } else { "" });
    written.push_str(if about.text { " @text" } else { "" });
    written.push_str(&about.constraints.to_string());
    Ok(Some(written))
}

fn arguments(segment: &PathSegment) -> Vec<&Type> {
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return Vec::new();
    };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.collect()
}
