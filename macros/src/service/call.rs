//! The builder of a call that has optional parameters: what is required is given at once, the rest
//! by setters.

use proc_macro2::TokenStream;
use procwire_idl::rust::service::{Method, Parameter, Presence};
use quote::quote;
use syn::Visibility;

use super::names::Names;
use super::{Expansion, client};
use crate::fields;

/// `TradingPlaceCall`.
pub fn expand(index: usize, method: &Method, vis: &Visibility, names: &Names, expansion: &mut Expansion) {
    let call = names.call(method);
    let doc = format!("A call of `{}`, to which what is optional may be added.", method.wire);
    let name = call.to_string();
    let parameters = method.parameters.all();
    let fields = parameters.iter().map(|parameter| {
        let (ident, ty) = (&parameter.ident, &parameter.ty);
        quote!(#ident: #ty)
    });
    let names = parameters.iter().map(|parameter| &parameter.ident);
    let setters = parameters.iter().filter_map(setter);
    let future = client::future(method, &quote!('a));
    let start = client::start(index, method, &quote!(_procwire_remote), &mut expansion.codecs);
    expansion.types.extend(quote! {
        #[doc = #doc]
        #[allow(dead_code, deprecated)]
        #[must_use = "a call is made when it is awaited"]
        #vis struct #call<'a> {
            _procwire_remote: &'a ::procwire::stub_v1::Remote,
            _procwire_timeout: ::core::option::Option<::core::time::Duration>,
            #(#fields),*
        }
    });
    expansion.behaviour.extend(quote! {
        #[allow(dead_code, deprecated, clippy::all, clippy::pedantic)]
        impl<'a> #call<'a> {
            #(#setters)*

            /// How long to wait for the answer; a stream has to end in this time.
            pub fn timeout(mut self, limit: ::core::time::Duration) -> Self {
                self._procwire_timeout = ::core::option::Option::Some(limit);
                self
            }

            /// Waits in this thread, with a client that `procwire::blocking` started.
            pub fn wait(self) -> <#future as ::core::future::IntoFuture>::Output {
                self._procwire_start().wait()
            }

            fn _procwire_start(self) -> #future {
                let Self { _procwire_remote, _procwire_timeout, #(#names),* } = self;
                let mut _procwire_call = #start;
                if let ::core::option::Option::Some(_procwire_limit) = _procwire_timeout {
                    _procwire_call = _procwire_call.timeout(_procwire_limit);
                }
                _procwire_call
            }
        }

        #[automatically_derived]
        impl ::core::fmt::Debug for #call<'_> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_struct(#name).finish_non_exhaustive()
            }
        }

        #[allow(dead_code, deprecated, clippy::all, clippy::pedantic)]
        impl<'a> ::core::future::IntoFuture for #call<'a> {
            type Output = <#future as ::core::future::IntoFuture>::Output;
            type IntoFuture = <#future as ::core::future::IntoFuture>::IntoFuture;

            fn into_future(self) -> Self::IntoFuture {
                ::core::future::IntoFuture::into_future(self._procwire_start())
            }
        }
    });
}

fn setter(parameter: &Parameter) -> Option<TokenStream> {
    let ident = &parameter.ident;
    let setter = Names::setter(ident);
    let (ty, value) = match &parameter.presence {
        Presence::Required => return None,
        Presence::Optional(inner) => (inner, quote!(::core::option::Option::Some(value))),
        Presence::Default(_) => (&parameter.ty, quote!(value)),
    };
    let notes = client::notes(&parameter.notes, || format!("Sets `{}`.", parameter.wire));
    Some(quote! {
        #(#notes)*
        pub fn #setter(mut self, value: #ty) -> Self {
            self.#ident = #value;
            self
        }
    })
}

/// A builder with what is required, from the parameters in scope.
pub fn new(method: &Method, names: &Names) -> TokenStream {
    let call = names.call(method);
    let fields = method.parameters.all().iter().map(|parameter| {
        let ident = &parameter.ident;
        match &parameter.presence {
            Presence::Required => quote!(#ident),
            Presence::Optional(_) => quote!(#ident: ::core::option::Option::None),
            Presence::Default(value) => {
                let value = fields::default(value, &parameter.ty);
                quote!(#ident: #value)
            }
        }
    });
    quote! {
        #call {
            _procwire_remote: &self.remote,
            _procwire_timeout: ::core::option::Option::None,
            #(#fields),*
        }
    }
}
