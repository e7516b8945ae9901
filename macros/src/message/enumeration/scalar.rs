//! Enums without data: a string or an integer.

use proc_macro2::{Ident, Literal, TokenStream};
use procwire_idl::rust::message::Enum;
use quote::quote;

use super::otherwise;
use crate::fields::{local, packed};

/// Arms that write, and statements that read, an enum that is a string.
pub(super) fn by_name(declared: &Enum) -> (TokenStream, TokenStream) {
    let (writer, reader, start) = (local("writer"), local("reader"), local("start"));
    let mut encode = TokenStream::new();
    let mut decode = TokenStream::new();
    for variant in &declared.variants {
        let ident = &variant.ident;
        let written = Literal::byte_string(&packed(&variant.wire));
        let read = Literal::byte_string(variant.wire.as_bytes());
        encode.extend(quote!(Self::#ident => #writer.raw(#written),));
        decode.extend(quote!(#read => ::core::result::Result::Ok(Self::#ident),));
    }
    let otherwise = otherwise(declared, &quote!(name), &start);
    let place = declared.unknown.iter().map(|_| quote!(let #start = #reader.place();));
    let decode = quote! {
        #(#place)*
        match #reader.variant("the name of a variant")? {
            #decode
            name => #otherwise,
        }
    };
    (encode, decode)
}

/// Arms that write, and statements that read, an enum that is an integer.
pub(super) fn by_number(declared: &Enum, integer: &Ident) -> (TokenStream, TokenStream) {
    let writer = local("writer");
    let encode = declared.variants.iter().filter_map(|variant| {
        let ident = &variant.ident;
        let number = Literal::i128_unsuffixed(variant.number?);
        Some(quote!(Self::#ident => ::procwire::stub_v1::Message::encode(&(#number as #integer), #writer),))
    });
    (encode.collect(), read_number(declared, integer, &quote!(decode)))
}

/// The method that reads the enum as the key of a map.
pub(super) fn number_key(declared: &Enum, integer: &Ident) -> TokenStream {
    let reader = local("reader");
    let read = read_number(declared, integer, &quote!(decode_key));
    quote! {
        fn decode_key(
            #reader: &mut ::procwire::stub_v1::Reader<'_>,
        ) -> ::core::result::Result<Self, ::procwire::stub_v1::DecodeError> {
            #read
        }
    }
}

fn read_number(declared: &Enum, integer: &Ident, method: &TokenStream) -> TokenStream {
    let (reader, start) = (local("reader"), local("start"));
    let arms = declared.variants.iter().filter_map(|variant| {
        let ident = &variant.ident;
        let number = Literal::i128_unsuffixed(variant.number?);
        Some(quote!(#number => ::core::result::Result::Ok(Self::#ident),))
    });
    let otherwise = if let Some(unknown) = &declared.unknown {
        quote! {
            ::core::result::Result::Ok(Self::#unknown(
                ::procwire::stub_v1::UnknownVariant::number(#reader, #start, ::core::convert::Into::into(number)),
            ))
        }
    } else {
        let known = declared
            .variants
            .iter()
            .map(|variant| format!("{} ({})", variant.number.unwrap_or_default(), variant.wire));
        quote! {
            ::core::result::Result::Err(::procwire::stub_v1::unknown_number(
                ::core::convert::Into::into(number),
                &[#(#known),*],
            ))
        }
    };
    let place = declared.unknown.iter().map(|_| quote!(let #start = #reader.place();));
    quote! {
        #(#place)*
        match <#integer as ::procwire::stub_v1::Message>::#method(#reader)? {
            #(#arms)*
            number => #otherwise,
        }
    }
}
