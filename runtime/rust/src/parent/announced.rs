//! What a child announced, for programs that know no schema: tools that call whatever there is.

use crate::control::Init;
use crate::service::{Handlers, Response};

/// The members of a child, by their names on the wire, sorted.
#[doc(hidden)]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Announced {
    /// The methods, the built-in ones among them.
    pub methods: Vec<AnnouncedMethod>,
    /// The events.
    pub events: Vec<String>,
    /// What it may ask of its parent, by path.
    pub callbacks: Vec<AnnouncedMethod>,
}

/// A method or a callback.
#[doc(hidden)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnouncedMethod {
    /// Its name, or its path.
    pub name: String,
    /// How it is answered.
    pub response: Response,
    /// Whether its payloads are bytes without MsgPack around them.
    pub raw: bool,
    /// Of a callback: the child does not work without it.
    pub required: bool,
}

/// Hears what a child announced, before the connection; what it adds to the handlers answers callbacks from the start on.
pub(crate) type Hear = Box<dyn FnOnce(&Announced, &Handlers) + Send>;

impl From<&Init> for Announced {
    fn from(init: &Init) -> Self {
        let methods = init.methods.iter().map(|(name, method)| AnnouncedMethod {
            name: name.clone(),
            response: method.response,
            raw: method.raw,
            required: false,
        });
        let callbacks = init.callbacks.iter().map(|(path, callback)| AnnouncedMethod {
            name: path.clone(),
            response: callback.response,
            raw: callback.raw,
            required: callback.required,
        });
        let mut announced = Self {
            methods: methods.collect(),
            events: init.events.keys().cloned().collect(),
            callbacks: callbacks.collect(),
        };
        announced.methods.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        announced.callbacks.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        announced.events.sort_unstable();
        announced
    }
}
