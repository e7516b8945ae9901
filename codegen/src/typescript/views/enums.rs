//! Enums and errors, in every form that they have on the wire.

use procwire_idl::model::{Enum, Field, Representation, Type, TypeId, Variant, VariantData};
use procwire_templates::typescript as view;

use super::super::codecs::Codecs;
use super::super::context::Context;
use super::super::types::{self, Way};
use super::super::{docs, layout, literals, values};
use super::bodies::{self, Body};
use super::input_docs;

pub(super) fn items(context: &Context<'_>, id: TypeId, body: &Enum, items: &mut Vec<view::Item>) {
    let declared = context.model.declaration(id);
    let name = context.type_name(id);
    items.push(view::Item::Union {
        docs: docs::lines(&declared.docs, &[], declared.deprecated.as_deref()),
        members: members(context, body, Way::Out),
        name: name.clone(),
    });
    if context.has_input(id) {
        items.push(view::Item::Union {
            docs: docs::lines(&"".into(), &[&input_docs(&name)], declared.deprecated.as_deref()),
            members: members(context, body, Way::In),
            name: context.input_name(id),
        });
    }
}

/// Whether the values of an enum are texts.
pub(super) fn is_text(body: &Enum) -> bool {
    matches!(body.representation, Representation::Name | Representation::Number(_))
}

fn members(context: &Context<'_>, body: &Enum, way: Way) -> Vec<view::Property> {
    let mut members: Vec<view::Property> = body
        .variants
        .iter()
        .map(|variant| view::Property {
            docs: docs::lines(&variant.docs, &[], variant.deprecated.as_deref()),
            text: member(context, body, variant, way),
        })
        .collect();
    if !body.strict {
        let unknown = match &body.representation {
            Representation::Name | Representation::Number(_) => "$.UnknownName".to_owned(),
            Representation::Tagged { tag } => format!("$.UnknownVariant<{}>", literals::string(tag)),
            Representation::External => "$.UnknownVariant<\"$unknown\">".to_owned(),
        };
        members.push(view::Property { docs: Vec::new(), text: unknown });
    }
    members
}

/// The name of a variant that is a number on the wire.
fn name(variant: &Variant) -> &str {
    variant.extras.names.ts.as_deref().unwrap_or(&variant.name)
}

/// A variant as a member of the union.
fn member(context: &Context<'_>, body: &Enum, variant: &Variant, way: Way) -> String {
    match &body.representation {
        Representation::Name => literals::string(&variant.wire),
        Representation::Number(_) => literals::string(name(variant)),
        Representation::Tagged { tag } => {
            let tag = format!("readonly {}: {}", literals::property(tag), literals::string(&variant.wire));
            let mut properties = vec![tag];
            match &variant.data {
                VariantData::Unit => {}
                VariantData::Tuple(elements) => {
                    properties.push(format!("readonly value: {}", elements_type(context, elements, way, 6, 22)));
                }
                VariantData::Struct(fields) => {
                    properties.extend(fields.iter().map(|field| with_docs(context, field, way, 6)));
                }
            }
            layout::group(&properties, &layout::PROPERTIES, 4, 4, 1)
        }
        Representation::External => {
            let data = match &variant.data {
                VariantData::Unit => return literals::string(&variant.wire),
                VariantData::Tuple(elements) => elements_type(context, elements, way, 4, 20 + variant.wire.len()),
                VariantData::Struct(fields) if fields.is_empty() => "{ readonly [key: string]: never }".to_owned(),
                VariantData::Struct(fields) => {
                    let properties: Vec<String> =
                        fields.iter().map(|field| with_docs(context, field, way, 6)).collect();
                    layout::group(&properties, &layout::PROPERTIES, 4, 20 + variant.wire.len(), 4)
                }
            };
            format!("{{ readonly {}: {data} }}", literals::property(&variant.wire))
        }
    }
}

/// What the class of an error says of its variants: which are worth another try, and what of them is never shown.
pub(super) fn statics(context: &Context<'_>, body: &Enum) -> Vec<String> {
    let mut retries = Vec::new();
    let mut hidden = Vec::new();
    for variant in &body.variants {
        let name = literals::property(&variant.wire);
        if let Some(retry) = variant.retry {
            let after = retry
                .after
                .map_or("{}".to_owned(), |micros| format!("{{ afterMs: {} }}", values::milliseconds(micros)));
            retries.push(format!("{name}: {after}"));
        }
        let fields = match &variant.data {
            VariantData::Struct(fields) => bodies::hidden_names(context, fields),
            VariantData::Tuple(types) if types.iter().any(|ty| types::is_sensitive(context, ty)) => {
                vec![literals::string("value")]
            }
            VariantData::Unit | VariantData::Tuple(_) => Vec::new(),
        };
        if !fields.is_empty() {
            hidden.push(format!("{name}: {}", layout::group(&fields, &layout::LIST, 4, 4 + name.len(), 2)));
        }
    }
    let mut statics = Vec::new();
    for (head, entries) in
        [("static readonly $retry: $.Retry = ", retries), ("static readonly $hidden: $.Hidden = ", hidden)]
    {
        if !entries.is_empty() {
            statics.push(format!("{head}{};", layout::group(&entries, &layout::OBJECT, 2, 2 + head.len(), 1)));
        }
    }
    statics
}

/// A field's documentation, and the field.
fn with_docs(context: &Context<'_>, field: &Field, way: Way, indent: usize) -> String {
    let property = bodies::property(context, field, way);
    view::comment(&property.docs, indent) + &property.text
}

/// The values of a tuple variant: one alone, or several as a tuple.
fn elements_type(context: &Context<'_>, elements: &[Type], way: Way, indent: usize, column: usize) -> String {
    if let [one] = elements {
        return types::text(context, one, way);
    }
    let elements: Vec<String> = elements.iter().map(|ty| types::text(context, ty, way)).collect();
    format!("readonly {}", layout::group(&elements, &layout::LIST, indent, column + "readonly ".len(), 3))
}

/// The codecs of variants with fields.
pub(super) fn variant_codecs(
    context: &Context<'_>,
    codecs: &mut Codecs<'_, '_>,
    id: TypeId,
    body: &Enum,
    out: &mut Vec<view::Codec>,
) {
    let name = context.type_name(id);
    let input = context.input_name(id);
    for variant in &body.variants {
        let VariantData::Struct(fields) = &variant.data else { continue };
        if fields.is_empty() {
            continue;
        }
        let wire = literals::string(&variant.wire);
        let case = |name: &str| match &body.representation {
            Representation::Tagged { tag } => format!("$.Case<{name}, {}, {wire}>", literals::string(tag)),
            _ => format!("$.Data<{name}, {wire}>"),
        };
        let tag = match &body.representation {
            Representation::Tagged { tag } => Some((tag.as_str(), variant.wire.as_str())),
            _ => None,
        };
        let body = Body {
            codec: variant_codec(context, id, variant),
            is_exported: false,
            ty: super::records::codec_type(&case(&name), &case(&input)),
            out: case(&name),
            tag,
            fields,
            strict: body.strict,
            may_be_nil: false,
        };
        out.push(bodies::codec(context, codecs, &body));
    }
}

fn variant_codec(context: &Context<'_>, id: TypeId, variant: &Variant) -> String {
    format!("{}${}$", context.name(id), variant.name)
}

/// The expression of an enum's codec.
pub(super) fn codec(context: &Context<'_>, codecs: &mut Codecs<'_, '_>, id: TypeId, body: &Enum) -> String {
    let strict = body.strict.to_string();
    let (function, first, variants) = match &body.representation {
        Representation::Name => {
            let names = body.variants.iter().map(|variant| literals::string(&variant.wire));
            ("$.names", None, names.collect::<Vec<_>>())
        }
        Representation::Number(int) => {
            let entry = |variant: &Variant| {
                let number = variant.number.unwrap_or_default();
                let suffix = if number.unsigned_abs() > (1 << 53) - 1 { "n" } else { "" };
                format!("[{}, {number}{suffix}]", literals::string(name(variant)))
            };
            ("$.numbers", Some(literals::string(int.name())), body.variants.iter().map(entry).collect())
        }
        Representation::Tagged { tag } => {
            let mut variants = Vec::new();
            for variant in &body.variants {
                variants.push(tagged(context, codecs, id, body, tag, variant));
            }
            ("$.tagged", Some(literals::string(tag)), variants)
        }
        Representation::External => {
            let mut variants = Vec::new();
            for variant in &body.variants {
                variants.push(external(context, codecs, id, body, variant));
            }
            ("$.external", None, variants)
        }
    };
    let head = first.map_or(String::new(), |first| format!("{first}, "));
    let name = context.codec_name(id);
    // `export const` and the type stand before it.
    let column = 40 + name.len() * 3 + function.len() + head.len();
    let list = layout::group(&variants, &layout::LIST, 0, column, strict.len() + 4);
    format!("{function}({head}{list}, {strict})")
}

fn tagged(
    context: &Context<'_>,
    codecs: &mut Codecs<'_, '_>,
    id: TypeId,
    body: &Enum,
    tag: &str,
    variant: &Variant,
) -> String {
    let wire = literals::string(&variant.wire);
    let (tag, strict) = (literals::string(tag), body.strict);
    match &variant.data {
        VariantData::Unit => format!("$.unitVariant({tag}, {wire}, {strict})"),
        VariantData::Struct(fields) if fields.is_empty() => format!("$.unitVariant({tag}, {wire}, {strict})"),
        VariantData::Struct(_) => format!("[{wire}, {}]", variant_codec(context, id, variant)),
        VariantData::Tuple(elements) => {
            format!("$.tupleVariant({tag}, {wire}, {strict}, {})", elements_codec(context, codecs, elements))
        }
    }
}

fn external(context: &Context<'_>, codecs: &mut Codecs<'_, '_>, id: TypeId, body: &Enum, variant: &Variant) -> String {
    let wire = literals::string(&variant.wire);
    match &variant.data {
        VariantData::Unit => format!("[{wire}]"),
        VariantData::Struct(fields) if fields.is_empty() => format!("[{wire}, $.empty({})]", body.strict),
        VariantData::Struct(_) => format!("[{wire}, {}]", variant_codec(context, id, variant)),
        VariantData::Tuple(elements) => format!("[{wire}, {}]", elements_codec(context, codecs, elements)),
    }
}

fn elements_codec(context: &Context<'_>, codecs: &mut Codecs<'_, '_>, elements: &[Type]) -> String {
    let codec = if let [one] = elements {
        codecs.of(one)
    } else {
        let elements: Vec<String> = elements.iter().map(|ty| codecs.of(ty)).collect();
        format!("$.tuple({})", elements.join(", "))
    };
    // That hides the whole value, where only a part of it is not to be shown.
    if elements.iter().any(|ty| types::is_sensitive(context, ty)) { format!("$.sensitive({codec})") } else { codec }
}
