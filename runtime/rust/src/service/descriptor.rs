//! What a service offers, as constants that the macro writes.

use std::time::Duration;

use procwire_idl::shape::{Shape, ShapeFn};

use crate::error::Declared;

/// A service: its methods and its events, each in the order of the schema.
#[derive(Debug)]
pub struct ServiceDescriptor {
    /// The service's name.
    pub name: &'static str,
    /// Its methods.
    pub methods: &'static [MethodDescriptor],
    /// Its events.
    pub events: &'static [EventDescriptor],
    /// The callbacks that a worker with this service may call, a namespace each.
    pub callbacks: &'static [&'static ServiceDescriptor],
    /// Names that no method and no event may have again.
    pub reserved: &'static [&'static str],
}

/// One method of a service.
#[derive(Debug)]
pub struct MethodDescriptor {
    /// The name on the wire.
    pub name: &'static str,
    /// How it is answered.
    pub response: Response,
    /// Whether payloads are bare bytes instead of MsgPack.
    pub raw: bool,
    /// The shape of the request.
    pub request: ShapeFn,
    /// The shape of the answer, or of an item.
    pub answer: ShapeFn,
    /// The shape of the declared error.
    pub throws: Option<ShapeFn>,
    /// How long a call may take that says nothing itself (`@timeout`); of a stream, until its end.
    pub timeout: Option<Duration>,
    /// The call may be sent again within its deadline (`@idempotent`).
    pub idempotent: bool,
    /// The version that brought the method (`@since`): a peer without it is fine.
    pub since: Option<&'static str>,
    /// Names that no parameter may have again.
    pub reserved: &'static [&'static str],
}

/// One event of a service.
#[derive(Debug)]
pub struct EventDescriptor {
    /// The name on the wire.
    pub name: &'static str,
    /// Whether the payload is bare bytes instead of MsgPack.
    pub raw: bool,
    /// The shape of the payload.
    pub payload: ShapeFn,
    /// The version that brought the event (`@since`): a peer without it is fine.
    pub since: Option<&'static str>,
    /// Names that no parameter may have again.
    pub reserved: &'static [&'static str],
}

/// How a method is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Response {
    /// By one value.
    Result,
    /// By any number of items, and an end.
    Stream,
    /// By a sign that it is done, which may carry a value.
    Ack,
    /// Not at all.
    None,
}

impl Response {
    /// The kind as `$init` names it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Result => "result",
            Self::Stream => "stream",
            Self::Ack => "ack",
            Self::None => "none",
        }
    }
}

/// The shape of a declared error.
#[must_use]
pub fn error_shape<E: Declared>() -> &'static Shape {
    E::shape()
}
