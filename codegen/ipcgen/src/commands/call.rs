//! `ipcgen call`: calls any worker, without a schema file.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Read, Write};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use procwire::stub_v1::Response;
use procwire::{AnnouncedMethod, Bytes, Error, Value};
use procwire_idl::evolution::{Interface, Method, Type};
use tokio::sync::oneshot;

use crate::output::{self, Outcome};
use crate::values;
use crate::worker::{Script, Thrown, Worker};

/// Call a worker without a schema file
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  ipcgen call ./worker                                # what it has\n  ipcgen call ./worker quote '{\"symbol\":\"A\"}'\n  ipcgen call worker.py quotes < request.json         # a stream: a line each\n  ipcgen call \"node worker.js --fast\" fetch '{\"id\":1}' --callbacks answers.json\n  ipcgen call ./worker --events                       # what it tells, until Ctrl-C\n\nBytes are base64, timestamps RFC 3339, durations as in a schema (5s); --raw takes and gives bytes as they are. A script of --callbacks is an object of paths: {\"trading.data_fetch\": [1, 2]}; {\"$error\": {..}} throws, {\"$fail\": \"why\"} fails, {\"$each\": [a, b]} answers in turn.\n\nExit status: 0; 1 for an error that the method declares, which is a JSON line on standard error; 2 for all else; 130 after Ctrl-C."
)]
pub struct Call {
    /// The worker: a program with its arguments, or a `.js` or `.py` file
    worker: String,
    /// The method, by its name on the wire; without one they are listed
    method: Option<String>,
    /// The request as JSON; without one it is read from standard input, unless that is a terminal
    request: Option<String>,
    /// How long it may take, as `5s`
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    timeout: Option<Duration>,
    /// A key that travels beside the request; may be given several times
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_and_value)]
    metadata: Vec<(String, String)>,
    /// Take the request from standard input as bytes, and print answers as bytes
    #[arg(long, conflicts_with = "request")]
    raw: bool,
    /// A file with answers to what the worker asks of its parent
    #[arg(long, value_name = "FILE")]
    callbacks: Option<PathBuf>,
    /// Print events too, as JSON lines on standard output
    #[arg(long)]
    events: bool,
}

fn duration(text: &str) -> Result<Duration, String> {
    let micros = values::micros(text).ok_or("a duration is written as `5s`, with h, m, s, ms or us")?;
    Ok(Duration::from_micros(micros))
}

fn key_and_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("metadata is written as `key=value`")?;
    Ok((key.to_owned(), value.to_owned()))
}

/// Runs something that talks to a worker, until Ctrl-C.
pub fn with_runtime<T>(work: impl Future<Output = Result<T, String>>) -> Result<T, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| format!("there is no runtime: {error}"))?.block_on(work)
}

impl Call {
    pub fn run(&self) -> Result<Outcome, String> {
        let script = match &self.callbacks {
            Some(path) => {
                let about = |error: String| format!("{}: {error}", path.display());
                let text = std::fs::read_to_string(path).map_err(|error| about(error.to_string()))?;
                Some(Script::read(&text).map_err(about)?)
            }
            None if self.method.is_none() && !self.events => Some(Script::failing()),
            None => None,
        };
        let interrupted = interrupted()?;
        with_runtime(async {
            tokio::pin!(interrupted);
            let worker = tokio::select! {
                worker = Worker::start(&self.worker, script) => worker?,
                _ = &mut interrupted => return Ok(Outcome::Interrupted),
            };
            let outcome = tokio::select! {
                outcome = self.work(&worker) => outcome,
                // The call is aborted as it is dropped.
                _ = &mut interrupted => Ok(Outcome::Interrupted),
            };
            let ended = worker.end().await;
            let outcome = outcome?;
            ended.map(|()| outcome)
        })
    }

    async fn work(&self, worker: &Worker) -> Result<Outcome, String> {
        if self.events {
            listen(worker);
        }
        let Some(name) = &self.method else {
            if self.events {
                worker.peer().exited().await;
            } else {
                output::result(&listed(worker))?;
            }
            return Ok(Outcome::Clean);
        };
        let methods = &worker.announced.methods;
        let Some(index) = methods.iter().position(|method| method.name == *name) else {
            let names: Vec<String> = methods.iter().map(|method| format!("`{}`", method.name)).collect();
            return Err(format!("the worker has no method `{name}`; it has {}", names.join(", ")));
        };
        let announced = &methods[index];
        let interface = worker.interface.as_deref();
        let declared = interface.and_then(|it| it.methods.iter().find(|method| method.name == *name));
        let request = self.request(announced, interface, declared)?;
        let failed = |error: Error<Thrown>| thrown(interface, declared, error);
        let print = |value: &Answer| -> Result<(), String> {
            match value {
                Answer::Bytes(bytes) => raw(bytes),
                Answer::Value(value) => {
                    let (nothing, any) = (Interface::default(), Type::Any);
                    let ty = declared.map_or(&any, |method| &method.answer);
                    output::result(&(values::write(interface.unwrap_or(&nothing), ty, value) + "\n"))
                }
            }
        };
        let remote = &worker.remote;
        // The two kinds of payload differ in the type that they are read as.
        macro_rules! prepared {
            ($call:expr) => {{
                let mut call = $call;
                if let Some(timeout) = self.timeout {
                    call = call.timeout(timeout);
                }
                for (key, value) in &self.metadata {
                    call = call.metadata(key, value.as_str());
                }
                call
            }};
        }
        macro_rules! unary {
            ($call:expr, $kind:expr) => {
                match prepared!($call).await {
                    Ok(value) => print(&$kind(value)).map(|()| Outcome::Clean),
                    Err(error) => failed(error),
                }
            };
        }
        macro_rules! streamed {
            ($call:expr, $kind:expr) => {{
                let mut items = match prepared!($call).await {
                    Ok(items) => items,
                    Err(error) => return failed(error),
                };
                while let Some(item) = items.next().await {
                    match item {
                        Ok(item) => print(&$kind(item))?,
                        Err(error) => return failed(error),
                    }
                }
                Ok(Outcome::Clean)
            }};
        }
        match (announced.response, request) {
            (Response::Result, Request::Value(value)) => {
                unary!(remote.call::<Value, Thrown>(index, |w| procwire::Message::encode(&value, w)), Answer::Value)
            }
            (Response::Result, Request::Bytes(bytes)) => {
                unary!(remote.call_raw::<Bytes, Thrown>(index, bytes), Answer::Bytes)
            }
            (Response::Stream, Request::Value(value)) => {
                streamed!(
                    remote.stream::<Value, Thrown>(index, |w| procwire::Message::encode(&value, w)),
                    Answer::Value
                )
            }
            (Response::Stream, Request::Bytes(bytes)) => {
                streamed!(remote.stream_raw::<Thrown>(index, bytes), Answer::Bytes)
            }
            (Response::Ack | Response::None, Request::Value(value)) => {
                let call = remote.call::<Value, Thrown>(index, |w| procwire::Message::encode(&value, w));
                match prepared!(call).await {
                    Ok(Value::Nil) => Ok(Outcome::Clean),
                    Ok(value) => print(&Answer::Value(value)).map(|()| Outcome::Clean),
                    Err(error) => failed(error),
                }
            }
            (Response::Ack | Response::None, Request::Bytes(bytes)) => {
                match prepared!(remote.call_raw::<Bytes, Thrown>(index, bytes)).await {
                    Ok(_) => Ok(Outcome::Clean),
                    Err(error) => failed(error),
                }
            }
        }
    }

    /// The request, as an argument or on standard input.
    fn request(
        &self,
        announced: &AnnouncedMethod,
        interface: Option<&Interface>,
        declared: Option<&Method>,
    ) -> Result<Request, String> {
        if announced.raw {
            if let Some(request) = &self.request {
                return Ok(Request::Bytes(Bytes::from(request.clone())));
            }
            let mut bytes = Vec::new();
            if !io::stdin().is_terminal() {
                io::stdin()
                    .lock()
                    .read_to_end(&mut bytes)
                    .map_err(|error| format!("cannot read the request: {error}"))?;
            }
            return Ok(Request::Bytes(bytes.into()));
        }
        if self.raw {
            return Err(format!("`{}` carries MsgPack, not raw bytes: leave out `--raw`", announced.name));
        }
        let takes_nothing = declared.is_some_and(|method| method.request == nothing());
        let text = match &self.request {
            Some(request) => request.clone(),
            None if takes_nothing || io::stdin().is_terminal() => String::new(),
            None => io::read_to_string(io::stdin()).map_err(|error| format!("cannot read the request: {error}"))?,
        };
        let json = if text.trim().is_empty() {
            // Where all may be left out that is a request, too.
            serde_json::Value::Object(serde_json::Map::new())
        } else {
            serde_json::from_str(&text).map_err(|error| format!("the request is no JSON: {error}"))?
        };
        let value = match (interface, declared) {
            (Some(interface), Some(method)) => {
                let json = if takes_nothing && text.trim().is_empty() { &serde_json::Value::Null } else { &json };
                values::read_payload(interface, &method.request, json)
                    .map_err(|wrong| format!("the request of `{}`: {wrong}", announced.name))?
            }
            _ if text.trim().is_empty() => Value::Nil,
            _ => values::untyped(&json),
        };
        Ok(Request::Value(value))
    }
}

enum Request {
    Value(Value),
    Bytes(Bytes),
}

enum Answer {
    Value(Value),
    Bytes(Bytes),
}

fn nothing() -> procwire_idl::evolution::Payload {
    procwire_idl::evolution::Payload::Fields(Vec::new())
}

fn raw(bytes: &[u8]) -> Result<(), String> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(format!("cannot write the result: {error}")),
        _ => Ok(()),
    }
}

/// What a call failed with: an error that it declares is told as JSON.
fn thrown(interface: Option<&Interface>, declared: Option<&Method>, error: Error<Thrown>) -> Result<Outcome, String> {
    let Thrown(value) = match error.into_declared() {
        Ok(thrown) => thrown,
        Err(failure) => return Err(failure.to_string()),
    };
    let named = value.get("type").and_then(Value::as_str);
    let has = |id: &&usize| {
        let kind = interface.map(|interface| &interface.types[**id].kind);
        matches!(kind, Some(procwire_idl::evolution::Kind::Enum { variants, .. })
            if variants.iter().any(|variant| named == Some(&variant.name)))
    };
    let id = declared.and_then(|method| method.throws.iter().find(has));
    let shown = match (interface, id) {
        (Some(interface), Some(id)) => {
            let name = serde_json::Value::from(interface.types[*id].name.as_str());
            format!("{{\"error\":{name},\"data\":{}}}", values::write(interface, &Type::Named(*id), &value))
        }
        _ => format!("{{\"error\":null,\"data\":{}}}", values::write(&Interface::default(), &Type::Any, &value)),
    };
    output::notice(&shown);
    Ok(Outcome::Found)
}

/// Prints the events as they come.
fn listen(worker: &Worker) {
    for (index, name) in worker.announced.events.iter().enumerate() {
        let (name, interface) = (name.clone(), worker.interface.clone());
        let event = interface.as_ref().and_then(|it| it.events.iter().find(|event| event.name == name).cloned());
        let quoted = serde_json::Value::from(name.as_str());
        let print = move |shown: &str| {
            // Where nobody reads any more, there is nobody to tell.
            let _ = output::result(&format!("{{\"event\":{quoted},\"data\":{shown}}}\n"));
        };
        if event.as_ref().is_some_and(|event| event.raw) {
            let mut events = worker.remote.events_raw(index);
            tokio::spawn(async move {
                while let Some(bytes) = events.next().await {
                    print(&values::write(&Interface::default(), &Type::Any, &Value::Bytes(bytes)));
                }
            });
            continue;
        }
        let mut events = worker.remote.events::<Value>(index);
        tokio::spawn(async move {
            while let Some(value) = events.next().await {
                match (&interface, &event) {
                    (Some(interface), Some(event)) => print(&values::write_payload(interface, &event.payload, &value)),
                    _ => print(&values::write(&Interface::default(), &Type::Any, &value)),
                }
            }
        });
    }
}

/// What a worker has, a line each.
fn listed(worker: &Worker) -> String {
    let kind = |response| match response {
        Response::Result => "result",
        Response::Stream => "stream",
        Response::Ack => "ack",
        Response::None => "none",
    };
    let mut out = String::new();
    let interface = worker.interface.as_deref();
    for method in &worker.announced.methods {
        let declared = interface.and_then(|it| it.methods.iter().find(|declared| declared.name == method.name));
        let shown = match (interface, declared) {
            (Some(interface), Some(declared)) => crate::ipc_text::signature(interface, declared),
            _ => format!("{} -> {}{}", method.name, kind(method.response), if method.raw { " (raw)" } else { "" }),
        };
        let _ = writeln!(out, "method {shown}");
    }
    for name in &worker.announced.events {
        let event = interface.and_then(|it| it.events.iter().find(|event| event.name == *name));
        let shown = match (interface, event) {
            (Some(interface), Some(event)) => {
                format!("{name}{}", crate::ipc_text::parameters(interface, &event.payload))
            }
            _ => name.clone(),
        };
        let _ = writeln!(out, "event {shown}");
    }
    for callback in &worker.announced.callbacks {
        let found = interface.and_then(|it| it.callbacks.iter().find(|own| own.method.name == callback.name));
        let shown = match (interface, found) {
            (Some(interface), Some(found)) => crate::ipc_text::signature(interface, &found.method),
            _ => format!("{} -> {}", callback.name, kind(callback.response)),
        };
        let _ = writeln!(out, "callback {shown}{}", if callback.required { " (required)" } else { "" });
    }
    out
}

/// Resolves at the first Ctrl-C, or where a supervisor ends this program.
#[cfg(unix)]
fn interrupted() -> Result<oneshot::Receiver<()>, String> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    let (tell, told) = oneshot::channel();
    let mut signals =
        Signals::new([SIGINT, SIGTERM, SIGHUP]).map_err(|error| format!("cannot take signals: {error}"))?;
    std::thread::spawn(move || {
        let mut signals = signals.forever();
        if signals.next().is_some() {
            let _ = tell.send(());
        }
        // Who asks twice does not want to wait.
        if signals.next().is_some() {
            std::process::exit(130);
        }
    });
    Ok(told)
}

/// Elsewhere the system ends the process.
#[cfg(not(unix))]
fn interrupted() -> Result<oneshot::Receiver<()>, String> {
    let (tell, told) = oneshot::channel();
    // It lives for ever, so that nobody hears of its end.
    std::mem::forget(tell);
    Ok(told)
}
