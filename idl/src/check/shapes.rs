//! Types that can be written and mean nothing: a second nil, a map key that is none.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{
    DeclarationKind, Enum, Field, Method, Model, Parameters, Presence, Representation, Type, TypeKind, VariantData,
};
use crate::resolve::{Ends, Resolved};

/// Checks every type of the model but `circles`, which mean nothing anyway.
pub(super) fn check(resolved: &Resolved, circles: &[bool], diagnostics: &mut Diagnostics) {
    let mut shapes = Shapes { model: &resolved.model, ends: &resolved.ends, diagnostics };
    for (declaration, _) in resolved.model.types.iter().zip(circles).filter(|(_, circle)| !**circle) {
        declaration.for_each_type(&mut |ty| shapes.ty(ty));
        match &declaration.kind {
            DeclarationKind::Record(record) => shapes.optional(&record.fields),
            DeclarationKind::Enum(declared) | DeclarationKind::Error(declared) => {
                for variant in &declared.variants {
                    if let VariantData::Struct(fields) = &variant.data {
                        shapes.optional(fields);
                    }
                }
            }
            DeclarationKind::Newtype(_) | DeclarationKind::Alias(_) | DeclarationKind::Ext(_) => {}
        }
    }
    for block in resolved.model.packages.iter().flat_map(|package| &package.callbacks) {
        block.methods.iter().for_each(|method| shapes.method(method));
    }
    for service in resolved.model.packages.iter().flat_map(|package| &package.services) {
        service.methods.iter().for_each(|method| shapes.method(method));
        for event in &service.events {
            shapes.parameters(&event.parameters);
        }
    }
}

struct Shapes<'r, 'd> {
    model: &'r Model,
    ends: &'r Ends,
    diagnostics: &'d mut Diagnostics,
}

impl Shapes<'_, '_> {
    fn method(&mut self, method: &Method) {
        self.parameters(&method.parameters);
        if let Some(answer) = &method.answer {
            self.ty(answer);
        }
    }

    fn parameters(&mut self, parameters: &Parameters) {
        match parameters {
            Parameters::None => {}
            Parameters::Bare(ty) => self.ty(ty),
            Parameters::Named(fields) => {
                for field in fields {
                    self.ty(&field.ty);
                }
                self.optional(fields);
            }
        }
    }

    /// Whether nil is a value of a type because of a `?`.
    fn is_nullable(&self, ty: &Type) -> bool {
        self.ends.behind(self.model, ty).is_some_and(|end| matches!(end.kind, TypeKind::Nullable(_)))
    }

    fn optional(&mut self, fields: &[Field]) {
        for field in fields {
            if field.presence == Presence::Optional && self.is_nullable(&field.ty) {
                let message =
                    format!("`{}` may be absent and its type may be nil, which are read as the same", field.name);
                self.diagnostics.push(
                    Diagnostic::error(Code::DoubleOptional, field.ty.span, message)
                        .secondary(field.span, "it may be absent because of the `?` behind the name")
                        .note("take one of the two"),
                );
            }
        }
    }

    fn ty(&mut self, ty: &Type) {
        match &ty.kind {
            TypeKind::Nullable(inner) => {
                if self.is_nullable(inner) {
                    let shown = self.model.type_text(inner);
                    let message = format!("`{shown}` may be nil already, so `?` says nothing more");
                    self.diagnostics.push(Diagnostic::error(Code::DoubleOptional, ty.span, message));
                }
                self.ty(inner);
            }
            TypeKind::List(inner) => self.ty(inner),
            TypeKind::Tuple(elements) => elements.iter().for_each(|element| self.ty(element)),
            TypeKind::Map(key, value) => {
                self.key(key);
                self.ty(key);
                self.ty(value);
            }
            _ => {}
        }
    }

    fn key(&mut self, key: &Type) {
        // A circle of newtypes is told elsewhere.
        let Some(end) = self.ends.behind(self.model, key) else {
            return;
        };
        let fits = match &end.kind {
            TypeKind::String | TypeKind::Int(_) | TypeKind::Bool => true,
            TypeKind::Named(id) => match &self.model.declaration(*id).kind {
                DeclarationKind::Enum(declared) => is_scalar(declared),
                _ => false,
            },
            _ => false,
        };
        if !fits {
            let shown = self.model.type_text(key);
            let message = format!("`{shown}` cannot be the key of a map");
            self.diagnostics.push(
                Diagnostic::error(Code::MapKey, key.span, message)
                    .note("a key is a string, an integer, a bool, an enum without data, or a newtype of one"),
            );
        }
    }
}

/// Whether every value of an enum is a string or an integer on the wire.
fn is_scalar(declared: &Enum) -> bool {
    match declared.representation {
        Representation::Name | Representation::Number(_) => true,
        Representation::External => declared.is_dataless(),
        Representation::Tagged { .. } => false,
    }
}
