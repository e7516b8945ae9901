//! What a method returns, from the tokens of its return type.

use quote::ToTokens;
use syn::{AngleBracketedGenericArguments, GenericArgument, Ident, PathArguments, PathSegment, Type, TypeParamBound};

/// What a call ends in.
pub struct Outcome {
    /// The answer's type; `()` where there is none.
    pub answer: Type,
    /// The declared error's type.
    pub throws: Option<Type>,
    /// The tokens that say how it fails: the second argument of `Result`, or the whole of it.
    pub failure: Option<Type>,
}

impl Outcome {
    /// Of a call that nothing comes back from.
    pub(super) fn unit() -> Self {
        let answer = Type::Tuple(syn::TypeTuple {
            attrs: Vec::new(),
            paren_token: syn::token::Paren::default(),
            elems: syn::punctuated::Punctuated::new(),
        });
        Self { answer, throws: None, failure: None }
    }

    /// Whether the answer is `()`.
    #[must_use]
    pub fn is_unit(&self) -> bool {
        matches!(&self.answer, Type::Tuple(tuple) if tuple.elems.is_empty())
    }
}

/// Reads `Result<T, Error<E>>`, `Result<T, Error>`, `procwire::Result<T>` and `procwire::Result<T, E>`.
///
/// Whose `Result` it is cannot be seen here; the macro has rustc check what was read.
pub(super) fn result(ty: &Type) -> syn::Result<Outcome> {
    let wrong = |tokens: &dyn ToTokens| {
        let message = format!("a call may fail, so this is `Result<{}, procwire::Error>`", text(ty));
        syn::Error::new_spanned(tokens.to_token_stream(), message)
    };
    let Some(segment) = last_segment(ty).filter(|segment| segment.ident == "Result") else {
        return Err(wrong(&ty));
    };
    let arguments = types(segment);
    match arguments.as_slice() {
        [answer] => Ok(Outcome { answer: (*answer).clone(), throws: None, failure: Some(ty.clone()) }),
        [answer, error] => {
            Ok(Outcome { answer: (*answer).clone(), throws: declared(error)?, failure: Some((*error).clone()) })
        }
        _ => Err(syn::Error::new_spanned(ty, "write `Result<T, procwire::Error>`, with the answer's type as `T`")),
    }
}

/// The `E` of `Error<E>`; of the shorter `procwire::Result<T, E>` it is the argument itself.
fn declared(error: &Type) -> syn::Result<Option<Type>> {
    let Some(segment) = last_segment(error).filter(|segment| segment.ident == "Error") else {
        return Ok(Some(error.clone()));
    };
    match types(segment).as_slice() {
        [] => Ok(None),
        [none] if last_segment(none).is_some_and(|last| last.ident == "NoError") => Ok(None),
        [declared] => Ok(Some((*declared).clone())),
        _ => Err(syn::Error::new_spanned(error, "`procwire::Error` takes one declared error")),
    }
}

/// The `T` of `impl Stream<Item = T>`.
pub(super) fn stream_item(ty: &Type, method: &Ident) -> syn::Result<Type> {
    let Type::ImplTrait(stream) = ty else {
        let message = format!(
            "method `{method}` is neither async nor a stream: write `async fn {method}`, \
             or return `impl Stream<Item = Result<T, procwire::Error>>`"
        );
        return Err(syn::Error::new_spanned(ty, message));
    };
    let segment = stream.bounds.iter().find_map(|bound| match bound {
        TypeParamBound::Trait(bound) => bound.path.segments.last().filter(|last| last.ident == "Stream"),
        _ => None,
    });
    let item = segment.and_then(|segment| {
        arguments(segment)?.args.iter().find_map(|argument| match argument {
            GenericArgument::AssocType(item) if item.ident == "Item" => Some(item.ty.clone()),
            _ => None,
        })
    });
    item.ok_or_else(|| {
        let message = "a stream is `impl Stream<Item = Result<T, procwire::Error>>`";
        syn::Error::new_spanned(ty, message)
    })
}

fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match ty {
        Type::Path(path) => path.path.segments.last(),
        Type::Group(group) => last_segment(&group.elem),
        Type::Paren(paren) => last_segment(&paren.elem),
        _ => None,
    }
}

fn arguments(segment: &PathSegment) -> Option<&AngleBracketedGenericArguments> {
    match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => Some(arguments),
        _ => None,
    }
}

fn types(segment: &PathSegment) -> Vec<&Type> {
    let arguments = arguments(segment).into_iter().flat_map(|found| &found.args);
    arguments
        .filter_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        })
        .collect()
}

/// The `T` of `Option<T>`.
pub(in crate::rust) fn option(ty: &Type) -> Option<&Type> {
    let segment = last_segment(ty).filter(|segment| segment.ident == "Option")?;
    match types(segment).as_slice() {
        [inner] => Some(inner),
        _ => None,
    }
}

/// A type as one would write it, for a message.
fn text(ty: &Type) -> String {
    let spaced = ty.to_token_stream().to_string();
    spaced.replace(" < ", "<").replace(" >", ">").replace(" :: ", "::").replace(" ,", ",")
}
