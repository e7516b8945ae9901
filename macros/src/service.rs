//! `#[procwire::service]`: on a trait it declares a service, on an `impl` of that trait it serves it.

mod call;
mod client;
mod declaration;
mod descriptor;
mod dispatch;
mod events;
mod implementation;
pub mod module;
mod names;
mod payload;

use proc_macro2::TokenStream;
use procwire_idl::rust::service::{Arguments, Service};
use quote::{ToTokens, quote};
use syn::Item;

use self::names::Names;
use crate::codecs::Codecs;

/// What a trait brings along: types and traits for the user to name, and the behaviour behind them.
#[derive(Default)]
struct Expansion {
    types: TokenStream,
    behaviour: TokenStream,
    /// Of all types of the service, so that one that cannot travel is one error.
    codecs: Codecs,
}

impl ToTokens for Expansion {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { types, behaviour, .. } = self;
        let codecs = self.codecs.items();
        tokens.extend(quote! {
            #types

            #[allow(deprecated)]
            const _: () = {
                #codecs
                #behaviour
            };
        });
    }
}

/// Expands the attribute; mistakes become `compile_error!`s under the tokens that are wrong.
pub fn expand(arguments: TokenStream, item: TokenStream) -> TokenStream {
    try_expand(arguments, item).unwrap_or_else(syn::Error::into_compile_error)
}

fn try_expand(arguments: TokenStream, item: TokenStream) -> syn::Result<TokenStream> {
    match syn::parse2::<Item>(item)? {
        Item::Trait(item) => {
            let arguments = syn::parse2::<Arguments>(arguments)?;
            let service = Service::read(&item, &arguments)?;
            let names = Names::of(&service);
            let declared = declaration::expand(&item, &service, &names);
            let mut expansion = Expansion::default();
            client::expand(&item.vis, &service, &names, &mut expansion);
            client::call(&item.vis, &service, &names, &mut expansion);
            dispatch::expand(&service, &names, &mut expansion);
            events::expand(&item.vis, &service, &names, &mut expansion);
            Ok(quote!(#declared #expansion))
        }
        Item::Impl(item) => {
            if !arguments.is_empty() {
                let message = "on an `impl`, `service` takes no arguments";
                return Err(syn::Error::new_spanned(arguments, message));
            }
            implementation::expand(item)
        }
        other => Err(misplaced(&other)),
    }
}

fn misplaced(item: &Item) -> syn::Error {
    let message = "`#[procwire::service]` stands on a trait, which declares a service, \
                   or on an `impl` of one";
    let name = match item {
        Item::Struct(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Union(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Mod(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        other => return syn::Error::new_spanned(other, message),
    };
    syn::Error::new(name.span(), message)
}
