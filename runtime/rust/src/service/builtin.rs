//! Methods that every worker has: whether it is well, and what it speaks.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use procwire_idl::evolution::Node;
use procwire_idl::shape::Shape;

use super::{
    Bound, Incoming, Job, MethodDescriptor, Response, Served, ServiceDescriptor, Wanted, interface, unary, unary_raw,
};
use crate::codec::{DecodeError, Message, Reader, Value, Writer, to_bytes};
use crate::error::{Code, Failure, NoError};

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
}

/// What a worker serves and calls.
#[derive(Debug)]
pub(crate) struct Spoken {
    pub(crate) services: Vec<&'static ServiceDescriptor>,
    pub(crate) callbacks: Vec<Wanted>,
}

/// The knowledge of a worker that serves.
struct Serving {
    knowledge: Knowledge,
    spoken: Spoken,
    /// The answer to `$schema`, made when somebody asks for it.
    schema: OnceLock<Result<Bytes, Failure>>,
}

impl Default for Knowledge {
    fn default() -> Self {
        Self { ready: Arc::new(AtomicBool::new(true)) }
    }
}

impl fmt::Debug for Knowledge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Knowledge").field("ready", &self.ready).finish_non_exhaustive()
    }
}

/// The methods with their ids.
pub(crate) fn served(knowledge: Knowledge, spoken: Spoken) -> Vec<(u16, Served)> {
    let serving = Serving { knowledge, spoken, schema: OnceLock::new() };
    let bound = Bound::of(Arc::new(serving), &BUILTINS, dispatch);
    let served = |index| Served { takes_no_slot: true, ..Served::new(bound.clone(), index) };
    vec![(HEALTH.1, served(0)), (SCHEMA.1, served(1))]
}

impl Serving {
    fn schema(&self) -> Result<Bytes, Failure> {
        let Spoken { services, callbacks } = &self.spoken;
        let schema = self.schema.get_or_init(|| {
            let node = Node::from(&interface(services.iter().copied(), callbacks));
            let failed = |error| Failure::new(Code::Internal, format!("the schema of this worker: {error}"));
            to_bytes(&value(node)).map_err(failed)
        });
        schema.clone()
    }
}

/// The interchange form as MsgPack has it.
fn value(node: Node) -> Value {
    match node {
        Node::Null => Value::Nil,
        Node::Bool(is) => Value::Bool(is),
        Node::Int(number) => Value::Int(number.into()),
        Node::Text(text) => Value::String(text),
        Node::List(items) => Value::List(items.into_iter().map(value).collect()),
        Node::Map(entries) => {
            Value::Map(entries.into_iter().map(|(key, node)| (Value::String(key), value(node))).collect())
        }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the signature is that of all dispatchers")]
fn dispatch(serving: &Arc<Serving>, call: Incoming<'_>) -> Result<Job, Failure> {
    let serving = Arc::clone(serving);
    Ok(match call.method() {
        0 => unary::<Health, NoError, _, _>(call, |cx| async move {
            let (running, waiting) = cx.load();
            let ready = serving.knowledge.ready.load(Ordering::SeqCst) && cx.is_open();
            Ok(Health { ready, running, waiting })
        }),
        _ => unary_raw::<Bytes, NoError, _, _>(call, move |_| async move { Ok(serving.schema()?) }),
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
