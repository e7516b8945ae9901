//! Enums and errors: literals, numbers, or a class a variant.

use procwire_idl::model::{
    Declaration, Enum, Field, Presence, Representation, Type, TypeId, TypeKind, Variant, VariantData,
};
use procwire_templates::python as view;

use super::super::context::Context;
use super::super::layout::Text;
use super::super::types::Place;
use super::super::{docs, literals};
use super::{Items, records};

pub(super) fn push(context: &Context<'_>, id: TypeId, declared: &Declaration, body: &Enum, file: &mut Items) {
    let name = context.type_name(id);
    let docs = docs::docstring(&declared.docs, declared.deprecated.as_deref());
    match &body.representation {
        Representation::Name => {
            let names = body.variants.iter().map(|variant| Text::from(literals::string(&variant.wire)));
            let mut target = Text::subscript("_p.Literal", names);
            if !body.strict {
                target = Text::subscript("_p.Open", [target]);
            }
            file.push(alias(name, target, with_variants(declared, body, docs)));
        }
        Representation::Number(int) => {
            let fields = body.variants.iter().zip(context.members(id)).map(|(variant, member)| view::Field {
                text: format!("{member} = {}", variant.number.unwrap_or_default()),
                docs: docs::docstring(&variant.docs, variant.deprecated.as_deref()),
            });
            file.push(view::Item::Class {
                head: records::head(name, "_p.Number", vec![format!("repr=\"{}\"", int.name())]),
                docs,
                fields: fields.collect(),
                methods: Vec::new(),
            });
        }
        Representation::Tagged { tag } => {
            for variant in &body.variants {
                file.push(tagged(context, id, body, variant, tag));
            }
            file.push(alias(name, union(context, id, body, wrapper(body)), docs));
        }
        Representation::External => {
            for variant in &body.variants {
                file.push(external(context, id, body, variant));
            }
            let wrapper = if body.strict { "_p.StrictExternal" } else { "_p.External" };
            file.push(alias(name, union(context, id, body, wrapper), docs));
        }
    }
}

/// An error: its data as an enum has it, and the exception that carries it.
pub(super) fn push_error(context: &Context<'_>, id: TypeId, declared: &Declaration, body: &Enum, file: &mut Items) {
    for variant in &body.variants {
        file.push(tagged(context, id, body, variant, "type"));
    }
    let (name, data) = (context.type_name(id), context.value_name(id));
    file.push(alias(&data, union(context, id, body, wrapper(body)), Vec::new()));
    let mut docs = docs::docstring(&declared.docs, declared.deprecated.as_deref());
    if docs.is_empty() {
        docs = docs::text(&format!("What methods that throw `{}` raise; `data` says which.", declared.name));
    }
    let mut options: Vec<Text> = Vec::new();
    if declared.name != name {
        options.push(format!("name={}", literals::string(&declared.name)).into());
    }
    options.extend(retries(body));
    file.push(view::Item::Class {
        head: records::head(name, Text::subscript("_p.DeclaredError", [data.as_str().into()]), options),
        docs,
        fields: Vec::new(),
        methods: Vec::new(),
    });
}

/// The variants that are worth another try, and the seconds before it where the schema says.
fn retries(body: &Enum) -> Option<Text> {
    let retries: Vec<Text> = body
        .variants
        .iter()
        .filter_map(|variant| {
            let after = variant.retry?.after.map_or_else(|| "None".to_owned(), literals::seconds);
            Some(format!("{}: {after}", literals::string(&variant.wire)).into())
        })
        .collect();
    let is_any = !retries.is_empty();
    is_any.then(|| Text::collection("retry={", retries))
}

fn alias(name: &str, target: Text, docs: Vec<String>) -> view::Item {
    view::Item::Statement { text: target.after(&format!("{name}: _p.TypeAlias = ")).print(0), docs }
}

fn wrapper(body: &Enum) -> &'static str {
    if body.strict { "_p.Strict" } else { "_p.Open" }
}

fn union(context: &Context<'_>, id: TypeId, body: &Enum, wrapper: &str) -> Text {
    let classes = body.variants.iter().map(|variant| context.variant_class(id, variant).into());
    Text::subscript(wrapper, [Text::Union(classes.collect())])
}

/// The docstring of an enum of names, with what is documented of its variants.
fn with_variants(declared: &Declaration, body: &Enum, plain: Vec<String>) -> Vec<String> {
    let documented: Vec<String> = body
        .variants
        .iter()
        .filter(|variant| !variant.docs.is_empty() || variant.deprecated.is_some())
        .map(|variant| {
            let deprecated = variant.deprecated.as_ref().map(|reason| format!("Deprecated: {reason}"));
            let text: Vec<&str> =
                variant.docs.lines.iter().map(String::as_str).chain(deprecated.as_deref()).map(str::trim).collect();
            format!("- `{}`: {}", variant.wire, text.join(" "))
        })
        .collect();
    if documented.is_empty() {
        return plain;
    }
    let mut all = declared.docs.clone();
    if !all.is_empty() {
        all.lines.push(String::new());
    }
    all.lines.extend(documented);
    docs::docstring(&all, declared.deprecated.as_deref())
}

fn tagged(context: &Context<'_>, id: TypeId, body: &Enum, variant: &Variant, tag: &str) -> view::Item {
    let mut options = options(body, variant);
    if tag != "type" {
        options.push(format!("tag_field={}", literals::string(tag)));
    }
    class(context, id, variant, "_p.Variant", options)
}

fn external(context: &Context<'_>, id: TypeId, body: &Enum, variant: &Variant) -> view::Item {
    let base = match variant.data {
        VariantData::Unit => "_p.ExternalUnit",
        VariantData::Tuple(_) => "_p.ExternalTuple",
        VariantData::Struct(_) => "_p.ExternalStruct",
    };
    class(context, id, variant, base, options(body, variant))
}

fn options(body: &Enum, variant: &Variant) -> Vec<String> {
    let mut options = vec!["frozen=True".to_owned()];
    if matches!(variant.data, VariantData::Struct(_)) {
        options.push("kw_only=True".to_owned());
    }
    if body.strict {
        options.push("forbid_unknown_fields=True".to_owned());
    }
    options.push(format!("tag={}", literals::string(&variant.wire)));
    options
}

fn class(context: &Context<'_>, id: TypeId, variant: &Variant, base: &str, options: Vec<String>) -> view::Item {
    let fields = match &variant.data {
        VariantData::Unit => Vec::new(),
        VariantData::Tuple(elements) => records::fields(context, &[value_field(elements, variant)], Place::Wire),
        VariantData::Struct(fields) => records::fields(context, fields, Place::Wire),
    };
    view::Item::Class {
        head: records::head(&context.variant_class(id, variant), base, options),
        docs: docs::docstring(&variant.docs, variant.deprecated.as_deref()),
        fields,
        methods: Vec::new(),
    }
}

/// The field that holds what a tuple variant carries.
fn value_field(elements: &[Type], variant: &Variant) -> Field {
    let ty = match elements {
        [only] => only.clone(),
        _ => Type::new(TypeKind::Tuple(elements.to_vec()), variant.span),
    };
    Field {
        name: "value".to_owned(),
        wire: "value".to_owned(),
        ty,
        presence: Presence::Required,
        docs: procwire_idl::model::Docs::default(),
        deprecated: None,
        extras: procwire_idl::model::Extras::default(),
        span: variant.span,
    }
}
