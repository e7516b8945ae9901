//! Which types are written in another shape than they are read in.
//!
//! A field that may be left out may also be undefined when it is written, one with a default may be missing, and where
//! a newtype is written its base type will do. What holds such a type has two shapes as well.

use procwire_idl::model::{DeclarationKind, Field, Model, Presence, Type, VariantData};

/// Whether each declared type has an input shape of its own, by its id.
pub(super) fn of_all(model: &Model) -> Vec<bool> {
    let mut differs: Vec<bool> = model.types.iter().map(|declaration| differs_itself(&declaration.kind)).collect();
    let mut users = vec![Vec::new(); model.types.len()];
    for (user, declaration) in model.types.iter().enumerate() {
        declaration.for_each_type(&mut |ty| ty.for_each_named(&mut |id, _| users[id.0 as usize].push(user)));
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
pub(super) fn differs(all: &[bool], ty: &Type) -> bool {
    let mut found = false;
    ty.for_each_named(&mut |id, _| found |= all[id.0 as usize]);
    found
}

fn differs_itself(kind: &DeclarationKind) -> bool {
    match kind {
        DeclarationKind::Newtype(_) => true,
        DeclarationKind::Alias(_) => false,
        DeclarationKind::Record(record) => may_be_absent(&record.fields),
        DeclarationKind::Enum(body) | DeclarationKind::Error(body) => {
            body.variants.iter().any(|variant| matches!(&variant.data, VariantData::Struct(fields) if may_be_absent(fields)))
        }
    }
}

fn may_be_absent(fields: &[Field]) -> bool {
    fields.iter().any(|field| field.presence != Presence::Required)
}
