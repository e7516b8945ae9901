//! `new` and setters of a record.

use proc_macro2::TokenStream;
use procwire_idl::rust::message::{Presence, Record};
use quote::{format_ident, quote};
use syn::DeriveInput;
use syn::ext::IdentExt;

use crate::fields;

pub(super) fn expand(item: &DeriveInput, record: &Record) -> TokenStream {
    let (ident, vis) = (&item.ident, &item.vis);
    let mut parameters = TokenStream::new();
    let mut values = TokenStream::new();
    let mut setters = TokenStream::new();
    for field in &record.fields {
        let (name, ty) = (&field.ident, &field.ty);
        let setter = format_ident!("with_{}", name.unraw(), span = name.span());
        match &field.presence {
            Presence::Required => {
                parameters.extend(quote!(#name: #ty,));
                values.extend(quote!(#name,));
            }
            Presence::Optional(inner) => {
                values.extend(quote!(#name: ::core::option::Option::None,));
                let doc = format!("The same with `{}`.", name.unraw());
                setters.extend(quote! {
                    #[doc = #doc]
                    #[must_use]
                    #vis fn #setter(mut self, #name: #inner) -> Self {
                        self.#name = ::core::option::Option::Some(#name);
                        self
                    }
                });
            }
            Presence::Default(value) => {
                let value = fields::default(value, ty);
                values.extend(quote!(#name: #value,));
                let doc = format!("The same with another `{}`.", name.unraw());
                setters.extend(quote! {
                    #[doc = #doc]
                    #[must_use]
                    #vis fn #setter(mut self, #name: #ty) -> Self {
                        self.#name = #name;
                        self
                    }
                });
            }
        }
    }
    quote! {
        impl #ident {
            /// A value with the required fields; the others are left out, or have their defaults.
            #[must_use]
            #[allow(clippy::too_many_arguments)]
            #vis fn new(#parameters) -> Self {
                Self { #values }
            }

            #setters
        }
    }
}
