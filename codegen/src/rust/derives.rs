//! Which traits each type can derive.
//!
//! Floats and `any` have no total equality, so a type that holds one at any depth has no `Eq` and no `Hash`. An order
//! makes sense for what may be a key: enums without data, and newtypes of what is ordered.

use procwire_idl::model::{DeclarationKind, Model, Type, TypeKind};

/// What a declaration derives beside `Clone`, `Debug`, `PartialEq` and `Message`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Derives {
    /// `Eq` and `Hash`.
    pub equality: bool,
    /// `PartialOrd` and `Ord`.
    pub order: bool,
}

/// The derives of every declaration, by its id.
pub(super) fn of_all(model: &Model) -> Vec<Derives> {
    let mut derives: Vec<Derives> = model
        .types
        .iter()
        .map(|declaration| {
            let mut partial = false;
            declaration.for_each_type(&mut |ty| partial |= is_partial(ty));
            // Nothing is known of a type of the user's.
            partial |= matches!(&declaration.kind, DeclarationKind::Ext(ext) if ext.rust.is_some());
            let order = match &declaration.kind {
                DeclarationKind::Record(_) | DeclarationKind::Error(_) => false,
                DeclarationKind::Enum(declared) => declared.is_dataless(),
                DeclarationKind::Newtype(_) | DeclarationKind::Alias(_) | DeclarationKind::Ext(_) => !partial,
            };
            Derives { equality: !partial, order }
        })
        .collect();
    let users = users(model);
    // What is missing spreads to whoever names the type; each declaration is visited at most once for each trait.
    spread(&mut derives, &users, |derives| &mut derives.equality);
    spread(&mut derives, &users, |derives| &mut derives.order);
    derives
}

fn spread(derives: &mut [Derives], users: &[Vec<usize>], of: impl Fn(&mut Derives) -> &mut bool) {
    let mut work: Vec<usize> = (0..derives.len()).filter(|at| !*of(&mut derives[*at])).collect();
    while let Some(at) = work.pop() {
        for user in &users[at] {
            let has = of(&mut derives[*user]);
            if std::mem::take(has) {
                work.push(*user);
            }
        }
    }
}

/// Who names each declaration.
fn users(model: &Model) -> Vec<Vec<usize>> {
    let mut users = vec![Vec::new(); model.types.len()];
    for (user, declaration) in model.types.iter().enumerate() {
        declaration.for_each_type(&mut |ty| {
            ty.for_each_named(&mut |id, _| users[id.0 as usize].push(user));
        });
    }
    users
}

/// Whether a built-in type without a total equality stands in a type.
fn is_partial(ty: &Type) -> bool {
    match &ty.kind {
        TypeKind::F32 | TypeKind::F64 | TypeKind::Any => true,
        TypeKind::List(inner) | TypeKind::Nullable(inner) => is_partial(inner),
        TypeKind::Map(key, value) => is_partial(key) || is_partial(value),
        TypeKind::Tuple(elements) => elements.iter().any(is_partial),
        _ => false,
    }
}
