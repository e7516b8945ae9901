//! Structs with named fields.

use proc_macro2::{Ident, TokenStream};
use procwire_idl::rust::message::{Field as Declared, Message, Record};
use quote::quote;
use syn::DeriveInput;

use super::{Body, builder};
use crate::codecs::{self, Codecs};
use crate::fields::{self, Field, local};

pub(super) fn expand(item: &DeriveInput, message: &Message, record: &Record, codecs: &mut Codecs) -> Body {
    let (writer, reader) = (local("writer"), local("reader"));
    let values = values(&record.fields);
    let fields = bound(&record.fields, &values);
    let idents: Vec<&Ident> = record.fields.iter().map(|field| &field.ident).collect();
    let (name, strict, reserved) = (&message.name, record.strict, codecs::reserved(&record.reserved));

    let own: Vec<Field<'_>> = record.fields.iter().map(Field::from).collect();
    let encode = fields::encode(&own, codecs, &writer, &[], |field| {
        let ident = field.ident;
        quote!(&self.#ident)
    });
    let decode = fields::decode(&fields, codecs, &reader, strict);
    let shapes = fields::shapes(&fields, codecs);
    let check = check_method(&fields::check(&own, codecs, &local("walk"), |field| {
        let ident = field.ident;
        quote!(&self.#ident)
    }));
    Body {
        encode,
        decode: quote! {
            #decode
            ::core::result::Result::Ok(Self { #(#idents: #values),* })
        },
        shape: quote! {
            ::procwire::stub_v1::Shape::Record(&::procwire::stub_v1::RecordShape {
                name: #name,
                strict: #strict,
                fields: #shapes,
                reserved: #reserved,
            })
        },
        more: check,
        items: if record.builder { builder::expand(item, record) } else { TokenStream::new() },
    }
}

/// The method that checks a value, around its statements; nothing where there are none.
pub(super) fn check_method(checks: &TokenStream) -> TokenStream {
    if checks.is_empty() {
        return TokenStream::new();
    }
    let walk = local("walk");
    quote! {
        fn check_inside(
            &self,
            #walk: &mut ::procwire::stub_v1::Walk,
        ) -> ::core::result::Result<(), ::procwire::stub_v1::DecodeError> {
            #checks
            ::core::result::Result::Ok(())
        }
    }
}

/// A variable for each field, which no constant of the user's can be mistaken for.
pub(super) fn values(fields: &[Declared]) -> Vec<Ident> {
    (0..fields.len()).map(|index| local(&format!("value_{index}"))).collect()
}

/// The fields, bound to these variables.
pub(super) fn bound<'a>(fields: &'a [Declared], values: &'a [Ident]) -> Vec<Field<'a>> {
    fields.iter().zip(values).map(|(field, ident)| Field { ident, ..Field::from(field) }).collect()
}
