//! Payloads of calls and events: how parameters are read, written and described.

use proc_macro2::{Ident, Span, TokenStream};
use procwire_idl::rust::service::{Method, Parameter, Parameters};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use crate::codecs::{Codecs, is_unconstrained, shape_function};
use crate::fields::{self, Field, local};

/// The shape of what a call or an event takes, as a function. Named parameters are a record without a name.
pub fn shape(parameters: &Parameters, codecs: &mut Codecs) -> TokenStream {
    match parameters {
        Parameters::Bare(parameter) => codecs.refined_shape(&parameter.ty, &parameter.refinement),
        Parameters::None | Parameters::Named(_) => {
            let fields = fields::shapes(&fields(parameters.all()), codecs);
            shape_function(&quote! {
                const {
                    &::procwire::stub_v1::Shape::Record(&::procwire::stub_v1::RecordShape {
                        name: "",
                        strict: false,
                        fields: #fields,
                        reserved: &[],
                    })
                }
            })
        }
    }
}

/// The declared error of a call, as a type.
pub fn error(method: &Method) -> TokenStream {
    let throws = method.outcome.throws.as_ref();
    throws.map_or_else(|| quote!(::procwire::NoError), |error| quote!(#error))
}

/// Where to show what is wrong with the declared error.
pub fn failure_span(method: &Method) -> Span {
    let outcome = &method.outcome;
    let tokens = outcome.throws.as_ref().or(outcome.failure.as_ref());
    tokens.map_or_else(|| method.ident.span(), Spanned::span)
}

/// Reads the parameters of `call` into variables of their names.
pub fn take(method: &Method, call: &Ident, codecs: &mut Codecs) -> TokenStream {
    let reader = local("reader");
    match &method.parameters {
        Parameters::Bare(parameter) if method.raw => {
            let ident = &parameter.ident;
            quote!(let #ident = #call.raw();)
        }
        Parameters::None if method.raw => TokenStream::new(),
        Parameters::None => take_named(&[], call, codecs),
        Parameters::Bare(parameter) => {
            let Parameter { ident, ty, refinement, sensitive, .. } = &**parameter;
            let codec = codecs.refined(ty, refinement, *sensitive);
            quote! {
                let #ident: #ty =
                    #call.arguments(|#reader| ::procwire::stub_v1::Codec::decode(#codec, #reader))?;
            }
        }
        Parameters::Named(parameters) => take_named(parameters, call, codecs),
    }
}

/// Nil stands for no parameters at all; a peer writes it where all of them may be left out.
fn take_named(parameters: &[Parameter], call: &Ident, codecs: &mut Codecs) -> TokenStream {
    let (reader, pairs, nil) = (local("reader"), local("pairs"), local("nil"));
    let entries = fields::decode_entries(&fields(parameters), codecs, &reader, &pairs, false, &TokenStream::new());
    let names: Vec<_> = parameters.iter().map(|parameter| &parameter.ident).collect();
    quote! {
        let (#(#names,)*) = #call.arguments(|#reader| {
            let #nil = #reader.take_nil();
            let #pairs = if #nil { 0 } else { #reader.map()? };
            #entries
            if !#nil {
                #reader.leave();
            }
            ::core::result::Result::Ok((#(#names,)*))
        })?;
    }
}

/// A function that writes the parameters in scope; of a raw payload the bytes themselves.
///
/// `checks` is an expression that says whether they are checked before.
pub fn write(parameters: &Parameters, raw: bool, checks: &TokenStream, codecs: &mut Codecs) -> TokenStream {
    let writer = local("writer");
    let body = match parameters {
        Parameters::None if raw => return quote!(::procwire::Bytes::new()),
        Parameters::Bare(parameter) if raw => {
            let ident = &parameter.ident;
            return quote!(#ident);
        }
        Parameters::Bare(parameter) => {
            let Parameter { ident, ty, refinement, sensitive, .. } = &**parameter;
            let codec = codecs.refined(ty, refinement, *sensitive);
            quote_spanned!(ty.span()=> ::procwire::stub_v1::Codec::encode(#codec, &#ident, #writer);)
        }
        Parameters::None | Parameters::Named(_) => {
            fields::encode(&fields(parameters.all()), codecs, &writer, &[], |field| {
                let ident = field.ident;
                quote!(&#ident)
            })
        }
    };
    let check = self::check(parameters, checks, codecs);
    quote!(|#writer: &mut ::procwire::stub_v1::Writer| { #check #body })
}

/// Statements that check the parameters in scope, where there is anything to check and somebody asked for it.
fn check(parameters: &Parameters, checks: &TokenStream, codecs: &mut Codecs) -> TokenStream {
    let walk = local("walk");
    let statements = match parameters {
        Parameters::Bare(parameter) if is_unconstrained(&parameter.ty, &parameter.refinement) => TokenStream::new(),
        Parameters::Bare(parameter) => {
            let Parameter { ident, ty, refinement, sensitive, .. } = &**parameter;
            let codec = codecs.refined(ty, refinement, *sensitive);
            quote!(::procwire::stub_v1::Codec::check(#codec, &#ident, #walk)?;)
        }
        Parameters::None | Parameters::Named(_) => fields::check(&fields(parameters.all()), codecs, &walk, |field| {
            let ident = field.ident;
            quote!(&#ident)
        }),
    };
    refuse(&statements, checks)
}

/// Statements that check a value before it is written, around those that check it.
pub fn refuse(statements: &TokenStream, checks: &TokenStream) -> TokenStream {
    if statements.is_empty() {
        return TokenStream::new();
    }
    let (writer, walk) = (local("writer"), local("walk"));
    quote! {
        if #checks && ::procwire::stub_v1::refuses(#writer, |#walk| {
            #statements
            ::core::result::Result::Ok(())
        }) {
            return;
        }
    }
}

fn fields(parameters: &[Parameter]) -> Vec<Field<'_>> {
    parameters.iter().map(Field::from).collect()
}
