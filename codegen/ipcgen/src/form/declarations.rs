//! Constants and declared types.

use procwire_idl::model::{
    Const, Declaration, DeclarationKind, Enum, Field, Presence, Representation, Retry, Variant, VariantData,
};

use super::types::{int_name, value};
use super::{Fields, Form, holding, push_flag, push_map, push_texts, variant};
use crate::json::Json;

impl Form<'_> {
    pub(super) fn constant(&self, constant: &Const) -> Json {
        let Const { docs, deprecated, extras, span, .. } = constant;
        Json::Object(vec![
            ("name", Json::text(&constant.name)),
            ("notes", self.notes(docs, deprecated.as_deref(), extras, *span)),
            ("ty", self.ty(&constant.ty)),
            ("value", value(&constant.value)),
        ])
    }

    pub(super) fn declaration(&self, declaration: &Declaration) -> Json {
        let Declaration { docs, deprecated, extras, span, .. } = declaration;
        let declared = match &declaration.kind {
            DeclarationKind::Record(record) => {
                let mut fields = Fields::new();
                push_flag(&mut fields, "strict", record.strict);
                fields.push(("fields", self.fields(&record.fields)));
                push_texts(&mut fields, "reserved", &record.reserved);
                variant("Record", fields)
            }
            DeclarationKind::Enum(declared) => holding("Enum", self.variants(declared)),
            DeclarationKind::Error(declared) => holding("Error", self.variants(declared)),
            DeclarationKind::Newtype(target) => variant("Newtype", vec![("target", self.ty(target))]),
            DeclarationKind::Alias(target) => variant("Alias", vec![("target", self.ty(target))]),
            DeclarationKind::Ext(ext) => {
                let mut fields = vec![("code", Json::number(ext.code)), ("target", self.ty(&ext.target))];
                push_flag(&mut fields, "write", ext.write);
                push_map(&mut fields, "mapped", [("rust", &ext.rust), ("ts", &ext.ts), ("py", &ext.py)]);
                variant("Ext", fields)
            }
        };
        Json::Object(vec![
            ("name", Json::text(&declaration.name)),
            ("package", Json::number(declaration.package.0)),
            ("notes", self.notes(docs, deprecated.as_deref(), extras, *span)),
            ("declared", declared),
        ])
    }

    pub(super) fn fields(&self, fields: &[Field]) -> Json {
        Json::list(fields.iter().map(|field| self.field(field)))
    }

    fn field(&self, field: &Field) -> Json {
        let mut fields = vec![
            ("name", Json::text(&field.name)),
            ("wire", Json::text(&field.wire)),
            ("notes", self.notes(&field.docs, field.deprecated.as_deref(), &field.extras, field.span)),
            ("ty", self.ty(&field.ty)),
        ];
        match &field.presence {
            Presence::Required => {}
            Presence::Optional => fields.push(("presence", variant("Optional", Vec::new()))),
            Presence::Default(default) => fields.push(("presence", holding("Default", value(default)))),
        }
        Json::Object(fields)
    }

    fn variants(&self, declared: &Enum) -> Json {
        let mut fields = Fields::new();
        push_flag(&mut fields, "strict", declared.strict);
        let form = match &declared.representation {
            Representation::Name => variant("Name", Vec::new()),
            Representation::Number(int) => holding("Number", Json::text(int_name(*int))),
            Representation::Tagged { tag } => holding("Tagged", Json::text(tag)),
            Representation::External => variant("External", Vec::new()),
        };
        fields.push(("form", form));
        fields.push(("variants", Json::list(declared.variants.iter().map(|variant| self.variant(variant)))));
        push_texts(&mut fields, "reserved", &declared.reserved);
        Json::Object(fields)
    }

    fn variant(&self, declared: &Variant) -> Json {
        let Variant { docs, deprecated, extras, span, .. } = declared;
        let mut fields = vec![
            ("name", Json::text(&declared.name)),
            ("wire", Json::text(&declared.wire)),
            ("notes", self.notes(docs, deprecated.as_deref(), extras, *span)),
        ];
        fields.extend(declared.number.map(|number| ("number", Json::text(number.to_string()))));
        match &declared.data {
            VariantData::Unit => {}
            VariantData::Tuple(types) => {
                fields.push(("data", holding("Tuple", Json::list(types.iter().map(|ty| self.ty(ty))))));
            }
            VariantData::Struct(declared) => fields.push(("data", holding("Struct", self.fields(declared)))),
        }
        fields.extend(declared.retry.map(|Retry { after }| {
            let after = after.into_iter().map(|after| ("after", Json::number(after))).collect();
            ("retry", Json::Object(after))
        }));
        push_texts(&mut fields, "reserved", &declared.reserved);
        Json::Object(fields)
    }
}
