//! Enums and errors.

use std::collections::BTreeSet;

use procwire_idl::model::{Declaration, Enum, Field, IntType, Representation, TypeId, Variant, VariantData};
use procwire_templates::rust as view;

use super::super::annotations;
use super::super::context::Context;
use super::super::types::{self, Place};
use super::super::{layout, literals};
use super::records::{self, Position};
use super::{UNUSED, deprecated, derive, lead, name_option, procwire, push_procwire, reserved_option, wire_option};

const INDENT: usize = 4;
const UNKNOWN: &str = "Unknown(::procwire::UnknownVariant)";
const FIELDS: Position = Position { indent: 8, before: 0, behind_last: 0 };

pub(super) fn view(
    context: &Context<'_>,
    id: TypeId,
    declared: &Declaration,
    body: &Enum,
    is_error: bool,
) -> view::Item {
    let name = context.type_name(id).to_owned();
    let mut lead = lead(&declared.docs, declared.deprecated.as_deref(), 0);
    let sensitive = body.variants.iter().any(|variant| match &variant.data {
        VariantData::Struct(fields) => records::has_sensitive(fields),
        VariantData::Unit | VariantData::Tuple(_) => false,
    });
    lead.attributes.extend([UNUSED.to_owned(), derive(context, id, sensitive)]);
    let numbers = Numbers::of(body);
    let is_number = numbers.is_some();
    // Numbers beside a variant with data (`Unknown`) are legal only where the type of the numbers is said.
    lead.attributes.extend(numbers.iter().map(|numbers| format!("#[repr({})]", numbers.ty.name())));
    let mut options: Vec<String> = is_error.then(|| "error".to_owned()).into_iter().collect();
    options.extend(name_option(&declared.name, &name));
    if !is_error {
        options.extend(representation(body));
    }
    options.extend(reserved_option(&body.reserved, is_number));
    options.extend(annotations::others(&declared.extras));
    push_procwire(&mut lead, options, 0);
    let place = Place::inside(context, id);
    let names = context.variant_names(id);
    let mut variants: Vec<view::Variant> =
        body.variants.iter().zip(names).map(|(declared, name)| variant(context, declared, name, place)).collect();
    if !body.strict {
        variants.push(view::Variant {
            lead: view::Lead {
                docs: vec![" A variant that this version of the schema does not have.".to_owned()],
                attributes: vec!["#[procwire(unknown)]".to_owned()],
            },
            head: match numbers.and_then(|numbers| numbers.unknown) {
                Some(number) => format!("{UNKNOWN} = {number}"),
                None => UNKNOWN.to_owned(),
            },
            fields: Vec::new(),
        });
    }
    view::Item::Enum { lead, name, variants }
}

/// The numbers of an enum under `@repr`, as discriminants.
struct Numbers {
    /// What holds all of them, and one more where there is an `Unknown`.
    ty: IntType,
    /// The number of `Unknown`, where it cannot be the one that follows the last variant's.
    unknown: Option<i128>,
}

impl Numbers {
    fn of(body: &Enum) -> Option<Self> {
        let Representation::Number(declared) = body.representation else {
            return None;
        };
        let taken: BTreeSet<i128> = body.variants.iter().filter_map(|variant| variant.number).collect();
        let previous = body.variants.last().and_then(|variant| variant.number).unwrap_or(-1);
        if body.strict {
            return Some(Self { ty: declared, unknown: None });
        }
        // The declared type first; where all of its numbers are taken, a wider one.
        let widths = std::iter::once(declared).chain(IntType::ALL.into_iter().filter(|ty| covers(*ty, declared)));
        for ty in widths {
            let (least, greatest) = ty.range();
            if previous < greatest && !taken.contains(&(previous + 1)) {
                return Some(Self { ty, unknown: None });
            }
            let above = taken.last().map_or(0, |last| last + 1);
            let free = std::iter::once(above).chain(least..=greatest);
            let free = free.filter(|number| *number <= greatest).find(|number| !taken.contains(number));
            if free.is_some() {
                return Some(Self { ty, unknown: free });
            }
        }
        // Nobody can write down all numbers of 64 bits.
        None
    }
}

/// Whether every number of `narrow` is one of `wide`.
fn covers(wide: IntType, narrow: IntType) -> bool {
    let ((least, greatest), (inner_least, inner_greatest)) = (wide.range(), narrow.range());
    least <= inner_least && inner_greatest <= greatest
}

/// How the enum looks on the wire, where the macro would not see it in the variants.
fn representation(body: &Enum) -> Option<String> {
    match &body.representation {
        Representation::Name => None,
        Representation::Number(int) => Some(format!("repr = \"{}\"", int.name())),
        Representation::Tagged { tag } if tag != "type" => Some(format!("tag = {}", literals::string(tag))),
        Representation::Tagged { .. } => body.is_dataless().then(|| "tagged".to_owned()),
        Representation::External => Some("external".to_owned()),
    }
}

fn variant(context: &Context<'_>, declared: &Variant, name: &str, place: Place) -> view::Variant {
    let mut lead = lead(&declared.docs, declared.deprecated.as_deref(), INDENT);
    let usual = if declared.extras.names.rust.is_some() { &declared.name } else { name };
    let mut options: Vec<String> = wire_option(&declared.wire, usual).into_iter().collect();
    options.extend(declared.retry.map(annotations::retry));
    options.extend(reserved_option(&declared.reserved, false));
    options.extend(annotations::extras(&declared.name, &declared.extras));
    push_procwire(&mut lead, options, INDENT);
    let mut fields = Vec::new();
    let head = match &declared.data {
        VariantData::Unit => match declared.number {
            Some(number) => format!("{name} = {number}"),
            None => name.to_owned(),
        },
        VariantData::Tuple(elements) => {
            let elements = elements
                .iter()
                .map(|ty| (procwire(annotations::refinement(context, ty)), "", types::text(context, ty, place)));
            let data = layout::elements(elements.collect(), INDENT, INDENT + name.len(), 1);
            format!("{name}{data}")
        }
        VariantData::Struct(declared) if declared.is_empty() => format!("{name} {{}}"),
        VariantData::Struct(declared) => {
            fields = records::fields(context, declared, place, &FIELDS);
            match on_one_line(context, declared, &fields, name, place) {
                Some(line) => {
                    fields.clear();
                    line
                }
                None => name.to_owned(),
            }
        }
    };
    view::Variant { lead, head, fields }
}

/// A variant with its fields, if it fits on one line.
fn on_one_line(
    context: &Context<'_>,
    declared: &[Field],
    fields: &[view::Field],
    name: &str,
    place: Place,
) -> Option<String> {
    let mut line = format!("{name} {{ ");
    for (at, (field, view)) in declared.iter().zip(fields).enumerate() {
        if !view.lead.docs.is_empty() || line.len() > layout::WIDTH {
            return None;
        }
        if at > 0 {
            line.push_str(", ");
        }
        if let Some(reason) = &field.deprecated {
            line.push_str(&deprecated(reason));
            line.push(' ');
        }
        if let Some(attribute) = procwire(records::options(context, field, &view.name)) {
            line.push_str(&attribute);
            line.push(' ');
        }
        line.push_str(&view.name);
        line.push_str(": ");
        line.push_str(&types::of_field(context, &field.ty, &field.presence, place));
    }
    line.push_str(" }");
    (INDENT + line.len() + layout::blanks(&line) < layout::limit(INDENT)).then_some(line)
}
