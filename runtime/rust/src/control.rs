//! The control plane: one JSON-RPC 2.0 notification a line, as pure functions over bytes.
//!
//! Nothing here reads or writes a descriptor. `Lines` cuts what came into lines, `parse` says what a line means, and the
//! `print_*` functions give the bytes that go out in one write.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::connection::{Extensions, Takes};
use crate::service::{Fingerprint, Response};

/// The longest control line that is read; what is longer is noise.
pub(crate) const MAX_LINE: usize = 1 << 20;
/// The version that both published packages announce and nobody checks.
pub(crate) const VERSION: &str = "1.0.0";
/// Who says so of its schema.
const TOOL: &str = concat!("procwire ", env!("CARGO_PKG_VERSION"));
/// How long a child may go on with running handlers after `$shutdown`.
pub(crate) const SHUTDOWN_GRACE: Duration = Duration::from_secs(5);
/// Ids from here on belong to the protocol itself.
const FIRST_RESERVED_ID: u64 = 0xFFF0;

/// The name of the module in the child's environment.
pub(crate) const MODULE_NAME_VARIABLE: &str = "PROCWIRE_MODULE_NAME";
/// The connection's token in the child's environment.
pub(crate) const TOKEN_VARIABLE: &str = "PROCWIRE_TOKEN";
/// The descriptor of the data plane in the child's environment, and the pid of the parent that made it.
pub(crate) const DESCRIPTOR_VARIABLE: &str = "PROCWIRE_FD";
/// What stands before the descriptor's number where a path would stand.
pub(crate) const DESCRIPTOR_PREFIX: &str = "fd:";
/// What all variables of this protocol begin with.
pub(crate) const VARIABLE_PREFIX: &str = "PROCWIRE_";

/// A method as `$init` announces it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Method {
    pub(crate) id: u16,
    pub(crate) response: Response,
    pub(crate) raw: bool,
    pub(crate) timeout: Option<Duration>,
    pub(crate) fingerprint: Option<Fingerprint>,
}

/// An event as `$init` announces it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) id: u16,
    pub(crate) fingerprint: Option<Fingerprint>,
}

/// A callback as `$init` announces it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Callback {
    pub(crate) id: u16,
    pub(crate) response: Response,
    pub(crate) raw: bool,
    pub(crate) required: bool,
    pub(crate) fingerprint: Option<Fingerprint>,
}

/// What a worker says of its schema as a whole.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Schema<'a> {
    pub(crate) module: Option<&'a str>,
    pub(crate) fingerprint: Fingerprint,
}

/// What a child announces: where it listens, what it serves, and what it wants of its parent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Init {
    pub(crate) pipe: String,
    pub(crate) methods: HashMap<String, Method>,
    pub(crate) events: HashMap<String, Event>,
    pub(crate) callbacks: HashMap<String, Callback>,
    /// What it can beyond the base protocol; `None` for a published child.
    pub(crate) extensions: Option<Extensions>,
    pub(crate) takes: Takes,
}

impl Init {
    /// The number of the descriptor that the child took for the data plane.
    pub(crate) fn descriptor(&self) -> Option<&str> {
        self.pipe.strip_prefix(DESCRIPTOR_PREFIX)
    }
}

/// What one line of the control plane means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Message {
    Init(Init),
    /// An `$init` that cannot be used, with the reason.
    BadInit(String),
    Ping,
    Pong,
    Shutdown {
        grace: Option<Duration>,
    },
    Error {
        message: String,
    },
    /// Anything else: a print of the program, or a message of another protocol.
    Noise,
}

/// Says what a line means. Never fails: what is no control line is noise.
pub(crate) fn parse(line: &[u8]) -> Message {
    // Most noise is told apart without a JSON parser, since programs print a lot.
    if line.trim_ascii_start().first() != Some(&b'{') {
        return Message::Noise;
    }
    let Ok(Value::Object(line)) = serde_json::from_slice(line) else {
        return Message::Noise;
    };
    let empty = Map::new();
    let params = line.get("params").and_then(Value::as_object).unwrap_or(&empty);
    match line.get("method").and_then(Value::as_str) {
        Some("$init") => init(params).map_or_else(Message::BadInit, Message::Init),
        Some("$ping") => Message::Ping,
        Some("$pong") => Message::Pong,
        Some("$shutdown") => {
            let grace = params.get("grace_ms").and_then(Value::as_u64).map(Duration::from_millis);
            Message::Shutdown { grace }
        }
        Some("$error") => {
            let message = params.get("message").and_then(Value::as_str).unwrap_or("no message was given");
            Message::Error { message: message.to_owned() }
        }
        _ => Message::Noise,
    }
}

fn init(params: &Map<String, Value>) -> Result<Init, String> {
    let pipe = match params.get("pipe") {
        Some(Value::String(pipe)) if !pipe.is_empty() => pipe.clone(),
        _ => return Err("`params.pipe` must be a path".to_owned()),
    };
    let Some(schema) = params.get("schema").and_then(Value::as_object) else {
        return Err("`params.schema` must be an object".to_owned());
    };
    let mut methods = HashMap::new();
    for (name, entry) in entries(schema, "methods")? {
        methods.insert(name.clone(), method(name, entry)?);
    }
    let mut events = HashMap::new();
    for (name, entry) in entries(schema, "events")? {
        let event = Event { id: id("event", name, entry)?, fingerprint: fingerprint(entry) };
        events.insert(name.clone(), event);
    }
    let mut callbacks = HashMap::new();
    for (name, entry) in entries(schema, "callbacks")? {
        callbacks.insert(name.clone(), callback(name, entry)?);
    }
    let extensions = match params.get("ext") {
        None => None,
        Some(Value::Array(names)) => Some(Extensions::named(names.iter().filter_map(Value::as_str)).consistent()),
        Some(_) => return Err("`params.ext` must be an array".to_owned()),
    };
    let limit = |name: &str| {
        let limit = params.get("limits").and_then(|limits| limits.get(name)).and_then(Value::as_u64);
        limit.map(|limit| u32::try_from(limit).unwrap_or(u32::MAX))
    };
    let wants = |name| params.get("errors").and_then(|errors| errors.get(name)) == Some(&Value::Bool(true));
    let takes = Takes { payload: limit("payload"), window: limit("window"), tracebacks: wants("traceback") };
    Ok(Init { pipe, methods, events, callbacks, extensions, takes })
}

fn callback(name: &str, entry: &Value) -> Result<Callback, String> {
    Ok(Callback {
        response: response("callback", name, entry)?,
        id: id("callback", name, entry)?,
        raw: entry.get("codec").and_then(Value::as_str) == Some("raw"),
        required: entry.get("required").and_then(Value::as_bool).unwrap_or(false),
        fingerprint: fingerprint(entry),
    })
}

/// One of another form is one of another version of this protocol.
fn fingerprint(entry: &Value) -> Option<Fingerprint> {
    Fingerprint::read(entry.get("fp")?.as_str()?)
}

fn entries<'a>(
    schema: &'a Map<String, Value>,
    key: &str,
) -> Result<impl Iterator<Item = (&'a String, &'a Value)>, String> {
    match schema.get(key) {
        None => Ok(None.into_iter().flatten()),
        Some(Value::Object(entries)) => Ok(Some(entries.iter()).into_iter().flatten()),
        Some(_) => Err(format!("`params.schema.{key}` must be an object")),
    }
}

fn method(name: &str, entry: &Value) -> Result<Method, String> {
    let response = response("method", name, entry)?;
    Ok(Method {
        id: id("method", name, entry)?,
        response,
        raw: entry.get("codec").and_then(Value::as_str) == Some("raw"),
        timeout: entry.get("timeout").and_then(Value::as_u64).map(Duration::from_millis),
        fingerprint: fingerprint(entry),
    })
}

fn response(what: &str, name: &str, entry: &Value) -> Result<Response, String> {
    match entry.get("response") {
        Some(Value::String(response)) => kind(response).ok_or_else(|| {
            format!("{what} `{name}` has the response kind `{response}`, expected result, stream, ack or none")
        }),
        _ => Err(format!("{what} `{name}` has no response kind")),
    }
}

fn kind(name: &str) -> Option<Response> {
    let kinds = [Response::Result, Response::Stream, Response::Ack, Response::None];
    kinds.into_iter().find(|kind| kind.as_str() == name)
}

fn id(what: &str, name: &str, entry: &Value) -> Result<u16, String> {
    match entry.get("id").and_then(Value::as_u64) {
        Some(id @ 1..FIRST_RESERVED_ID) => Ok(u16::try_from(id).expect("the range is below 65536")),
        Some(id) => Err(format!("{what} `{name}` has the id {id}, expected 1 to {}", FIRST_RESERVED_ID - 1)),
        None => Err(format!("{what} `{name}` has no id")),
    }
}

/// A line between two line ends, in one piece: a print without an end cannot glue to it.
fn line(body: &str) -> Vec<u8> {
    format!("\n{body}\n").into_bytes()
}

fn notification(method: &str, params: &str) -> Vec<u8> {
    line(&format!(r#"{{"jsonrpc":"2.0","method":"{method}","params":{params}}}"#))
}

fn text(value: &str) -> String {
    Value::from(value).to_string()
}

/// Asks the child whether it is alive.
pub(crate) fn print_ping() -> Vec<u8> {
    line(r#"{"jsonrpc":"2.0","method":"$ping"}"#)
}

/// Says that the child is alive.
pub(crate) fn print_pong() -> Vec<u8> {
    line(r#"{"jsonrpc":"2.0","method":"$pong"}"#)
}

/// Asks the child to end within `grace`.
pub(crate) fn print_shutdown(grace: Duration) -> Vec<u8> {
    notification("$shutdown", &format!(r#"{{"grace_ms":{}}}"#, grace.as_millis()))
}

/// Says why the child cannot start.
pub(crate) fn print_error(message: &str) -> Vec<u8> {
    notification("$error", &format!(r#"{{"message":{}}}"#, text(message)))
}

/// Announces the socket, the methods, events and callbacks in the order given, and what else this worker can.
pub(crate) fn print_init<'a>(
    pipe: &str,
    methods: impl IntoIterator<Item = (&'a str, Method)>,
    events: impl IntoIterator<Item = (&'a str, Event)>,
    callbacks: impl IntoIterator<Item = (&'a str, Callback)>,
    ipc: Schema<'_>,
    extensions: Extensions,
    takes: Takes,
) -> Vec<u8> {
    let fp = |fingerprint: Option<Fingerprint>| {
        fingerprint.map_or(String::new(), |fingerprint| format!(r#","fp":"{fingerprint}""#))
    };
    let mut schema = String::from(r#"{"methods":{"#);
    let mut closing = "}";
    for (index, (name, method)) in methods.into_iter().enumerate() {
        let comma = if index > 0 { "," } else { "" };
        let _ =
            write!(schema, r#"{comma}{}:{{"id":{},"response":"{}""#, text(name), method.id, method.response.as_str());
        if method.raw {
            schema.push_str(r#","codec":"raw""#);
        }
        if let Some(timeout) = method.timeout {
            let _ = write!(schema, r#","timeout":{}"#, timeout.as_millis());
        }
        schema.push_str(&fp(method.fingerprint));
        schema.push('}');
    }
    schema.push_str(r#"},"events":{"#);
    for (index, (name, Event { id, fingerprint })) in events.into_iter().enumerate() {
        let comma = if index > 0 { "," } else { "" };
        let _ = write!(schema, r#"{comma}{}:{{"id":{id}{}}}"#, text(name), fp(fingerprint));
    }
    schema.push('}');
    for (index, (path, callback)) in callbacks.into_iter().enumerate() {
        let before = if index > 0 { "," } else { r#","callbacks":{"# };
        let Callback { id, response, raw, required, fingerprint } = callback;
        let _ = write!(schema, r#"{before}{}:{{"id":{id},"response":"{}""#, text(path), response.as_str());
        if raw {
            schema.push_str(r#","codec":"raw""#);
        }
        if required {
            schema.push_str(r#","required":true"#);
        }
        schema.push_str(&fp(fingerprint));
        schema.push('}');
        closing = "}}";
    }
    schema.push_str(closing);
    let names: Vec<String> = extensions.names().map(text).collect();
    let limits = [("payload", takes.payload), ("window", takes.window)];
    let limits = limits.into_iter().filter_map(|(name, limit)| Some(format!(r#""{name}":{}"#, limit?)));
    let limits: Vec<String> = limits.collect();
    let (pipe, names, limits) = (text(pipe), names.join(","), limits.join(","));
    let errors = if takes.tracebacks { r#","errors":{"traceback":true}"# } else { "" };
    let module = ipc.module.map_or(String::new(), |module| format!(r#""module":{},"#, text(module)));
    let ipc = format!(r#"{{{module}"fingerprint":"{}","tool":"{TOOL}"}}"#, ipc.fingerprint);
    let more = format!(r#""ipc":{ipc},"ext":[{names}],"limits":{{{limits}}}{errors}"#);
    notification("$init", &format!(r#"{{"pipe":{pipe},"schema":{schema},"version":"{VERSION}",{more}}}"#))
}

/// One piece of what came.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// A whole line without its end.
    Line(Vec<u8>),
    /// A part of a line that is longer than any control line, as it came.
    Overlong(Vec<u8>),
}

/// Cuts bytes into lines; holds `MAX_LINE` bytes at most.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    held: Vec<u8>,
    overlong: bool,
}

impl Lines {
    /// Takes the bytes that came, and gives every piece that they complete.
    pub(crate) fn push(&mut self, mut bytes: &[u8], mut each: impl FnMut(Piece)) {
        while let Some(end) = bytes.iter().position(|&byte| byte == b'\n') {
            let (line, rest) = bytes.split_at(end + 1);
            bytes = rest;
            if self.overlong || self.held.len() + line.len() > MAX_LINE + 1 {
                self.flush(line, &mut each);
                self.overlong = false;
                continue;
            }
            self.held.extend_from_slice(&line[..end]);
            if self.held.last() == Some(&b'\r') {
                self.held.pop();
            }
            each(Piece::Line(std::mem::take(&mut self.held)));
        }
        if self.overlong || self.held.len() + bytes.len() > MAX_LINE {
            self.flush(bytes, &mut each);
            self.overlong = true;
        } else {
            self.held.extend_from_slice(bytes);
        }
    }

    /// Gives the line that had no end when the stream ended.
    pub(crate) fn finish(&mut self) -> Option<Vec<u8>> {
        (!self.held.is_empty()).then(|| std::mem::take(&mut self.held))
    }

    fn flush(&mut self, more: &[u8], each: &mut impl FnMut(Piece)) {
        let mut all = std::mem::take(&mut self.held);
        all.extend_from_slice(more);
        if !all.is_empty() {
            each(Piece::Overlong(all));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn lines(chunks: &[&[u8]]) -> Vec<Piece> {
        let mut lines = Lines::default();
        let mut pieces = Vec::new();
        for chunk in chunks {
            lines.push(chunk, |piece| pieces.push(piece));
        }
        pieces
    }

    fn method(id: u16, response: Response) -> Method {
        Method { id, response, raw: false, timeout: None, fingerprint: None }
    }

    #[test]
    fn init_is_printed_in_order_and_read_back() {
        let fingerprint = Fingerprint::read("00000000000000ab");
        let raw = Method {
            raw: true,
            timeout: Some(Duration::from_millis(1500)),
            fingerprint,
            ..method(2, Response::Result)
        };
        let callback = Callback { id: 4, response: Response::None, raw: false, required: true, fingerprint };
        let tick = Event { id: 3, fingerprint };
        let ipc = Schema { module: Some("Desk"), fingerprint: fingerprint.unwrap() };
        let printed = print_init(
            "/run/\"x\"/s",
            [("zeta", method(1, Response::Stream)), ("alpha", raw.clone())],
            [("tick", tick), ("tock", Event { id: 6, fingerprint: None })],
            [("a.B", callback.clone()), ("a.C", Callback { id: 5, raw: true, required: false, ..callback.clone() })],
            ipc,
            Extensions::META | Extensions::CREDIT,
            Takes { payload: Some(1024), window: Some(7), tracebacks: true },
        );
        let expected = "\n{\"jsonrpc\":\"2.0\",\"method\":\"$init\",\"params\":{\"pipe\":\"/run/\\\"x\\\"/s\",\"schema\":{\"methods\":\
            {\"zeta\":{\"id\":1,\"response\":\"stream\"},\"alpha\":{\"id\":2,\"response\":\"result\",\"codec\":\"raw\",\"timeout\":1500,\
            \"fp\":\"00000000000000ab\"}},\"events\":{\"tick\":{\"id\":3,\"fp\":\"00000000000000ab\"},\"tock\":{\"id\":6}},\
            \"callbacks\":{\"a.B\":{\"id\":4,\"response\":\"none\",\"required\":true,\"fp\":\"00000000000000ab\"},\
            \"a.C\":{\"id\":5,\"response\":\"none\",\"codec\":\"raw\",\"fp\":\"00000000000000ab\"}}},\"version\":\"1.0.0\",\
            \"ipc\":{\"module\":\"Desk\",\"fingerprint\":\"00000000000000ab\",\"tool\":\"procwire 0.1.0\"},\"ext\":[\"meta\",\"credit\"],\
            \"limits\":{\"payload\":1024,\"window\":7},\"errors\":{\"traceback\":true}}}\n";
        assert_eq!(String::from_utf8(printed.clone()).unwrap(), expected);
        let Message::Init(init) = parse(&printed) else { panic!("no $init") };
        assert_eq!(init.pipe, "/run/\"x\"/s");
        assert_eq!(init.methods["zeta"], method(1, Response::Stream));
        assert_eq!(init.methods["alpha"], raw);
        assert_eq!(init.events["tick"], tick);
        assert_eq!(init.callbacks["a.B"], callback);
        assert_eq!(init.extensions, Some(Extensions::META | Extensions::CREDIT));
        assert_eq!(init.takes, Takes { payload: Some(1024), window: Some(7), tracebacks: true });
    }

    #[test]
    fn the_published_lines_are_read() {
        assert_eq!(parse(br#"{"jsonrpc":"2.0","method":"$ping"}"#), Message::Ping);
        assert_eq!(parse(br#"{"jsonrpc":"2.0","method":"$pong"}"#), Message::Pong);
        assert_eq!(parse(br#"{"jsonrpc":"2.0","method":"$shutdown","params":{}}"#), Message::Shutdown { grace: None });
        assert_eq!(
            parse(br#"{"jsonrpc":"2.0","method":"$error","params":{"message":"no"}}"#),
            Message::Error { message: "no".into() }
        );
    }

    #[test]
    fn our_own_lines_are_read() {
        assert_eq!(parse(&print_ping()), Message::Ping);
        assert_eq!(parse(&print_pong()), Message::Pong);
        let grace = Duration::from_millis(1234);
        assert_eq!(parse(&print_shutdown(grace)), Message::Shutdown { grace: Some(grace) });
        assert_eq!(parse(&print_error("a\n\"b\"")), Message::Error { message: "a\n\"b\"".into() });
        assert_eq!(print_error("a\nb").split(|&byte| byte == b'\n').count(), 3);
    }

    #[test]
    fn a_bad_init_says_what_would_be_right() {
        let reason = |params: &str| match parse(format!(r#"{{"method":"$init","params":{params}}}"#).as_bytes()) {
            Message::BadInit(reason) => reason,
            other => panic!("{other:?}"),
        };
        assert_eq!(reason("{}"), "`params.pipe` must be a path");
        assert_eq!(reason(r#"{"pipe":"/s"}"#), "`params.schema` must be an object");
        assert_eq!(reason(r#"{"pipe":"/s","schema":{"methods":[]}}"#), "`params.schema.methods` must be an object");
        assert_eq!(
            reason(r#"{"pipe":"/s","schema":{"methods":{"a":{"id":0,"response":"result"}}}}"#),
            "method `a` has the id 0, expected 1 to 65519"
        );
        assert_eq!(
            reason(r#"{"pipe":"/s","schema":{"methods":{"a":{"id":1,"response":"maybe"}}}}"#),
            "method `a` has the response kind `maybe`, expected result, stream, ack or none"
        );
        assert_eq!(reason(r#"{"pipe":"/s","schema":{"events":{"a":{}}}}"#), "event `a` has no id");
        assert_eq!(
            reason(r#"{"pipe":"/s","schema":{"callbacks":{"a":{"id":1}}}}"#),
            "callback `a` has no response kind"
        );
        assert_eq!(reason(r#"{"pipe":"/s","schema":{},"ext":"fd"}"#), "`params.ext` must be an array");
    }

    #[test]
    fn what_is_no_control_line_is_noise() {
        for line in ["", "hello", "[1]", "{", "{}", r#"{"method":"other"}"#, r#"{"method":7}"#, "\u{feff}{}"] {
            assert_eq!(parse(line.as_bytes()), Message::Noise, "{line}");
        }
        let deep = "{\"a\":".repeat(100_000);
        assert_eq!(parse(deep.as_bytes()), Message::Noise);
    }

    #[test]
    fn a_line_over_the_limit_passes_in_parts_and_the_next_is_whole() {
        let long = vec![b'x'; MAX_LINE + 1];
        let pieces = lines(&[&long, b"yy", b"\nnext\r\n"]);
        let overlong: usize = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Overlong(bytes) => bytes.len(),
                Piece::Line(_) => 0,
            })
            .sum();
        assert_eq!(overlong, MAX_LINE + 4);
        assert_eq!(pieces.last(), Some(&Piece::Line(b"next".to_vec())));
    }

    #[test]
    fn a_line_at_the_limit_is_whole() {
        let mut bytes = vec![b'x'; MAX_LINE];
        bytes.push(b'\n');
        assert_eq!(lines(&[&bytes]), [Piece::Line(vec![b'x'; MAX_LINE])]);
        assert_eq!(lines(&[&bytes[..MAX_LINE], b"\n"]), [Piece::Line(vec![b'x'; MAX_LINE])]);
    }

    proptest! {
        #[test]
        fn any_split_gives_the_same_lines(text in "[a-c\\n\\r{}]{0,60}", at in 0usize..60) {
            let bytes = text.as_bytes();
            let at = at.min(bytes.len());
            prop_assert_eq!(lines(&[bytes]), lines(&[&bytes[..at], &bytes[at..]]));
        }

        #[test]
        fn no_line_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            parse(&bytes);
        }
    }
}
