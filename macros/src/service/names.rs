//! What the things are called that a service's trait brings with it.

use proc_macro2::{Ident, Span};
use procwire_idl::rust::service::{Event, Method, Service};
use syn::ext::IdentExt;

/// Names derived from the trait's.
pub struct Names {
    service: String,
    span: Span,
    /// `TradingClient`.
    pub client: Ident,
    /// `TradingEvents`: the typed events of a client.
    pub events: Ident,
    /// `TradingOn`: what a client's builder gains.
    pub on: Ident,
    /// `TradingEmit`: what an emitter gains.
    pub emit: Ident,
}

/// The client's own functions; a method of the same name gets a trailing `_` there.
const CLIENT: &[&str] = &[
    "attach",
    "builder",
    "clone",
    "events",
    "from_remote",
    "peer",
    "procwire_dispatch",
    "remote",
    "shutdown",
    "spawn",
];

/// A call builder's own functions.
const CALL: &[&str] = &["timeout", "into_future", "wait"];

impl Names {
    pub fn of(service: &Service) -> Self {
        let name = service.ident.unraw().to_string();
        let span = service.ident.span();
        let derived = |suffix| Ident::new(&format!("{name}{suffix}"), span);
        Self {
            client: derived("Client"),
            events: derived("Events"),
            on: derived("On"),
            emit: derived("Emit"),
            service: name,
            span,
        }
    }

    /// The struct of an event's named parameters: `TradingProgress`.
    pub fn event(&self, event: &Event) -> Ident {
        self.camel(&event.ident, "")
    }

    /// The builder of a call with optional parameters: `TradingPlaceCall`.
    pub fn call(&self, method: &Method) -> Ident {
        self.camel(&method.ident, "Call")
    }

    /// The function of a builder that takes an event: `on_progress`.
    pub fn on_event(event: &Event) -> Ident {
        Ident::new(&format!("on_{}", event.ident.unraw()), event.ident.span())
    }

    /// A client's method.
    pub fn client_method(method: &Method) -> Ident {
        free(&method.ident, CLIENT)
    }

    /// A call builder's setter.
    pub fn setter(parameter: &Ident) -> Ident {
        free(parameter, CALL)
    }

    fn camel(&self, ident: &Ident, suffix: &str) -> Ident {
        use heck::ToUpperCamelCase;
        let name = ident.unraw().to_string().to_upper_camel_case();
        Ident::new(&format!("{}{name}{suffix}", self.service), self.span)
    }
}

/// `ident`, or the same with a `_` behind it where the name is taken.
fn free(ident: &Ident, taken: &[&str]) -> Ident {
    if taken.iter().any(|name| ident == name) { Ident::new(&format!("{ident}_"), ident.span()) } else { ident.clone() }
}
