//! An interface as a schema: what a worker says of itself, in the language that people read.
//!
//! Names are those on the wire. Docs and defaults that only the worker knows are not in it.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

use procwire_idl::evolution::{Callback, Fallback, Field, Form, Interface, Kind, Method, Payload, Type, Variant};
use procwire_idl::model::{Constraints, Response, Retry};

/// A method on one line, without what stands behind it.
pub fn signature(interface: &Interface, method: &Method) -> String {
    Printer::new(interface).signature(&method.name, method)
}

/// Parameters in their brackets.
pub fn parameters(interface: &Interface, payload: &Payload) -> String {
    Printer::new(interface).parameters(payload)
}

/// A whole schema.
pub fn schema(interface: &Interface) -> String {
    Printer::new(interface).schema()
}

struct Printer<'i> {
    interface: &'i Interface,
    /// The names of the types, each once.
    names: Vec<String>,
}

impl<'i> Printer<'i> {
    fn new(interface: &'i Interface) -> Self {
        let mut taken: HashSet<String> = HashSet::new();
        let names = interface.types.iter().map(|named| {
            let base = identifier(&named.name);
            let mut name = base.clone();
            let mut next = 2;
            // Types of several packages may have one name.
            while !taken.insert(name.clone()) {
                name = format!("{base}{next}");
                next += 1;
            }
            name
        });
        Self { interface, names: names.collect() }
    }

    fn schema(&self) -> String {
        let Interface { package, types, .. } = self.interface;
        let package = if package.is_empty() { "worker" } else { package };
        let mut out = format!("ipc 1;\npackage {package};\n");
        for (at, named) in types.iter().enumerate() {
            out.push('\n');
            out += &self.declaration(&self.names[at], &named.kind, self.is_thrown(at));
        }
        out += &self.services();
        out += &self.callbacks();
        out
    }

    fn is_thrown(&self, at: usize) -> bool {
        let callbacks = self.interface.callbacks.iter().map(|callback| &callback.method);
        self.interface.methods.iter().chain(callbacks).any(|method| method.throws.contains(&at))
    }

    fn declaration(&self, name: &str, kind: &Kind, is_thrown: bool) -> String {
        match kind {
            Kind::Record { strict, fields, reserved } => {
                let mut lines: Vec<String> = fields.iter().map(|field| self.field(field)).collect();
                lines.extend(removed(reserved));
                format!("{}record {name} {}\n", word(*strict, "strict "), block(&lines))
            }
            Kind::Enum { strict, form, variants, reserved } => {
                let has_data = variants.iter().any(|variant| variant.data != Payload::Fields(Vec::new()));
                let form = match form {
                    _ if is_thrown => String::new(),
                    Form::Name => String::new(),
                    Form::Number(int) => format!(" @repr({})", int.name()),
                    Form::Tagged(tag) if tag == "type" => word(!has_data, " @tagged").to_owned(),
                    Form::Tagged(tag) => format!(" @tag({tag:?})"),
                    Form::External => " @external".to_owned(),
                };
                let mut lines: Vec<String> = variants.iter().map(|variant| self.variant(variant)).collect();
                lines.extend(removed(reserved));
                let keyword = if is_thrown { "error" } else { "enum" };
                format!("{}{keyword} {name}{form} {}\n", word(*strict, "strict "), block(&lines))
            }
            Kind::Transparent(target) => format!("newtype {name} = {};\n", self.ty(target)),
            Kind::Ext { code, write, target } => {
                format!("ext {name} = {code} as {}{};\n", self.ty(target), word(*write, " @ext(write)"))
            }
        }
    }

    fn variant(&self, variant: &Variant) -> String {
        let mut line = match variant.retry {
            None => String::new(),
            Some(Retry { after: None }) => "@retry ".to_owned(),
            Some(Retry { after: Some(after) }) => format!("@retry(after = {}) ", crate::values::duration(after)),
        };
        line += &named(&variant.name);
        match &variant.data {
            Payload::Fields(fields) if fields.is_empty() => {}
            Payload::Fields(fields) => {
                let mut parts: Vec<String> = fields.iter().map(|field| self.field(field)).collect();
                parts.extend(removed(&variant.reserved));
                let _ = write!(line, " {{ {} }}", parts.join(", "));
            }
            Payload::Values(types) => {
                let types: Vec<String> = types.iter().map(|ty| self.ty(ty)).collect();
                let _ = write!(line, "({})", types.join(", "));
            }
        }
        if let Some(number) = variant.number {
            let _ = write!(line, " = {number}");
        }
        line
    }

    fn field(&self, field: &Field) -> String {
        let mark = word(field.may_be_left_out, "?");
        let mut line = format!("{}{mark}: {}", named(&field.name), self.ty(&field.ty));
        match &field.default {
            Some(Fallback::Value(value)) => {
                let _ = write!(line, " = {value}");
            }
            // There is one, and only the program knows it: whoever writes may leave it out.
            Some(Fallback::Unknown) if !field.may_be_left_out => {
                line = format!("{}?: {}", named(&field.name), self.ty(&field.ty));
            }
            Some(Fallback::Unknown) | None => {}
        }
        line
    }

    fn ty(&self, ty: &Type) -> String {
        match ty {
            Type::Bool => "bool".to_owned(),
            Type::String => "string".to_owned(),
            Type::Int(int) => int.name().to_owned(),
            Type::Float(true) => "f32".to_owned(),
            Type::Float(false) => "f64".to_owned(),
            Type::Bytes => "bytes".to_owned(),
            Type::Timestamp(precise) => format!("timestamp{}", word(*precise, " @precise")),
            Type::Duration => "duration".to_owned(),
            Type::Uuid => "uuid".to_owned(),
            Type::Any | Type::Unknown => "any".to_owned(),
            Type::Unit => "()".to_owned(),
            Type::List(inner) => format!("list<{}>", self.ty(inner)),
            Type::Tuple(types) => match types.as_slice() {
                [only] => format!("({},)", self.ty(only)),
                types => format!("({})", types.iter().map(|ty| self.ty(ty)).collect::<Vec<_>>().join(", ")),
            },
            Type::Map(key, value) => format!("map<{}, {}>", self.ty(key), self.ty(value)),
            Type::Nullable(inner) => format!("{}?", self.ty(inner)),
            Type::Named(id) => self.names[*id].clone(),
            Type::Constrained(inner, constraints) => self.ty(inner) + &constrained(constraints),
        }
    }

    fn parameters(&self, payload: &Payload) -> String {
        let parts: Vec<String> = match payload {
            Payload::Fields(fields) => fields.iter().map(|field| self.field(field)).collect(),
            Payload::Values(types) => types.iter().map(|ty| self.ty(ty)).collect(),
        };
        format!("({})", parts.join(", "))
    }

    fn signature(&self, name: &str, method: &Method) -> String {
        let mut line = format!("{name}{}", self.parameters(&method.request));
        match (method.response, &method.answer) {
            (Response::Result, Type::Unit) => {}
            (Response::Result, answer) => {
                let _ = write!(line, " -> {}", self.ty(answer));
            }
            (Response::Stream, answer) => {
                let _ = write!(line, " -> stream {}", self.ty(answer));
            }
            (Response::Ack, Type::Unit) => line += " -> ack",
            (Response::Ack, answer) => {
                let _ = write!(line, " -> ack {}", self.ty(answer));
            }
            (Response::None, _) => line += " -> none",
        }
        if !method.throws.is_empty() {
            let names: Vec<&str> = method.throws.iter().map(|id| self.names[*id].as_str()).collect();
            let _ = write!(line, " throws {}", names.join(" | "));
        }
        line
    }

    fn member(&self, name: &str, method: &Method) -> String {
        let mut before = String::new();
        before += word(method.idempotent, "@idempotent ");
        before += word(method.raw, "@codec(raw) ");
        before += word(method.since, "@since(\"0\") ");
        if let Some(timeout) = method.timeout.filter(|timeout| *timeout > 0) {
            let _ = write!(before, "@timeout({}) ", crate::values::duration(timeout));
        }
        format!("{before}{}", self.signature(&named(name), method))
    }

    fn services(&self) -> String {
        let mut services: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for method in &self.interface.methods {
            services.entry(&method.service).or_default().push(self.member(&method.name, method));
        }
        for event in &self.interface.events {
            let mut line = String::new();
            line += word(event.raw, "@codec(raw) ");
            line += word(event.since, "@since(\"0\") ");
            let own = named(&event.name);
            // The annotation stands before the word.
            let (annotation, name) = own.rsplit_once(' ').map_or(("", own.as_str()), |(before, name)| (before, name));
            let space = word(!annotation.is_empty(), " ");
            let _ = write!(line, "{annotation}{space}event {name}{}", self.parameters(&event.payload));
            services.entry(&event.service).or_default().push(line);
        }
        let mut out = String::new();
        for (at, (name, members)) in services.into_iter().enumerate() {
            let name = if name.is_empty() { "Worker".to_owned() } else { identifier(name) };
            let mut members = members;
            if at == 0 {
                members.extend(
                    removed(&self.interface.reserved).map(|line| line.replace("reserved ", "reserved method ")),
                );
            }
            let _ = write!(out, "\nservice {name} {{\n{}}}\n", lines(&members));
        }
        out
    }

    fn callbacks(&self) -> String {
        let mut namespaces: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for Callback { method, .. } in &self.interface.callbacks {
            let path = method.name.as_str();
            let (namespace, name) =
                match path.strip_prefix(method.service.as_str()).and_then(|rest| rest.strip_prefix('.')) {
                    Some(name) => (method.service.as_str(), name),
                    None => path.rsplit_once('.').unwrap_or(("parent", path)),
                };
            namespaces.entry(namespace).or_default().push(self.member(name, method));
        }
        let block = |(name, members): (&str, Vec<String>)| format!("\ncallbacks {name} {{\n{}}}\n", lines(&members));
        namespaces.into_iter().map(block).collect()
    }
}

fn constrained(constraints: &Constraints) -> String {
    let text = constraints.to_string();
    if text.is_empty() { text } else { format!(" {text}") }
}

fn word(is: bool, text: &'static str) -> &'static str {
    if is { text } else { "" }
}

fn lines(members: &[String]) -> String {
    let members: Vec<String> = members.iter().map(|member| format!("  {member};\n")).collect();
    members.concat()
}

fn block(members: &[String]) -> String {
    if members.is_empty() {
        return "{}".to_owned();
    }
    let members: Vec<String> = members.iter().map(|member| format!("  {member},\n")).collect();
    format!("{{\n{}}}", members.concat())
}

fn removed(names: &[String]) -> Option<String> {
    let quoted: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
    (!quoted.is_empty()).then(|| format!("reserved {}", quoted.join(" | ")))
}

/// A name of the wire, and the annotation that keeps it where it cannot be written in a schema.
fn named(name: &str) -> String {
    let own = identifier(name);
    if own == name { own } else { format!("@wire({name:?}) {own}") }
}

/// A name that a schema can have.
fn identifier(name: &str) -> String {
    let letters = name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' });
    let mut out: String = letters.collect();
    if !out.starts_with(|c: char| c.is_ascii_alphabetic()) {
        out.insert_str(0, "x_");
    }
    out
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use procwire_idl::evolution::{Interface, Node, compare};

    /// All schemas below a folder.
    fn below(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                below(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "ipc") {
                found.push(path);
            }
        }
    }

    #[test]
    fn what_is_printed_compiles_and_means_the_same() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut paths = vec![
            root.join("runtime/interop/interop.ipc"),
            root.join("runtime/interop/back.ipc"),
            root.join("examples/quotes/quotes.ipc"),
            root.join("examples/textsearch/textsearch.ipc"),
        ];
        below(&root.join("codegen/tests/golden"), &mut paths);
        let mut compared = 0;
        for path in paths {
            let Some(model) = procwire_codegen::load(&path).expect("a file").model else { continue };
            // As a worker says it.
            let whole = Interface::of_package(&model, model.root);
            let interface = Interface::try_from(&Node::from(&whole)).expect("a form");
            if interface.methods.is_empty() {
                continue;
            }
            let text = super::schema(&interface);
            let (_, loaded) = procwire_idl::compile_text("worker.ipc", &text);
            let shown = loaded.diagnostics.iter().map(|it| it.message.clone()).collect::<Vec<_>>().join("\n");
            let again = loaded.model.unwrap_or_else(|| panic!("{}: {shown}\n{text}", path.display()));
            let comparison = compare(&interface, &Interface::from(&again));
            // Which callbacks are required stands in a module, which is not printed.
            let changes = comparison.changes.iter().filter(|change| change.rule.name() != "requirement-changed");
            let changes: Vec<_> = changes.map(|change| format!("{}: {}", change.place, change.message)).collect();
            assert!(changes.is_empty(), "{}: {changes:#?}\n{text}", path.display());
            compared += 1;
        }
        assert!(compared > 10, "{compared} schemas were compared");
    }
}
