//! What the Rust parents of the scenarios share; `node/parent.mjs` is the same in JavaScript.

use std::error::Error;
use std::fmt::Display;
use std::process::Command;

use procwire::codec::{Message, Value, from_bytes};
use procwire::{Bytes, Failure, SpawnError};
use serde_json::{Value as Json, json};
use tokio::task::JoinHandle;

use crate::InteropClient;

/// How a parent ends.
pub type Outcome = Result<(), Box<dyn Error>>;

/// Prints a line of the transcript, which is the same for every pair.
pub fn say(line: impl Display) {
    println!("{line}");
}

/// The worker's command line, as the runner gives it.
///
/// # Panics
///
/// Where the runner gave none.
#[must_use]
pub fn worker() -> Vec<String> {
    let line = std::env::var("INTEROP_WORKER").expect("INTEROP_WORKER is not set");
    serde_json::from_str(&line).expect("INTEROP_WORKER is no list of texts")
}

/// A command from its program and its arguments.
///
/// # Panics
///
/// Where the line is empty.
#[must_use]
pub fn command(line: &[String]) -> Command {
    let mut command = Command::new(&line[0]);
    command.args(&line[1..]);
    command
}

/// Whether the worker is ours.
#[must_use]
pub fn worker_is_ours() -> bool {
    std::env::var("INTEROP_PAIR").is_ok_and(|pair| !pair.ends_with("-real"))
}

/// Whether the worker runs in Node, where nothing can end a process in order while its thread is held.
#[must_use]
pub fn worker_is_in_node() -> bool {
    std::env::var("INTEROP_PAIR").is_ok_and(|pair| pair.ends_with("-real") || pair.ends_with("-typescript"))
}

/// Starts the worker with nothing special about it.
pub async fn spawn() -> Result<InteropClient, SpawnError> {
    InteropClient::spawn(command(&worker())).await
}

/// An error where the condition does not hold.
pub fn check(condition: bool, message: impl Display) -> Outcome {
    if condition { Ok(()) } else { Err(message.to_string().into()) }
}

/// The failure that a call ended in.
pub fn failure<T: std::fmt::Debug, E>(outcome: Result<T, procwire::Error<E>>) -> Result<Failure, Box<dyn Error>> {
    match outcome {
        Err(procwire::Error::Failure(failure)) => Ok(failure),
        Err(procwire::Error::Declared(_)) => Err("this should have failed otherwise".into()),
        Ok(value) => Err(format!("this should have failed, and gave {value:?}").into()),
    }
}

/// Sends a signal by its name.
pub fn signal(pid: u32, name: &str) -> Outcome {
    let status = Command::new("kill").arg(format!("-{name}")).arg(pid.to_string()).status()?;
    check(status.success(), format!("kill -{name} {pid}: {status}"))
}

/// Whether there is no such process any more.
#[must_use]
pub fn gone(pid: u32) -> bool {
    !std::path::Path::new(&format!("/proc/{pid}")).exists()
}

/// Makes a call in a task of its own.
pub fn start<F>(desk: &InteropClient, call: impl FnOnce(InteropClient) -> F) -> JoinHandle<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    tokio::spawn(call(desk.clone()))
}

/// What a value looks like in a transcript: keys sorted, bytes in hex, whole floats as integers.
pub fn show(message: &impl Message) -> String {
    Value::from_message(message).map_or_else(|error| error.to_string(), |value| json(&value).to_string())
}

fn json(value: &Value) -> Json {
    match value {
        Value::Nil => Json::Null,
        Value::Bool(value) => Json::from(*value),
        Value::Int(value) => i64::try_from(*value).map_or_else(|_| Json::from(value.to_string()), Json::from),
        Value::F32(value) => float(f64::from(*value)),
        Value::F64(value) => float(*value),
        Value::String(text) => Json::from(text.as_str()),
        Value::Bytes(bytes) => {
            let hex: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            json!({ "bytes": hex.concat() })
        }
        Value::List(list) => list.iter().map(json).collect(),
        Value::Map(entries) => {
            entries.iter().map(|(key, value)| (key.as_str().unwrap_or_default().to_owned(), json(value))).collect()
        }
        Value::Timestamp(_) | Value::Ext(..) => Json::from(format!("{value:?}")),
    }
}

/// JavaScript has no other form for a whole number.
fn float(value: f64) -> Json {
    let text = value.to_string();
    text.parse::<i64>().map_or_else(|_| Json::from(value), Json::from)
}

/// A message from its payload in hex.
///
/// # Panics
///
/// Where the text is no hex.
pub fn decode<T: Message>(hex: &str) -> Result<T, Box<dyn Error>> {
    let digits = hex.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()));
    let digits: Vec<u8> = digits.collect::<Option<_>>().expect("hex digits");
    let bytes: Bytes = digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    Ok(from_bytes(&bytes)?)
}
