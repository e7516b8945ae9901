//! `#[procwire::module]`: one child, by what it provides and what it needs of its parent.

use heck::{ToSnakeCase, ToUpperCamelCase};
use proc_macro2::{Ident, Span, TokenStream};
use procwire_idl::rust::module::Module;
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Fields, ItemStruct, Path};

use super::names::{client_of, index_of};

/// Expands the attribute; mistakes become `compile_error!`s under the tokens that are wrong.
pub fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    try_expand(arguments, item).unwrap_or_else(syn::Error::into_compile_error)
}

fn try_expand(arguments: TokenStream, item: TokenStream) -> syn::Result<TokenStream> {
    let item: ItemStruct = syn::parse2(item).map_err(|error| {
        syn::Error::new(error.span(), "`#[procwire::module]` stands on a struct without fields: `pub struct Desk;`")
    })?;
    if !matches!(item.fields, Fields::Unit) {
        return Err(syn::Error::new_spanned(&item.fields, "a module has no fields: write `pub struct Desk;`"));
    }
    let module: Module = syn::parse2(arguments)?;
    let worker = worker(&item, &module);
    let client = client(&item, &module);
    Ok(quote!(#item #worker #client))
}

/// The name of a service as a parameter and as a field.
fn member(service: &Path) -> Ident {
    let last = service.segments.last().map(|last| last.ident.unraw().to_string()).unwrap_or_default();
    let name = last.to_snake_case();
    syn::parse_str(&name).unwrap_or_else(|_| format_ident!("{name}_"))
}

/// The constructors of the worker.
fn worker(item: &ItemStruct, module: &Module) -> TokenStream {
    let ident = &item.ident;
    let types: Vec<Ident> = module
        .provides
        .iter()
        .map(|service| {
            Ident::new(&format!("_Procwire{}", member(service).to_string().to_upper_camel_case()), Span::mixed_site())
        })
        .collect();
    let members: Vec<Ident> = module.provides.iter().map(member).collect();
    let traits: Vec<TokenStream> = module.provides.iter().map(|path| quote_spanned!(path.span()=> #path)).collect();
    let announce = |callbacks: &[Path], function: Ident| -> TokenStream {
        let calls = callbacks.iter().map(|callback| {
            let (client, index) = callback_of(callback);
            quote_spanned! {callback.span()=>
                .#function(<#client as ::procwire::stub_v1::Client>::SERVICE, &[<#client>::#index()])
            }
        });
        calls.collect()
    };
    let name = ident.unraw().to_string();
    let requires = announce(&module.requires, format_ident!("requires"));
    let optional = announce(&module.optional, format_ident!("may_call"));
    quote! {
        #[allow(dead_code, deprecated, clippy::all, clippy::pedantic)]
        impl #ident {
            /// The worker of this module.
            #[must_use]
            pub fn worker<#(#types: #traits),*>(#(#members: #types),*) -> ::procwire::Worker {
                Self::builder(#(#members),*).build()
            }

            /// The same with settings.
            #[must_use]
            pub fn builder<#(#types: #traits),*>(#(#members: #types),*) -> ::procwire::WorkerBuilder {
                ::procwire::Worker::builder()
                    .module(#name)
                    #(
                        .service(::procwire::stub_v1::Bound::of(
                            ::std::sync::Arc::new(#members),
                            <#types as #traits>::PROCWIRE_SERVICE,
                            <#types as #traits>::procwire_dispatch,
                        ))
                    )*
                    #requires
                    #optional
            }
        }
    }
}

/// The client of a callback's trait, and the function that tells its index.
fn callback_of(callback: &Path) -> (Path, Ident) {
    let mut path = callback.clone();
    let function = path.segments.pop().map(|last| last.ident);
    path.segments.pop_punct();
    let index = function.as_ref().map_or_else(|| format_ident!("_"), index_of);
    (client_of(&path), index)
}

/// The client with all services of the module.
fn client(item: &ItemStruct, module: &Module) -> TokenStream {
    let (ident, vis) = (&item.ident, &item.vis);
    let Some(first) = module.provides.first() else {
        return TokenStream::new();
    };
    let client = format_ident!("{}Client", ident.unraw(), span = ident.span());
    let members: Vec<Ident> = module.provides.iter().map(member).collect();
    let clients: Vec<Path> = module.provides.iter().map(client_of).collect();
    let (first, others) = (client_of(first), &clients[1..]);
    let (own, rest) = (&members[0], &members[1..]);
    let doc = format!("Calls all services of the module `{}` in another process.", ident.unraw());
    let docs = module.provides.iter().map(|service| {
        let name = service.segments.last().map(|last| last.ident.unraw().to_string()).unwrap_or_default();
        format!("The service `{name}`.")
    });
    quote! {
        #[doc = #doc]
        #[allow(dead_code, deprecated)]
        #[derive(Clone, Debug)]
        #vis struct #client {
            #(
                #[doc = #docs]
                pub #members: #clients,
            )*
        }

        #[automatically_derived]
        #[allow(deprecated)]
        impl ::procwire::stub_v1::Client for #client {
            const SERVICE: &'static ::procwire::stub_v1::ServiceDescriptor =
                <#first as ::procwire::stub_v1::Client>::SERVICE;
            const SERVICES: &'static [&'static ::procwire::stub_v1::ServiceDescriptor] = &[
                <#first as ::procwire::stub_v1::Client>::SERVICE,
                #(<#others as ::procwire::stub_v1::Client>::SERVICE,)*
            ];

            fn from_remote(remote: ::procwire::stub_v1::Remote) -> Self {
                // The builder makes sure that the others are there; it asks `try_from_remote`.
                match <Self as ::procwire::stub_v1::Client>::try_from_remote(remote) {
                    ::core::result::Result::Ok(client) => client,
                    ::core::result::Result::Err(error) => ::core::panic!("{error}"),
                }
            }

            fn try_from_remote(
                remote: ::procwire::stub_v1::Remote,
            ) -> ::core::result::Result<Self, ::procwire::SpawnError> {
                #(let #rest = remote.attach(<#others as ::procwire::stub_v1::Client>::SERVICE)?;)*
                ::core::result::Result::Ok(Self {
                    #own: ::procwire::stub_v1::Client::from_remote(remote),
                    #(#rest: ::procwire::stub_v1::Client::from_remote(#rest),)*
                })
            }

            fn remote(&self) -> &::procwire::stub_v1::Remote {
                ::procwire::stub_v1::Client::remote(&self.#own)
            }
        }

        #[allow(dead_code, deprecated, clippy::all, clippy::pedantic)]
        impl #client {
            /// Sets up a child process: its environment, its limits, and who answers its callbacks.
            pub fn builder() -> ::procwire::ClientBuilder<Self> {
                ::procwire::ClientBuilder::new()
            }

            /// Starts a child process that serves all of this.
            ///
            /// # Errors
            ///
            /// Where the child does not start, or does not serve this.
            pub async fn spawn(
                command: impl ::core::convert::Into<::procwire::stub_v1::Command>,
            ) -> ::core::result::Result<Self, ::procwire::SpawnError> {
                Self::builder().spawn(command).await
            }

            /// The child process.
            pub fn peer(&self) -> &::procwire::Peer {
                self.#own.peer()
            }

            /// Lets the calls that are under way end, then ends the child process.
            ///
            /// # Errors
            ///
            /// Where the child had to be killed.
            pub async fn shutdown(&self) -> ::procwire::Result<()> {
                self.#own.shutdown().await
            }
        }
    }
}
