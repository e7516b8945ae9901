//! Which types are written in another shape than they are read in.
//!
//! A field that may be left out may also be undefined when it is written, one with a default may be missing, and where
//! a newtype is written its base type will do. What holds such a type has two shapes as well.

use procwire_idl::model::{DeclarationKind, Ext, Field, Model, Presence, Type, TypeId, TypeKind, VariantData};

use super::types;

/// Whether each declared type has an input shape of its own, by its id.
pub(super) fn of_all(model: &Model) -> Vec<bool> {
    let mut differs: Vec<bool> = model.types.iter().map(|declaration| differs_itself(&declaration.kind)).collect();
    let mut users = vec![Vec::new(); model.types.len()];
    for (user, declaration) in model.types.iter().enumerate() {
        // A type of the user's is written as it is read, whatever it is made of.
        if matches!(&declaration.kind, DeclarationKind::Ext(Ext { ts: Some(_), .. })) {
            continue;
        }
        declaration.for_each_type(&mut |ty| for_each_shape(model, ty, &mut |id| users[id.0 as usize].push(user)));
    }
    let mut work: Vec<usize> = (0..differs.len()).filter(|at| differs[*at]).collect();
    while let Some(at) = work.pop() {
        for user in &users[at] {
            if !std::mem::replace(&mut differs[*user], true) {
                work.push(*user);
            }
        }
    }
    differs
}

/// Whether a type that stands somewhere has an input shape of its own.
pub(super) fn differs(model: &Model, all: &[bool], ty: &Type) -> bool {
    let mut found = false;
    for_each_shape(model, ty, &mut |id| found |= all[id.0 as usize]);
    found
}

/// Calls `visit` with each declared type whose shape shows in a type. The keys of an object do not: they are strings.
fn for_each_shape(model: &Model, ty: &Type, visit: &mut impl FnMut(TypeId)) {
    match &ty.kind {
        TypeKind::Named(id) => visit(*id),
        TypeKind::List(inner) | TypeKind::Nullable(inner) => for_each_shape(model, inner, visit),
        TypeKind::Tuple(elements) => elements.iter().for_each(|element| for_each_shape(model, element, visit)),
        TypeKind::Map(key, value) => {
            if !types::has_text_keys(model, key) {
                for_each_shape(model, key, visit);
            }
            for_each_shape(model, value, visit);
        }
        _ => {}
    }
}

fn differs_itself(kind: &DeclarationKind) -> bool {
    match kind {
        DeclarationKind::Newtype(_) => true,
        DeclarationKind::Alias(_) | DeclarationKind::Ext(_) => false,
        DeclarationKind::Record(record) => may_be_absent(&record.fields),
        DeclarationKind::Enum(body) | DeclarationKind::Error(body) => body
            .variants
            .iter()
            .any(|variant| matches!(&variant.data, VariantData::Struct(fields) if may_be_absent(fields))),
    }
}

fn may_be_absent(fields: &[Field]) -> bool {
    fields.iter().any(|field| field.presence != Presence::Required)
}
