//! Types, values and constraints.

use procwire_idl::model::{Constraints, IntType, Type, TypeKind, Value};

use super::{Fields, Form, holding, push_flag, push_list, variant};
use crate::json::Json;

impl Form<'_> {
    pub(super) fn ty(&self, ty: &Type) -> Json {
        let mut of = Vec::new();
        let mut id = None;
        let kind = match &ty.kind {
            TypeKind::Bool => "Bool",
            TypeKind::String => "String",
            TypeKind::Int(int) => int_name(*int),
            TypeKind::F32 => "F32",
            TypeKind::F64 => "F64",
            TypeKind::Bytes => "Bytes",
            TypeKind::Timestamp => "Timestamp",
            TypeKind::Duration => "Duration",
            TypeKind::Uuid => "Uuid",
            TypeKind::Any => "Any",
            TypeKind::Unit => "Unit",
            TypeKind::List(inner) => {
                of.push(self.ty(inner));
                "List"
            }
            TypeKind::Tuple(elements) => {
                of.extend(elements.iter().map(|element| self.ty(element)));
                "Tuple"
            }
            TypeKind::Map(key, value) => {
                of.extend([self.ty(key), self.ty(value)]);
                "Map"
            }
            TypeKind::Nullable(inner) => {
                of.push(self.ty(inner));
                "Nullable"
            }
            TypeKind::Named(named) => {
                id = Some(named.0);
                "Named"
            }
        };
        let mut fields = vec![("kind", Json::text(kind)), ("text", Json::text(self.model.type_text(ty)))];
        push_list(&mut fields, "of", of.into_iter());
        fields.extend(id.map(|id| ("id", Json::number(id))));
        push_flag(&mut fields, "ts_number", ty.ts_number);
        push_flag(&mut fields, "precise", ty.precise);
        push_flag(&mut fields, "as_text", ty.text);
        fields.extend(ty.constraints.as_deref().map(|given| ("constraints", constraints(given))));
        Json::Object(fields)
    }
}

pub(super) fn int_name(int: IntType) -> &'static str {
    match int {
        IntType::U8 => "U8",
        IntType::U16 => "U16",
        IntType::U32 => "U32",
        IntType::U64 => "U64",
        IntType::I8 => "I8",
        IntType::I16 => "I16",
        IntType::I32 => "I32",
        IntType::I64 => "I64",
    }
}

fn constraints(given: &Constraints) -> Json {
    let mut fields: Fields = Vec::new();
    if let Some(length) = given.len {
        fields.extend((length.min > 0).then(|| ("min_length", Json::number(length.min))));
        fields.extend(length.max.map(|max| ("max_length", Json::number(max))));
    }
    if let Some(range) = &given.range {
        fields.extend(range.min.as_ref().map(|min| ("min", value(min))));
        fields.extend(range.max.as_ref().map(|max| ("max", value(max))));
        push_flag(&mut fields, "exclusive", range.exclusive);
    }
    fields.extend(given.pattern.as_ref().map(|pattern| ("pattern", Json::text(pattern))));
    Json::Object(fields)
}

pub(super) fn value(value: &Value) -> Json {
    match value {
        Value::Bool(value) => holding("Bool", Json::Bool(*value)),
        Value::Int(value) => holding("Int", Json::text(value.to_string())),
        Value::Float(value) => holding("Float", Json::Float(*value)),
        Value::String(text) => holding("String", Json::text(text)),
        Value::Duration(microseconds) => holding("Duration", Json::number(*microseconds)),
        Value::EmptyList => variant("EmptyList", Vec::new()),
        Value::EmptyMap => variant("EmptyMap", Vec::new()),
        Value::Variant { variant, .. } => holding("Variant", Json::text(variant)),
    }
}
