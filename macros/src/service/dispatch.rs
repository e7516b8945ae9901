//! The worker's side of a call: reads the parameters, runs the method, writes what comes back.

use proc_macro2::{Ident, TokenStream};
use procwire_idl::rust::service::{Method, Response, Service};
use quote::{ToTokens, quote, quote_spanned};

use super::names::Names;
use super::{Expansion, payload};
use crate::codecs::{Codecs, is_unconstrained};
use crate::fields::local;

/// The function that starts a call; it stands on the client's type, which is sure to be free of other functions.
pub fn expand(service: &Service, names: &Names, expansion: &mut Expansion) {
    let this = local("this");
    let call = local("call");
    let arms: Vec<_> = service
        .methods
        .iter()
        .enumerate()
        .map(|(index, one)| {
            let body = arm(one, service, &this, &call, &mut expansion.codecs);
            quote!(#index => { #body })
        })
        .collect();
    let (client, service) = (&names.client, &service.ident);
    expansion.behaviour.extend(quote! {
        #[allow(
            dead_code,
            deprecated,
            unused_mut,
            unused_variables,
            clippy::all,
            clippy::pedantic
        )]
        impl #client {
            #[doc(hidden)]
            fn procwire_dispatch<_ProcwireWorker: #service>(
                #this: &::std::sync::Arc<_ProcwireWorker>,
                mut #call: ::procwire::stub_v1::Incoming<'_>,
            ) -> ::core::result::Result<::procwire::stub_v1::Job, ::procwire::Failure> {
                match #call.method() {
                    #(#arms)*
                    _ => ::core::result::Result::Err(#call.unknown()),
                }
            }
        }
    });
}

fn arm(method: &Method, service: &Service, this: &Ident, call: &Ident, codecs: &mut Codecs) -> TokenStream {
    let cx = local("cx");
    let sink = local("sink");
    let value = local("value");
    let arguments = method.parameters.all().iter().map(|parameter| &parameter.ident);
    let take = payload::take(method, call, codecs);
    let answer = &method.outcome.answer;
    let error = payload::error(method);
    let span = payload::failure_span(method);
    // All of it carries one place, else rustc underlines from the trait to there.
    let mut service = service.ident.clone();
    service.set_span(span.resolved_at(service.span()));
    let mut name = method.ident.clone();
    name.set_span(span.resolved_at(name.span()));
    let invoked = quote_spanned!(span=> #service::#name(&*#this, #(#arguments,)* &#cx));
    let answered = quote_spanned! {span=>
        ::procwire::stub_v1::Answer::<#answer, #error>::into_answer(#invoked.await)
    };
    let job = match (method.response, method.raw) {
        (Response::None, _) => quote! {
            ::procwire::stub_v1::none(#call, move |#cx| async move { #invoked.await })
        },
        (Response::Stream, raw) => {
            let items = quote_spanned! {span=>
                ::procwire::stub_v1::items::<#answer, #error>(#invoked)
            };
            let drain = if raw {
                quote_spanned!(span=> #sink.drain_raw::<#error, _>(#items))
            } else {
                let encode = encode(method, codecs, &quote!(&#value));
                quote_spanned! {span=>
                    #sink.drain_with::<#answer, #error, _>(#items, #encode)
                }
            };
            quote_spanned! {span=>
                ::procwire::stub_v1::stream(#call, move |#cx, #sink| async move { #drain.await })
            }
        }
        (Response::Result | Response::Ack, true) => quote_spanned! {span=>
            ::procwire::stub_v1::unary_raw::<#answer, #error, _, _>(
                #call,
                move |#cx| async move { #answered },
            )
        },
        (Response::Result | Response::Ack, false) => {
            let encode = encode(method, codecs, &quote!(#value));
            quote_spanned! {span=>
                ::procwire::stub_v1::unary_with::<#answer, #error, _, _, _>(
                    #call,
                    #encode,
                    move |#cx| async move { #answered },
                )
            }
        }
    };
    let checks = checks(method).then(|| {
        let checks = local("checks");
        quote!(let #checks = #call.checks_sent();)
    });
    quote! {
        #take
        #checks
        let #this = ::std::sync::Arc::clone(#this);
        ::core::result::Result::Ok(#job)
    }
}

/// A function that writes an answer; `reference` makes one to it.
fn encode(method: &Method, codecs: &mut Codecs, reference: &TokenStream) -> TokenStream {
    let answer = &method.outcome.answer;
    let codec = codecs.refined(answer, &method.refinement, false);
    let (value, writer, walk) = (local("value"), local("writer"), local("walk"));
    let encode = quote!(::procwire::stub_v1::Codec::encode(#codec, #reference, #writer));
    if !checks(method) {
        return quote!(|#value, #writer| #encode);
    }
    let check = quote!(::procwire::stub_v1::Codec::check(#codec, #reference, #walk)?;);
    let refuse = payload::refuse(&check, &local("checks").to_token_stream());
    quote! {
        move |#value, #writer: &mut ::procwire::stub_v1::Writer| {
            #refuse
            #encode
        }
    }
}

/// Whether there is anything to check about what comes back.
fn checks(method: &Method) -> bool {
    let has_answer = method.response != Response::None && !method.raw;
    has_answer && !is_unconstrained(&method.outcome.answer, &method.refinement)
}
