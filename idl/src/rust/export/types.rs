//! Types of Rust as types of the language.

use syn::{GenericArgument, PathArguments, PathSegment, Type};

use super::names::Names;

/// A type as a schema writes it.
pub(super) fn text(ty: &Type, names: &Names) -> syn::Result<String> {
    match ty {
        Type::Group(group) => text(&group.elem, names),
        Type::Paren(paren) => text(&paren.elem, names),
        Type::Tuple(tuple) => {
            let elements: Vec<String> =
                tuple.elems.iter().map(|element| text(element, names)).collect::<syn::Result<_>>()?;
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
            match names.declared(&last.ident) {
                Some(declared) if !library => return Ok(declared.to_owned()),
                _ => {}
            }
            built_in(last, names)?.ok_or_else(|| unknown(ty))
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

/// The language's type of that name, if it has one.
fn built_in(segment: &PathSegment, names: &Names) -> syn::Result<Option<String>> {
    let name = segment.ident.to_string();
    let arguments: Vec<String> =
        arguments(segment).into_iter().map(|argument| text(argument, names)).collect::<syn::Result<_>>()?;
    Ok(Some(match (name.as_str(), arguments.as_slice()) {
        ("bool" | "u8" | "u16" | "u32" | "u64" | "i8" | "i16" | "i32" | "i64" | "f32" | "f64", []) => name,
        ("String", []) => "string".to_owned(),
        ("Bytes", []) => "bytes".to_owned(),
        ("SystemTime" | "Timestamp", []) => "timestamp".to_owned(),
        ("Duration", []) => "duration".to_owned(),
        ("Uuid", []) => "uuid".to_owned(),
        ("Value", []) => "any".to_owned(),
        ("Vec", [element]) => format!("list<{element}>"),
        ("BTreeMap", [key, value]) | ("HashMap", [key, value] | [key, value, _]) => {
            format!("map<{key}, {value}>")
        }
        ("Option", [inner]) => format!("{inner}?"),
        ("Box", [inner]) => inner.clone(),
        _ => return Ok(None),
    }))
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
