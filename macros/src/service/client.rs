//! The parent's side: a client with a method for each call.

use proc_macro2::TokenStream;
use procwire_idl::rust::service::{Method, Presence, Response, Service};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Visibility};

use super::names::Names;
use super::{call, descriptor, payload};

/// `TradingClient`, and the builders of its calls that have optional parameters.
pub fn expand(vis: &Visibility, service: &Service, names: &Names) -> TokenStream {
    let client = &names.client;
    let descriptor = descriptor::expand(service);
    let doc = format!("Calls the service `{}` in another process.", service.name);
    let notes = &service.notes;
    let methods = service
        .methods
        .iter()
        .enumerate()
        .map(|(index, method)| client_method(index, method, names));
    let calls = service
        .methods
        .iter()
        .enumerate()
        .filter(|(_, method)| has_optional(method))
        .map(|(index, method)| call::expand(index, method, vis, names));
    let events = events(service, names);
    quote! {
        #[doc = #doc]
        #[doc = ""]
        #(#notes)*
        #[derive(Clone, Debug)]
        #vis struct #client {
            remote: ::procwire::stub_v1::Remote,
        }

        #[automatically_derived]
        #[allow(deprecated)]
        impl ::procwire::stub_v1::Client for #client {
            const SERVICE: &'static ::procwire::stub_v1::ServiceDescriptor = &#descriptor;

            fn from_remote(remote: ::procwire::stub_v1::Remote) -> Self {
                Self { remote }
            }

            fn remote(&self) -> &::procwire::stub_v1::Remote {
                &self.remote
            }
        }

        #[allow(deprecated, clippy::all, clippy::pedantic)]
        impl #client {
            /// Sets up a child process: its environment, its limits, and who hears its events.
            pub fn builder() -> ::procwire::ClientBuilder<Self> {
                ::procwire::ClientBuilder::new()
            }

            /// Starts a child process that serves this.
            ///
            /// # Errors
            ///
            /// Where the child does not start, or does not serve this; the error tells its exit
            /// status and what it printed last.
            pub async fn spawn(
                command: impl ::core::convert::Into<::procwire::Command>,
            ) -> ::core::result::Result<Self, ::procwire::SpawnError> {
                Self::builder().spawn(command).await
            }

            /// Lets the calls that are under way end, then ends the child process.
            ///
            /// # Errors
            ///
            /// Where the child had to be killed.
            pub async fn shutdown(&self) -> ::procwire::Result<()> {
                self.remote.shutdown().await
            }

            #events
            #(#methods)*
        }

        #(#calls)*
    }
}

fn events(service: &Service, names: &Names) -> TokenStream {
    if service.events.is_empty() {
        return TokenStream::new();
    }
    let events = &names.events;
    quote! {
        /// The events of the child process, as streams.
        pub fn events(&self) -> #events<'_> {
            #events { remote: &self.remote }
        }
    }
}

/// Whether a call has parameters that may be left out, and so a builder of its own.
fn has_optional(method: &Method) -> bool {
    method
        .parameters
        .all()
        .iter()
        .any(|parameter| !matches!(parameter.presence, Presence::Required))
}

fn client_method(index: usize, method: &Method, names: &Names) -> TokenStream {
    let ident = Names::client_method(method);
    let notes = notes(&method.notes, || format!("Calls `{}`.", method.wire));
    let required = method
        .parameters
        .all()
        .iter()
        .filter(|parameter| matches!(parameter.presence, Presence::Required))
        .map(|parameter| {
            let (ident, ty) = (&parameter.ident, &parameter.ty);
            quote!(#ident: #ty)
        });
    let (output, body) = if has_optional(method) {
        let call = names.call(method);
        (quote!(#call<'_>), call::new(method, names))
    } else {
        let remote = quote!(self.remote);
        (future(method, &quote!('_)), start(index, method, &remote))
    };
    quote! {
        #(#notes)*
        pub fn #ident(&self, #(#required),*) -> #output {
            #body
        }
    }
}

/// The type of a call that is under way.
pub fn future(method: &Method, lifetime: &TokenStream) -> TokenStream {
    let answer = &method.outcome.answer;
    let error = payload::error(method);
    let call = if method.response == Response::Stream {
        quote!(StreamCall)
    } else {
        quote!(Call)
    };
    quote_spanned!(answer.span()=> ::procwire::stub_v1::#call<#lifetime, #answer, #error>)
}

/// Starts a call with the parameters in scope.
pub fn start(index: usize, method: &Method, remote: &TokenStream) -> TokenStream {
    let function = match (method.response, method.raw) {
        (Response::Stream, false) => quote!(stream),
        (Response::Stream, true) => quote!(stream_raw),
        (_, false) => quote!(call),
        (_, true) => quote!(call_raw),
    };
    let payload = payload::write(&method.parameters, method.raw);
    quote!(#remote.#function(#index, #payload))
}

/// The notes as written; a sentence where there is none, so that `missing_docs` is content.
pub fn notes(notes: &[Attribute], otherwise: impl Fn() -> String) -> Vec<TokenStream> {
    let mut tokens: Vec<TokenStream> = notes.iter().map(|note| quote!(#note)).collect();
    if !notes.iter().any(|note| note.path().is_ident("doc")) {
        let doc = otherwise();
        tokens.insert(0, quote!(#[doc = #doc]));
    }
    tokens
}
