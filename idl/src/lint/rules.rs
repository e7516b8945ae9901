//! Rules about what travels.

use super::travel::{Travel, each};
use super::wide;
use crate::ast;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{
    DeclarationKind, Field, Method, Model, Parameters, Representation, Type, TypeId, TypeKind, VariantData,
};
use crate::source::Span;

/// Lists, maps and tuples inside of each other that are still read at a glance.
const DEPTH: usize = 3;
/// Words of names that tell of money.
const MONEY: [&str; 12] =
    ["amount", "balance", "cost", "fee", "margin", "money", "notional", "payment", "price", "salary", "tax", "wage"];

pub(super) fn find(model: &Model, tree: &ast::File<'_>, found: &mut Vec<Diagnostic>) {
    let travel = Travel::of(model);
    services(model, found);
    for (id, declaration) in (0..).map(TypeId).zip(&model.types) {
        let travels = travel.any.contains(&id);
        let package = &model.packages[declaration.package.0 as usize];
        let is_library = package.services.is_empty() && package.callbacks.is_empty();
        if !travels && !is_library {
            let message = format!("no method and no event uses `{}`", declaration.name);
            found.push(Diagnostic::warning(Code::UnusedType, declaration.span, message));
        }
        let from_worker = travel.from_worker.contains(&id);
        match &declaration.kind {
            DeclarationKind::Record(record) => {
                if record.strict && from_worker {
                    found.push(strict(&declaration.name, declaration.span, "field"));
                }
                record.fields.iter().for_each(|declared| field(model, declared, found));
            }
            DeclarationKind::Enum(body) | DeclarationKind::Error(body) => {
                // An error that does not decode is an error all the same.
                let is_error = matches!(declaration.kind, DeclarationKind::Error(_));
                if body.strict && from_worker && !is_error {
                    found.push(strict(&declaration.name, declaration.span, "variant"));
                }
                let has_no_map = matches!(body.representation, Representation::Name | Representation::Number(_));
                if has_no_map && from_worker {
                    let message = format!("`{}` can never carry data: it is no map on the wire", declaration.name);
                    let note = format!("`enum {} @tagged` starts as a map, and can grow", declaration.name);
                    found.push(Diagnostic::warning(Code::UntaggedEnum, declaration.span, message).note(note));
                }
                for variant in &body.variants {
                    match &variant.data {
                        VariantData::Unit => {}
                        VariantData::Tuple(types) => types.iter().for_each(|ty| nesting(ty, found)),
                        VariantData::Struct(fields) => {
                            for declared in fields {
                                field(model, declared, found);
                            }
                        }
                    }
                }
            }
            DeclarationKind::Newtype(target) | DeclarationKind::Alias(target) => nesting(target, found),
            DeclarationKind::Ext(ext) => nesting(&ext.target, found),
        }
    }
    wide::find(tree, found);
}

fn services(model: &Model, found: &mut Vec<Diagnostic>) {
    for block in model.packages.iter().flat_map(|package| &package.callbacks) {
        block.methods.iter().for_each(|declared| method(model, declared, found));
    }
    for service in model.packages.iter().flat_map(|package| &package.services) {
        service.methods.iter().for_each(|declared| method(model, declared, found));
        for event in &service.events {
            parameters(model, &event.parameters, found);
            if let Parameters::Bare(ty) = &event.parameters
                && !event.raw
                && !grows(model, ty)
            {
                let message = format!("`{}` cannot tell more later: its payload is one value", event.name);
                let note =
                    format!("name what it carries, as in `event {}(value: {})`", event.name, model.type_text(ty));
                found.push(Diagnostic::warning(Code::EventWithoutPayloadRecord, ty.span, message).note(note));
            }
        }
    }
}

fn method(model: &Model, method: &Method, found: &mut Vec<Diagnostic>) {
    parameters(model, &method.parameters, found);
    if let Some(answer) = &method.answer {
        nesting(answer, found);
    }
    if let Parameters::Bare(ty) = &method.parameters
        && !method.raw
        && !grows(model, ty)
    {
        let message = format!("`{}` cannot take another parameter later: its payload is one value", method.name);
        let note = format!("name the parameter, as in `{}(value: {})`", method.name, model.type_text(ty));
        found.push(Diagnostic::warning(Code::BareParameter, ty.span, message).note(note));
    }
}

fn parameters(model: &Model, parameters: &Parameters, found: &mut Vec<Diagnostic>) {
    match parameters {
        Parameters::Named(fields) => fields.iter().for_each(|declared| field(model, declared, found)),
        Parameters::None | Parameters::Bare(_) => each(parameters, &mut |ty| nesting(ty, found)),
    }
}

/// Whether more can be said later in a value of the type: it is a record, or an enum that is a map.
fn grows(model: &Model, ty: &Type) -> bool {
    let TypeKind::Named(id) = model.on_the_wire(ty).kind else {
        return false;
    };
    match &model.declaration(id).kind {
        DeclarationKind::Record(_) => true,
        DeclarationKind::Enum(body) | DeclarationKind::Error(body) => {
            matches!(body.representation, Representation::Tagged { .. } | Representation::External)
        }
        DeclarationKind::Newtype(_) | DeclarationKind::Alias(_) | DeclarationKind::Ext(_) => false,
    }
}

fn strict(name: &str, span: Span, what: &str) -> Diagnostic {
    let message = format!("a {what} that is added to `{name}` breaks every parent that does not have it yet");
    Diagnostic::warning(Code::StrictInAnswer, span, message).note("workers write it; without `strict` it can grow")
}

fn field(model: &Model, field: &Field, found: &mut Vec<Diagnostic>) {
    nesting(&field.ty, found);
    let is_float = |ty: &Type| {
        let inner = match &model.on_the_wire(ty).kind {
            TypeKind::Nullable(inner) => model.on_the_wire(inner),
            _ => model.on_the_wire(ty),
        };
        matches!(inner.kind, TypeKind::F32 | TypeKind::F64)
    };
    let words = crate::case::words(&field.name);
    if is_float(&field.ty) && words.iter().any(|word| MONEY.contains(&word.as_str())) {
        let message = format!("`{}` sounds like money, and a float is not exact", field.name);
        let note = "use a whole number of the smallest unit, or decimal text";
        found.push(Diagnostic::warning(Code::FloatForMoney, field.span, message).note(note));
    }
}

fn nesting(ty: &Type, found: &mut Vec<Diagnostic>) {
    if depth(ty) > DEPTH {
        let message = format!("lists, maps and tuples are nested {} deep", depth(ty));
        let note = "a record in between gives the parts names, and can grow";
        found.push(Diagnostic::warning(Code::DeepNesting, ty.span, message).note(note));
    }
}

fn depth(ty: &Type) -> usize {
    match &ty.kind {
        TypeKind::List(inner) => 1 + depth(inner),
        TypeKind::Nullable(inner) => depth(inner),
        TypeKind::Map(key, value) => 1 + depth(key).max(depth(value)),
        TypeKind::Tuple(elements) => 1 + elements.iter().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}
