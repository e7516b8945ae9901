//! The descriptor: what a service is, as constant data that both sides read.

use proc_macro2::TokenStream;
use procwire_idl::rust::service::{Event, Method, Parameters, Response, Service};
use quote::quote;

use super::payload;

/// A `ServiceDescriptor`, as an expression.
pub fn expand(service: &Service) -> TokenStream {
    let name = &service.name;
    let methods = service.methods.iter().map(method);
    let events = service.events.iter().map(event);
    quote! {
        ::procwire::stub_v1::ServiceDescriptor {
            name: #name,
            methods: &[#(#methods),*],
            events: &[#(#events),*],
        }
    }
}

fn method(method: &Method) -> TokenStream {
    let Method { wire, raw, .. } = method;
    let response = match method.response {
        Response::Result => quote!(Result),
        Response::Stream => quote!(Stream),
        Response::Ack => quote!(Ack),
        Response::None => quote!(None),
    };
    let request = request(&method.parameters);
    let answer = payload::shape(&method.outcome.answer);
    let throws = method.outcome.throws.as_ref().map_or_else(
        || quote!(::core::option::Option::None),
        |error| {
            let shape = payload::error_shape(error);
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
        }
    }
}

fn event(event: &Event) -> TokenStream {
    let Event { wire, raw, .. } = event;
    let payload = request(&event.parameters);
    quote! {
        ::procwire::stub_v1::EventDescriptor { name: #wire, raw: #raw, payload: #payload }
    }
}

fn request(parameters: &Parameters) -> TokenStream {
    match parameters {
        Parameters::None => quote!(<() as ::procwire::Message>::shape),
        Parameters::Bare(parameter) => payload::shape(&parameter.ty),
        Parameters::Named(parameters) => payload::record_shape(parameters),
    }
}
