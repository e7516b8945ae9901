//! Services: what a child offers, and what it tells.

use super::{Docs, Field, Type, TypeId};
use crate::source::Span;

/// A service.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// The name as written.
    pub name: String,
    /// Its documentation.
    pub docs: Docs,
    /// The reason of `@deprecated`.
    pub deprecated: Option<String>,
    /// Where the name is written.
    pub span: Span,
    /// The methods in source order.
    pub methods: Vec<Method>,
    /// The events in source order.
    pub events: Vec<Event>,
    /// Names of methods and events that may not be used again.
    pub reserved: Vec<String>,
}

/// A method of a service.
#[derive(Clone, Debug, PartialEq)]
pub struct Method {
    /// The name as written.
    pub name: String,
    /// The name on the wire.
    pub wire: String,
    /// Its documentation.
    pub docs: Docs,
    /// The reason of `@deprecated`.
    pub deprecated: Option<String>,
    /// Where the name is written.
    pub span: Span,
    /// What it takes.
    pub parameters: Parameters,
    /// Names of parameters that may not be used again; a bare one reserves none.
    pub reserved: Vec<String>,
    /// How it answers.
    pub response: Response,
    /// What it answers, of a stream each item; `None` is unit (`Some` never holds unit itself), and so it is under
    /// [`Response::None`].
    pub answer: Option<Type>,
    /// The declared error.
    pub throws: Option<TypeId>,
    /// `@codec(raw)`: the payload is the bytes themselves, no `MsgPack` around them.
    pub raw: bool,
}

/// What a method takes or an event carries.
#[derive(Clone, Debug, PartialEq)]
pub enum Parameters {
    /// Nothing: an empty map on the wire
    None,
    /// One value, which is the payload
    Bare(Type),
    /// One map with an entry a parameter; never empty, but all may be optional
    Named(Vec<Field>),
}

/// How a method answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Response {
    /// One value when the work is done
    Result,
    /// Any number of values
    Stream,
    /// One value when the request was taken
    Ack,
    /// Nothing
    None,
}

/// An event of a service.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The name as written.
    pub name: String,
    /// The name on the wire.
    pub wire: String,
    /// Its documentation.
    pub docs: Docs,
    /// The reason of `@deprecated`.
    pub deprecated: Option<String>,
    /// Where the name is written.
    pub span: Span,
    /// What it carries.
    pub parameters: Parameters,
    /// Names of parameters that may not be used again; a bare one reserves none.
    pub reserved: Vec<String>,
    /// `@codec(raw)`: the payload is the bytes themselves, no `MsgPack` around them.
    pub raw: bool,
}
