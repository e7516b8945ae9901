//! `Debug` of types that hold what may not be shown.

use proc_macro2::TokenStream;
use procwire_idl::rust::message::{Enum, Field, Kind, Message, Variant, VariantData};
use quote::quote;
use syn::Ident;
use syn::ext::IdentExt;

use super::enumeration;

/// An `impl Debug`, where the derived one would show something sensitive.
pub(super) fn expand(message: &Message) -> TokenStream {
    let ident = &message.ident;
    let body = match &message.kind {
        Kind::Record(record) if has_sensitive(&record.fields) => {
            let values: Vec<TokenStream> = record.fields.iter().map(|field| own(&field.ident)).collect();
            debug_struct(ident, &record.fields, &values)
        }
        Kind::Newtype(declared) if declared.sensitive => {
            let name = ident.unraw().to_string();
            quote!(f.debug_tuple(#name).field(&::procwire::stub_v1::Redacted).finish())
        }
        Kind::Enum(declared) if declared.variants.iter().any(is_sensitive) => debug_enum(declared),
        _ => return TokenStream::new(),
    };
    quote! {
        #[automatically_derived]
        impl ::core::fmt::Debug for #ident {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                #body
            }
        }
    }
}

fn has_sensitive(fields: &[Field]) -> bool {
    fields.iter().any(|field| field.sensitive)
}

fn is_sensitive(variant: &Variant) -> bool {
    matches!(&variant.data, VariantData::Struct(fields) if has_sensitive(fields))
}

fn own(ident: &Ident) -> TokenStream {
    quote!(&self.#ident)
}

fn debug_struct(name: &Ident, fields: &[Field], values: &[TokenStream]) -> TokenStream {
    let name = name.unraw().to_string();
    let names = fields.iter().map(|field| field.ident.unraw().to_string());
    let values = fields
        .iter()
        .zip(values)
        .map(|(field, value)| if field.sensitive { quote!(&::procwire::stub_v1::Redacted) } else { value.clone() });
    quote!(f.debug_struct(#name)#(.field(#names, #values))*.finish())
}

fn debug_enum(declared: &Enum) -> TokenStream {
    let arms = declared.variants.iter().map(|variant| {
        let (pattern, values) = enumeration::bound(variant);
        let values: Vec<TokenStream> = values.iter().map(|value| quote!(#value)).collect();
        let name = variant.ident.unraw().to_string();
        let shown = match &variant.data {
            VariantData::Unit => quote!(f.write_str(#name)),
            VariantData::Tuple(_) => quote!(f.debug_tuple(#name)#(.field(#values))*.finish()),
            VariantData::Struct(fields) => debug_struct(&variant.ident, fields, &values),
        };
        quote! {
            #[allow(unused_variables)]
            #pattern => #shown,
        }
    });
    let unknown = declared.unknown.iter().map(|unknown| {
        let name = unknown.unraw().to_string();
        quote!(Self::#unknown(variant) => f.debug_tuple(#name).field(variant).finish(),)
    });
    quote! {
        match self {
            #(#arms)*
            #(#unknown)*
        }
    }
}
