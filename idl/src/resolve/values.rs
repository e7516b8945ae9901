//! Values: constants are folded, defaults are fitted to the types of their fields.

use std::collections::HashMap;

use super::annotations::Place;
use super::constraints::broken_by;
use super::ends::Ends;
use super::names::Meaning;
use super::{File, Resolver, docs};
use crate::ast::{self, Number, ValueKind};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{
    Const, DeclarationKind, Field, IntType, Model, Parameters, Presence, Type, TypeId, TypeKind, Value, VariantData,
};
use crate::source::Span;

/// The field that a default belongs to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    /// Type, field
    Record(TypeId, usize),
    /// Type, variant, field
    Variant(TypeId, usize, usize),
    /// Service, method, parameter
    Method(usize, usize, usize),
    /// Service, event, parameter
    Event(usize, usize, usize),
    /// Block of callbacks, callback, parameter
    Callback(usize, usize, usize),
}

/// A default that waits until all types are known.
#[derive(Debug)]
pub(super) struct Pending<'a> {
    /// The place of the package that it stands in.
    pub package: usize,
    pub target: Target,
    pub value: ast::Value<'a>,
}

/// A constant that waits until all types are known.
pub(super) struct Constant<'a> {
    /// The place of the package that it stands in.
    package: usize,
    declared: Const,
    value: ast::Value<'a>,
    /// Its type resolved.
    known: bool,
}

/// The variants of the enums that defaults were looked up in, by name.
type Variants = HashMap<TypeId, HashMap<String, usize>>;

impl<'a> Resolver<'a, '_> {
    pub(super) fn constant(
        &mut self,
        item: &ast::Item<'a>,
        ty: &ast::Type<'a>,
        value: &ast::Value<'a>,
    ) -> Constant<'a> {
        let facts = self.annotations(&item.outer.annotations, Place::Const);
        let resolved = self.ty(ty);
        let declared = Const {
            name: item.name.text.to_owned(),
            docs: docs(&item.outer.docs),
            deprecated: facts.deprecated,
            extras: facts.extras,
            span: item.name.span,
            ty: resolved.clone().unwrap_or_else(|| Type::new(TypeKind::Any, ty.span)),
            value: Value::Bool(false),
        };
        Constant { package: self.names.at, declared, value: value.clone(), known: resolved.is_some() }
    }

    /// Folds the constants into the model, then sets the defaults.
    pub(super) fn values(&mut self, model: &mut Model, consts: &[Constant<'a>], ends: &Ends) {
        for (at, constant) in consts.iter().enumerate() {
            let mut folded = constant.declared.clone();
            let literal = self.literals.get(at).and_then(Option::as_ref).cloned();
            if let (Some(literal), true) = (&literal, constant.known) {
                match fit_constant(model, ends, &folded.ty, literal) {
                    Ok(value) => folded.value = value,
                    Err(message) => self.does_not_fit(constant.value.span, message),
                }
            }
            model.packages[constant.package].consts.push(folded);
        }
        let mut variants = Variants::new();
        for pending in std::mem::take(&mut self.pending) {
            self.names.at = pending.package;
            let Some(ty) = field_of(model, pending.package, pending.target).map(|field| field.ty.clone()) else {
                continue;
            };
            let value = self.default(model, ends, &ty, &pending.value, &mut variants);
            if let (Some(value), Some(field)) = (value, field_of(model, pending.package, pending.target)) {
                field.presence = Presence::Default(value);
            }
        }
    }

    fn does_not_fit(&mut self, span: Span, message: String) {
        self.diagnostics.push(Diagnostic::error(Code::InvalidDefault, span, message));
    }

    /// The literal of each constant, also where it names another one; `None` where there is none, which is told.
    pub(super) fn fold(&mut self, files: &[File<'a>]) -> Vec<Option<ValueKind<'a>>> {
        let items = files.iter().enumerate().flat_map(|(at, file)| file.tree.items.iter().map(move |item| (at, item)));
        let consts: Vec<(usize, &'a str, &ast::Value<'a>)> = items
            .filter_map(|(at, item)| match &item.kind {
                ast::ItemKind::Const { value, .. } => Some((at, item.name.text, value)),
                _ => None,
            })
            .collect();
        let mut folded: Vec<Option<ValueKind<'a>>> = vec![None; consts.len()];
        let mut done = vec![false; consts.len()];
        let mut on_path = vec![false; consts.len()];
        for start in 0..consts.len() {
            let mut path = Vec::new();
            let mut at = start;
            let literal = loop {
                if done[at] {
                    break folded[at].clone();
                }
                let (package, constant, value) = consts[at];
                self.names.at = package;
                if on_path[at] {
                    let message = format!("the value of `{constant}` is itself");
                    self.diagnostics.push(Diagnostic::error(Code::UnknownConst, value.span, message));
                    break None;
                }
                on_path[at] = true;
                path.push(at);
                match &value.kind {
                    ValueKind::Name(name) => match self.constant_named(name, value.span) {
                        Some(next) => at = next,
                        None => break None,
                    },
                    ValueKind::Broken => break None,
                    literal => break Some(literal.clone()),
                }
            };
            for node in path {
                on_path[node] = false;
                done[node] = true;
                folded[node].clone_from(&literal);
            }
        }
        folded
    }

    /// What the constant of a name says; `None` where there is none, which is told.
    pub(super) fn constant_literal(&mut self, name: &'a str, span: Span) -> Option<ValueKind<'a>> {
        let index = self.constant_named(name, span)?;
        self.literals.get(index).cloned().flatten()
    }

    fn constant_named(&mut self, name: &'a str, span: Span) -> Option<usize> {
        match self.names.get(name) {
            Some(Meaning::Const(index)) => return Some(index),
            Some(_) => {
                let message = format!("`{name}` is no constant, and a value is wanted here");
                self.diagnostics.push(Diagnostic::error(Code::UnknownConst, span, message));
            }
            None if self.names.is_broken(name) => {}
            None if name.contains('.') => self.unknown_path(ast::Name { text: name, span }, Code::UnknownConst),
            None => {
                let mut diagnostic =
                    Diagnostic::error(Code::UnknownConst, span, format!("there is no constant `{name}`"));
                if let Some(meant) = self.guesses.nearest(name, self.names.consts().iter().copied()) {
                    diagnostic = diagnostic.fix(span, meant, format!("write `{meant}`"));
                }
                self.diagnostics.push(diagnostic);
            }
        }
        None
    }

    fn default(
        &mut self,
        model: &Model,
        ends: &Ends,
        ty: &Type,
        value: &ast::Value<'a>,
        variants: &mut Variants,
    ) -> Option<Value> {
        let end = behind_nullable(model, ends, ty)?;
        let fitted = match &value.kind {
            ValueKind::Broken => return None,
            ValueKind::Name(name) => {
                if let TypeKind::Named(id) = end.kind
                    && let DeclarationKind::Enum(declared) | DeclarationKind::Error(declared) =
                        &model.declaration(id).kind
                {
                    let names = variants.entry(id).or_insert_with(|| {
                        declared.variants.iter().enumerate().map(|(at, variant)| (variant.name.clone(), at)).collect()
                    });
                    match names.get(*name).map(|at| &declared.variants[*at]) {
                        Some(variant) if variant.data == VariantData::Unit => {
                            Ok(Value::Variant { ty: id, variant: variant.name.clone() })
                        }
                        Some(_) => Err(format!("`{name}` carries data, and a default has none")),
                        None => {
                            let names = declared.variants.iter().map(|variant| variant.name.as_str());
                            return self.no_variant(&model.declaration(id).name, name, names, value.span);
                        }
                    }
                } else {
                    fit(model, end, &self.constant_literal(name, value.span)?)
                }
            }
            literal => fit(model, end, literal),
        };
        match fitted {
            Ok(value) => Some(value),
            Err(message) => {
                self.does_not_fit(value.span, message);
                None
            }
        }
    }

    fn no_variant<'n>(
        &mut self,
        declared: &str,
        name: &str,
        names: impl Iterator<Item = &'n str>,
        span: Span,
    ) -> Option<Value> {
        let message = format!("`{declared}` has no variant `{name}`");
        let mut diagnostic = Diagnostic::error(Code::InvalidDefault, span, message);
        if let Some(meant) = self.guesses.nearest(name, names) {
            diagnostic = diagnostic.fix(span, meant, format!("write `{meant}`"));
        }
        self.diagnostics.push(diagnostic);
        None
    }
}

fn field_of(model: &mut Model, package: usize, target: Target) -> Option<&mut Field> {
    let parameters = match target {
        Target::Record(id, at) => {
            return match &mut model.types.get_mut(id.0 as usize)?.kind {
                DeclarationKind::Record(record) => record.fields.get_mut(at),
                _ => None,
            };
        }
        Target::Variant(id, variant, at) => {
            return match &mut model.types.get_mut(id.0 as usize)?.kind {
                DeclarationKind::Enum(declared) | DeclarationKind::Error(declared) => {
                    match &mut declared.variants.get_mut(variant)?.data {
                        VariantData::Struct(fields) => fields.get_mut(at),
                        _ => None,
                    }
                }
                _ => None,
            };
        }
        Target::Method(service, method, at) => {
            let service = model.packages.get_mut(package)?.services.get_mut(service)?;
            (&mut service.methods.get_mut(method)?.parameters, at)
        }
        Target::Callback(block, callback, at) => {
            let block = model.packages.get_mut(package)?.callbacks.get_mut(block)?;
            (&mut block.methods.get_mut(callback)?.parameters, at)
        }
        Target::Event(service, event, at) => {
            let service = model.packages.get_mut(package)?.services.get_mut(service)?;
            (&mut service.events.get_mut(event)?.parameters, at)
        }
    };
    match parameters {
        (Parameters::Named(fields), at) => fields.get_mut(at),
        _ => None,
    }
}

/// The type that a default is of: behind aliases, newtypes and a `?`.
fn behind_nullable<'m>(model: &'m Model, ends: &Ends, ty: &'m Type) -> Option<&'m Type> {
    let mut ty = ends.behind(model, ty)?;
    // More than one `?` is a mistake that is told elsewhere, and may even go in a circle.
    for _ in 0..2 {
        let TypeKind::Nullable(inner) = &ty.kind else {
            return Some(ty);
        };
        ty = ends.behind(model, inner)?;
    }
    None
}

fn fit_constant(model: &Model, ends: &Ends, ty: &Type, literal: &ValueKind<'_>) -> Result<Value, String> {
    let plain = ends.behind(model, ty).filter(|_| !is_newtype(model, ty));
    if let Some(plain) = plain
        && let TypeKind::Bool | TypeKind::String | TypeKind::Int(_) | TypeKind::F32 | TypeKind::F64 | TypeKind::Duration =
            plain.kind
    {
        return fit(model, plain, literal);
    }
    let shown = model.type_text(ty);
    Err(format!("a constant is a bool, number, string or duration, and `{shown}` is none of them"))
}

/// Whether a newtype is on the way; a few aliases are looked through, which is more than anybody writes.
fn is_newtype(model: &Model, ty: &Type) -> bool {
    let mut ty = ty;
    for _ in 0..64 {
        let TypeKind::Named(id) = ty.kind else {
            return false;
        };
        match &model.declaration(id).kind {
            DeclarationKind::Alias(target) => ty = target,
            _ => return true,
        }
    }
    true
}

/// The value that a literal has as a type.
fn fit(model: &Model, ty: &Type, literal: &ValueKind<'_>) -> Result<Value, String> {
    let value = match (&ty.kind, literal) {
        (TypeKind::Bool, ValueKind::Bool(value)) => Value::Bool(*value),
        (TypeKind::String, ValueKind::Text(text)) => Value::String(text.clone().into_owned()),
        (TypeKind::Int(int), ValueKind::Number(Number::Int(value))) => {
            Value::Int(in_range(*value, *int, ty.ts_number)?)
        }
        (TypeKind::F32 | TypeKind::F64, ValueKind::Number(Number::Int(value))) => {
            float(int_as_float(*value), &ty.kind)?
        }
        (TypeKind::F32 | TypeKind::F64, ValueKind::Number(Number::Float(value))) => float(*value, &ty.kind)?,
        (TypeKind::Duration, ValueKind::Number(Number::Duration(value))) => Value::Duration(*value),
        (TypeKind::List(_), ValueKind::EmptyList) => Value::EmptyList,
        (TypeKind::Map(..), ValueKind::EmptyMap) => Value::EmptyMap,
        (_, literal) => {
            let shown = model.type_text(ty);
            return Err(match wanted(model, ty) {
                Some(wanted) => format!("`{shown}` takes {wanted}, found {}", name_of(literal)),
                None => format!("`{shown}` has no literal, so no default"),
            });
        }
    };
    if let Some(constraint) = ty.constraints.as_ref().and_then(|constraints| broken_by(constraints, &value)) {
        return Err(format!("{value} breaks `{constraint}`"));
    }
    Ok(value)
}

/// What a default of a type may be.
fn wanted(model: &Model, ty: &Type) -> Option<&'static str> {
    Some(match &ty.kind {
        TypeKind::Bool => "`true` or `false`",
        TypeKind::String => "a string in quotes",
        TypeKind::Int(_) => "a whole number",
        TypeKind::F32 | TypeKind::F64 => "a number",
        TypeKind::Duration => "a duration such as `250ms`",
        TypeKind::List(_) => "`[]`",
        TypeKind::Map(..) => "`{}`",
        TypeKind::Named(id) => match model.declaration(*id).kind {
            DeclarationKind::Enum(_) | DeclarationKind::Error(_) => "the name of a variant without data",
            _ => return None,
        },
        _ => return None,
    })
}

fn name_of(literal: &ValueKind<'_>) -> &'static str {
    match literal {
        ValueKind::Bool(_) => "a bool",
        ValueKind::Number(Number::Int(_)) => "a whole number",
        ValueKind::Number(Number::Float(_)) => "a number with a fraction",
        ValueKind::Number(Number::Duration(_)) => "a duration",
        ValueKind::Number(Number::Size(_)) => "a size",
        ValueKind::Text(_) => "a string",
        ValueKind::EmptyList => "`[]`",
        ValueKind::EmptyMap => "`{}`",
        ValueKind::Name(_) | ValueKind::Broken => "a name",
    }
}

fn in_range(value: i128, int: IntType, is_number: bool) -> Result<i128, String> {
    /// The largest integer below which a number of JavaScript holds all.
    const SAFE: i128 = (1 << 53) - 1;
    let (least, most) = int.range();
    if value < least || value > most {
        return Err(format!("{value} is out of range of `{}`, which is {least} to {most}", int.name()));
    }
    if is_number && value.abs() > SAFE {
        return Err(format!("{value} is out of range of `{} @ts(number)`, which ends at {SAFE}", int.name()));
    }
    Ok(value)
}

// A float is the nearest to what was written, as in every language.
#[allow(clippy::cast_precision_loss)]
pub(super) fn int_as_float(value: i128) -> f64 {
    value as f64
}

#[allow(clippy::cast_possible_truncation)]
pub(super) fn float(value: f64, kind: &TypeKind) -> Result<Value, String> {
    if *kind == TypeKind::F32 && (value as f32).is_infinite() {
        return Err(format!("{value:?} is out of range of `f32`"));
    }
    Ok(Value::Float(value))
}
