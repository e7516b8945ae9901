//! Records, enums, errors, newtypes and aliases.

use super::annotations::{Facts, Form, Place};
use super::values::{Pending, Target};
use super::{Resolver, docs, package_id};
use crate::ast;
use crate::case;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{
    Declaration, DeclarationKind, Enum, Field, IntType, Presence, Record, Representation, Type, TypeId, TypeKind,
    Variant, VariantData, WireCase,
};
use crate::source::Span;

impl<'a> Resolver<'a, '_> {
    /// Resolves an item that declares a type.
    pub(super) fn declaration(&mut self, item: &ast::Item<'a>, id: TypeId) -> Declaration {
        let (before, behind) = match &item.kind {
            ast::ItemKind::Newtype(_) => (Place::Newtype, Place::BehindName),
            ast::ItemKind::Alias(_) => (Place::Alias, Place::BehindName),
            ast::ItemKind::Ext { .. } => (Place::Ext, Place::BehindName),
            ast::ItemKind::Variants { error: false, .. } => (Place::Enum, Place::BehindEnum),
            ast::ItemKind::Variants { error: true, .. } => (Place::Error, Place::BehindError),
            _ => (Place::Record, Place::BehindName),
        };
        let facts = self.annotations(&item.outer.annotations, before);
        let form = self.annotations(&item.annotations, behind).form;
        let kind = match &item.kind {
            ast::ItemKind::Newtype(target) => DeclarationKind::Newtype(self.ty_or_any(target)),
            ast::ItemKind::Alias(target) => DeclarationKind::Alias(self.ty_or_any(target)),
            ast::ItemKind::Ext { code, code_span, target, mappings } => {
                DeclarationKind::Ext(self.ext(item.name, *code, *code_span, target, mappings))
            }
            ast::ItemKind::Variants { error, variants, reserved } => {
                let declared = self.variants(item, id, form, variants, reserved, *error);
                if *error { DeclarationKind::Error(declared) } else { DeclarationKind::Enum(declared) }
            }
            ast::ItemKind::Record(fields) => DeclarationKind::Record(Record {
                strict: item.strict.is_some(),
                fields: self.fields(fields, Place::Field, |field| Target::Record(id, field)),
                reserved: reserved_names(&fields.reserved),
            }),
            // The others are no types, and are not handed in here.
            ast::ItemKind::Const { .. }
            | ast::ItemKind::Service { .. }
            | ast::ItemKind::Callbacks { .. }
            | ast::ItemKind::Module(_) => DeclarationKind::Record(Record::default()),
        };
        Declaration {
            name: item.name.text.to_owned(),
            package: package_id(self.names.at),
            docs: docs(&item.outer.docs),
            deprecated: facts.deprecated,
            extras: facts.extras,
            span: item.name.span,
            cycle: None,
            kind,
        }
    }

    /// Resolves a type, with `any` in the place of one that does not resolve.
    pub(super) fn ty_or_any(&mut self, ty: &ast::Type<'a>) -> Type {
        self.ty(ty).unwrap_or_else(|| Type::new(TypeKind::Any, ty.span))
    }

    /// Resolves fields or named parameters; `target` says where the default of each belongs.
    pub(super) fn fields(
        &mut self,
        fields: &ast::Fields<'a>,
        place: Place,
        target: impl Fn(usize) -> Target,
    ) -> Vec<Field> {
        let mut resolved = Vec::with_capacity(fields.fields.len());
        for (at, field) in fields.fields.iter().enumerate() {
            let facts = self.annotations(&field.outer.annotations, place);
            let ty = self.ty(&field.ty);
            if let (Some(value), true) = (&field.default, ty.is_some()) {
                let (package, target) = (self.names.at, target(at));
                self.pending.push(Pending { package, target, value: value.clone() });
            }
            if let (Some(mark), Some(value)) = (field.optional, &field.default) {
                let message = format!("`{}` has a default, so `?` says nothing more", field.name.text);
                self.diagnostics.push(
                    Diagnostic::error(Code::DoubleOptional, mark, message)
                        .secondary(value.span, "absent means this value")
                        .fix(mark, "", "remove the `?`"),
                );
            }
            resolved.push(Field {
                name: field.name.text.to_owned(),
                wire: self.field_wire(field.name, &facts),
                ty: ty.unwrap_or_else(|| Type::new(TypeKind::Any, field.ty.span)),
                presence: if field.optional.is_some() { Presence::Optional } else { Presence::Required },
                docs: docs(&field.outer.docs),
                deprecated: facts.deprecated,
                extras: facts.extras,
                span: field.name.span,
            });
        }
        let names = resolved.iter().map(|field| (field.name.as_str(), field.wire.as_str(), field.span));
        self.check_reserved(&fields.reserved, names.collect(), false);
        resolved
    }

    /// The name on the wire.
    pub(super) fn wire(&mut self, name: ast::Name<'a>, facts: &Facts<'a>) -> String {
        match &facts.wire {
            Some((wire, span)) => {
                self.places.wire.insert(name.span, *span);
                wire.clone()
            }
            None => name.text.to_owned(),
        }
    }

    /// The name of a field or parameter on the wire, as the package's `@wire_case` writes it.
    fn field_wire(&mut self, name: ast::Name<'a>, facts: &Facts<'a>) -> String {
        match self.wire_case {
            _ if facts.wire.is_some() => self.wire(name, facts),
            WireCase::AsWritten => name.text.to_owned(),
            WireCase::Camel => case::lower_camel(name.text),
            WireCase::Snake => case::snake(name.text),
        }
    }

    fn variants(
        &mut self,
        item: &ast::Item<'a>,
        id: TypeId,
        form: Option<(Form, Span)>,
        variants: &[ast::Variant<'a>],
        reserved: &[ast::Reserved<'a>],
        error: bool,
    ) -> Enum {
        let dataless = variants.iter().all(|variant| matches!(variant.data, ast::VariantData::Unit));
        let representation = match form {
            _ if error => Representation::Tagged { tag: "type".to_owned() },
            Some((Form::External, _)) => Representation::External,
            Some((Form::Tag(tag), _)) => Representation::Tagged { tag },
            Some((Form::Repr(int), _)) => Representation::Number(int),
            None if dataless => Representation::Name,
            Some((Form::Tagged, _)) | None => Representation::Tagged { tag: "type".to_owned() },
        };
        if variants.is_empty() {
            let (what, name) = (if error { "error" } else { "enum" }, item.name.text);
            let message = format!("the {what} `{name}` has no variant");
            self.diagnostics.push(Diagnostic::error(Code::NoVariants, item.name.span, message));
        }
        let resolved: Vec<Variant> = variants
            .iter()
            .enumerate()
            .map(|(at, variant)| self.variant(variant, (id, at), &representation, error))
            .collect();
        let numbered = matches!(representation, Representation::Number(_));
        let names = resolved.iter().map(|variant| (variant.name.as_str(), variant.wire.as_str(), variant.span));
        self.check_reserved(reserved, names.collect(), numbered);
        self.check_reserved_numbers(reserved, &resolved);
        Enum { strict: item.strict.is_some(), representation, variants: resolved, reserved: reserved_names(reserved) }
    }

    fn variant(
        &mut self,
        variant: &ast::Variant<'a>,
        (id, at): (TypeId, usize),
        representation: &Representation,
        error: bool,
    ) -> Variant {
        let place = if error { Place::ErrorVariant } else { Place::Variant };
        let facts = self.annotations(&variant.outer.annotations, place);
        let data = match &variant.data {
            ast::VariantData::Unit => VariantData::Unit,
            ast::VariantData::Tuple(types) => VariantData::Tuple(types.iter().map(|ty| self.ty_or_any(ty)).collect()),
            ast::VariantData::Struct(fields) => {
                VariantData::Struct(self.fields(fields, Place::Field, |field| Target::Variant(id, at, field)))
            }
        };
        let number = self.number(variant, representation);
        let reserved = match &variant.data {
            ast::VariantData::Struct(fields) => reserved_names(&fields.reserved),
            ast::VariantData::Unit | ast::VariantData::Tuple(_) => Vec::new(),
        };
        Variant {
            name: variant.name.text.to_owned(),
            wire: self.wire(variant.name, &facts),
            docs: docs(&variant.outer.docs),
            deprecated: facts.deprecated,
            extras: facts.extras,
            retry: facts.retry,
            span: variant.name.span,
            number,
            data,
            reserved,
        }
    }

    /// The number of a variant, which `@repr` asks for and nothing else takes.
    fn number(&mut self, variant: &ast::Variant<'a>, representation: &Representation) -> Option<i128> {
        let (name, span) = (variant.name.text, variant.name.span);
        let Representation::Number(int) = representation else {
            if let Some((_, place)) = variant.number {
                let message = format!("`{name}` has a number, and only variants of an enum with `@repr` have one");
                self.diagnostics.push(
                    Diagnostic::error(Code::Representation, place, message)
                        .note("write `@repr(u8)` behind the enum's name"),
                );
            }
            return None;
        };
        if !matches!(variant.data, ast::VariantData::Unit) {
            let message = format!("`{name}` carries data, and an enum with `@repr` is a number on the wire");
            self.diagnostics.push(Diagnostic::error(Code::Representation, span, message));
            return None;
        }
        match variant.number {
            None => {
                let message = format!("`{name}` needs a number, since the enum has `@repr({})`", int.name());
                self.diagnostics
                    .push(Diagnostic::error(Code::Representation, span, message).note(format!("write `{name} = 0`")));
                None
            }
            Some((ast::Number::Int(number), place)) => {
                self.in_range(number, *int, place);
                Some(number)
            }
            Some((_, place)) => {
                let message = format!("the number of `{name}` is not whole");
                self.diagnostics.push(Diagnostic::error(Code::Representation, place, message));
                None
            }
        }
    }

    fn in_range(&mut self, number: i128, int: IntType, place: Span) {
        let (least, most) = int.range();
        if number < least || number > most {
            let message = format!("{number} is out of range of `{}`, which is {least} to {most}", int.name());
            self.diagnostics.push(Diagnostic::error(Code::Representation, place, message));
        }
    }
}

/// The names, and the numbers as decimal text.
pub(super) fn reserved_names(reserved: &[ast::Reserved<'_>]) -> Vec<String> {
    reserved
        .iter()
        .filter_map(|reserved| match reserved {
            ast::Reserved::Text(text) => Some(text.value.clone().into_owned()),
            ast::Reserved::Number(ast::Number::Int(number), _) => Some(number.to_string()),
            ast::Reserved::Number(..) => None,
        })
        .collect()
}
