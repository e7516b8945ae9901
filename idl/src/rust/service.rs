//! How Rust source says a service: a trait whose methods are calls and whose associated functions
//! are events.
//!
//! This reads syntax only. What a type means is for others to find out: the macros ask rustc, the
//! exporter asks the rest of the crate's source.

mod method;
mod output;
mod parameter;

use std::collections::HashMap;

use syn::{Attribute, Expr, Ident, ItemTrait, LitStr, Token, TraitItem, Type};

pub(super) use self::method::wire_name;
pub use self::output::Outcome;
pub(super) use self::output::option;
pub use self::parameter::{Parameter, Parameters, Presence, is_context};
use super::message::{Reserved, check_reserved, reserved_list};
use super::mistakes::Mistakes;

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
    /// What it carries.
    pub parameters: Parameters,
    /// Names that no parameter may have.
    pub reserved: Vec<Reserved>,
}

/// The arguments of `#[procwire::service(…)]`.
#[derive(Default)]
pub struct Arguments {
    /// The service's name in a schema, where the trait's differs.
    pub name: Option<LitStr>,
    /// The list of names that no method and no event may have.
    pub reserved: Option<Expr>,
}

impl syn::parse::Parse for Arguments {
    fn parse(input: syn::parse::ParseStream<'_>) -> syn::Result<Self> {
        let mut arguments = Self::default();
        while !input.is_empty() {
            let key: Ident = input.parse()?;
            let twice = match key.to_string().as_str() {
                "name" => arguments.name.is_some(),
                "reserved" => arguments.reserved.is_some(),
                _ => {
                    let message = format!(
                        "unknown argument `{key}`; `service` takes `name = \"Trading\"` and `reserved = [\"old\"]`"
                    );
                    return Err(syn::Error::new(key.span(), message));
                }
            };
            if twice {
                return Err(syn::Error::new(key.span(), format!("`{key}` stands here twice")));
            }
            input.parse::<Token![=]>()?;
            if key == "name" {
                arguments.name = Some(input.parse()?);
            } else {
                arguments.reserved = Some(input.parse()?);
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
        let name = match &arguments.name {
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
        };
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
        match method::read(function, mistakes) {
            Some(method::Function::Method(method)) => self.methods.push(*method),
            Some(method::Function::Event(event)) => self.events.push(*event),
            None => {}
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
