//! What a call or an event takes.

use std::collections::HashMap;

use syn::{Expr, FnArg, Ident, Pat, PatType, Signature, Type};

use super::method::wire_name;
use super::{notes, output, plain};
use crate::rust::extras::{self, Extras};
pub use crate::rust::message::Field as Parameter;
use crate::rust::message::field::about;
use crate::rust::mistakes::Mistakes;
use crate::rust::options::Options;
use crate::rust::refinement::{self, Refinement};

/// The payload of a call or an event.
pub enum Parameters {
    /// Nothing.
    None,
    /// One value, which is the payload.
    Bare(Box<Parameter>),
    /// A map with a key for each.
    Named(Vec<Parameter>),
}

impl Parameters {
    /// All of them, in source order.
    #[must_use]
    pub fn all(&self) -> &[Parameter] {
        match self {
            Self::None => &[],
            Self::Bare(parameter) => std::slice::from_ref(parameter),
            Self::Named(parameters) => parameters,
        }
    }
}

/// Whether a field or a parameter may be left out.
pub enum Presence {
    /// It must be there.
    Required,
    /// It may be absent; the type of what may be there.
    Optional(Type),
    /// It may be absent, and is then this.
    Default(Expr),
}

const OPTIONS: &[&str] = &["bare", "default", "optional", "sensitive", "wire"];

/// Reads all parameters but the receiver and the context.
pub(super) fn read(signature: &Signature, mistakes: &mut Mistakes) -> Option<Parameters> {
    let mut bare = None;
    let mut parameters = Vec::new();
    let mut whole = true;
    let last = signature.inputs.len().saturating_sub(1);
    for (index, input) in signature.inputs.iter().enumerate() {
        let FnArg::Typed(argument) = input else {
            continue;
        };
        if index == last && is_context(argument) {
            continue;
        }
        match read_one(argument, mistakes) {
            Some((parameter, is_bare)) => {
                bare = bare.or(is_bare);
                parameters.push(parameter);
            }
            None => whole = false,
        }
    }
    unique(&parameters, mistakes);
    if !whole {
        return None;
    }
    let Some(key) = bare else {
        return Some(if parameters.is_empty() { Parameters::None } else { Parameters::Named(parameters) });
    };
    if parameters.len() > 1 {
        let message = "a bare parameter is the whole payload, so it is the only one";
        mistakes.push(key, message);
        return None;
    }
    parameters.pop().map(Box::new).map(Parameters::Bare)
}

fn read_one(argument: &PatType, mistakes: &mut Mistakes) -> Option<(Parameter, Option<Ident>)> {
    let known = [OPTIONS, extras::OPTIONS, refinement::OPTIONS].concat();
    let options = Options::read(&argument.attrs, &known, "a parameter", mistakes);
    for attr in &argument.attrs {
        let known = ["procwire", "doc", "deprecated"];
        if !known.iter().any(|known| attr.path().is_ident(known)) {
            mistakes.push(attr, "a parameter takes `#[procwire(…)]` and doc comments only");
        }
    }
    let Some(ident) = name(argument) else {
        let message = "a parameter has a name: it is the key on the wire";
        mistakes.push(&argument.pat, message);
        return None;
    };
    check_type(&argument.ty, mistakes)?;
    let extras = Extras::read(&options, mistakes);
    let wire = match options.text("wire", mistakes) {
        Some(name) => wire_name(&name, mistakes),
        None => extras.name.clone().unwrap_or_else(|| plain(ident)),
    };
    let refinement = Refinement::read(&options, mistakes);
    let sensitive = options.flag("sensitive", mistakes).is_some();
    let bare = options.flag("bare", mistakes);
    let optional = options.flag("optional", mistakes);
    let default = options.value("default", mistakes);
    if let Some(bare) = &bare
        && (optional.is_some() || default.is_some())
    {
        mistakes.push(bare, "a bare parameter is the payload, and is always there");
    }
    let presence = match (optional, default) {
        (Some(_), Some((key, _))) => {
            let message = "`optional` and `default` exclude each other: \
                           with a default, the value is always there";
            mistakes.push(key, message);
            return None;
        }
        (Some(_), None) => {
            let Some(inner) = output::option(&argument.ty) else {
                mistakes.push(&argument.ty, "an optional parameter is an `Option<…>`");
                return None;
            };
            Presence::Optional(inner.clone())
        }
        (None, Some((_, value))) => Presence::Default(value),
        (None, None) => Presence::Required,
    };
    let parameter = Parameter {
        ident: ident.clone(),
        wire,
        ty: (*argument.ty).clone(),
        refinement,
        sensitive,
        presence,
        notes: notes(&argument.attrs),
        extras,
        about: about(&options),
    };
    Some((parameter, bare))
}

fn name(argument: &PatType) -> Option<&Ident> {
    match &*argument.pat {
        Pat::Ident(pat) if pat.by_ref.is_none() && pat.subpat.is_none() => Some(&pat.ident),
        _ => None,
    }
}

fn check_type(ty: &Type, mistakes: &mut Mistakes) -> Option<()> {
    let message = match ty {
        Type::Reference(_) => {
            "a parameter comes from another process, so it is owned: \
             `String` instead of `&str`, `Vec<T>` instead of `&[T]`"
        }
        Type::ImplTrait(_) => "a parameter has one type, not any that fits",
        Type::Infer(_) => "a parameter's type cannot be left out",
        _ => return Some(()),
    };
    mistakes.push(ty, message);
    None
}

fn unique(parameters: &[Parameter], mistakes: &mut Mistakes) {
    let mut seen: HashMap<&str, &Ident> = HashMap::new();
    for Parameter { wire, ident, .. } in parameters {
        if let Some(first) = seen.insert(wire, ident) {
            let message = format!("parameter `{ident}` has the same name on the wire as `{first}`: `{wire}`");
            mistakes.push(ident, message);
        }
    }
}

/// Whether an argument is the context: a reference to a path that ends in `Context`, or one named
/// `cx` or `_cx`.
#[must_use]
pub fn is_context(argument: &PatType) -> bool {
    let named = name(argument).is_some_and(|ident| ident == "cx" || ident == "_cx");
    let Type::Reference(reference) = &*argument.ty else {
        return false;
    };
    let typed = matches!(&*reference.elem, Type::Path(path)
        if path.path.segments.last().is_some_and(|last| last.ident == "Context"));
    named || typed
}
