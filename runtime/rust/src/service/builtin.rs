//! Methods that every worker has: whether it is well, and what it speaks.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use procwire_idl::shape::Shape;

use super::{Bound, Incoming, Job, MethodDescriptor, Response, Served, ServiceDescriptor, unary, unary_raw};
use crate::codec::{DecodeError, Message, Reader, Writer};
use crate::error::{Failure, NoError};

/// The name and the id of the question whether a worker is ready.
pub(crate) const HEALTH: (&str, u16) = ("$health", 65518);
/// The name and the id of the question for a worker's schema.
pub(crate) const SCHEMA: (&str, u16) = ("$schema", 65517);

/// How a worker is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Health {
    /// It takes work: it says so itself, and does not end.
    pub ready: bool,
    /// Handlers that run.
    pub running: u64,
    /// Requests that wait for a handler to end.
    pub waiting: u64,
}

/// The service of the built-in methods.
pub(crate) static BUILTINS: ServiceDescriptor =
    ServiceDescriptor { name: "$", methods: &METHODS, events: &[], callbacks: &[], reserved: &[] };

static METHODS: [MethodDescriptor; 2] = [method(HEALTH.0), method(SCHEMA.0)];

const fn method(name: &'static str) -> MethodDescriptor {
    MethodDescriptor {
        name,
        response: Response::Result,
        raw: false,
        request: any,
        answer: any,
        throws: None,
        timeout: None,
        idempotent: false,
        since: None,
        reserved: &[],
    }
}

fn any() -> &'static Shape {
    &Shape::Any
}

/// What the built-in methods know.
#[derive(Clone)]
pub(crate) struct Knowledge {
    /// The worker's own say.
    pub(crate) ready: Arc<AtomicBool>,
    /// One MsgPack value.
    pub(crate) schema: Option<&'static [u8]>,
}

impl Default for Knowledge {
    fn default() -> Self {
        Self { ready: Arc::new(AtomicBool::new(true)), schema: None }
    }
}

impl fmt::Debug for Knowledge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Knowledge").field("ready", &self.ready).finish_non_exhaustive()
    }
}

/// The methods with their ids.
pub(crate) fn served(knowledge: Knowledge) -> Vec<(u16, Served)> {
    let has_schema = knowledge.schema.is_some();
    let bound = Bound::of(Arc::new(knowledge), &BUILTINS, dispatch);
    let served = |index| Served { takes_no_slot: true, ..Served::new(bound.clone(), index) };
    let mut all = vec![(HEALTH.1, served(0))];
    if has_schema {
        all.push((SCHEMA.1, served(1)));
    }
    all
}

#[expect(clippy::unnecessary_wraps, reason = "the signature is that of all dispatchers")]
fn dispatch(knowledge: &Arc<Knowledge>, call: Incoming<'_>) -> Result<Job, Failure> {
    let knowledge = Knowledge::clone(knowledge);
    Ok(match call.method() {
        0 => unary::<Health, NoError, _, _>(call, |cx| async move {
            let (running, waiting) = cx.load();
            let ready = knowledge.ready.load(Ordering::SeqCst) && cx.is_open();
            Ok(Health { ready, running, waiting })
        }),
        _ => unary_raw::<Bytes, NoError, _, _>(call, move |_| async move {
            Ok(Bytes::from_static(knowledge.schema.unwrap_or(&[0xc0])))
        }),
    })
}

impl Message for Health {
    fn encode(&self, writer: &mut Writer) {
        if writer.map(3) {
            writer.str("ready");
            writer.bool(self.ready);
            writer.str("running");
            writer.uint(self.running);
            writer.str("waiting");
            writer.uint(self.waiting);
            writer.leave();
        }
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut health = Self::default();
        for _ in 0..reader.map()? {
            match reader.key()? {
                b"ready" => health.ready = reader.bool()?,
                b"running" => health.running = u64::decode(reader)?,
                b"waiting" => health.waiting = u64::decode(reader)?,
                _ => reader.skip()?,
            }
        }
        reader.leave();
        Ok(health)
    }

    fn shape() -> &'static Shape {
        any()
    }
}
