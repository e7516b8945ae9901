//! One function of a service's trait: a call, or an event.

use syn::{FnArg, LitStr, ReceiverKind, ReturnType, Signature, TraitItemFn, Type};

use super::output::{self, Outcome};
use super::parameter::{self, Parameters};
use super::{Event, Method, Naming, Response, notes, plain};
use crate::rust::extras::Extras;
use crate::rust::message::{Reserved, check_reserved, reserved};
use crate::rust::mistakes::Mistakes;
use crate::rust::options::Options;
use crate::rust::refinement::{self, Refinement, duration_option};

/// What a function of the trait turned out to be.
pub(super) enum Function {
    Method(Box<Method>),
    Event(Box<Event>),
}

const OPTIONS: &[&str] = &[
    "ack",
    "answer",
    "event",
    "idempotent",
    "name",
    "py_name",
    "raw",
    "reserved",
    "since",
    "timeout",
    "ts_name",
    "wire",
];

/// Reads a function; `None` where it is too wrong to go on with.
pub(super) fn read(function: &TraitItemFn, place: &Naming, mistakes: &mut Mistakes) -> Option<Function> {
    check_plain(function, mistakes);
    let options = Options::read(&function.attrs, OPTIONS, "a method", mistakes);
    let raw = options.flag("raw", mistakes);
    let ack = options.flag("ack", mistakes);
    let extras = Extras::read(&options, mistakes);
    let own = extras.name.clone().unwrap_or_else(|| plain(&function.sig.ident));
    let wire = match options.text("wire", mistakes) {
        Some(name) => place.wire(&wire_name(&name, mistakes), true),
        None => place.wire(&own, false),
    };
    let since = options.text("since", mistakes).map(|version| version.value());
    let timeout = duration_option(&options, "timeout", mistakes);
    let idempotent = options.flag("idempotent", mistakes);
    let answer = match options.list("answer", mistakes) {
        Some((_, metas)) => Refinement::read(&Options::of(metas, refinement::OPTIONS, "an answer", mistakes), mistakes),
        None => Refinement::default(),
    };
    let parameters = parameter::read(&function.sig, mistakes);
    if raw.is_some() {
        check_raw_parameters(&function.sig, parameters.as_ref(), mistakes);
    }
    let reserved = read_reserved(&options, raw.is_some(), parameters.as_ref(), mistakes);
    if options.flag("event", mistakes).is_some() {
        if let Some(ack) = ack {
            mistakes.push(ack, "an event is not answered, and so not with an ack");
        }
        for word in ["answer", "idempotent", "timeout"] {
            if let Some(key) = options.key(word) {
                mistakes.push(key, format!("`{word}` is about a call, and an event is not answered"));
            }
        }
        check_event(&function.sig, mistakes);
        return Some(Function::Event(Box::new(Event {
            ident: function.sig.ident.clone(),
            wire,
            notes: notes(&function.attrs),
            raw: raw.is_some(),
            since,
            parameters: parameters?,
            reserved,
            extras,
        })));
    }
    check_receiver(&function.sig, mistakes);
    let (response, outcome) = read_output(&function.sig, ack.is_some(), mistakes)?;
    if let Some(ack) = ack
        && response != Response::Ack
    {
        let message = "an ack is the answer of an `async fn` that returns a `Result`";
        mistakes.push(ack, message);
    }
    if raw.is_some() && !named(&outcome.answer, "Bytes") {
        if response == Response::Stream {
            mistakes.push(&outcome.answer, "the items of a raw stream are `procwire::Bytes`");
        } else if !outcome.is_unit() {
            let message = "a raw method answers with `procwire::Bytes`, or with `()`";
            mistakes.push(&outcome.answer, message);
        }
    }
    Some(Function::Method(Box::new(Method {
        ident: function.sig.ident.clone(),
        wire,
        notes: notes(&function.attrs),
        response,
        raw: raw.is_some(),
        parameters: parameters?,
        reserved,
        outcome,
        refinement: answer,
        timeout,
        idempotent: idempotent.is_some(),
        since,
        extras,
        output: match &function.sig.output {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) => Some((**ty).clone()),
        },
    })))
}

/// The names that no parameter may have, which none has.
fn read_reserved(
    options: &Options,
    raw: bool,
    parameters: Option<&Parameters>,
    mistakes: &mut Mistakes,
) -> Vec<Reserved> {
    let reserved = reserved(options, false, mistakes);
    let nameless = raw || matches!(parameters, Some(Parameters::Bare(_)));
    if let (true, Some((key, _))) = (nameless, options.value("reserved", mistakes)) {
        mistakes.push(key, "`reserved` names parameters, and this payload is one value without a name");
    }
    for parameter in parameters.filter(|_| !nameless).map_or(&[][..], Parameters::all) {
        check_reserved(&parameter.ident, &parameter.wire, &reserved, mistakes);
    }
    reserved
}

/// What no function of a service may have.
fn check_plain(function: &TraitItemFn, mistakes: &mut Mistakes) {
    let signature = &function.sig;
    for attr in &function.attrs {
        if attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr") {
            let message = "a service has the same methods everywhere, so none of them has a `cfg`";
            mistakes.push(attr, message);
        }
    }
    if !signature.generics.params.is_empty() {
        let message = "a method of a service has no parameters of its own: \
                       what it takes has one form on the wire";
        mistakes.push(&signature.generics, message);
    }
    if let Some(clause) = &signature.generics.where_clause {
        mistakes.push(clause, "a method of a service has no where clause");
    }
    if let Some(token) = &signature.constness {
        mistakes.push(token, "a method of a service is not const");
    }
    if let Some(abi) = &signature.abi {
        mistakes.push(abi, "a method of a service has no ABI of its own");
    }
    if let syn::Safety::Unsafe(token) = &signature.safety {
        mistakes.push(token, "a method of a service is safe");
    }
    if let Some(variadic) = &signature.variadic {
        mistakes.push(variadic, "a method of a service takes a fixed list of parameters");
    }
    if let Some(body) = &function.default {
        let message = "a method of a service has no body: each worker writes its own";
        mistakes.push(body, message);
    }
}

fn check_receiver(signature: &Signature, mistakes: &mut Mistakes) {
    let message = "a method takes `&self`; handlers run at the same time";
    match signature.inputs.first() {
        Some(FnArg::Receiver(receiver)) => match &receiver.kind {
            ReceiverKind::Reference(_, None, None) => {}
            ReceiverKind::Reference(_, Some(lifetime), None) => {
                mistakes.push(lifetime, "`&self` has no lifetime of its own here");
            }
            _ => mistakes.push(receiver, message),
        },
        _ => mistakes.push(
            &signature.ident,
            format!(
                "method `{0}` does not take `&self`; \
                 put it first, or mark an event with `#[procwire(event)]`",
                signature.ident
            ),
        ),
    }
}

fn check_event(signature: &Signature, mistakes: &mut Mistakes) {
    if let Some(token) = &signature.asyncness {
        mistakes.push(token, "an event is a plain `fn`");
    }
    if let Some(FnArg::Receiver(receiver)) = signature.inputs.first() {
        mistakes.push(receiver, "an event has no receiver; `Emitter` sends it");
    }
    if let ReturnType::Type(_, ty) = &signature.output {
        mistakes.push(ty, "an event is not answered, so it returns nothing");
    }
}

fn read_output(signature: &Signature, ack: bool, mistakes: &mut Mistakes) -> Option<(Response, Outcome)> {
    match (&signature.asyncness, &signature.output) {
        (Some(_), ReturnType::Default) => Some((Response::None, Outcome::unit())),
        (Some(token), ReturnType::Type(_, ty)) => {
            if matches!(**ty, Type::ImplTrait(_)) {
                mistakes.push(token, "a method that returns a stream is a plain `fn`");
                return None;
            }
            let response = if ack { Response::Ack } else { Response::Result };
            Some((response, mistakes.take(output::result(ty))?))
        }
        (None, ReturnType::Type(_, ty)) => {
            let item = mistakes.take(output::stream_item(ty, &signature.ident))?;
            Some((Response::Stream, mistakes.take(output::result(&item))?))
        }
        (None, ReturnType::Default) => {
            let message = format!(
                "method `{0}` is not async: write `async fn {0}`, \
                 or mark an event with `#[procwire(event)]`",
                signature.ident
            );
            mistakes.push(signature.fn_token, message);
            None
        }
    }
}

fn check_raw_parameters(signature: &Signature, parameters: Option<&Parameters>, mistakes: &mut Mistakes) {
    match parameters {
        Some(Parameters::Bare(parameter)) if !named(&parameter.ty, "Bytes") => {
            mistakes.push(&parameter.ty, "a raw payload is `procwire::Bytes`");
        }
        Some(Parameters::Named(_)) => mistakes.push(
            &signature.ident,
            format!(
                "raw `{}` takes nothing, or one `#[procwire(bare)]` parameter of type \
                 `procwire::Bytes`",
                signature.ident
            ),
        ),
        _ => {}
    }
}

/// Whether `ty` is a path that ends in `name`.
fn named(ty: &Type, name: &str) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == name))
}

/// The value of `wire = "…"`.
pub(in crate::rust) fn wire_name(name: &LitStr, mistakes: &mut Mistakes) -> String {
    let text = name.value();
    let reserved = ["__proto__", "$schema", "$health"].contains(&text.as_str());
    if text.is_empty() {
        mistakes.push(name, "a name on the wire has at least one letter");
    } else if reserved || text.starts_with("$ipc") {
        mistakes.push(name, format!("`{text}` is the runtime's own name on the wire"));
    }
    text
}
