//! A model in the form that `forms/model.ipc` describes.

mod declarations;
mod services;
mod types;

use procwire_idl::model::{Docs, Extras, Item, Model, Names, Package, UserAnnotation, WireCase};
use procwire_idl::source::{SourceMap, Span};

use crate::json::Json;

/// The version of the form, as `forms/model.ipc` says it.
pub const VERSION: u32 = 1;

type Fields = Vec<(&'static str, Json)>;

/// A whole schema.
pub fn schema(model: &Model, sources: &SourceMap) -> Json {
    let form = Form { model, sources };
    Json::Object(vec![
        ("version", Json::number(VERSION)),
        ("ipcgen", Json::text(env!("CARGO_PKG_VERSION"))),
        ("root", Json::number(model.root.0)),
        ("packages", Json::list(model.packages.iter().map(|package| form.package(package)))),
        ("types", Json::list(model.types.iter().map(|declaration| form.declaration(declaration)))),
    ])
}

/// The path of the file that holds a schema: `acme/trading.json`.
pub fn path(model: &Model) -> String {
    format!("{}.json", model.root().name.join("/"))
}

struct Form<'a> {
    model: &'a Model,
    sources: &'a SourceMap,
}

impl Form<'_> {
    fn package(&self, package: &Package) -> Json {
        let file = self.sources.get(package.file).map_or("", |file| file.name());
        let mut fields = vec![
            ("name", Json::text(package.dotted_name())),
            ("file", Json::text(file.rsplit(['/', '\\']).next().unwrap_or(file))),
        ];
        docs(&package.docs, &mut fields);
        push_list(&mut fields, "imports", package.imports.iter().map(|id| Json::number(id.0)));
        match package.wire_case {
            WireCase::AsWritten => {}
            WireCase::Camel => fields.push(("wire_case", Json::text("Camel"))),
            WireCase::Snake => fields.push(("wire_case", Json::text("Snake"))),
        }
        push_list(&mut fields, "constants", package.consts.iter().map(|constant| self.constant(constant)));
        let types = package.declarations.iter().filter_map(|item| match item {
            Item::Type(id) => Some(Json::number(id.0)),
            Item::Const(_) | Item::Service(_) | Item::Callbacks(_) | Item::Module(_) => None,
        });
        push_list(&mut fields, "types", types);
        push_list(&mut fields, "services", package.services.iter().map(|service| self.service(service)));
        push_list(&mut fields, "callbacks", package.callbacks.iter().map(|block| self.callbacks(block)));
        push_list(&mut fields, "modules", package.modules.iter().map(|module| self.module(module)));
        annotations(&package.extras.user, &mut fields);
        Json::Object(fields)
    }

    /// What each declaration and each member may have.
    fn notes(&self, documentation: &Docs, deprecated: Option<&str>, extras: &Extras, span: Span) -> Json {
        let mut fields = Vec::new();
        docs(documentation, &mut fields);
        fields.extend(deprecated.map(|reason| ("deprecated", Json::text(reason))));
        push_flag(&mut fields, "sensitive", extras.sensitive);
        let Names { rust, ts, py } = &extras.names;
        push_map(&mut fields, "names", [("rust", rust), ("ts", ts), ("py", py)]);
        annotations(&extras.user, &mut fields);
        fields.push(("place", self.place(span)));
        Json::Object(fields)
    }

    fn place(&self, span: Span) -> Json {
        let package = (0_u32..).zip(&self.model.packages).find(|(_, package)| package.file == span.file);
        let place = self.sources.get(span.file).map(|file| file.line_column(span.start));
        Json::Object(vec![
            ("package", Json::number(package.map_or(0, |(at, _)| at))),
            ("line", Json::number(place.map_or(1, |place| place.line))),
            ("column", Json::number(place.map_or(1, |place| place.column))),
        ])
    }
}

fn docs(docs: &Docs, fields: &mut Fields) {
    if !docs.is_empty() {
        fields.push(("docs", Json::text(docs.text())));
    }
}

fn annotations(user: &[UserAnnotation], fields: &mut Fields) {
    let annotation = |annotation: &UserAnnotation| {
        let mut fields = vec![("name", Json::text(&annotation.name))];
        let arguments = annotation.arguments.iter().map(|argument| {
            let mut fields: Fields = argument.name.iter().map(|name| ("name", Json::text(name))).collect();
            fields.push(("value", types::value(&argument.value)));
            Json::Object(fields)
        });
        push_list(&mut fields, "arguments", arguments);
        Json::Object(fields)
    };
    push_list(fields, "annotations", user.iter().map(annotation));
}

/// A list, where it has entries.
fn push_list(fields: &mut Fields, name: &'static str, items: impl Iterator<Item = Json>) {
    let items: Vec<Json> = items.collect();
    if !items.is_empty() {
        fields.push((name, Json::List(items)));
    }
}

fn push_texts(fields: &mut Fields, name: &'static str, texts: &[String]) {
    push_list(fields, name, texts.iter().map(Json::text));
}

/// A flag, where it is set.
fn push_flag(fields: &mut Fields, name: &'static str, is_set: bool) {
    if is_set {
        fields.push((name, Json::Bool(true)));
    }
}

fn push_map(fields: &mut Fields, name: &'static str, entries: [(&'static str, &Option<String>); 3]) {
    let entries: Fields =
        entries.into_iter().filter_map(|(key, text)| Some((key, Json::text(text.as_deref()?)))).collect();
    if !entries.is_empty() {
        fields.push((name, Json::Object(entries)));
    }
}

/// A variant with the fields that stand beside its name.
fn variant(name: &'static str, mut fields: Fields) -> Json {
    fields.insert(0, ("type", Json::text(name)));
    Json::Object(fields)
}

/// A variant of one value.
fn holding(name: &'static str, value: Json) -> Json {
    variant(name, vec![("value", value)])
}
