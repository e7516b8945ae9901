//! Enums with data: a map that names the variant under a key.

use proc_macro2::{Ident, Literal, TokenStream};
use procwire_idl::rust::message::{Element, Enum, Presence, Variant, VariantData};
use quote::quote;

use super::{bound, encode_tuple, otherwise, read_tuple};
use crate::codecs::Codecs;
use crate::fields::{self, Field, local, packed};
use crate::message::record;

/// The key of a tuple variant's values.
pub(super) const VALUE: &str = "value";

/// The key that names the variant, in one enum.
struct Tag<'a> {
    /// The variable of what was found under it.
    found: Ident,
    name: &'a str,
    strict: bool,
}

/// Arms that write, and statements that read, an enum that is a map with a tag.
pub(super) fn expand(declared: &Enum, name: &str, codecs: &mut Codecs) -> (TokenStream, TokenStream) {
    let (writer, reader, start, found) = (local("writer"), local("reader"), local("start"), local("tag"));
    let tag = Tag { found: found.clone(), name, strict: declared.unknown.is_none() };
    let mut encode = TokenStream::new();
    let mut decode = TokenStream::new();
    for variant in &declared.variants {
        let (pattern, values) = bound(variant);
        let lead = [packed(name), packed(&variant.wire)].concat();
        let write = match &variant.data {
            VariantData::Unit => constant(&[&[0x81], &lead[..]].concat(), &TokenStream::new()),
            VariantData::Tuple(types) => {
                let head = [&[0x82], &lead[..], &packed(VALUE)].concat();
                constant(&head, &encode_tuple(types, &values, codecs))
            }
            VariantData::Struct(declared) => {
                let fields = record::bound(declared, &values);
                fields::encode(&fields, codecs, &writer, &[lead], |field| {
                    let ident = field.ident;
                    quote!(#ident)
                })
            }
        };
        encode.extend(quote!(#pattern => { #write }));

        let read_name = Literal::byte_string(variant.wire.as_bytes());
        let read = read(variant, &values, &tag, codecs);
        decode.extend(quote! {
            #read_name => {
                #read
                #reader.leave();
                ::core::result::Result::Ok(#pattern)
            }
        });
    }
    let otherwise = otherwise(declared, &quote!(#found.name), &start);
    let place = declared.unknown.iter().map(|_| quote!(let #start = #reader.place();));
    let decode = quote! {
        #(#place)*
        let mut #found = #reader.tag(#name)?;
        match #found.name {
            #decode
            _ => #otherwise,
        }
    };
    (encode, decode)
}

/// Statements that read the rest of a variant's map and bind its data.
fn read(variant: &Variant, values: &[Ident], tag: &Tag<'_>, codecs: &mut Codecs) -> TokenStream {
    let reader = local("reader");
    let (found, name, strict) = (&tag.found, tag.name, tag.strict);
    match &variant.data {
        VariantData::Unit => quote! {
            ::procwire::stub_v1::unit_variant(#reader, &mut #found, #name, #strict)?;
        },
        VariantData::Struct(fields) => entries(&record::bound(fields, values), tag, codecs, &TokenStream::new()),
        VariantData::Tuple(types) => {
            if let ([Element { ty, refinement }], [ident]) = (&types[..], values) {
                let presence = &Presence::Required;
                let field = Field { wire: VALUE, ident, ty, refinement, sensitive: false, presence };
                return entries(&[field], tag, codecs, &TokenStream::new());
            }
            let slot = local("values");
            let read = read_tuple(types, codecs);
            let key = Literal::byte_string(VALUE.as_bytes());
            let arm = quote! {
                #key => ::procwire::stub_v1::tuple_field(#reader, &mut #slot, #VALUE, #read),
            };
            let entries = entries(&[], tag, codecs, &arm);
            let types = types.iter().map(|element| &element.ty);
            quote! {
                let mut #slot: ::core::option::Option<(#(#types,)*)> = ::core::option::Option::None;
                #entries
                let (#(#values,)*) = ::procwire::stub_v1::required_tuple(#slot, #VALUE)?;
            }
        }
    }
}

fn entries(fields: &[Field<'_>], tag: &Tag<'_>, codecs: &mut Codecs, more: &TokenStream) -> TokenStream {
    let (reader, pairs) = (local("reader"), local("pairs"));
    let Tag { found, name, strict } = tag;
    let key = Literal::byte_string(name.as_bytes());
    let arms = quote! {
        #more
        #key => #reader.pass_tag(&mut #found.pending, #name),
    };
    let entries = fields::decode_entries(fields, codecs, &reader, &pairs, *strict, &arms);
    quote! {
        let #pairs = #found.pairs;
        #entries
    }
}

/// Statements that write a map of which only `rest` differs from value to value.
pub(super) fn constant(head: &[u8], rest: &TokenStream) -> TokenStream {
    let writer = local("writer");
    let head = Literal::byte_string(head);
    quote! {
        if #writer.enter() {
            #writer.raw(#head);
            #rest
            #writer.leave();
        }
    }
}
