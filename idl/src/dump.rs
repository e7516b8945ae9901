//! Dump: a model as text without places, the same for equal models.
//!
//! The text is a schema: reading it gives the model again, apart from the places. Tests compare models by it, and a
//! person can read it. Comments and the order of annotations are not of the model, so this is no formatter.

use std::collections::HashMap;
use std::fmt::Write as _;

use crate::case;
use crate::model::{
    Callbacks, Const, Declaration, DeclarationKind, Docs, Enum, Event, Extras, Field, Item, Method, Model, Module,
    Package, PackageId, Parameters, Presence, Quoted, Representation, Response, Retry, Service, Type, Value, Variant,
    VariantData, WireCase,
};

/// A model as a schema; several packages follow each other.
#[must_use]
pub fn model(model: &Model) -> String {
    let mut dump = Dump {
        model,
        package: model.root,
        aliases: HashMap::new(),
        wire_case: WireCase::AsWritten,
        prefix: "",
        text: String::new(),
    };
    for (id, package) in (0..).map(PackageId).zip(&model.packages) {
        dump.package = id;
        dump.aliases = aliases(model, package);
        dump.package(package);
    }
    dump.text
}

/// What a package calls those that it imports: the last segment of the name, and a number where that is taken.
fn aliases(model: &Model, package: &Package) -> HashMap<PackageId, String> {
    let mut aliases: HashMap<PackageId, String> = HashMap::new();
    for id in &package.imports {
        let name = model.packages[id.0 as usize].name.last().map_or("_", String::as_str);
        let mut alias = name.to_owned();
        let mut number = 2;
        while aliases.values().any(|other| *other == alias) {
            alias = format!("{name}{number}");
            number += 1;
        }
        aliases.insert(*id, alias);
    }
    aliases
}

struct Dump<'m> {
    model: &'m Model,
    /// The package that is printed.
    package: PackageId,
    aliases: HashMap<PackageId, String>,
    /// Of the package that is written.
    wire_case: WireCase,
    /// Of the service that is written.
    prefix: &'m str,
    text: String,
}

impl<'m> Dump<'m> {
    fn package(&mut self, package: &'m Package) {
        for line in &package.docs.lines {
            self.doc_line("", "//!", line);
        }
        self.text.push_str("ipc 1;\n");
        self.wire_case = package.wire_case;
        match package.wire_case {
            WireCase::AsWritten => {}
            WireCase::Camel => self.text.push_str("@wire_case(camel) "),
            WireCase::Snake => self.text.push_str("@wire_case(snake) "),
        }
        self.user(&package.extras);
        self.text.push_str("package ");
        self.text.push_str(&package.dotted_name());
        self.text.push_str(";\n");
        for id in &package.imports {
            let name = self.model.packages[id.0 as usize].dotted_name();
            let alias = self.aliases[id].clone();
            let is_last = name.rsplit('.').next() == Some(alias.as_str());
            let rename = if is_last { String::new() } else { format!(" as {alias}") };
            self.write(format_args!("use {name}{rename};\n"));
        }
        for item in &package.declarations {
            self.text.push('\n');
            match item {
                Item::Type(id) => self.declaration(self.model.declaration(*id)),
                Item::Const(index) => self.constant(&package.consts[*index]),
                Item::Service(index) => self.service(&package.services[*index]),
                Item::Callbacks(index) => self.callbacks(&package.callbacks[*index]),
                Item::Module(index) => self.module(&package.modules[*index]),
            }
        }
    }

    /// A name as the package that is printed writes it.
    fn qualified(&self, package: PackageId, name: &str) -> String {
        match self.aliases.get(&package) {
            Some(alias) if package != self.package => format!("{alias}.{name}"),
            _ => name.to_owned(),
        }
    }

    fn doc_line(&mut self, indent: &str, mark: &str, line: &str) {
        self.text.push_str(indent);
        self.text.push_str(mark);
        if !line.is_empty() {
            self.text.push(' ');
            self.text.push_str(line);
        }
        self.text.push('\n');
    }

    /// Docs on lines of their own, then the indentation and the annotations that most things may have.
    fn outer(&mut self, indent: &str, docs: &Docs, deprecated: Option<&String>, extras: &Extras, wire: Option<&str>) {
        for line in &docs.lines {
            self.doc_line(indent, "///", line);
        }
        self.text.push_str(indent);
        if let Some(wire) = wire {
            self.annotation("wire", wire);
        }
        if let Some(reason) = deprecated {
            self.annotation("deprecated", reason);
        }
        self.text.push_str(if extras.sensitive { "@sensitive " } else { "" });
        let names = [("rust", &extras.names.rust), ("ts", &extras.names.ts), ("py", &extras.names.py)];
        for (language, name) in names {
            if let Some(name) = name {
                self.write(format_args!("@{language}(name = {}) ", Quoted(name)));
            }
        }
        self.user(extras);
    }

    fn user(&mut self, extras: &Extras) {
        for annotation in &extras.user {
            self.write(format_args!("{annotation} "));
        }
    }

    /// What `@wire` says of a method or an event, if it has to; `usual` is the name without it.
    fn behind_prefix<'w>(&self, usual: &str, wire: &'w str) -> Option<&'w str> {
        let own = wire.strip_prefix(self.prefix).unwrap_or(wire);
        (own != usual).then_some(own)
    }

    fn annotation(&mut self, name: &str, text: &str) {
        self.text.push('@');
        self.text.push_str(name);
        self.text.push('(');
        self.string(text);
        self.text.push_str(") ");
    }

    fn string(&mut self, text: &str) {
        self.write(format_args!("{}", Quoted(text)));
    }

    fn write(&mut self, arguments: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = self.text.write_fmt(arguments);
    }

    fn ty(&mut self, ty: &Type) {
        let text = self.model.type_text_with(ty, &|id| {
            let declaration = self.model.declaration(id);
            self.qualified(declaration.package, &declaration.name)
        });
        self.text.push_str(&text);
    }

    fn constant(&mut self, constant: &Const) {
        self.outer("", &constant.docs, constant.deprecated.as_ref(), &constant.extras, None);
        self.write(format_args!("const {}: ", constant.name));
        self.ty(&constant.ty);
        self.text.push_str(" = ");
        self.value(&constant.value);
        self.text.push_str(";\n");
    }

    fn value(&mut self, value: &Value) {
        self.write(format_args!("{value}"));
    }

    fn declaration(&mut self, declaration: &Declaration) {
        self.outer("", &declaration.docs, declaration.deprecated.as_ref(), &declaration.extras, None);
        let name = &declaration.name;
        match &declaration.kind {
            DeclarationKind::Newtype(target) => {
                self.write(format_args!("newtype {name} = "));
                self.ty(target);
                self.text.push_str(";\n");
            }
            DeclarationKind::Alias(target) => {
                self.write(format_args!("type {name} = "));
                self.ty(target);
                self.text.push_str(";\n");
            }
            DeclarationKind::Ext(ext) => {
                self.write(format_args!("ext {name} = {} as ", ext.code));
                self.ty(&ext.target);
                self.text.push_str(if ext.write { " @ext(write) {" } else { " {" });
                for (language, path) in [("rust", &ext.rust), ("ts", &ext.ts), ("py", &ext.py)] {
                    if let Some(path) = path {
                        self.write(format_args!(" {language}: {};", Quoted(path)));
                    }
                }
                self.text.push_str(" }\n");
            }
            DeclarationKind::Record(record) => {
                self.strict(record.strict);
                self.write(format_args!("record {name} {{\n"));
                self.fields("  ", &record.fields);
                self.reserved("  ", &record.reserved, false);
                self.text.push_str("}\n");
            }
            DeclarationKind::Enum(declared) => self.variants("enum", name, declared, true),
            DeclarationKind::Error(declared) => self.variants("error", name, declared, false),
        }
    }

    fn strict(&mut self, strict: bool) {
        if strict {
            self.text.push_str("strict ");
        }
    }

    fn reserved(&mut self, indent: &str, reserved: &[String], numbers: bool) {
        for name in reserved {
            self.text.push_str(indent);
            self.text.push_str("reserved ");
            if numbers && name.parse::<i128>().is_ok() {
                self.text.push_str(name);
            } else {
                self.string(name);
            }
            self.text.push_str(",\n");
        }
    }

    fn fields(&mut self, indent: &str, fields: &[Field]) {
        for field in fields {
            let usual = match self.wire_case {
                WireCase::AsWritten => field.name.clone(),
                WireCase::Camel => case::lower_camel(&field.name),
                WireCase::Snake => case::snake(&field.name),
            };
            let wire = (field.wire != usual).then_some(field.wire.as_str());
            self.outer(indent, &field.docs, field.deprecated.as_ref(), &field.extras, wire);
            self.text.push_str(&field.name);
            self.text.push_str(if field.presence == Presence::Optional { "?: " } else { ": " });
            self.ty(&field.ty);
            if let Presence::Default(value) = &field.presence {
                self.text.push_str(" = ");
                self.value(value);
            }
            self.text.push_str(",\n");
        }
    }

    fn variants(&mut self, keyword: &str, name: &str, declared: &Enum, has_form: bool) {
        self.strict(declared.strict);
        self.write(format_args!("{keyword} {name} "));
        match &declared.representation {
            Representation::Number(int) => self.write(format_args!("@repr({}) ", int.name())),
            Representation::External => self.text.push_str("@external "),
            Representation::Tagged { tag } if has_form && tag != "type" => self.annotation("tag", tag),
            Representation::Tagged { .. } if has_form && declared.is_dataless() => self.text.push_str("@tagged "),
            Representation::Tagged { .. } | Representation::Name => {}
        }
        self.text.push_str("{\n");
        for variant in &declared.variants {
            self.variant(variant);
        }
        self.reserved("  ", &declared.reserved, matches!(declared.representation, Representation::Number(_)));
        self.text.push_str("}\n");
    }

    fn variant(&mut self, variant: &Variant) {
        let wire = (variant.wire != variant.name).then_some(variant.wire.as_str());
        self.outer("  ", &variant.docs, variant.deprecated.as_ref(), &variant.extras, wire);
        match variant.retry {
            None => {}
            Some(Retry { after: None }) => self.text.push_str("@retry "),
            Some(Retry { after: Some(after) }) => {
                self.write(format_args!("@retry(after = {}) ", Value::Duration(after)));
            }
        }
        self.text.push_str(&variant.name);
        match &variant.data {
            VariantData::Unit => {}
            VariantData::Tuple(types) => {
                self.text.push('(');
                for (at, ty) in types.iter().enumerate() {
                    self.text.push_str(if at == 0 { "" } else { ", " });
                    self.ty(ty);
                }
                self.text.push(')');
            }
            VariantData::Struct(fields) => {
                self.text.push_str(" {\n");
                self.fields("    ", fields);
                self.reserved("    ", &variant.reserved, false);
                self.text.push_str("  }");
            }
        }
        if let Some(number) = variant.number {
            self.write(format_args!(" = {number}"));
        }
        self.text.push_str(",\n");
    }

    fn service(&mut self, service: &'m Service) {
        self.outer("", &service.docs, service.deprecated.as_ref(), &service.extras, None);
        if let Some(prefix) = &service.prefix {
            self.annotation("prefix", prefix);
        }
        self.prefix = service.prefix.as_deref().unwrap_or_default();
        self.write(format_args!("service {} {{\n", service.name));
        for method in &service.methods {
            self.method(method, &method.name);
        }
        for event in &service.events {
            self.event(event);
        }
        self.prefix = "";
        self.withdrawn(&service.reserved);
        self.text.push_str("}\n");
    }

    fn since(&mut self, since: Option<&str>) {
        if let Some(since) = since {
            self.annotation("since", since);
        }
    }

    fn raw(&mut self, raw: bool) {
        if raw {
            self.text.push_str("@codec(raw) ");
        }
    }

    fn callbacks(&mut self, block: &Callbacks) {
        self.outer("", &block.docs, block.deprecated.as_ref(), &block.extras, None);
        self.write(format_args!("callbacks {} {{\n", block.name));
        for method in &block.methods {
            self.method(method, &format!("{}.{}", block.name, method.name));
        }
        self.withdrawn(&block.reserved);
        self.text.push_str("}\n");
    }

    fn module(&mut self, module: &Module) {
        self.outer("", &module.docs, module.deprecated.as_ref(), &module.extras, None);
        self.write(format_args!("module {} {{\n", module.name));
        for id in &module.provides {
            let service = &self.model.packages[id.package.0 as usize].services[id.service];
            let name = self.qualified(id.package, &service.name);
            self.write(format_args!("  provides {name};\n"));
        }
        for (word, ids) in [("requires", &module.requires), ("optional", &module.optional)] {
            for id in ids {
                let block = &self.model.packages[id.package.0 as usize].callbacks[id.block];
                let namespace = self.qualified(id.package, &block.name);
                self.write(format_args!("  {word} {namespace}.{};\n", block.methods[id.method].name));
            }
        }
        self.text.push_str("}\n");
    }

    fn withdrawn(&mut self, reserved: &[String]) {
        for name in reserved {
            self.text.push_str("  reserved ");
            self.string(name);
            self.text.push_str(";\n");
        }
    }

    /// A method; `wire` is its name on the wire where nothing else is said.
    fn method(&mut self, method: &Method, wire: &str) {
        let wire = self.behind_prefix(wire, &method.wire);
        self.outer("  ", &method.docs, method.deprecated.as_ref(), &method.extras, wire);
        if let Some(timeout) = method.timeout {
            self.write(format_args!("@timeout({}) ", Value::Duration(timeout)));
        }
        self.text.push_str(if method.idempotent { "@idempotent " } else { "" });
        self.since(method.since.as_deref());
        self.raw(method.raw);
        self.text.push_str(&method.name);
        self.parameters(&method.parameters, &method.reserved);
        let kind = match (method.response, &method.answer) {
            (Response::Result, None) => "",
            (Response::Result, Some(_)) => " -> result ",
            (Response::Stream, _) => " -> stream ",
            (Response::Ack, None) => " -> ack",
            (Response::Ack, Some(_)) => " -> ack ",
            (Response::None, _) => " -> none",
        };
        self.text.push_str(kind);
        match &method.answer {
            Some(answer) => self.ty(answer),
            None if method.response == Response::Stream => self.text.push_str("()"),
            None => {}
        }
        for (at, id) in method.throws.iter().enumerate() {
            let word = if at == 0 { " throws" } else { " |" };
            let declaration = self.model.declaration(*id);
            let name = self.qualified(declaration.package, &declaration.name);
            self.write(format_args!("{word} {name}"));
        }
        self.text.push_str(";\n");
    }

    fn event(&mut self, event: &Event) {
        let wire = self.behind_prefix(&event.name, &event.wire);
        self.outer("  ", &event.docs, event.deprecated.as_ref(), &event.extras, wire);
        self.since(event.since.as_deref());
        self.raw(event.raw);
        self.text.push_str("event ");
        self.text.push_str(&event.name);
        self.parameters(&event.parameters, &event.reserved);
        self.text.push_str(";\n");
    }

    fn parameters(&mut self, parameters: &Parameters, reserved: &[String]) {
        match parameters {
            Parameters::None if reserved.is_empty() => self.text.push_str("()"),
            Parameters::Bare(ty) => {
                self.text.push('(');
                self.ty(ty);
                self.text.push(')');
            }
            Parameters::None => self.named(&[], reserved),
            Parameters::Named(fields) => self.named(fields, reserved),
        }
    }

    fn named(&mut self, fields: &[Field], reserved: &[String]) {
        self.text.push_str("(\n");
        self.fields("    ", fields);
        self.reserved("    ", reserved, false);
        self.text.push_str("  )");
    }
}
