//! Any worker, called without a schema file: what it has is what it says.

mod script;

use std::path::Path;
use std::process::Command;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use procwire::stub_v1::{
    Client, EventDescriptor, MethodDescriptor, Remote, Response, ServiceDescriptor, Shape, Throws, Writer,
};
use procwire::{Announced, AnnouncedMethod, Bytes, ClientBuilder, NoError, Peer, Value};
use procwire_idl::evolution::{Interface, Node};

pub use self::script::Script;

/// The question for a worker's schema.
const SCHEMA: &str = "$schema";

/// A worker that runs.
pub struct Worker {
    /// All its methods and events, in the order of `announced`.
    pub remote: Remote,
    /// What it announced, without what every worker has.
    pub announced: Announced,
    /// What it says of its types; none where it does not know them.
    pub interface: Option<Arc<Interface>>,
}

/// A declared error of which nothing is known but its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Thrown(pub Value);

impl Throws for Thrown {
    fn summary(&self) -> String {
        self.0.get("type").and_then(Value::as_str).unwrap_or("error").to_owned()
    }

    fn write(&self, writer: &mut Writer) {
        procwire::Message::encode(&self.0, writer);
    }

    fn read(data: &Bytes) -> Option<Self> {
        procwire::codec::from_bytes(data).ok().map(Self)
    }

    fn wait(&self) -> Option<Duration> {
        None
    }
}

/// A client that expects nothing.
struct Anything(Remote);

static NOTHING: ServiceDescriptor = EMPTY;

/// What a service is before anything is known of it.
const EMPTY: ServiceDescriptor =
    ServiceDescriptor { name: "worker", methods: &[], events: &[], callbacks: &[], reserved: &[] };

/// A method whose values are anything; its kind is the worker's to say.
const ANY: MethodDescriptor = MethodDescriptor {
    name: "",
    response: Response::Result,
    raw: false,
    request: any,
    answer: any,
    throws: None,
    timeout: None,
    idempotent: false,
    since: None,
    reserved: &[],
};

const ANY_EVENT: EventDescriptor = EventDescriptor { name: "", raw: false, payload: any, since: None, reserved: &[] };

impl Client for Anything {
    const SERVICE: &'static ServiceDescriptor = &NOTHING;

    fn from_remote(remote: Remote) -> Self {
        Self(remote)
    }

    fn remote(&self) -> &Remote {
        &self.0
    }
}

/// The program of a worker with its arguments: a script runs in its interpreter.
pub fn command(text: &str) -> Result<Command, String> {
    // A path with a blank in it is no program with arguments.
    let mut words = if Path::new(text).is_file() { vec![text] } else { text.split_whitespace().collect() };
    if words.is_empty() {
        return Err("no worker is given: write its program, as `ipcgen call ./worker`".to_owned());
    }
    if let Some(interpreter) = interpreter(words[0]) {
        words.insert(0, interpreter);
    }
    let mut command = Command::new(words[0]);
    command.args(&words[1..]);
    Ok(command)
}

impl Worker {
    /// Starts a worker, and asks it what it speaks.
    pub async fn start(text: &str, script: Option<Script>) -> Result<Self, String> {
        let mut command = command(text)?;
        // Ctrl-C is for this program, which ends the worker in order.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let known = Arc::new(OnceLock::new());
        let script = script.map(|script| script.knowing(Arc::clone(&known)));
        let heard = Arc::new(OnceLock::new());
        let tell = Arc::clone(&heard);
        // Nothing is expected of it: what it takes and gives is what it says.
        let builder = ClientBuilder::<Anything>::new().check_schema(false);
        let builder = builder.name(name(text)).on_announced(move |announced, handlers| {
            if let Some(script) = script {
                script.answer(announced, handlers);
            }
            let _ = tell.set(announced.clone());
        });
        let Anything(remote) = builder.spawn(command).await.map_err(|error| error.to_string())?;
        let mut announced: Announced = heard.get().cloned().unwrap_or_default();
        let built_in = announced.methods.iter().any(|method| method.name == SCHEMA);
        announced.methods.retain(|method| !method.name.starts_with('$'));
        let interface = if built_in { Some(Arc::new(schema(&remote).await?)) } else { None };
        if let Some(interface) = &interface {
            let _ = known.set(Arc::clone(interface));
        }
        let service = descriptor(name(text), &announced, interface.as_deref());
        let remote = remote.attach(service).map_err(|error| error.to_string())?;
        Ok(Self { remote, announced, interface })
    }

    /// Starts a worker only to ask what it has: what it needs of its parent is there, and fails.
    pub async fn start_to_ask(text: &str) -> Result<Self, String> {
        Self::start(text, Some(Script::failing())).await
    }

    /// The process.
    pub fn peer(&self) -> &Peer {
        self.remote.peer()
    }

    /// Ends it, in order.
    pub async fn end(&self) -> Result<(), String> {
        self.peer().shutdown().await.map_err(|error| error.to_string())
    }
}

/// What messages call a worker: its script, or else its program, without what stands around that name.
fn name(text: &str) -> String {
    let words: Vec<&str> = if Path::new(text).is_file() { vec![text] } else { text.split_whitespace().collect() };
    let script = words.iter().find(|word| interpreter(word).is_some());
    let stem = script.or(words.first()).and_then(|word| Path::new(word).file_stem());
    stem.map_or_else(|| "worker".to_owned(), |stem| stem.to_string_lossy().into_owned())
}

/// What runs a script.
fn interpreter(path: &str) -> Option<&'static str> {
    match Path::new(path).extension()?.to_str()? {
        "js" | "mjs" | "cjs" => Some("node"),
        "py" => Some("python3"),
        _ => None,
    }
}

/// The shape of a value of which nothing is known here.
fn any() -> &'static Shape {
    &Shape::Any
}

fn method(method: &AnnouncedMethod) -> MethodDescriptor {
    MethodDescriptor { name: method.name.clone().leak(), response: method.response, raw: method.raw, ..ANY }
}

/// A service that has what a worker announced. It lives as long as this program, which calls one worker and ends.
fn descriptor(name: String, announced: &Announced, interface: Option<&Interface>) -> &'static ServiceDescriptor {
    let methods: Vec<MethodDescriptor> = announced.methods.iter().map(method).collect();
    let is_raw = |name: &str| interface.is_some_and(|it| it.events.iter().any(|event| event.name == name && event.raw));
    let events = announced.events.iter();
    let events: Vec<EventDescriptor> =
        events.map(|name| EventDescriptor { name: name.clone().leak(), raw: is_raw(name), ..ANY_EVENT }).collect();
    Box::leak(Box::new(ServiceDescriptor {
        name: name.leak(),
        methods: methods.leak(),
        events: events.leak(),
        ..EMPTY
    }))
}

async fn schema(remote: &Remote) -> Result<Interface, String> {
    let asked = AnnouncedMethod { name: SCHEMA.to_owned(), response: Response::Result, raw: false, required: false };
    let announced = Announced { methods: vec![asked], ..Announced::default() };
    let remote = remote.attach(descriptor("worker".to_owned(), &announced, None)).map_err(|error| error.to_string())?;
    let form = remote.call::<Value, NoError>(0, Writer::nil).await.map_err(|error| error.to_string())?;
    let wrong = |reason: String| format!("its `$schema` cannot be used: {reason}");
    let node = node(&form).ok_or_else(|| wrong("it has values that no schema has".to_owned()))?;
    Interface::try_from(&node).map_err(|error| wrong(error.to_string()))
}

/// A value of the interchange form.
fn node(value: &Value) -> Option<Node> {
    Some(match value {
        Value::Nil => Node::Null,
        Value::Bool(value) => Node::Bool(*value),
        Value::Int(value) => i64::try_from(*value).map_or_else(|_| Node::Text(value.to_string()), Node::Int),
        Value::String(text) => Node::Text(text.clone()),
        Value::List(items) => Node::List(items.iter().map(node).collect::<Option<_>>()?),
        Value::Map(entries) => {
            let entry = |(key, value): &(Value, Value)| Some((key.as_str()?.to_owned(), node(value)?));
            Node::Map(entries.iter().map(entry).collect::<Option<_>>()?)
        }
        Value::F32(_) | Value::F64(_) | Value::Bytes(_) | Value::Timestamp(_) | Value::Ext(..) => return None,
    })
}
