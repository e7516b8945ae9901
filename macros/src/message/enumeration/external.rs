//! Enums in serde's default form: a name, or a map of one entry.

use proc_macro2::{Literal, TokenStream};
use procwire_idl::rust::message::{Enum, VariantData};
use quote::quote;

use super::tagged::constant;
use super::{bound, encode_tuple, otherwise, read_tuple};
use crate::codecs::Codecs;
use crate::fields::{self, local, packed};
use crate::message::record;

/// Arms that write, and statements that read, an enum in serde's form.
pub(super) fn expand(declared: &Enum, codecs: &mut Codecs) -> (TokenStream, TokenStream) {
    let (writer, reader, start) = (local("writer"), local("reader"), local("start"));
    let mut encode = TokenStream::new();
    let (mut names, mut entries) = (TokenStream::new(), TokenStream::new());
    for variant in &declared.variants {
        let (pattern, values) = bound(variant);
        let wire = &variant.wire;
        let name = packed(wire);
        let entry = [&[0x81], &name[..]].concat();
        let (write, read) = match &variant.data {
            VariantData::Unit => {
                let name = Literal::byte_string(&name);
                (quote!(#writer.raw(#name);), quote!(#reader.nil()?;))
            }
            VariantData::Tuple(types) => {
                let write = encode_tuple(types, &values, codecs);
                let read = if let [element] = &types[..] {
                    let codec = codecs.refined(&element.ty, &element.refinement, false);
                    quote!(let #(#values)* = ::procwire::stub_v1::Codec::decode(#codec, #reader)?;)
                } else {
                    let read = read_tuple(types, codecs);
                    quote!(let (#(#values,)*) = ::procwire::stub_v1::read_with(#reader, #read)?;)
                };
                (constant(&entry, &write), read)
            }
            VariantData::Struct(fields) => {
                let fields = record::bound(fields, &values);
                let write = fields::encode(&fields, codecs, &writer, &[], |field| {
                    let ident = field.ident;
                    quote!(#ident)
                });
                let read = fields::decode(&fields, codecs, &reader, declared.unknown.is_none());
                (constant(&entry, &write), read)
            }
        };
        encode.extend(quote!(#pattern => { #write }));
        let key = Literal::byte_string(wire.as_bytes());
        let inside = local("inside");
        entries.extend(quote! {
            #key => {
                let value = ::procwire::stub_v1::read_with(
                    #reader,
                    |#reader: &mut ::procwire::stub_v1::Reader<'_>| {
                        #read
                        ::core::result::Result::Ok(#pattern)
                    },
                )
                .map_err(|#inside: ::procwire::stub_v1::DecodeError| #inside.in_field(#wire))?;
                #reader.leave();
                ::core::result::Result::Ok(value)
            }
        });
        names.extend(match &variant.data {
            VariantData::Unit => quote!(#key => ::core::result::Result::Ok(#pattern),),
            _ => {
                quote!(#key => ::core::result::Result::Err(::procwire::stub_v1::lacks_data(#wire)),)
            }
        });
    }
    let otherwise = otherwise(declared, &quote!(name), &start);
    let place = declared.unknown.iter().map(|_| quote!(let #start = #reader.place();));
    let decode = quote! {
        #(#place)*
        if #reader.is_map() {
            match #reader.external()? {
                #entries
                name => #otherwise,
            }
        } else {
            match #reader.variant("the name of a variant, or a map")? {
                #names
                name => #otherwise,
            }
        }
    };
    (encode, decode)
}
