//! The model as a tree of values.

use procwire_idl::model::{
    Callbacks, Const, Declaration, DeclarationKind, Docs, Enum, Event, Extras, Field, Item, Method, Model, Module,
    Package, PackageId, Parameters, Presence, Record, Representation, Response, Service, Type, TypeId, Value, Variant,
    VariantData, WireCase,
};

use crate::json::Json;

type Fields = Vec<(&'static str, Json)>;

pub(super) fn dump(model: &Model) -> Json {
    Json::Object(vec![("packages", Json::list(model.packages.iter().map(|declared| package(model, declared))))])
}

fn package(model: &Model, package: &Package) -> Json {
    let item = |item: &Item| match *item {
        Item::Type(id) => declaration(model, model.declaration(id)),
        Item::Const(at) => constant(model, &package.consts[at]),
        Item::Service(at) => service(model, &package.services[at]),
        Item::Callbacks(at) => callbacks(model, &package.callbacks[at]),
        Item::Module(at) => module(model, &package.modules[at]),
    };
    Json::Object(vec![
        ("package", Json::text(package.dotted_name())),
        ("docs", docs(&package.docs)),
        ("imports", Json::list(package.imports.iter().map(|id| Json::text(dotted(model, *id))))),
        ("wire case", wire_case(package.wire_case)),
        ("annotations", user(&package.extras)),
        ("declarations", Json::list(package.declarations.iter().map(item))),
    ])
}

fn dotted(model: &Model, id: PackageId) -> String {
    model.packages[id.0 as usize].dotted_name()
}

/// The name of a declared type; with its package, where that is not the schema's own.
fn name_of(model: &Model, id: TypeId) -> String {
    let declared = model.declaration(id);
    if declared.package == model.root {
        declared.name.clone()
    } else {
        format!("{}.{}", dotted(model, declared.package), declared.name)
    }
}

fn type_text(model: &Model, ty: &Type) -> String {
    model.type_text_with(ty, &|id| name_of(model, id))
}

fn wire_case(case: WireCase) -> Json {
    match case {
        WireCase::AsWritten => Json::Null,
        WireCase::Camel => Json::text("camel"),
        WireCase::Snake => Json::text("snake"),
    }
}

fn docs(docs: &Docs) -> Json {
    if docs.is_empty() { Json::Null } else { Json::text(docs.text()) }
}

/// What every declaration begins with.
fn head(kind: &'static str, name: &str, documentation: &Docs, deprecated: Option<&str>, extras: &Extras) -> Fields {
    let mut fields =
        vec![(kind, Json::text(name)), ("docs", docs(documentation)), ("deprecated", Json::option(deprecated))];
    if extras.sensitive {
        fields.push(("sensitive", Json::Bool(true)));
    }
    let names = &extras.names;
    for (language, name) in [("rust", &names.rust), ("ts", &names.ts), ("py", &names.py)] {
        if let Some(name) = name {
            fields.push((language, Json::text(name)));
        }
    }
    fields.push(("annotations", user(extras)));
    fields
}

/// The annotations of users, as a schema writes them.
fn user(extras: &Extras) -> Json {
    Json::list(extras.user.iter().map(|annotation| Json::text(annotation.to_string())))
}

fn constant(model: &Model, constant: &Const) -> Json {
    let mut fields = head("const", &constant.name, &constant.docs, constant.deprecated.as_deref(), &constant.extras);
    fields.push(("type", Json::text(type_text(model, &constant.ty))));
    fields.push(("value", value(&constant.value)));
    Json::Object(fields)
}

fn declaration(model: &Model, declaration: &Declaration) -> Json {
    let kind = match &declaration.kind {
        DeclarationKind::Record(_) => "record",
        DeclarationKind::Enum(_) => "enum",
        DeclarationKind::Error(_) => "error",
        DeclarationKind::Newtype(_) => "newtype",
        DeclarationKind::Alias(_) => "type",
        DeclarationKind::Ext(_) => "ext",
    };
    let mut fields =
        head(kind, &declaration.name, &declaration.docs, declaration.deprecated.as_deref(), &declaration.extras);
    if let Some(cycle) = declaration.cycle {
        fields.push(("cycle", Json::number(cycle)));
    }
    match &declaration.kind {
        DeclarationKind::Record(declared) => record(model, declared, &mut fields),
        DeclarationKind::Enum(declared) | DeclarationKind::Error(declared) => {
            variants(model, declared, &mut fields);
        }
        DeclarationKind::Newtype(target) | DeclarationKind::Alias(target) => {
            fields.push(("target", Json::text(type_text(model, target))));
        }
        DeclarationKind::Ext(ext) => {
            fields.push(("code", Json::number(u32::from(ext.code))));
            fields.push(("target", Json::text(type_text(model, &ext.target))));
            fields.push(("write", Json::Bool(ext.write)));
            let types = [("rust type", &ext.rust), ("ts type", &ext.ts), ("py type", &ext.py)];
            fields.extend(types.map(|(language, path)| (language, Json::option(path.as_deref()))));
        }
    }
    Json::Object(fields)
}

fn record(model: &Model, record: &Record, fields: &mut Fields) {
    fields.push(("strict", Json::Bool(record.strict)));
    fields.push(("fields", named(model, &record.fields)));
    fields.push(("reserved", reserved(&record.reserved)));
}

fn reserved(names: &[String]) -> Json {
    Json::list(names.iter().map(Json::text))
}

fn variants(model: &Model, declared: &Enum, fields: &mut Fields) {
    let representation = match &declared.representation {
        Representation::Name => "name".to_owned(),
        Representation::Number(int) => int.name().to_owned(),
        Representation::Tagged { tag } => format!("tagged by {tag:?}"),
        Representation::External => "external".to_owned(),
    };
    fields.push(("strict", Json::Bool(declared.strict)));
    fields.push(("representation", Json::text(representation)));
    fields.push(("variants", Json::list(declared.variants.iter().map(|declared| variant(model, declared)))));
    fields.push(("reserved", reserved(&declared.reserved)));
}

fn variant(model: &Model, variant: &Variant) -> Json {
    let mut fields = head("name", &variant.name, &variant.docs, variant.deprecated.as_deref(), &variant.extras);
    fields.push(wire(&variant.wire, &variant.name));
    if let Some(retry) = variant.retry {
        let after = retry.after.map(|after| Value::Duration(after).to_string());
        fields.push(("retry", Json::text(after.unwrap_or_else(|| "yes".to_owned()))));
    }
    if let Some(number) = variant.number {
        fields.push(("number", Json::Int(number)));
    }
    match &variant.data {
        VariantData::Unit => {}
        VariantData::Tuple(elements) => {
            fields.push(("values", Json::list(elements.iter().map(|ty| Json::text(type_text(model, ty))))));
        }
        VariantData::Struct(declared) => {
            fields.push(("fields", named(model, declared)));
            fields.push(("reserved", reserved(&variant.reserved)));
        }
    }
    Json::Object(fields)
}

/// The name on the wire, where it is another than the schema's.
fn wire(wire: &str, name: &str) -> (&'static str, Json) {
    ("wire", if wire == name { Json::Null } else { Json::text(wire) })
}

fn named(model: &Model, fields: &[Field]) -> Json {
    Json::list(fields.iter().map(|declared| {
        let mut fields = head("name", &declared.name, &declared.docs, declared.deprecated.as_deref(), &declared.extras);
        fields.push(wire(&declared.wire, &declared.name));
        fields.push(("type", Json::text(type_text(model, &declared.ty))));
        match &declared.presence {
            Presence::Required => {}
            Presence::Optional => fields.push(("optional", Json::Bool(true))),
            Presence::Default(default) => fields.push(("default", value(default))),
        }
        Json::Object(fields)
    }))
}

fn service(model: &Model, service: &Service) -> Json {
    let mut fields = head("service", &service.name, &service.docs, service.deprecated.as_deref(), &service.extras);
    fields.push(("prefix", Json::option(service.prefix.as_deref())));
    fields.push(("methods", Json::list(service.methods.iter().map(|declared| method(model, declared)))));
    fields.push(("events", Json::list(service.events.iter().map(|declared| event(model, declared)))));
    fields.push(("reserved", reserved(&service.reserved)));
    Json::Object(fields)
}

fn callbacks(model: &Model, block: &Callbacks) -> Json {
    let mut fields = head("callbacks", &block.name, &block.docs, block.deprecated.as_deref(), &block.extras);
    fields.push(("methods", Json::list(block.methods.iter().map(|declared| method(model, declared)))));
    fields.push(("reserved", reserved(&block.reserved)));
    Json::Object(fields)
}

fn module(model: &Model, module: &Module) -> Json {
    let mut fields = head("module", &module.name, &module.docs, module.deprecated.as_deref(), &module.extras);
    let services = module.provides.iter().map(|id| &model.packages[id.package.0 as usize].services[id.service]);
    fields.push(("provides", Json::list(services.map(|service| Json::text(&service.name)))));
    for (word, ids) in [("requires", &module.requires), ("optional", &module.optional)] {
        let paths = ids.iter().map(|id| {
            let block = &model.packages[id.package.0 as usize].callbacks[id.block];
            Json::text(format!("{}.{}", block.name, block.methods[id.method].name))
        });
        fields.push((word, Json::list(paths)));
    }
    Json::Object(fields)
}

fn method(model: &Model, method: &Method) -> Json {
    let mut fields = head("name", &method.name, &method.docs, method.deprecated.as_deref(), &method.extras);
    fields.push(wire(&method.wire, &method.name));
    fields.push(parameters(model, &method.parameters));
    fields.push(("reserved", reserved(&method.reserved)));
    let response = match method.response {
        Response::Result => "result",
        Response::Stream => "stream",
        Response::Ack => "ack",
        Response::None => "none",
    };
    fields.push(("response", Json::text(response)));
    if let Some(answer) = &method.answer {
        fields.push(("answer", Json::text(type_text(model, answer))));
    }
    if !method.throws.is_empty() {
        let names = method.throws.iter().map(|id| Json::text(name_of(model, *id)));
        fields.push(("throws", Json::list(names)));
    }
    fields.push(("timeout", Json::option(method.timeout.map(|micros| Value::Duration(micros).to_string()).as_deref())));
    fields.push(("idempotent", Json::Bool(method.idempotent)));
    fields.push(("since", Json::option(method.since.as_deref())));
    fields.push(("raw", Json::Bool(method.raw)));
    Json::Object(fields)
}

fn event(model: &Model, event: &Event) -> Json {
    let mut fields = head("name", &event.name, &event.docs, event.deprecated.as_deref(), &event.extras);
    fields.push(wire(&event.wire, &event.name));
    fields.push(parameters(model, &event.parameters));
    fields.push(("reserved", reserved(&event.reserved)));
    fields.push(("since", Json::option(event.since.as_deref())));
    fields.push(("raw", Json::Bool(event.raw)));
    Json::Object(fields)
}

fn parameters(model: &Model, parameters: &Parameters) -> (&'static str, Json) {
    match parameters {
        Parameters::None => ("parameters", Json::list([])),
        Parameters::Bare(ty) => ("bare", Json::text(type_text(model, ty))),
        Parameters::Named(fields) => ("parameters", named(model, fields)),
    }
}

fn value(value: &Value) -> Json {
    match value {
        Value::Bool(value) => Json::Bool(*value),
        Value::Int(value) => Json::Int(*value),
        Value::Float(value) => Json::Float(*value),
        Value::String(text) => Json::text(text),
        Value::EmptyList => Json::text("[]"),
        Value::EmptyMap => Json::text("{}"),
        Value::Variant { variant, .. } => Json::text(variant),
        Value::Duration(_) => Json::text(value.to_string()),
    }
}
