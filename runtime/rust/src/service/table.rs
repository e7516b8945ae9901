//! All services of a worker, with the ids that they have on the wire.

use std::collections::HashSet;
use std::fmt;

use super::{Bound, MethodDescriptor, ServiceDescriptor};
use crate::frame;

/// One method that can be called.
#[derive(Clone, Debug)]
pub(crate) struct Served {
    pub(crate) bound: Bound,
    /// Its index in the service's descriptor.
    pub(crate) index: usize,
    pub(crate) method: &'static MethodDescriptor,
    pub(crate) takes_no_slot: bool,
}

impl Served {
    pub(crate) fn new(bound: Bound, index: usize) -> Self {
        let method = &bound.service().methods[index];
        Self { bound, index, method, takes_no_slot: false }
    }
}

/// A callback that a worker may make.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    pub(crate) service: &'static ServiceDescriptor,
    /// Its index in the service's descriptor.
    pub(crate) index: usize,
    pub(crate) required: bool,
}

impl Wanted {
    pub(crate) fn method(&self) -> &'static MethodDescriptor {
        &self.service.methods[self.index]
    }
}

/// What one side serves: methods and events, numbered from 1, no number twice.
#[derive(Clone, Debug, Default)]
pub(crate) struct Services {
    /// The method with id 1 first.
    methods: Vec<Served>,
    /// The event whose id follows that of the last method first.
    events: Vec<(&'static ServiceDescriptor, usize)>,
    /// The callback whose id follows that of the last event first.
    callbacks: Vec<Wanted>,
    /// What every worker has, with ids of its own.
    builtins: Vec<(u16, Served)>,
}

/// Two services have a method, or an event, of the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NameTaken {
    pub(crate) kind: &'static str,
    pub(crate) name: &'static str,
    pub(crate) services: [&'static str; 2],
}

impl fmt::Display for NameTaken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, name, services: [first, second] } = self;
        write!(f, "the services {first} and {second} both have the {kind} `{name}`; one needs another name on the wire")
    }
}

impl std::error::Error for NameTaken {}

impl Services {
    /// Numbers the methods and events of `services` in their order.
    pub(crate) fn new(services: &[Bound]) -> Result<Self, NameTaken> {
        let mut methods: Vec<Served> = Vec::new();
        let mut events: Vec<(&'static ServiceDescriptor, usize)> = Vec::new();
        let mut names = HashSet::new();
        for bound in services {
            let service = bound.service();
            for (index, method) in service.methods.iter().enumerate() {
                if !names.insert(("method", method.name)) {
                    let other = methods.iter().find(|served| served.method.name == method.name);
                    let first = other.map_or(service.name, |served| served.bound.service().name);
                    return Err(NameTaken { kind: "method", name: method.name, services: [first, service.name] });
                }
                methods.push(Served::new(bound.clone(), index));
            }
            for (index, event) in service.events.iter().enumerate() {
                if !names.insert(("event", event.name)) {
                    let other = events.iter().find(|(service, index)| service.events[*index].name == event.name);
                    let first = other.map_or(service.name, |(service, _)| service.name);
                    return Err(NameTaken { kind: "event", name: event.name, services: [first, service.name] });
                }
                events.push((service, index));
            }
        }
        debug_assert!(methods.len() + events.len() < usize::from(frame::id::RESERVED));
        Ok(Self { methods, events, ..Self::default() })
    }

    /// The same, with the callbacks that are announced. One that is named twice is required if it is so anywhere.
    pub(crate) fn with_callbacks(mut self, callbacks: &[Wanted]) -> Self {
        for wanted in callbacks {
            match self.callbacks.iter_mut().find(|known| known.method().name == wanted.method().name) {
                Some(known) => known.required |= wanted.required,
                None => self.callbacks.push(*wanted),
            }
        }
        self
    }

    /// The same, with methods that every worker has.
    pub(crate) fn with_builtins(mut self, builtins: Vec<(u16, Served)>) -> Self {
        self.builtins = builtins;
        self
    }

    fn id(position: usize) -> u16 {
        u16::try_from(position + 1).unwrap_or(u16::MAX)
    }

    /// Each method with its id.
    pub(crate) fn methods(&self) -> impl Iterator<Item = (u16, &'static MethodDescriptor)> + '_ {
        self.served().map(|(id, served)| (id, served.method))
    }

    /// Each method with its id, and who serves it.
    pub(crate) fn served(&self) -> impl Iterator<Item = (u16, &Served)> + '_ {
        self.methods.iter().enumerate().map(|(position, served)| (Self::id(position), served))
    }

    /// Each event with its id: its service, and its index there.
    pub(crate) fn events(&self) -> impl Iterator<Item = (u16, (&'static ServiceDescriptor, usize))> + '_ {
        let first = self.methods.len();
        self.events.iter().enumerate().map(move |(position, event)| (Self::id(first + position), *event))
    }

    /// Each callback with its id.
    pub(crate) fn callbacks(&self) -> impl Iterator<Item = (u16, &Wanted)> + '_ {
        let first = self.methods.len() + self.events.len();
        self.callbacks.iter().enumerate().map(move |(position, wanted)| (Self::id(first + position), wanted))
    }

    /// The id of a callback by its path.
    pub(crate) fn callback(&self, path: &str) -> Option<u16> {
        self.callbacks().find(|(_, wanted)| wanted.method().name == path).map(|(id, _)| id)
    }

    /// Each method that every worker has.
    pub(crate) fn builtins(&self) -> impl Iterator<Item = (u16, &'static MethodDescriptor)> + '_ {
        self.builtins.iter().map(|(id, served)| (*id, served.method))
    }

    pub(crate) fn builtin(&self, id: u16) -> Option<&Served> {
        self.builtins.iter().find(|(known, _)| *known == id).map(|(_, served)| served)
    }

    /// The method with this id.
    pub(crate) fn method(&self, id: u16) -> Option<&Served> {
        self.methods.get(usize::from(id).checked_sub(1)?)
    }

    /// The id of an event of a service.
    pub(crate) fn event(&self, service: &'static ServiceDescriptor, index: usize) -> Option<u16> {
        let position = self.events.iter().position(|(owner, at)| *at == index && same(owner, service))?;
        Some(Self::id(self.methods.len() + position))
    }

    /// Whether there is any callback to make.
    pub(crate) fn has_callbacks(&self) -> bool {
        !self.callbacks.is_empty()
    }

    /// Whether there is any event to send.
    pub(crate) fn has_events(&self) -> bool {
        !self.events.is_empty()
    }
}

/// A constant may have several addresses, a service has one name.
fn same(one: &'static ServiceDescriptor, other: &'static ServiceDescriptor) -> bool {
    std::ptr::eq(one, other) || one.name == other.name
}
