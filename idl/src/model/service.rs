//! Services: what a child offers, and what it tells.

use super::{Docs, Extras, Field, PackageId, Type, TypeId};
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
    /// What other annotations say.
    pub extras: Extras,
    /// Where the name is written.
    pub span: Span,
    /// `@prefix`: what stands before the names of methods and events; their `wire` has it already.
    pub prefix: Option<String>,
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
    /// What other annotations say.
    pub extras: Extras,
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
    /// The declared errors in source order; the names of their variants on the wire all differ.
    pub throws: Vec<TypeId>,
    /// `@timeout`: how long the call may take, in microseconds; on a stream until its end.
    pub timeout: Option<u64>,
    /// `@idempotent`: the call may be sent again within its deadline.
    pub idempotent: bool,
    /// `@since`: a peer without the method is fine.
    pub since: Option<String>,
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
    /// What other annotations say.
    pub extras: Extras,
    /// Where the name is written.
    pub span: Span,
    /// `@since`: a peer without the event is fine.
    pub since: Option<String>,
    /// What it carries.
    pub parameters: Parameters,
    /// Names of parameters that may not be used again; a bare one reserves none.
    pub reserved: Vec<String>,
    /// `@codec(raw)`: the payload is the bytes themselves, no `MsgPack` around them.
    pub raw: bool,
}

/// A block `callbacks name { .. }`: what the parent answers for the child. A namespace may be opened in several blocks.
#[derive(Clone, Debug, PartialEq)]
pub struct Callbacks {
    /// The namespace, which may have dots.
    pub name: String,
    /// Its documentation.
    pub docs: Docs,
    /// The reason of `@deprecated`.
    pub deprecated: Option<String>,
    /// What other annotations say.
    pub extras: Extras,
    /// Where the name is written.
    pub span: Span,
    /// The callbacks in source order; the `wire` of each is its whole path, such as `trading.DataFetch`.
    pub methods: Vec<Method>,
    /// Names of callbacks that may not be used again.
    pub reserved: Vec<String>,
}

/// A block `module Name { .. }`: one child, by what it offers and what it needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Module {
    /// The name as written.
    pub name: String,
    /// Its documentation.
    pub docs: Docs,
    /// The reason of `@deprecated`.
    pub deprecated: Option<String>,
    /// What other annotations say.
    pub extras: Extras,
    /// Where the name is written.
    pub span: Span,
    /// The services that the child provides, in source order.
    pub provides: Vec<ServiceId>,
    /// The callbacks without which the child does not start; `name.*` is already spread out.
    pub requires: Vec<CallbackId>,
    /// The callbacks that the child can do without.
    pub optional: Vec<CallbackId>,
}

/// A service of some package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServiceId {
    /// The package.
    pub package: PackageId,
    /// An index into [`Package::services`](super::Package::services).
    pub service: usize,
}

/// A callback of some package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallbackId {
    /// The package.
    pub package: PackageId,
    /// An index into [`Package::callbacks`](super::Package::callbacks).
    pub block: usize,
    /// An index into [`Callbacks::methods`].
    pub method: usize,
}
