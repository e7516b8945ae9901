//! Records.

use procwire_idl::model::{DeclarationKind, Record, TypeId};
use procwire_templates::typescript as view;

use super::super::codecs::Codecs;
use super::super::context::Context;
use super::super::docs;
use super::super::types::Way;
use super::bodies::{self, Body};
use super::{enums, input_docs};

pub(super) fn items(context: &Context<'_>, id: TypeId, record: &Record, items: &mut Vec<view::Item>) {
    let declared = context.model.declaration(id);
    let name = context.type_name(id);
    let deprecated = declared.deprecated.as_deref();
    items.push(view::Item::Interface {
        docs: docs::lines(&declared.docs, &[], deprecated),
        heading: name.clone(),
        properties: properties(context, record, Way::Out),
    });
    if context.has_input(id) {
        items.push(view::Item::Interface {
            docs: docs::lines(&"".into(), &[&input_docs(&name)], deprecated),
            heading: context.input_name(id),
            properties: properties(context, record, Way::In),
        });
    }
}

fn properties(context: &Context<'_>, record: &Record, way: Way) -> Vec<view::Property> {
    let property = |field| bodies::property(context, field, way);
    record.fields.iter().map(property).collect()
}

/// The codecs that look others up when they are called: those of records and of variants with fields.
pub(super) fn codec(context: &Context<'_>, codecs: &mut Codecs<'_, '_>, id: TypeId, out: &mut Vec<view::Codec>) {
    match &context.model.declaration(id).kind {
        DeclarationKind::Record(record) if record.fields.is_empty() => out.push(view::Codec::Const {
            is_exported: true,
            name: context.codec_name(id),
            ty: codec_type(&context.type_name(id), &context.input_name(id)),
            value: format!(" $.empty({})", record.strict),
        }),
        DeclarationKind::Record(record) => {
            let name = context.type_name(id);
            let body = Body {
                codec: context.codec_name(id),
                is_exported: true,
                ty: codec_type(&name, &context.input_name(id)),
                out: name,
                tag: None,
                fields: &record.fields,
                strict: record.strict,
                may_be_nil: false,
            };
            out.push(bodies::codec(context, codecs, &body));
        }
        DeclarationKind::Enum(body) | DeclarationKind::Error(body) => {
            enums::variant_codecs(context, codecs, id, body, out);
        }
        DeclarationKind::Newtype(_) | DeclarationKind::Alias(_) | DeclarationKind::Ext(_) => {}
    }
}

/// The type of a codec by the names of what it reads and writes.
pub(super) fn codec_type(out: &str, input: &str) -> String {
    if out == input { format!("$.Codec<{out}>") } else { format!("$.Codec<{out}, {input}>") }
}
