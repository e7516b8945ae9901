//! `#[derive(Message)]`: how a type of the user's travels.

mod builder;
mod enumeration;
mod newtype;
mod record;
mod redaction;
mod throws;

use proc_macro2::TokenStream;
use procwire_idl::rust::message::{Kind, Message};
use quote::quote;
use syn::DeriveInput;

use crate::codecs::Codecs;
use crate::fields::local;

/// What an `impl Message` is made of.
struct Body {
    /// Statements that write `self`.
    encode: TokenStream,
    /// Statements that end in a `Result<Self, DecodeError>`.
    decode: TokenStream,
    /// An expression of the type `Shape`, to be evaluated in a constant.
    shape: TokenStream,
    /// More methods of the trait.
    more: TokenStream,
    /// Items beside the impl.
    items: TokenStream,
}

/// Expands the derive. Mistakes become errors at the user's tokens.
pub fn expand(item: TokenStream) -> TokenStream {
    let message = syn::parse2::<DeriveInput>(item).and_then(|item| {
        let message = Message::read(&item)?;
        Ok((item, message))
    });
    match message {
        Ok((item, message)) => expand_message(&item, &message),
        Err(mistakes) => mistakes.to_compile_error(),
    }
}

fn expand_message(item: &DeriveInput, message: &Message) -> TokenStream {
    let mut codecs = Codecs::default();
    let body = match &message.kind {
        Kind::Record(record) => record::expand(item, message, record, &mut codecs),
        Kind::Newtype(declared) => newtype::expand(message, declared, &mut codecs),
        Kind::Throws(thrown) => return throws::expand(message, thrown),
        Kind::Enum(declared) => enumeration::expand(message, declared, &mut codecs),
    };
    let ident = &message.ident;
    let (writer, reader) = (local("writer"), local("reader"));
    let codecs = codecs.items();
    let Body { encode, decode, shape, more, items } = body;
    let debug = redaction::expand(message);
    // A deprecated field is the user's to deprecate; reading and writing it is no use of it.
    quote! {
        #[allow(deprecated)]
        const _: () = {
            #codecs

            #[automatically_derived]
            impl ::procwire::stub_v1::Message for #ident {
                fn encode(&self, #writer: &mut ::procwire::stub_v1::Writer) {
                    #encode
                }

                fn decode(
                    #reader: &mut ::procwire::stub_v1::Reader<'_>,
                ) -> ::core::result::Result<Self, ::procwire::stub_v1::DecodeError> {
                    #decode
                }

                fn shape() -> &'static ::procwire::stub_v1::Shape {
                    // A type is known by the address of its shape, of which a constant may have several.
                    static SHAPE: ::procwire::stub_v1::Shape = #shape;
                    &SHAPE
                }

                #more
            }

            #debug
            #items
        };
    }
}
