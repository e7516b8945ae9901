//! The descriptor: what a service is, as constant data that both sides read.

use proc_macro2::TokenStream;
use procwire_idl::rust::service::{Event, Method, Response, Service};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::{names, payload};
use crate::codecs::{self, Codecs, option};

/// A `ServiceDescriptor`, as an expression.
pub fn expand(service: &Service, codecs: &mut Codecs) -> TokenStream {
    let name = &service.name;
    let reserved = codecs::reserved(&service.reserved);
    let methods: Vec<_> = service.methods.iter().map(|one| method(one, codecs)).collect();
    let calls = service.calls.iter().map(names::client_of);
    let events = service.events.iter().map(|one| event(one, codecs));
    quote! {
        ::procwire::stub_v1::ServiceDescriptor {
            name: #name,
            methods: &[#(#methods),*],
            events: &[#(#events),*],
            callbacks: &[#(<#calls as ::procwire::stub_v1::Client>::SERVICE),*],
            reserved: #reserved,
        }
    }
}

fn method(method: &Method, codecs: &mut Codecs) -> TokenStream {
    let Method { wire, raw, idempotent, .. } = method;
    let timeout = option(method.timeout.map(|micros| quote!(::core::time::Duration::from_micros(#micros))));
    let since = option(method.since.as_ref().map(|version| quote!(#version)));
    let response = match method.response {
        Response::Result => quote!(Result),
        Response::Stream => quote!(Stream),
        Response::Ack => quote!(Ack),
        Response::None => quote!(None),
    };
    let request = payload::shape(&method.parameters, codecs);
    let reserved = codecs::reserved(&method.reserved);
    let answer = codecs.refined_shape(&method.outcome.answer, &method.refinement);
    let throws = method.outcome.throws.as_ref().map_or_else(
        || quote!(::core::option::Option::None),
        |error| {
            let shape = quote_spanned!(error.span()=> ::procwire::stub_v1::error_shape::<#error>);
            quote!(::core::option::Option::Some(#shape))
        },
    );
    quote! {
        ::procwire::stub_v1::MethodDescriptor {
            name: #wire,
            response: ::procwire::stub_v1::Response::#response,
            raw: #raw,
            request: #request,
            answer: #answer,
            throws: #throws,
            timeout: #timeout,
            idempotent: #idempotent,
            since: #since,
            reserved: #reserved,
        }
    }
}

fn event(event: &Event, codecs: &mut Codecs) -> TokenStream {
    let Event { wire, raw, .. } = event;
    let payload = payload::shape(&event.parameters, codecs);
    let reserved = codecs::reserved(&event.reserved);
    let since = option(event.since.as_ref().map(|version| quote!(#version)));
    quote! {
        ::procwire::stub_v1::EventDescriptor {
            name: #wire,
            raw: #raw,
            payload: #payload,
            since: #since,
            reserved: #reserved,
        }
    }
}
