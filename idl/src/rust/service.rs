//! How Rust source says a service: a trait whose methods are calls and whose associated functions
//! are events.
//!
//! This reads syntax only. What a type means is for others to find out: the macros ask rustc, the
//! exporter asks the rest of the crate's source.

mod method;
mod output;
mod parameter;

use std::collections::HashMap;

use syn::{Attribute, Expr, Ident, ItemTrait, LitStr, Path, Token, TraitItem, Type};

pub(super) use self::method::wire_name;
pub use self::output::Outcome;
pub(super) use self::output::option;
pub use self::parameter::{Parameter, Parameters, Presence, is_context};
use super::extras::Extras;
use super::message::{Reserved, check_reserved, reserved_list};
use super::mistakes::Mistakes;
use super::refinement::Refinement;

/// A trait under `#[procwire::service]`.
pub struct Service {
    /// The trait's name in Rust.
    pub ident: Ident,
    /// The service's name in a schema.
    pub name: String,
    /// Its doc comments and its `#[deprecated]`, as they stand.
    pub notes: Vec<Attribute>,
    /// The calls, in source order.
    pub methods: Vec<Method>,
    /// The events, in source order.
    pub events: Vec<Event>,
    /// Names that no method and no event may have.
    pub reserved: Vec<Reserved>,
    /// What stands before the wire names of methods and events, which have it already.
    pub prefix: Option<String>,
    /// The namespace, where the parent answers these calls for the child.
    pub callbacks: Option<String>,
    /// The traits of callbacks that a worker with this service may call.
    pub calls: Vec<Path>,
    /// Names in other languages.
    pub extras: Extras,
}

/// A call.
pub struct Method {
    /// The method's name in Rust.
    pub ident: Ident,
    /// Its name on the wire.
    pub wire: String,
    /// Its doc comments and its `#[deprecated]`, as they stand.
    pub notes: Vec<Attribute>,
    /// What comes back.
    pub response: Response,
    /// Whether payloads are bytes without `MsgPack` around them.
    pub raw: bool,
    /// What it takes, without the context.
    pub parameters: Parameters,
    /// Names that no parameter may have.
    pub reserved: Vec<Reserved>,
    /// The answer's type, or the type of a stream's items, and the declared error.
    pub outcome: Outcome,
    /// What stands about the answer's type.
    pub refinement: Refinement,
    /// How long the call may take, in microseconds.
    pub timeout: Option<u64>,
    /// The call may be sent again within its deadline.
    pub idempotent: bool,
    /// A peer without the method is fine.
    pub since: Option<String>,
    /// Names elsewhere, and what users annotate.
    pub extras: Extras,
    /// The return type as written; `None` where the method returns nothing.
    pub output: Option<Type>,
}

/// What comes back from a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Response {
    /// One answer.
    Result,
    /// Any number of answers.
    Stream,
    /// Word that the call was taken.
    Ack,
    /// Nothing.
    None,
}

/// What a worker tells its parent unasked.
pub struct Event {
    /// The event's name in Rust.
    pub ident: Ident,
    /// Its name on the wire.
    pub wire: String,
    /// Its doc comments and its `#[deprecated]`, as they stand.
    pub notes: Vec<Attribute>,
    /// Whether the payload is bytes without `MsgPack` around them.
    pub raw: bool,
    /// A peer without the event is fine.
    pub since: Option<String>,
    /// What it carries.
    pub parameters: Parameters,
    /// Names that no parameter may have.
    pub reserved: Vec<Reserved>,
    /// Names elsewhere, and what users annotate.
    pub extras: Extras,
}

/// The arguments of `#[procwire::service(…)]`.
#[derive(Default)]
pub struct Arguments {
    /// The service's name in a schema, where the trait's differs.
    pub name: Option<LitStr>,
    /// The list of names that no method and no event may have.
    pub reserved: Option<Expr>,
    /// What stands before the wire names of methods and events.
    pub prefix: Option<LitStr>,
    /// The namespace of callbacks.
    pub callbacks: Option<LitStr>,
    /// The list of traits of callbacks that a worker may call.
    pub calls: Option<Expr>,
    /// The name in TypeScript.
    pub ts_name: Option<LitStr>,
    /// The name in Python.
    pub py_name: Option<LitStr>,
}

/// How the methods and events of a trait get their names on the wire.
#[derive(Default)]
struct Naming {
    prefix: String,
    /// What is written stands for the whole name.
    written_is_whole: bool,
}

impl Naming {
    fn wire(&self, name: &str, is_written: bool) -> String {
        if is_written && self.written_is_whole { name.to_owned() } else { format!("{}{name}", self.prefix) }
    }
}

impl Arguments {
    /// Where the value of an argument goes that is text.
    fn text(&mut self, key: &str) -> Option<&mut Option<LitStr>> {
        match key {
            "name" => Some(&mut self.name),
            "prefix" => Some(&mut self.prefix),
            "callbacks" => Some(&mut self.callbacks),
            "ts_name" => Some(&mut self.ts_name),
            "py_name" => Some(&mut self.py_name),
            _ => None,
        }
    }
}

impl syn::parse::Parse for Arguments {
    fn parse(input: syn::parse::ParseStream<'_>) -> syn::Result<Self> {
        let mut arguments = Self::default();
        while !input.is_empty() {
            let key: Ident = input.parse()?;
            let twice = || syn::Error::new(key.span(), format!("`{key}` stands here twice"));
            let name = key.to_string();
            if name == "reserved" {
                input.parse::<Token![=]>()?;
                if arguments.reserved.replace(input.parse()?).is_some() {
                    return Err(twice());
                }
            } else if name == "calls" {
                input.parse::<Token![=]>()?;
                if arguments.calls.replace(input.parse()?).is_some() {
                    return Err(twice());
                }
            } else if let Some(text) = arguments.text(&name) {
                input.parse::<Token![=]>()?;
                if text.replace(input.parse()?).is_some() {
                    return Err(twice());
                }
            } else {
                let message = format!(
                    "unknown argument `{key}`; `service` takes `name = \"Trading\"`, `reserved = [\"old\"]`, \
                     `prefix = \"a.\"`, `callbacks = \"trading\"` and `calls = [TradingCallbacks]`"
                );
                return Err(syn::Error::new(key.span(), message));
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(arguments)
    }
}

impl Service {
    /// Reads a trait, and finds all mistakes in it.
    pub fn read(item: &ItemTrait, arguments: &Arguments) -> syn::Result<Self> {
        let mut mistakes = Mistakes::new();
        check_head(item, &mut mistakes);
        let name = match arguments.callbacks.as_ref().or(arguments.name.as_ref()) {
            Some(name) if arguments.callbacks.is_some() => name.value(),
            Some(name) => schema_name(name, &mut mistakes),
            None => plain(&item.ident),
        };
        let mut service = Self {
            ident: item.ident.clone(),
            name,
            notes: notes(&item.attrs),
            methods: Vec::new(),
            events: Vec::new(),
            reserved: match &arguments.reserved {
                Some(list) => reserved_list(list, false, &mut mistakes),
                None => Vec::new(),
            },
            prefix: arguments.prefix.as_ref().map(LitStr::value),
            callbacks: arguments.callbacks.as_ref().map(|name| namespace(name, &mut mistakes)),
            calls: arguments.calls.as_ref().map(|list| paths(list, &mut mistakes)).unwrap_or_default(),
            extras: Extras {
                name: arguments.name.as_ref().map(LitStr::value),
                ts: arguments.ts_name.as_ref().map(LitStr::value),
                py: arguments.py_name.as_ref().map(LitStr::value),
                user: Vec::new(),
            },
        };
        if let (Some(prefix), Some(_)) = (&arguments.prefix, &arguments.callbacks) {
            mistakes.push(prefix, "callbacks are named after their namespace, and have no prefix");
        }
        for item in &item.items {
            match item {
                TraitItem::Fn(function) => service.read_function(function, &mut mistakes),
                other => mistakes.push(other, "a service holds methods and events only"),
            }
        }
        service.check_names(&mut mistakes);
        mistakes.finish(service)
    }

    fn read_function(&mut self, function: &syn::TraitItemFn, mistakes: &mut Mistakes) {
        match method::read(function, &self.naming(), mistakes) {
            Some(method::Function::Method(method)) => self.methods.push(*method),
            Some(method::Function::Event(event)) if self.callbacks.is_some() => {
                mistakes.push(&event.ident, "the parent answers callbacks; an event is a service's");
            }
            Some(method::Function::Event(event)) => self.events.push(*event),
            None => {}
        }
    }

    fn naming(&self) -> Naming {
        match (&self.callbacks, &self.prefix) {
            (Some(namespace), _) => Naming { prefix: format!("{namespace}."), written_is_whole: true },
            (None, prefix) => Naming { prefix: prefix.clone().unwrap_or_default(), written_is_whole: false },
        }
    }

    fn check_names(&self, mistakes: &mut Mistakes) {
        let methods = self.methods.iter().map(|method| (&method.wire, &method.ident));
        let events = self.events.iter().map(|event| (&event.wire, &event.ident));
        unique("method", methods, mistakes);
        unique("event", events, mistakes);
        let methods = self.methods.iter().map(|method| (&method.ident, &method.wire));
        for (ident, wire) in methods.chain(self.events.iter().map(|event| (&event.ident, &event.wire))) {
            check_reserved(ident, wire, &self.reserved, mistakes);
        }
    }
}

fn unique<'a>(what: &str, names: impl Iterator<Item = (&'a String, &'a Ident)>, mistakes: &mut Mistakes) {
    let mut seen: HashMap<&str, &Ident> = HashMap::new();
    for (wire, ident) in names {
        if let Some(first) = seen.insert(wire, ident) {
            let message = format!("{what} `{ident}` has the same name on the wire as `{first}`: `{wire}`");
            mistakes.push(ident, message);
        }
    }
}

fn check_head(item: &ItemTrait, mistakes: &mut Mistakes) {
    if !item.generics.params.is_empty() {
        mistakes.push(&item.generics, "a service has no type parameters: its callers are in another process");
    }
    if let Some(clause) = &item.generics.where_clause {
        mistakes.push(clause, "a service has no where clause");
    }
    if let Some(token) = &item.unsafety {
        mistakes.push(token, "a service is a safe trait");
    }
}

/// The traits that are listed behind `calls = `.
fn paths(list: &Expr, mistakes: &mut Mistakes) -> Vec<Path> {
    let Expr::Array(list) = list else {
        mistakes.push(list, "`calls` is a list of traits of callbacks, as in `calls = [TradingCallbacks]`");
        return Vec::new();
    };
    let paths = list.elems.iter().filter_map(|element| {
        if let Expr::Path(path) = element {
            return Some(path.path.clone());
        }
        mistakes.push(element, "a trait of callbacks is named by its path");
        None
    });
    paths.collect()
}

/// The namespace of callbacks: names with dots between them.
fn namespace(name: &LitStr, mistakes: &mut Mistakes) -> String {
    let text = name.value();
    let is_name = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    if !text.split('.').all(is_name) {
        mistakes.push(name, format!("`{text}` is no namespace, such as `trading` or `acme.trading`"));
    }
    text
}

pub(super) fn schema_name(name: &LitStr, mistakes: &mut Mistakes) -> String {
    let text = name.value();
    let mut letters = text.chars();
    let starts = letters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    if !starts || !letters.all(|c| c.is_ascii_alphanumeric() || c == '_') {
        mistakes.push(name, format!("`{text}` is no name of a service or a type, such as `Trading`"));
    }
    text
}

/// The doc comments and the `#[deprecated]` among `attrs`.
pub(super) fn notes(attrs: &[Attribute]) -> Vec<Attribute> {
    attrs.iter().filter(|attr| attr.path().is_ident("doc") || attr.path().is_ident("deprecated")).cloned().collect()
}

/// The name of an identifier, without `r#`.
pub(super) fn plain(ident: &Ident) -> String {
    syn::ext::IdentExt::unraw(ident).to_string()
}
