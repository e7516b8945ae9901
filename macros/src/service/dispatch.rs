//! The worker's side of a call: reads the parameters, runs the method, writes what comes back.

use proc_macro2::{Ident, Span, TokenStream};
use procwire_idl::rust::service::{Method, Parameters, Response, Service};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::payload;

/// The hidden function of the trait that starts a call.
///
/// What it brings into scope is named at the macro's own place, where no parameter of the user's can
/// be meant.
pub fn expand(service: &Service) -> TokenStream {
    let this = local("this");
    let call = local("call");
    let arms = service.methods.iter().enumerate().map(|(index, method)| {
        let body = arm(method, &this, &call);
        quote!(#index => { #body })
    });
    quote! {
        #[doc(hidden)]
        #[allow(unused_mut, unused_variables, deprecated, clippy::all, clippy::pedantic)]
        fn procwire_dispatch(
            #this: &::std::sync::Arc<Self>,
            mut #call: ::procwire::stub_v1::Incoming<'_>,
        ) -> ::core::result::Result<::procwire::stub_v1::Job, ::procwire::Failure>
        where
            Self: ::core::marker::Sized,
        {
            match #call.method() {
                #(#arms)*
                _ => ::core::result::Result::Err(#call.unknown()),
            }
        }
    }
}

fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

fn arm(method: &Method, this: &Ident, call: &Ident) -> TokenStream {
    let cx = local("cx");
    let sink = local("sink");
    let name = &method.ident;
    let arguments = method
        .parameters
        .all()
        .iter()
        .map(|parameter| &parameter.ident);
    let take = take(method, call);
    let invoked = quote!(Self::#name(&*#this, #(#arguments,)* &#cx));
    let job = match method.response {
        Response::None => quote! {
            ::procwire::stub_v1::none(#call, move |#cx| async move { #invoked.await })
        },
        Response::Stream => {
            let start = entry(method, "stream", "stream_raw");
            quote! {
                #start(#call, move |#cx, #sink| async move { #sink.drain(#invoked).await })
            }
        }
        Response::Result | Response::Ack => {
            let start = entry(method, "unary", "unary_raw");
            quote!(#start(#call, move |#cx| async move { #invoked.await }))
        }
    };
    quote! {
        #take
        let #this = ::std::sync::Arc::clone(#this);
        ::core::result::Result::Ok(#job)
    }
}

/// The function of the runtime that runs the call, with the user's types under their own place.
fn entry(method: &Method, plain: &str, raw: &str) -> TokenStream {
    let answer = &method.outcome.answer;
    let error = payload::error(method);
    let span = answer.span();
    let function = Ident::new(if method.raw { raw } else { plain }, span);
    quote_spanned!(span=> ::procwire::stub_v1::#function::<#answer, #error, _, _>)
}

fn take(method: &Method, call: &Ident) -> TokenStream {
    match &method.parameters {
        Parameters::None => TokenStream::new(),
        Parameters::Bare(parameter) if method.raw => {
            let ident = &parameter.ident;
            quote!(let #ident = #call.raw();)
        }
        Parameters::Bare(parameter) => payload::take_bare(parameter, call),
        Parameters::Named(parameters) => payload::take_named(parameters, call),
    }
}
