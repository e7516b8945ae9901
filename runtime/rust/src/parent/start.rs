//! The steps from a command to a child that may be connected to, the same for the async and the blocking parent.

use std::process::Command;
use std::time::{Duration, Instant};

use super::descriptor::{End, Pair};
use super::exit::Exit;
use super::options::Options;
use super::process::{Process, Start, State};
use super::spawn_error::{SpawnError, SpawnErrorKind};
use crate::connection::{Agreed, Extensions, Hello, Takes};
use crate::control::{Callback, Init};
use crate::frame::{Flags, HEADER_LENGTH, Header, id};
use crate::service::Announced;

/// How long a child that failed may take to end, for the sake of its exit status and last words.
const LAST_WORDS: Duration = Duration::from_millis(250);
/// How long a child that was killed may take to be gone, on a machine that is busy: its socket is removed then.
const KILLED: Duration = Duration::from_secs(2);

/// What a child did first.
enum First {
    Said(Start),
    Ended(Exit),
}

fn first(state: &State) -> Option<First> {
    match (&state.start, &state.exit) {
        (Some(start), _) => Some(First::Said(start.clone())),
        (None, Some(exit)) => Some(First::Ended(exit.clone())),
        (None, None) => None,
    }
}

fn exit(state: &State) -> Option<Exit> {
    state.exit.clone()
}

/// A child that was started, and how it will be known.
pub(crate) struct Started {
    pub(crate) process: Process,
    pub(crate) token: Option<String>,
    /// This side's end of the pair that the child may take.
    pub(crate) end: Option<End>,
}

/// Starts the program.
pub(crate) fn begin(options: &mut Options, command: &mut Command) -> Result<Started, SpawnError> {
    let failed = |name: &str, message| SpawnError::new(SpawnErrorKind::Start, name, message);
    let token = options
        .prepare(command)
        .map_err(|error| failed(&options.name, format!("the system gave no random token: {error}")))?;
    // Where the system has no descriptor left for it, a path may still do.
    let wanted = options.extensions.contains(Extensions::FD);
    let pair = if wanted { Pair::leave_to(command).ok() } else { None };
    let process = Process::spawn(command, options.stderr.take()).map_err(|error| {
        let program = command.get_program().to_string_lossy();
        failed(&options.name, format!("the program `{program}` does not start: {error}"))
    })?;
    Ok(Started { process, token, end: pair.map(Pair::started) })
}

/// What is in force between this parent and a child that announced itself, and the bytes that tell the child. `None` for
/// a child that knows nothing but the base protocol.
pub(crate) fn agree(options: &Options, init: &Init) -> Option<(Agreed, Hello)> {
    let mut extensions = init.extensions?.and(options.extensions);
    if init.descriptor().is_none() {
        extensions = extensions.without(Extensions::FD);
    }
    let extensions = extensions.consistent();
    let paths = options.handlers.paths();
    let takes = Takes {
        payload: Some(options.limits.payload),
        window: Some(options.limits.window),
        tracebacks: options.tracebacks,
    };
    let agreed = Agreed { extensions, peer: init.takes, paths: paths.clone(), base: false };
    Some((agreed, Hello { extensions, takes, paths }))
}

/// Says what the child expects of this parent and does not get.
pub(crate) fn expectations(options: &Options, init: &Init, agreed: Option<&Agreed>) -> Result<(), Vec<String>> {
    if !options.clashes.is_empty() {
        return Err(options.clashes.clone());
    }
    if !agreed.is_some_and(|agreed| agreed.extensions.contains(Extensions::CALLBACKS)) {
        let mut required: Vec<_> = init.callbacks.iter().filter(|(_, callback)| callback.required).collect();
        required.sort_unstable_by_key(|(path, _)| path.as_str());
        let missing =
            required.iter().map(|(path, _)| format!("callback `{path}` is required, and this parent answers none"));
        let missing: Vec<String> = missing.collect();
        return if missing.is_empty() { Ok(()) } else { Err(missing) };
    }
    let announced = init.callbacks.iter().map(|(path, callback)| {
        let Callback { id, response, raw, required, .. } = *callback;
        (id, Announced { path: path.clone(), response, raw, required })
    });
    options.handlers.expect(announced.collect())
}

/// The first bytes on a connection.
pub(crate) fn greeting(token: Option<&str>, hello: Option<&Hello>) -> Vec<u8> {
    let mut bytes = token.map(token_frame).unwrap_or_default();
    if let Some(hello) = hello {
        bytes.extend_from_slice(&hello.frame());
    }
    bytes
}

/// This side's end of the pair, if the child took the other.
pub(crate) fn chosen(init: &Init, end: Option<End>) -> Result<Option<std::os::unix::net::UnixStream>, String> {
    let Some(number) = init.descriptor() else { return Ok(None) };
    match end {
        Some(end) if number == end.number.to_string() => Ok(Some(end.stream)),
        _ => Err("it names a descriptor that this parent did not leave to it".to_owned()),
    }
}

/// Waits on a runtime for the child's `$init`. Borrowed as mutable, since what the options hold is sent between threads
/// and not shared.
pub(crate) async fn announced(process: &Process, options: &mut Options) -> Result<Init, SpawnError> {
    let first = tokio::time::timeout(options.init_timeout, process.wait_for(first)).await.ok();
    match announcement(process, options, first) {
        Ok(init) => Ok(init),
        Err(error) => {
            let ended = tokio::time::timeout(LAST_WORDS, process.wait_for(exit)).await.ok();
            Err(told(process, error, ended))
        }
    }
}

/// Waits in this thread for the child's `$init`.
pub(crate) fn block_announced(process: &Process, options: &Options) -> Result<Init, SpawnError> {
    let first = process.block_for(Some(Instant::now() + options.init_timeout), first);
    announcement(process, options, first).map_err(|error| {
        let ended = process.block_for(Some(Instant::now() + LAST_WORDS), exit);
        told(process, error, ended)
    })
}

fn announcement(process: &Process, options: &Options, first: Option<First>) -> Result<Init, SpawnError> {
    let name = &options.name;
    Err(match first {
        Some(First::Said(Start::Init(init))) => return Ok(init),
        Some(First::Said(Start::BadInit(reason))) => {
            process.kill(None);
            SpawnError::new(SpawnErrorKind::Malformed, name, format!("its `$init` cannot be used: {reason}"))
        }
        Some(First::Said(Start::Refused(reason))) => {
            SpawnError::new(SpawnErrorKind::Refused, name, format!("it says: {reason}"))
        }
        Some(First::Ended(exit)) => {
            SpawnError::new(SpawnErrorKind::Ended, name, "it ended before it was ready").with_exit(exit)
        }
        None => {
            process.kill(None);
            let message = format!(
                "it did not announce itself within {:?}; a worker writes `$init` on its stdout once it serves",
                options.init_timeout
            );
            SpawnError::new(SpawnErrorKind::Timeout, name, message).with_stderr(process.lock().tail.lines())
        }
    })
}

/// Adds what is known of the child's end, unless this side caused it.
fn told(process: &Process, error: SpawnError, exit: Option<Exit>) -> SpawnError {
    match (error.kind(), exit) {
        (SpawnErrorKind::Ended, _) => error,
        (SpawnErrorKind::Refused, Some(exit)) => error.with_exit(exit),
        _ => error.with_stderr(process.lock().tail.lines()),
    }
}

/// Names everything that does not fit, once the child has ended: a program that gives up at this leaves nothing behind.
pub(crate) async fn mismatch(process: &Process, name: &str, mismatches: &[String]) -> SpawnError {
    refuse(process, unfit(name, mismatches)).await
}

/// Names everything that does not fit, once the child has ended.
pub(crate) fn block_mismatch(process: &Process, name: &str, mismatches: &[String]) -> SpawnError {
    block_refuse(process, unfit(name, mismatches))
}

/// Ends a child that cannot be used.
pub(crate) async fn refuse(process: &Process, error: SpawnError) -> SpawnError {
    process.kill(None);
    let _ = tokio::time::timeout(KILLED, process.wait_for(exit)).await;
    error.with_stderr(process.lock().tail.lines())
}

/// Ends a child that cannot be used.
pub(crate) fn block_refuse(process: &Process, error: SpawnError) -> SpawnError {
    process.kill(None);
    let _ = process.block_for(Some(Instant::now() + KILLED), exit);
    error.with_stderr(process.lock().tail.lines())
}

/// Names everything that does not fit.
pub(crate) fn mismatched(process: &Process, name: &str, mismatches: &[String]) -> SpawnError {
    unfit(name, mismatches).with_stderr(process.lock().tail.lines())
}

fn unfit(name: &str, mismatches: &[String]) -> SpawnError {
    let message = format!("it and this program do not fit: {}", mismatches.join("; "));
    SpawnError::new(SpawnErrorKind::Mismatch, name, message)
}

/// The child's socket could not be reached. Borrowed as mutable, as above.
pub(crate) async fn unreachable(process: &Process, options: &mut Options, init: &Init, reason: &str) -> SpawnError {
    let ended = tokio::time::timeout(LAST_WORDS, process.wait_for(exit)).await.ok();
    unreached(process, options, init, reason, ended)
}

/// The child's socket could not be reached.
pub(crate) fn block_unreachable(process: &Process, options: &Options, init: &Init, reason: &str) -> SpawnError {
    let ended = process.block_for(Some(Instant::now() + LAST_WORDS), exit);
    unreached(process, options, init, reason, ended)
}

fn unreached(process: &Process, options: &Options, init: &Init, reason: &str, ended: Option<Exit>) -> SpawnError {
    if let Some(exit) = ended {
        let message = "it ended between its `$init` and the connection";
        return SpawnError::new(SpawnErrorKind::Ended, &options.name, message).with_exit(exit);
    }
    let message = format!("its socket `{}` cannot be reached: {reason}", init.pipe);
    SpawnError::new(SpawnErrorKind::Connect, &options.name, message).with_stderr(process.lock().tail.lines())
}

/// The frame that a connection begins with where a token is set.
pub(crate) fn token_frame(token: &str) -> Vec<u8> {
    let length = u32::try_from(token.len()).unwrap_or(u32::MAX);
    let header = Header { id: id::AUTHENTICATE, flags: Flags::NONE, request: 0, length };
    let mut frame = Vec::with_capacity(HEADER_LENGTH + token.len());
    frame.extend_from_slice(&header.encode());
    frame.extend_from_slice(token.as_bytes());
    frame
}
