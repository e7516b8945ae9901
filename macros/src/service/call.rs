//! The builder of a call that has optional parameters: what is required is given at once, the rest
//! by setters.

use proc_macro2::TokenStream;
use procwire_idl::rust::service::{Method, Parameter, Presence, Response};
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
    // Elsewhere it does not compile, which is sooner than failing.
    let retries = (method.idempotent && method.response != Response::Stream).then(|| {
        quote! {
            /// Sends the call again, so often at most, where it fails with an error that is worth another try.
            pub fn retries(mut self, times: u32) -> Self {
                self._procwire_options.retries(times);
                self
            }
        }
    });
    expansion.types.extend(quote! {
        #[doc = #doc]
        #[allow(dead_code, deprecated)]
        #[must_use = "a call is made when it is awaited"]
        #vis struct #call<'a> {
            _procwire_remote: &'a ::procwire::stub_v1::Remote,
            _procwire_options: ::procwire::stub_v1::CallOptions,
            #(#fields),*
        }
    });
    expansion.behaviour.extend(quote! {
        #[allow(dead_code, deprecated, clippy::all, clippy::pedantic)]
        impl<'a> #call<'a> {
            #(#setters)*

            /// How long to wait for the answer; a stream has to end in this time.
            pub fn timeout(mut self, limit: ::core::time::Duration) -> Self {
                self._procwire_options.timeout(limit);
                self
            }

            #retries

            /// Sends a key of yours beside the request; the handler finds it in its context.
            pub fn metadata(
                mut self,
                key: impl ::core::convert::Into<::std::string::String>,
                value: impl ::core::convert::Into<::procwire::MetadataValue>,
            ) -> Self {
                self._procwire_options.metadata(key, value);
                self
            }

            /// The trace that the call belongs to.
            pub fn trace(mut self, trace: ::procwire::Trace) -> Self {
                self._procwire_options.trace(trace);
                self
            }

            /// Waits in this thread, with a client that `procwire::blocking` started.
            pub fn wait(self) -> <#future as ::core::future::IntoFuture>::Output {
                self._procwire_start().wait()
            }

            fn _procwire_start(self) -> #future {
                let Self { _procwire_remote, _procwire_options, #(#names),* } = self;
                #start.with_options(_procwire_options)
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
            _procwire_options: ::core::default::Default::default(),
            #(#fields),*
        }
    }
}
