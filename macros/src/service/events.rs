//! Events: the worker emits them, the parent hears them as streams or by functions of its builder.

use proc_macro2::TokenStream;
use procwire_idl::rust::refinement::Refinement;
use procwire_idl::rust::service::{Event, Parameter, Parameters, Presence, Service};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Type, Visibility};

use super::names::Names;
use super::{Expansion, client, payload};
use crate::codecs::Codecs;

/// All that a service with events brings along.
pub fn expand(vis: &Visibility, service: &Service, names: &Names, expansion: &mut Expansion) {
    if service.events.is_empty() {
        return;
    }
    let records = service.events.iter().filter_map(|event| record(event, vis, names));
    expansion.types.extend(records);
    streams(vis, service, names, expansion);
    handlers(vis, service, names, expansion);
    emitter(vis, service, names, expansion);
}

/// The struct of an event with named parameters.
fn record(event: &Event, vis: &Visibility, names: &Names) -> Option<TokenStream> {
    let Parameters::Named(parameters) = &event.parameters else {
        return None;
    };
    let name = names.event(event);
    let notes = client::notes(&event.notes, || format!("The event `{}`.", event.wire));
    let fields = parameters.iter().map(field);
    // Where something is sensitive, `Message` writes `Debug`.
    let sensitive = parameters.iter().any(|parameter| parameter.sensitive);
    let debug = if sensitive { TokenStream::new() } else { quote!(Debug,) };
    Some(quote! {
        #(#notes)*
        #[allow(dead_code)]
        #[derive(Clone, #debug PartialEq, ::procwire::Message)]
        #vis struct #name {
            #(#fields),*
        }
    })
}

fn field(parameter: &Parameter) -> TokenStream {
    let Parameter { ident, ty, wire, .. } = parameter;
    let notes = client::notes(&parameter.notes, || format!("`{wire}`."));
    let presence = match &parameter.presence {
        Presence::Required => TokenStream::new(),
        Presence::Optional(_) => quote!(, optional),
        Presence::Default(value) => quote!(, default = #value),
    };
    let refinement = &parameter.about;
    quote_spanned! {ty.span()=>
        #(#notes)*
        #[procwire(wire = #wire #presence #(, #refinement)*)]
        pub #ident: #ty
    }
}

/// The type that an event arrives as.
fn payload_type(event: &Event, names: &Names) -> TokenStream {
    match &event.parameters {
        Parameters::None => quote!(()),
        Parameters::Bare(parameter) => {
            let ty = &parameter.ty;
            quote!(#ty)
        }
        Parameters::Named(_) => {
            let name = names.event(event);
            quote!(#name)
        }
    }
}

/// A function that reads an event.
fn decode(event: &Event, names: &Names, codecs: &mut Codecs) -> TokenStream {
    match &event.parameters {
        // A parameter that is sensitive shows nothing in the count of what was dropped.
        Parameters::Bare(parameter) => client::decode(&parameter.ty, &parameter.refinement, codecs),
        _ => client::decode(&Type::Verbatim(payload_type(event, names)), &Refinement::default(), codecs),
    }
}

fn streams(vis: &Visibility, service: &Service, names: &Names, expansion: &mut Expansion) {
    let events = &names.events;
    let doc = format!("The events of `{}` as streams.", service.name);
    let mut methods = TokenStream::new();
    for (index, event) in service.events.iter().enumerate() {
        let ident = &event.ident;
        let ty = payload_type(event, names);
        let notes = client::notes(&event.notes, || format!("The event `{}`.", event.wire));
        let listen = if event.raw {
            quote!(events_raw(#index))
        } else {
            let decode = decode(event, names, &mut expansion.codecs);
            quote!(events_with(#index, #decode))
        };
        methods.extend(quote! {
            #(#notes)*
            pub fn #ident(&self) -> ::procwire::stub_v1::Events<#ty> {
                self.remote.#listen
            }
        });
    }
    expansion.types.extend(quote! {
        #[doc = #doc]
        #[allow(dead_code)]
        #[derive(Clone, Copy, Debug)]
        #vis struct #events<'a> {
            remote: &'a ::procwire::stub_v1::Remote,
        }
    });
    expansion.behaviour.extend(quote! {
        #[allow(dead_code, deprecated, clippy::all, clippy::pedantic)]
        impl #events<'_> {
            #methods
        }
    });
}

fn handlers(vis: &Visibility, service: &Service, names: &Names, expansion: &mut Expansion) {
    let (on, client) = (&names.on, &names.client);
    let doc = format!(
        "Functions that hear the events of `{}`, set before the child starts, so that none is missed.",
        service.name
    );
    let mut taken: Vec<_> = service.events.iter().map(Names::on_event).collect();
    let (mut heads, mut bodies, mut docs) = (Vec::new(), Vec::new(), Vec::new());
    for (index, event) in service.events.iter().enumerate() {
        let (ident, with_context) = (taken[index].clone(), Names::on_event_with_context(event));
        let ty = payload_type(event, names);
        let decode =
            if event.raw { quote!(::core::result::Result::Ok) } else { decode(event, names, &mut expansion.codecs) };
        heads.push(quote! {
            fn #ident(self, heard: impl ::core::ops::FnMut(#ty) + ::core::marker::Send + 'static) -> Self
        });
        bodies.push(if event.raw {
            quote!(self.on_event_raw(#index, heard))
        } else {
            quote!(self.on_event_with(#index, #decode, heard))
        });
        docs.push(format!("Hears the event `{}`.", event.wire));
        // An event of that very name goes first.
        if taken.contains(&with_context) {
            continue;
        }
        taken.push(with_context.clone());
        heads.push(quote! {
            fn #with_context(
                self,
                heard: impl ::core::ops::FnMut(#ty, &::procwire::stub_v1::EventContext) + ::core::marker::Send + 'static,
            ) -> Self
        });
        bodies.push(quote!(self.on_event_with_context(#index, #decode, heard)));
        docs.push(format!("Hears the event `{}`, and what came beside it.", event.wire));
    }
    expansion.types.extend(quote! {
        #[doc = #doc]
        #[allow(dead_code, deprecated)]
        #vis trait #on: ::core::marker::Sized {
            #(
                #[doc = #docs]
                #heads;
            )*
        }
    });
    expansion.behaviour.extend(quote! {
        #[automatically_derived]
        #[allow(dead_code, deprecated, clippy::all, clippy::pedantic)]
        impl #on for ::procwire::ClientBuilder<#client> {
            #(#heads { #bodies })*
        }
    });
}

fn emitter(vis: &Visibility, service: &Service, names: &Names, expansion: &mut Expansion) {
    let (emit, client) = (&names.emit, &names.client);
    let doc = format!("Emits the events of `{}`.", service.name);
    let heads: Vec<_> = service
        .events
        .iter()
        .map(|event| {
            let ident = Names::emitted(event);
            let parameters = event.parameters.all().iter().map(|parameter| {
                let (ident, ty) = (&parameter.ident, &parameter.ty);
                quote!(#ident: #ty)
            });
            quote!(fn #ident(&self, #(#parameters),*) -> ::procwire::stub_v1::EmitFuture)
        })
        .collect();
    let mut bodies = Vec::new();
    for (index, event) in service.events.iter().enumerate() {
        let function = if event.raw { quote!(emit_raw) } else { quote!(emit) };
        let payload = payload::write(&event.parameters, event.raw, &quote!(self.checks_sent()), &mut expansion.codecs);
        bodies.push(quote! {
            ::procwire::Emitter::#function(
                self,
                <#client as ::procwire::stub_v1::Client>::SERVICE,
                #index,
                #payload,
            )
        });
    }
    let notes =
        service.events.iter().map(|event| client::notes(&event.notes, || format!("The event `{}`.", event.wire)));
    expansion.types.extend(quote! {
        #[doc = #doc]
        #[allow(dead_code, deprecated, clippy::all, clippy::pedantic)]
        #vis trait #emit {
            #(
                #(#notes)*
                #heads;
            )*
        }
    });
    expansion.behaviour.extend(quote! {
        #[automatically_derived]
        #[allow(dead_code, deprecated, clippy::all, clippy::pedantic)]
        impl #emit for ::procwire::Emitter {
            #(#heads { #bodies })*
        }
    });
}
