//! Where a place that a comparison names stands in a schema.

use procwire_idl::model::{DeclarationKind, Field, Model, Parameters, VariantData};
use procwire_idl::source::Span;

/// The place of `Order.note`, `OrderType.Limit.price`, `Trading.place.order` or `desk.Ask`; of what is gone, the place of
/// what held it.
pub fn located(model: &Model, place: &str) -> Span {
    let place = place.trim_end_matches(" answer");
    let mut names = place.split(['.', '[', '{']).filter(|name| !name.is_empty());
    let first = names.next().unwrap_or_default();
    let rest: Vec<&str> = names.collect();
    let start = Span::new(model.root().file, 0, 0);
    if let Some(declaration) = model.types.iter().find(|declaration| declaration.name == first) {
        return match &declaration.kind {
            DeclarationKind::Record(record) => field(&record.fields, rest.first()).unwrap_or(declaration.span),
            DeclarationKind::Enum(body) | DeclarationKind::Error(body) => {
                let variant = body.variants.iter().find(|variant| Some(&variant.wire.as_str()) == rest.first());
                variant.map_or(declaration.span, |variant| match &variant.data {
                    VariantData::Struct(fields) => field(fields, rest.get(1)).unwrap_or(variant.span),
                    VariantData::Unit | VariantData::Tuple(_) => variant.span,
                })
            }
            _ => declaration.span,
        };
    }
    for package in &model.packages {
        if let Some(service) = package.services.iter().find(|service| service.name == first) {
            let method = service.methods.iter().find(|method| is_at(&method.wire, &rest));
            let event = service.events.iter().find(|event| is_at(&event.wire, &rest));
            let method = method.map(|method| (method.span, &method.parameters));
            return match method.or(event.map(|event| (event.span, &event.parameters))) {
                Some((span, Parameters::Named(fields))) => field(fields, rest.last()).unwrap_or(span),
                Some((span, _)) => span,
                None => service.span,
            };
        }
        for callback in package.callbacks.iter().flat_map(|block| &block.methods) {
            if place.starts_with(&callback.wire) {
                return callback.span;
            }
        }
    }
    start
}

/// A name on the wire may have dots.
fn is_at(wire: &str, rest: &[&str]) -> bool {
    let rest = rest.join(".");
    rest == wire || rest.strip_prefix(wire).is_some_and(|behind| behind.starts_with('.'))
}

fn field(fields: &[Field], name: Option<&&str>) -> Option<Span> {
    let name = *name?;
    fields.iter().find(|field| field.wire == name || field.name == name).map(|field| field.span)
}
