//! Whether a child means the same as this program by what they say to each other.
//!
//! The fingerprints in `$init` tell which methods, events and callbacks differ at all. Only where some do the child is
//! asked for its schema, and only these are compared, as PROTOCOL.md says.

use std::cell::OnceCell;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use procwire_idl::evolution::{Interface, Members, Node, clashes};

use super::peer::Peer;
use super::spawn_error::{SpawnError, SpawnErrorKind};
use super::start;
use crate::client::{Call, Remote, RemoteMethod};
use crate::codec::{Value, from_bytes};
use crate::connection::Extensions;
use crate::control::Init;
use crate::error::{Code, Error, NoError};
use crate::service::builtin::{BUILTINS, SCHEMA};
use crate::service::{Fingerprint, Handlers, ServiceDescriptor, Wanted, fingerprints, interface};

/// The longest answer to `$schema` that is read.
const LONGEST: usize = 64 << 20;
/// As many members are named where the child cannot say its schema.
const NAMED: usize = 8;
/// What is asked: nil.
const NIL: &[u8] = &[0xc0];

/// What a program expects of a child, and the child of the program.
struct Expected<'a> {
    services: &'a [&'static ServiceDescriptor],
    handlers: Option<&'a Handlers>,
}

/// Asks on a runtime, where there is anything to ask; `left` is how long the child may still take to start.
pub(super) async fn agree(
    peer: &Arc<Peer>,
    services: &[&'static ServiceDescriptor],
    left: Duration,
) -> Result<(), SpawnError> {
    let expected = Expected::of(peer, services);
    let members = expected.differing(&peer.init);
    if members == Members::default() {
        return Ok(());
    }
    let judged = match expected.question(peer, &members) {
        Ok(remote) => expected.judge(peer, &members, ask(&remote, left).await, left),
        Err(reason) => Err(reason),
    };
    match judged {
        Ok(()) => Ok(()),
        Err(reason) => Err(start::refuse(&peer.process, refused(&peer.name, reason)).await),
    }
}

/// The same in this thread.
pub(super) fn block_agree(
    peer: &Arc<Peer>,
    services: &[&'static ServiceDescriptor],
    left: Duration,
) -> Result<(), SpawnError> {
    let expected = Expected::of(peer, services);
    let members = expected.differing(&peer.init);
    if members == Members::default() {
        return Ok(());
    }
    let judged = match expected.question(peer, &members) {
        Ok(remote) => expected.judge(peer, &members, ask(&remote, left).wait(), left),
        Err(reason) => Err(reason),
    };
    judged.map_err(|reason| start::block_refuse(&peer.process, refused(&peer.name, reason)))
}

/// What clashes with one more service, as far as the child's schema is known.
pub(super) fn clashes_with(peer: &Peer, service: &'static ServiceDescriptor) -> Result<(), Vec<String>> {
    let Some(schema) = peer.schema.get() else { return Ok(()) };
    let services = [service];
    let expected = Expected { services: &services, handlers: None };
    let members = expected.differing(&peer.init);
    match clashes(&expected.interface(&members), schema, &members) {
        Ok(lines) if lines.is_empty() => Ok(()),
        Ok(lines) => Err(lines),
        Err(entangled) => Err(vec![entangled.to_string()]),
    }
}

fn refused(name: &str, reason: String) -> SpawnError {
    SpawnError::new(SpawnErrorKind::Mismatch, name, reason)
}

fn ask(remote: &Remote, left: Duration) -> Call<'_, Bytes, NoError> {
    remote.call_raw(1, Bytes::from_static(NIL)).timeout(left)
}

impl<'a> Expected<'a> {
    fn of(peer: &'a Peer, services: &'a [&'static ServiceDescriptor]) -> Self {
        let shared = peer.connection.shared();
        let handlers = shared.agreed_on(Extensions::CALLBACKS).then(|| shared.handlers());
        Self { services, handlers }
    }

    /// The members whose fingerprints both sides say, and that differ. Nothing is computed for a child that says none.
    fn differing(&self, init: &Init) -> Members {
        let is_other = |own: Option<Fingerprint>, theirs| own.is_some_and(|own| own != theirs);
        let mut members = Members::default();
        for service in self.services {
            let own = OnceCell::new();
            let own = || own.get_or_init(|| fingerprints(service));
            for (index, method) in service.methods.iter().enumerate() {
                if let Some(theirs) = init.methods.get(method.name).and_then(|found| found.fingerprint)
                    && is_other(own().methods[index], theirs)
                {
                    members.methods.insert(method.name.to_owned());
                }
            }
            for (index, event) in service.events.iter().enumerate() {
                if let Some(theirs) = init.events.get(event.name).and_then(|found| found.fingerprint)
                    && is_other(own().events[index], theirs)
                {
                    members.events.insert(event.name.to_owned());
                }
            }
        }
        for (path, callback) in &init.callbacks {
            if let Some(theirs) = callback.fingerprint
                && let Some(wanted) = self.answered(path)
                && is_other(fingerprints(wanted.service).methods[wanted.index], theirs)
            {
                members.callbacks.insert(path.clone());
            }
        }
        members
    }

    /// What answers a callback here.
    fn answered(&self, path: &str) -> Option<Wanted> {
        let (service, index) = self.handlers?.of_path(path)?;
        Some(Wanted { service, index, required: false })
    }

    /// The members that differ, for messages: those of services as `Trading.place`, callbacks by their paths.
    fn differs(&self, members: &Members) -> String {
        let mut names = Vec::new();
        for service in self.services {
            let methods = service.methods.iter().map(|one| one.name).filter(|name| members.methods.contains(*name));
            let events = service.events.iter().map(|one| one.name).filter(|name| members.events.contains(*name));
            names.extend(methods.chain(events).map(|name| format!("{}.{name}", service.name)));
        }
        names.extend(members.callbacks.iter().cloned());
        let more = if names.len() > NAMED { format!(" and {} more", names.len() - NAMED) } else { String::new() };
        names.truncate(NAMED);
        format!("its schema differs from this program's in {}{more}", names.join(", "))
    }

    /// Why nothing is known of what differs.
    fn does_not_say(&self, members: &Members, why: &str) -> String {
        format!("{}, and it does not say how: {why}", self.differs(members))
    }

    /// The child's built-in methods, of which `$schema` is one.
    fn question(&self, peer: &Arc<Peer>, members: &Members) -> Result<Remote, String> {
        let Some(schema) = peer.init.methods.get(SCHEMA.0) else {
            return Err(self.does_not_say(members, &format!("it has no `{}`", SCHEMA.0)));
        };
        let methods = [None, Some(schema.id)].map(|id| RemoteMethod { id, timeout: None });
        Ok(Remote::new(peer.connection.clone(), &BUILTINS, methods.into(), Vec::new(), Arc::clone(peer) as _))
    }

    fn interface(&self, members: &Members) -> Interface {
        let callbacks: Vec<Wanted> = members.callbacks.iter().filter_map(|path| self.answered(path)).collect();
        interface(self.services.iter().copied(), &callbacks)
    }

    /// Whether the answer lets the child start. It comes from another process, so nothing of it is taken for granted.
    fn judge(
        &self,
        peer: &Peer,
        members: &Members,
        answer: Result<Bytes, Error>,
        left: Duration,
    ) -> Result<(), String> {
        let unusable =
            |reason: String| self.does_not_say(members, &format!("its `{}` cannot be used: {reason}", SCHEMA.0));
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) if error.code() == Some(Code::DeadlineExceeded) => {
                let why = format!("its `{}` is not answered within {} ms", SCHEMA.0, left.as_millis());
                return Err(self.does_not_say(members, &why));
            }
            Err(error) => return Err(self.does_not_say(members, &error.to_string())),
        };
        if answer.len() > LONGEST {
            return Err(unusable(format!("{} bytes, expected at most {LONGEST}", answer.len())));
        }
        let worker = read(&answer).map_err(unusable)?;
        match clashes(&self.interface(members), &worker, members) {
            Ok(lines) if lines.is_empty() => {
                let _ = peer.schema.set(worker);
                Ok(())
            }
            Ok(lines) => Err(format!("its schema does not agree with this program's:\n    {}", lines.join("\n    "))),
            Err(entangled) => Err(format!("{}: {entangled}", self.differs(members))),
        }
    }
}

fn read(answer: &Bytes) -> Result<Interface, String> {
    let value: Value = from_bytes(answer).map_err(|error| error.to_string())?;
    Interface::try_from(&node(value)).map_err(|error| error.to_string())
}

/// What the form has no use for is nothing: it may stand under a key of a later version.
fn node(value: Value) -> Node {
    match value {
        Value::Bool(is) => Node::Bool(is),
        Value::Int(number) => Node::from(number),
        Value::String(text) => Node::Text(text),
        Value::List(items) => Node::List(items.into_iter().map(node).collect()),
        Value::Map(entries) => {
            let entry = |(key, value)| match key {
                Value::String(key) => Some((key, node(value))),
                _ => None,
            };
            Node::Map(entries.into_iter().filter_map(entry).collect())
        }
        _ => Node::Null,
    }
}
