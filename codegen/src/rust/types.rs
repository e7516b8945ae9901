//! Types of the model as Rust types, flat.

use procwire_idl::model::{DeclarationKind, Presence, Type, TypeId, TypeKind};

use super::annotations;
use super::context::Context;

/// Where a type stands, as far as its form depends on that.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// In a declaration that reaches itself: what is of the same component must be boxed.
    Cycle(u32),
    /// Elsewhere, or behind a pointer already.
    Plain,
}

impl Place {
    /// The place of the types in a declaration.
    pub(super) fn inside(context: &Context<'_>, id: TypeId) -> Self {
        let declaration = context.model.declaration(id);
        match declaration.cycle {
            // An alias is no type of its own: who names the alias puts the box around it.
            Some(cycle) if !matches!(declaration.kind, DeclarationKind::Alias(_)) => Self::Cycle(cycle),
            _ => Self::Plain,
        }
    }
}

/// The type of a field or parameter: an `Option` where it may be absent.
pub(super) fn of_field(context: &Context<'_>, ty: &Type, presence: &Presence, place: Place) -> String {
    let mut out = String::new();
    if *presence == Presence::Optional {
        wrap(&mut out, context.std.option, |out| {
            write(context, out, ty, place);
        });
    } else {
        write(context, &mut out, ty, place);
    }
    out
}

/// A type.
pub(super) fn text(context: &Context<'_>, ty: &Type, place: Place) -> String {
    let mut out = String::new();
    write(context, &mut out, ty, place);
    out
}

fn write(context: &Context<'_>, out: &mut String, ty: &Type, place: Place) {
    match &ty.kind {
        TypeKind::Bool => out.push_str("bool"),
        TypeKind::String => out.push_str(context.std.string),
        TypeKind::Int(int) => out.push_str(int.name()),
        TypeKind::F32 => out.push_str("f32"),
        TypeKind::F64 => out.push_str("f64"),
        TypeKind::Bytes => out.push_str("::procwire::Bytes"),
        TypeKind::Timestamp if ty.precise => out.push_str("::procwire::Timestamp"),
        TypeKind::Timestamp => out.push_str("::std::time::SystemTime"),
        TypeKind::Duration => out.push_str("::std::time::Duration"),
        TypeKind::Uuid => out.push_str("::procwire::Uuid"),
        TypeKind::Any => out.push_str("::procwire::Value"),
        TypeKind::Unit => out.push_str("()"),
        TypeKind::List(element) => {
            wrap(out, context.std.vec, |out| {
                write(context, out, element, Place::Plain);
            });
        }
        TypeKind::Map(key, value) => wrap(out, "::std::collections::BTreeMap", |out| {
            write(context, out, key, Place::Plain);
            out.push_str(", ");
            write(context, out, value, Place::Plain);
        }),
        TypeKind::Nullable(inner) => wrap(out, context.std.option, |out| {
            write(context, out, inner, place);
        }),
        TypeKind::Tuple(elements) => write_tuple(context, out, elements, place),
        TypeKind::Named(id) => {
            // What stands about a type inside of an alias stands where the alias is used, and so must the type.
            if let DeclarationKind::Alias(target) = &context.model.declaration(*id).kind
                && annotations::has_parts(context, target)
            {
                return write(context, out, target, place);
            }
            let name = context.type_name(*id);
            if is_boxed(context, *id, ty, place) {
                wrap(out, context.std.boxed, |out| out.push_str(name));
            } else {
                out.push_str(name);
            }
        }
    }
}

fn write_tuple(context: &Context<'_>, out: &mut String, elements: &[Type], place: Place) {
    out.push('(');
    for (at, element) in elements.iter().enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        write(context, out, element, place);
    }
    out.push_str(if elements.len() == 1 { ",)" } else { ")" });
}

fn wrap(out: &mut String, outer: &str, inner: impl FnOnce(&mut String)) {
    out.push_str(outer);
    out.push('<');
    inner(out);
    out.push('>');
}

/// Whether a reference to a declared type would make the type that it stands in infinitely large.
fn is_boxed(context: &Context<'_>, id: TypeId, ty: &Type, place: Place) -> bool {
    let Place::Cycle(cycle) = place else {
        return false;
    };
    context.model.declaration(id).cycle == Some(cycle)
        && !matches!(context.model.on_the_wire(ty).kind, TypeKind::List(_) | TypeKind::Map(..))
}
