//! What a script answers where a worker calls back.
//!
//! A script is an object of paths. A value is the answer to every call, and of a stream the list of its items. An object
//! with one key beginning with `$` is more than a value: `{"$error": {..}}` throws a declared error, `{"$fail": "why"}`
//! fails, and `{"$each": [a, b]}` answers the first call with a, the second with b and all others with that, too.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{Context, Poll};
use std::vec::IntoIter;

use procwire::stub_v1::{
    Bound, Incoming, Job, MethodDescriptor, Response, ServiceDescriptor, Stream, none, stream, unary, unary_raw,
};
use procwire::{Announced, Bytes, Code, Error, Failure, Handlers, Value};
use procwire_idl::evolution::{Interface, Type};
use serde_json::Value as Json;

use super::{EMPTY, Thrown, method};
use crate::values;

/// Answers by path.
#[derive(Debug)]
pub struct Script {
    answers: HashMap<String, Mutex<Answer>>,
    interface: Arc<OnceLock<Arc<Interface>>>,
    /// What is not in it fails, and is there all the same: the worker starts.
    fails: bool,
}

/// What is answered next.
#[derive(Debug)]
struct Answer {
    /// The last one is answered for ever.
    left: Vec<Json>,
}

/// One answer, or the end of a stream.
type Answered<T> = Result<T, Error<Thrown>>;

impl Script {
    /// Reads the text of a script.
    pub fn read(text: &str) -> Result<Self, String> {
        let wrong = "a script is an object of paths and answers, as `{\"trading.data_fetch\": [1, 2]}`";
        let json: Json = serde_json::from_str(text).map_err(|error| format!("{error}; {wrong}"))?;
        let Json::Object(entries) = json else { return Err(wrong.to_owned()) };
        let mut answers = HashMap::new();
        for (path, answer) in entries {
            let mut left = match special(&answer) {
                Some(("$each", Json::Array(each))) if !each.is_empty() => each.clone(),
                Some(("$each", _)) => return Err(format!("{path}: `$each` is a list of answers, at least one")),
                Some((key, _)) if !matches!(key, "$error" | "$fail") => {
                    return Err(format!("{path}: there is no `{key}`; there are `$error`, `$fail` and `$each`"));
                }
                _ => vec![answer],
            };
            left.reverse();
            answers.insert(path, Mutex::new(Answer { left }));
        }
        Ok(Self { answers, interface: Arc::default(), fails: false })
    }

    /// A script for a worker that is only asked what it has.
    pub fn failing() -> Self {
        Self { answers: HashMap::new(), interface: Arc::default(), fails: true }
    }

    /// The same, which will know the types of the worker.
    pub fn knowing(mut self, interface: Arc<OnceLock<Arc<Interface>>>) -> Self {
        self.interface = interface;
        self
    }

    /// Answers what the worker announced and the script has. What is missing is told when the worker is refused.
    pub fn answer(self, announced: &Announced, handlers: &Handlers) {
        let known =
            announced.callbacks.iter().filter(|callback| self.fails || self.answers.contains_key(&callback.name));
        let methods: Vec<MethodDescriptor> = known.map(method).collect();
        let service = ServiceDescriptor { name: "script", methods: methods.leak(), ..EMPTY };
        let service: &'static ServiceDescriptor = Box::leak(Box::new(service));
        let bound = Bound::of(Arc::new(Served { script: self, service }), service, dispatch);
        // They are of the kinds that the worker announced.
        let _ = handlers.add(bound);
    }

    fn next(&self, path: &str) -> Json {
        let Some(answer) = self.answers.get(path) else {
            return serde_json::json!({ "$fail": "nobody answers it here: the worker is only asked what it has" });
        };
        let left = &mut answer.lock().unwrap_or_else(PoisonError::into_inner).left;
        if left.len() > 1 { left.pop().unwrap_or_default() } else { left.first().cloned().unwrap_or_default() }
    }

    /// What an answer or an item means.
    fn value(&self, path: &str, json: &Json) -> Answered<Value> {
        match special(json) {
            Some(("$fail", reason)) => {
                let reason = reason.as_str().map_or_else(|| reason.to_string(), str::to_owned);
                return Err(Error::Failure(Failure::new(Code::Failed, reason)));
            }
            Some(("$error", error)) => {
                let thrown = self.thrown(path, error);
                return Err(thrown.map_or_else(|reason| refused(path, &reason), |value| Error::Declared(Thrown(value))));
            }
            _ => {}
        }
        let Some(interface) = self.interface.get() else { return Ok(values::untyped(json)) };
        let callback = interface.callbacks.iter().find(|callback| callback.method.name == path);
        let ty = callback.map_or(&Type::Any, |callback| &callback.method.answer);
        values::read(interface, ty, json).map_err(|wrong| refused(path, &wrong.to_string()))
    }

    /// A declared error, by the one of the errors that has its variant.
    fn thrown(&self, path: &str, json: &Json) -> Result<Value, String> {
        let Some(interface) = self.interface.get() else { return Ok(values::untyped(json)) };
        let callback = interface.callbacks.iter().find(|callback| callback.method.name == path);
        let throws = callback.map_or(&[][..], |callback| &callback.method.throws);
        let mut reasons = Vec::new();
        for id in throws {
            match values::read(interface, &Type::Named(*id), json) {
                Ok(value) => return Ok(value),
                Err(wrong) => reasons.push(format!("{}: {wrong}", interface.types[*id].name)),
            }
        }
        if reasons.is_empty() { Err("it declares no errors".to_owned()) } else { Err(reasons.join("; ")) }
    }
}

/// A mistake in the script.
fn refused(path: &str, reason: &str) -> Error<Thrown> {
    let message = format!("the script's answer to `{path}` cannot be sent: {reason}");
    crate::output::notice(&format!("error: {message}"));
    Error::Failure(Failure::new(Code::Failed, message))
}

/// The one key of an object that begins with `$`, and its value.
fn special(json: &Json) -> Option<(&str, &Json)> {
    let entries = json.as_object().filter(|entries| entries.len() == 1)?;
    let (key, value) = entries.iter().next()?;
    key.starts_with('$').then_some((key.as_str(), value))
}

struct Served {
    script: Script,
    service: &'static ServiceDescriptor,
}

#[expect(clippy::unnecessary_wraps, reason = "the signature is that of all dispatchers")]
fn dispatch(served: &Arc<Served>, call: Incoming<'_>) -> Result<Job, Failure> {
    let MethodDescriptor { name: path, response, raw, .. } = served.service.methods[call.method()];
    let json = served.script.next(path);
    let served = Arc::clone(served);
    let bytes = |value: Value| match value {
        Value::Bytes(bytes) => bytes,
        Value::String(text) => Bytes::from(text),
        other => Bytes::from(other.as_str().unwrap_or_default().to_owned()),
    };
    Ok(match (response, raw) {
        (Response::Result | Response::Ack, false) => {
            unary::<Value, Thrown, _, _>(call, move |_| async move { served.script.value(path, &json) })
        }
        (Response::Result | Response::Ack, true) => {
            unary_raw::<Bytes, Thrown, _, _>(call, move |_| async move { served.script.value(path, &json).map(bytes) })
        }
        (Response::Stream, raw) => {
            let items =
                if let (Json::Array(items), None) = (&json, special(&json)) { items.clone() } else { vec![json] };
            let items: Vec<Answered<Value>> = items.iter().map(|item| served.script.value(path, item)).collect();
            stream(call, move |_, sink| async move {
                if raw {
                    let items: Vec<Answered<Bytes>> = items.into_iter().map(|item| item.map(bytes)).collect();
                    sink.drain_raw(Items(items.into_iter())).await;
                } else {
                    sink.drain(Items(items.into_iter())).await;
                }
            })
        }
        (Response::None, _) => none(call, |_| async {}),
    })
}

/// Items that are all there.
struct Items<T>(IntoIter<T>);

impl<T: Unpin> Stream for Items<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<T>> {
        Poll::Ready(self.0.next())
    }
}
