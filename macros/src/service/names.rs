//! What the things are called that a service's trait brings with it.

use std::collections::{HashMap, HashSet};

use proc_macro2::{Ident, Span};
use procwire_idl::rust::service::{Event, Method, Service};
use syn::Path;
use syn::ext::IdentExt;

/// Names derived from the trait's.
pub struct Names {
    /// `TradingClient`.
    pub client: Ident,
    /// `TradingEvents`: the typed events of a client.
    pub events: Ident,
    /// `TradingOn`: what a client's builder gains.
    pub on: Ident,
    /// `TradingEmit`: what an emitter gains.
    pub emit: Ident,
    /// `TradingCallbacksCall`: what a worker's callbacks gain.
    pub call: Ident,
    /// The struct of each event's named parameters.
    records: HashMap<Ident, Ident>,
    /// The builder of each call.
    calls: HashMap<Ident, Ident>,
}

/// The client's own functions; a method of the same name gets a trailing `_` there.
const CLIENT: &[&str] = &[
    "attach",
    "builder",
    "clone",
    "events",
    "from_remote",
    "has",
    "peer",
    "procwire_dispatch",
    "remote",
    "shutdown",
    "spawn",
];

/// A call builder's own functions.
const CALL: &[&str] = &["timeout", "into_future", "metadata", "retries", "trace", "wait"];

/// An emitter's own functions.
const EMITTER: &[&str] = &["clone", "emit", "emit_raw"];

/// Those of a client's builder that an event's could be called, too.
const BUILDER: &[&str] = &["on_event", "on_event_raw", "on_event_with", "on_event_with_context", "on_stderr"];

impl Names {
    pub fn of(service: &Service) -> Self {
        let mut scope =
            Scope { prefix: service.ident.unraw().to_string(), span: service.ident.span(), taken: HashSet::new() };
        let events = service.events.iter().map(|event| &event.ident);
        let methods = service.methods.iter().map(|method| &method.ident);
        Self {
            client: scope.name("Client"),
            events: scope.name("Events"),
            on: scope.name("On"),
            emit: scope.name("Emit"),
            call: scope.name("Call"),
            records: events.map(|ident| (ident.clone(), scope.name(&camel(ident)))).collect(),
            calls: methods.map(|ident| (ident.clone(), scope.name(&format!("{}Call", camel(ident))))).collect(),
        }
    }

    /// The struct of an event's named parameters: `TradingProgress`.
    pub fn event(&self, event: &Event) -> &Ident {
        &self.records[&event.ident]
    }

    /// The builder of a call with optional parameters: `TradingPlaceCall`.
    pub fn call(&self, method: &Method) -> &Ident {
        &self.calls[&method.ident]
    }

    /// The function of a builder that takes an event: `on_progress`.
    pub fn on_event(event: &Event) -> Ident {
        let name = format!("on_{}", event.ident.unraw());
        free(&Ident::new(&name, event.ident.span()), BUILDER)
    }

    /// The same function for whom the event's context is of interest.
    pub fn on_event_with_context(event: &Event) -> Ident {
        let ident = event.ident.unraw().to_string();
        let name = format!("on_{}_with_context", ident.trim_end_matches('_'));
        free(&Ident::new(&name, event.ident.span()), BUILDER)
    }

    /// The function of an emitter that sends an event.
    pub fn emitted(event: &Event) -> Ident {
        free(&event.ident, EMITTER)
    }

    /// A client's method.
    pub fn client_method(method: &Method) -> Ident {
        free(&method.ident, CLIENT)
    }

    /// A call builder's setter.
    pub fn setter(parameter: &Ident) -> Ident {
        free(parameter, CALL)
    }
}

/// The client of the trait at this path.
pub fn client_of(path: &Path) -> Path {
    let mut path = path.clone();
    if let Some(last) = path.segments.last_mut() {
        last.ident = Ident::new(&format!("{}Client", last.ident.unraw()), last.ident.span());
    }
    path
}

/// The function that tells the index of a callback by its name in Rust.
pub fn index_of(function: &Ident) -> Ident {
    Ident::new(&format!("procwire_index_{}", function.unraw()), function.span())
}

/// The names that one trait brings along; each gets a `_` behind it until it is free.
struct Scope {
    prefix: String,
    span: Span,
    taken: HashSet<String>,
}

impl Scope {
    fn name(&mut self, rest: &str) -> Ident {
        let mut name = format!("{}{rest}", self.prefix);
        while !self.taken.insert(name.clone()) {
            name.push('_');
        }
        Ident::new(&name, self.span)
    }
}

fn camel(ident: &Ident) -> String {
    use heck::ToUpperCamelCase;
    ident.unraw().to_string().to_upper_camel_case()
}

/// `ident`, or the same with a `_` behind it where the name is taken.
fn free(ident: &Ident, taken: &[&str]) -> Ident {
    if taken.iter().any(|name| ident == name) { Ident::new(&format!("{ident}_"), ident.span()) } else { ident.clone() }
}
