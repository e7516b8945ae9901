//! The parent's side: a client with a method for each call.

use heck::ToSnakeCase;
use proc_macro2::{Ident, TokenStream};
use procwire_idl::rust::refinement::Refinement;
use procwire_idl::rust::service::{Method, Presence, Response, Service};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Type, Visibility};

use super::names::{self, Names};
use super::{Expansion, call, descriptor, payload};
use crate::codecs::Codecs;
use crate::fields::local;

/// `TradingClient`, and the builders of its calls that have optional parameters.
pub fn expand(vis: &Visibility, service: &Service, names: &Names, expansion: &mut Expansion) {
    let client = &names.client;
    let doc = match &service.callbacks {
        Some(namespace) => format!("Calls the callbacks `{namespace}` of the parent."),
        None => format!("Calls the service `{}` in another process.", service.name),
    };
    let notes = &service.notes;
    expansion.types.extend(quote! {
        #[doc = #doc]
        #[doc = ""]
        #(#notes)*
        #[allow(dead_code)]
        #[derive(Clone, Debug)]
        #vis struct #client {
            remote: ::procwire::stub_v1::Remote,
        }
    });
    let descriptor = descriptor::expand(service, &mut expansion.codecs);
    let mut methods = TokenStream::new();
    for (index, method) in service.methods.iter().enumerate() {
        methods.extend(client_method(index, method, names, &mut expansion.codecs));
        if has_optional(method) {
            call::expand(index, method, vis, names, expansion);
        }
    }
    let start = if service.callbacks.is_some() { indexes(service) } else { start_functions() };
    let events = events(service, names);
    expansion.behaviour.extend(quote! {
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

        #[allow(dead_code, deprecated, clippy::all, clippy::pedantic)]
        impl #client {
            #start
            #events
            #methods
        }
    });
}

/// The index of each callback, by which modules name it.
fn indexes(service: &Service) -> TokenStream {
    let functions = service.methods.iter().enumerate().map(|(index, method)| {
        let name = names::index_of(&method.ident);
        quote! {
            #[doc(hidden)]
            pub const fn #name() -> usize {
                #index
            }
        }
    });
    functions.collect()
}

/// What a worker's callbacks gain: a function that gives this namespace.
pub fn call(vis: &Visibility, service: &Service, names: &Names, expansion: &mut Expansion) {
    let Some(namespace) = &service.callbacks else { return };
    let (client, call) = (&names.client, &names.call);
    let function = Ident::new(&namespace.replace('.', "_").to_snake_case(), service.ident.span());
    let doc = format!("Gives a worker the callbacks `{namespace}`.");
    let calls = format!("Calls the callbacks `{namespace}` of the parent.");
    expansion.types.extend(quote! {
        #[doc = #doc]
        #[allow(dead_code, deprecated)]
        #vis trait #call {
            #[doc = #calls]
            fn #function(&self) -> #client;
        }
    });
    expansion.behaviour.extend(quote! {
        #[automatically_derived]
        #[allow(deprecated)]
        impl #call for ::procwire::Callbacks {
            fn #function(&self) -> #client {
                let service = <#client as ::procwire::stub_v1::Client>::SERVICE;
                ::procwire::stub_v1::Client::from_remote(self.remote(service))
            }
        }
    });
}

/// What a client has besides the calls.
fn start_functions() -> TokenStream {
    quote! {
        /// Whether the child has the method or the event of this name on the wire. It need not have what the schema says
        /// `@since` of, and with `allow_missing` nothing.
        #[must_use]
        pub fn has(&self, name: &str) -> bool {
            self.remote.has(name)
        }

        /// Sets up a child process: its environment, its limits, and who hears its events.
        pub fn builder() -> ::procwire::ClientBuilder<Self> {
            ::procwire::ClientBuilder::new()
        }

        /// Starts a child process that serves this.
        ///
        /// # Errors
        ///
        /// Where the child does not start, or does not serve this; the error tells its exit status
        /// and what it printed last.
        pub async fn spawn(
            command: impl ::core::convert::Into<::procwire::stub_v1::Command>,
        ) -> ::core::result::Result<Self, ::procwire::SpawnError> {
            Self::builder().spawn(command).await
        }

        /// The same service of a child process that another client started.
        ///
        /// # Errors
        ///
        /// Where the process does not serve this.
        pub fn attach(
            other: &impl ::procwire::stub_v1::Client,
        ) -> ::core::result::Result<Self, ::procwire::SpawnError> {
            let service = <Self as ::procwire::stub_v1::Client>::SERVICE;
            let remote = ::procwire::stub_v1::Client::remote(other).attach(service)?;
            ::core::result::Result::Ok(<Self as ::procwire::stub_v1::Client>::from_remote(remote))
        }

        /// The child process.
        pub fn peer(&self) -> &::procwire::Peer {
            self.remote.peer()
        }

        /// Lets the calls that are under way end, then ends the child process.
        ///
        /// # Errors
        ///
        /// Where the child had to be killed.
        pub async fn shutdown(&self) -> ::procwire::Result<()> {
            self.remote.shutdown().await
        }
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
    let parameters = method.parameters.all();
    parameters.iter().any(|parameter| !matches!(parameter.presence, Presence::Required))
}

fn client_method(index: usize, method: &Method, names: &Names, codecs: &mut Codecs) -> TokenStream {
    let ident = Names::client_method(method);
    let notes = notes(&method.notes, || format!("Calls `{}`.", method.wire));
    let required =
        method.parameters.all().iter().filter(|parameter| matches!(parameter.presence, Presence::Required)).map(
            |parameter| {
                let (ident, ty) = (&parameter.ident, &parameter.ty);
                quote!(#ident: #ty)
            },
        );
    let (output, body) = if has_optional(method) {
        let call = names.call(method);
        (quote!(#call<'_>), call::new(method, names))
    } else {
        let body = start(index, method, &quote!(self.remote), codecs);
        (future(method, &quote!('_)), body)
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
    let call = if method.response == Response::Stream { quote!(StreamCall) } else { quote!(Call) };
    quote_spanned!(answer.span()=> ::procwire::stub_v1::#call<#lifetime, #answer, #error>)
}

/// Starts a call with the parameters in scope.
pub fn start(index: usize, method: &Method, remote: &TokenStream, codecs: &mut Codecs) -> TokenStream {
    let payload = payload::write(&method.parameters, method.raw, &quote!(#remote.checks_sent()), codecs);
    let answer = &method.outcome.answer;
    let error = payload::error(method);
    let span = payload::failure_span(method);
    match (method.response, method.raw) {
        (Response::Stream, true) => quote_spanned! {span=>
            #remote.stream_raw::<#error>(#index, #payload)
        },
        (Response::Stream, false) => {
            let decode = decode_item(answer, &method.refinement, codecs);
            quote_spanned! {span=>
                #remote.stream_with::<#answer, #error>(#index, #payload, #decode)
            }
        }
        (_, true) => quote_spanned! {span=>
            #remote.call_raw::<#answer, #error>(#index, #payload)
        },
        (_, false) => {
            let decode = decode(answer, &method.refinement, codecs);
            quote_spanned! {span=>
                #remote.call_with::<#answer, #error>(#index, #payload, #decode)
            }
        }
    }
}

/// A function that reads a whole payload.
pub fn decode(ty: &Type, refinement: &Refinement, codecs: &mut Codecs) -> TokenStream {
    let codec = codecs.refined(ty, refinement, false);
    let payload = local("payload");
    quote!(|#payload| ::procwire::stub_v1::read_payload(#codec, &#payload))
}

/// A function that reads one of the items of a stream, which lie side by side.
fn decode_item(ty: &Type, refinement: &Refinement, codecs: &mut Codecs) -> TokenStream {
    let codec = codecs.refined(ty, refinement, false);
    let (memory, range) = (local("memory"), local("range"));
    quote! {
        |#memory, #range| ::procwire::stub_v1::read_item(#codec, #memory, #range)
    }
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
