//! The syntax tree as a tree of values, with the line and column of each node.

use procwire_idl::ast::{
    Annotation, Clause, ClauseKind, Doc, Field, Fields, File, Import, ImportSource, Item, ItemKind, Mapping, Member,
    Number, Outer, Parameters, Reserved, Response, Token, Type, TypeKind, Value, ValueKind, Variant, VariantData,
};
use procwire_idl::source::{SourceMap, Span};

use crate::json::Json;

type Node = Vec<(&'static str, Json)>;

pub(super) fn dump(file: &File<'_>, sources: &SourceMap) -> Json {
    let at = At(sources);
    let mut node = vec![("file", Json::text(sources.get(file.id).map_or("", |file| file.name())))];
    node.push(("docs", docs(&file.docs)));
    if let Some(package) = &file.package {
        node.push(("package", Json::text(package.path.text)));
    }
    node.push(("imports", Json::list(file.imports.iter().map(|declared| at.import(declared)))));
    node.push(("items", Json::list(file.items.iter().map(|item| at.item(item)))));
    node.push(("broken", Json::list(file.broken.iter().map(|name| Json::text(name.text)))));
    node.push((
        "comments",
        Json::list(
            file.comments
                .iter()
                .map(|comment| Json::Object(vec![("text", Json::text(comment.text)), ("at", at.place(comment.span))])),
        ),
    ));
    Json::Object(node)
}

struct At<'a>(&'a SourceMap);

impl At<'_> {
    /// `12:5`
    fn place(&self, span: Span) -> Json {
        self.0.line_column(span).map_or(Json::Null, |at| Json::text(format!("{}:{}", at.line, at.column)))
    }

    fn head(&self, kind: &'static str, name: &str, span: Span, outer: &Outer<'_>) -> Node {
        vec![
            (kind, Json::text(name)),
            ("at", self.place(span)),
            ("docs", docs(&outer.docs)),
            ("annotations", annotations(&outer.annotations)),
        ]
    }

    fn item(&self, item: &Item<'_>) -> Json {
        let kind = match &item.kind {
            ItemKind::Const { .. } => "const",
            ItemKind::Newtype(_) => "newtype",
            ItemKind::Alias(_) => "type",
            ItemKind::Ext { .. } => "ext",
            ItemKind::Record(_) => "record",
            ItemKind::Variants { error: false, .. } => "enum",
            ItemKind::Variants { error: true, .. } => "error",
            ItemKind::Service { .. } => "service",
            ItemKind::Callbacks { .. } => "callbacks",
            ItemKind::Module(_) => "module",
        };
        let mut node = self.head(kind, item.name.text, item.name.span, &item.outer);
        node.push(("strict", Json::Bool(item.strict.is_some())));
        node.push(("representation", annotations(&item.annotations)));
        match &item.kind {
            ItemKind::Const { ty, value } => {
                node.push(("type", Json::text(type_text(ty))));
                node.push(("value", Json::text(value_text(value))));
            }
            ItemKind::Newtype(ty) | ItemKind::Alias(ty) => {
                node.push(("target", Json::text(type_text(ty))));
            }
            ItemKind::Ext { code, target, mappings, .. } => {
                node.push(("code", code.map_or(Json::Null, |code| Json::text(number_text(code)))));
                node.push(("target", Json::text(type_text(target))));
                let text = |mapping: &Mapping<'_>| format!("{}: {:?}", mapping.language.text, mapping.path.value);
                node.push(("mappings", Json::list(mappings.iter().map(|mapping| Json::text(text(mapping))))));
            }
            ItemKind::Record(fields) => self.fields(fields, &mut node),
            ItemKind::Variants { variants, reserved: names, .. } => {
                node.push(("variants", Json::list(variants.iter().map(|variant| self.variant(variant)))));
                node.push(("reserved", reserved(names)));
            }
            ItemKind::Service { members, reserved: names } | ItemKind::Callbacks { members, reserved: names } => {
                node.push(("members", Json::list(members.iter().map(|member| self.member(member)))));
                node.push(("reserved", reserved(names)));
            }
            ItemKind::Module(clauses) => node.push(("clauses", Json::list(clauses.iter().map(clause)))),
        }
        Json::Object(node)
    }

    fn import(&self, import: &Import<'_>) -> Json {
        let mut node = match &import.source {
            ImportSource::Package(name) => vec![("package", Json::text(name.text))],
            ImportSource::File(text) => vec![("file", Json::text(text.value.as_ref()))],
        };
        node.push(("at", self.place(import.source.span())));
        node.push(("as", Json::option(import.alias.map(|alias| alias.text))));
        if let Some(names) = &import.names {
            let names = names.iter().map(|name| {
                let alias = Json::option(name.alias.map(|alias| alias.text));
                Json::Object(vec![("name", Json::text(name.name.text)), ("as", alias)])
            });
            node.push(("names", Json::list(names)));
        }
        Json::Object(node)
    }

    fn fields(&self, fields: &Fields<'_>, node: &mut Node) {
        node.push(("fields", Json::list(fields.fields.iter().map(|field| self.field(field)))));
        node.push(("reserved", reserved(&fields.reserved)));
    }

    fn field(&self, field: &Field<'_>) -> Json {
        let mut node = self.head("name", field.name.text, field.name.span, &field.outer);
        node.push(("optional", Json::Bool(field.optional.is_some())));
        node.push(("type", Json::text(type_text(&field.ty))));
        if let Some(default) = &field.default {
            node.push(("default", Json::text(value_text(default))));
        }
        Json::Object(node)
    }

    fn variant(&self, variant: &Variant<'_>) -> Json {
        let mut node = self.head("name", variant.name.text, variant.name.span, &variant.outer);
        match &variant.data {
            VariantData::Unit => {}
            VariantData::Tuple(types) => {
                node.push(("values", Json::list(types.iter().map(|ty| Json::text(type_text(ty))))));
            }
            VariantData::Struct(fields) => self.fields(fields, &mut node),
        }
        if let Some((number, _)) = &variant.number {
            node.push(("number", Json::text(number_text(*number))));
        }
        Json::Object(node)
    }

    fn member(&self, member: &Member<'_>) -> Json {
        let kind = if member.method.is_some() { "method" } else { "event" };
        let mut node = self.head(kind, member.name.text, member.name.span, &member.outer);
        match &member.parameters {
            Parameters::None => {}
            Parameters::Bare(ty) => node.push(("bare", Json::text(type_text(ty)))),
            Parameters::Named(fields) => self.fields(fields, &mut node),
        }
        if let Some(method) = &member.method {
            let response = match method.response {
                Response::Result => "result",
                Response::Stream => "stream",
                Response::Ack => "ack",
                Response::None => "none",
            };
            node.push(("response", Json::text(response)));
            if let Some(answer) = &method.answer {
                node.push(("answer", Json::text(type_text(answer))));
            }
            node.push(("throws", Json::list(method.throws.iter().map(|name| Json::text(name.text)))));
        }
        Json::Object(node)
    }
}

fn clause(clause: &Clause<'_>) -> Json {
    let kind = match clause.kind {
        ClauseKind::Provides => "provides",
        ClauseKind::Requires => "requires",
        ClauseKind::Optional => "optional",
    };
    let targets = clause.targets.iter().map(|target| {
        let all = if target.all.is_some() { ".*" } else { "" };
        Json::text(format!("{}{all}", target.path.text))
    });
    Json::Object(vec![(kind, Json::list(targets))])
}

fn docs(docs: &[Doc<'_>]) -> Json {
    if docs.is_empty() {
        return Json::Null;
    }
    let lines: Vec<&str> = docs.iter().map(|doc| doc.text).collect();
    Json::text(lines.join("\n"))
}

fn reserved(reserved: &[Reserved<'_>]) -> Json {
    Json::list(reserved.iter().map(|entry| match entry {
        Reserved::Text(text) => Json::text(text.value.as_ref()),
        Reserved::Number(number, _) => Json::text(number_text(*number)),
    }))
}

fn annotations(annotations: &[Annotation<'_>]) -> Json {
    Json::list(annotations.iter().map(|annotation| Json::text(annotation_text(annotation))))
}

fn annotation_text(annotation: &Annotation<'_>) -> String {
    let Some(arguments) = &annotation.arguments else {
        return format!("@{}", annotation.name.text);
    };
    let tokens = arguments.iter().map(|token| match token {
        Token::Text(text) => format!("{:?}", text.value),
        Token::Name(name) | Token::Number(_, name) | Token::Other(name) => name.text.to_owned(),
    });
    format!("@{}({})", annotation.name.text, tokens.collect::<Vec<_>>().join(" "))
}

fn number_text(number: Number) -> String {
    match number {
        Number::Int(value) => value.to_string(),
        Number::Float(value) => format!("{value:?}"),
        Number::Duration(micros) => format!("{micros}us"),
        Number::Size(bytes) => bytes.to_string(),
    }
}

fn value_text(value: &Value<'_>) -> String {
    match &value.kind {
        ValueKind::Bool(value) => value.to_string(),
        ValueKind::Number(number) => number_text(*number),
        ValueKind::Text(text) => format!("{text:?}"),
        ValueKind::EmptyList => "[]".to_owned(),
        ValueKind::EmptyMap => "{}".to_owned(),
        ValueKind::Name(name) => (*name).to_owned(),
        ValueKind::Broken => "broken".to_owned(),
    }
}

/// A type as it is written, without spaces and comments.
fn type_text(ty: &Type<'_>) -> String {
    let list = |types: &[Type<'_>]| types.iter().map(type_text).collect::<Vec<_>>().join(", ");
    let mut text = match &ty.kind {
        TypeKind::Reference { path, arguments } if arguments.is_empty() => path.text.to_owned(),
        TypeKind::Reference { path, arguments } => format!("{}<{}>", path.text, list(arguments)),
        TypeKind::Tuple(elements) => {
            let comma = if elements.len() == 1 { "," } else { "" };
            format!("({}{comma})", list(elements))
        }
    };
    if ty.nullable.is_some() {
        text.push('?');
    }
    for annotation in &ty.annotations {
        text.push(' ');
        text.push_str(&annotation_text(annotation));
    }
    text
}
