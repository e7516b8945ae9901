//! `#[derive(Message)]`: how a type of the user's travels.

mod builder;
mod enumeration;
mod record;

use proc_macro2::TokenStream;
use procwire_idl::rust::message::{Kind, Message};
use quote::quote;
use syn::{DeriveInput, Type};

use crate::fields::{Codecs, local};

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
        Kind::Newtype(inner) => newtype(message, inner, &mut codecs),
        Kind::Enum(declared) => enumeration::expand(message, declared, &mut codecs),
    };
    let ident = &message.ident;
    let (writer, reader) = (local("writer"), local("reader"));
    let codecs = codecs.items();
    let Body { encode, decode, shape, more, items } = body;
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
                    const { &#shape }
                }

                #more
            }

            #items
        };
    }
}

fn newtype(message: &Message, inner: &Type, codecs: &mut Codecs) -> Body {
    let (writer, reader) = (local("writer"), local("reader"));
    let name = &message.name;
    let codec = codecs.of(inner);
    let of = codecs.shape(inner);
    Body {
        encode: quote!(::procwire::stub_v1::Codec::encode(#codec, &self.0, #writer)),
        decode: quote!(::procwire::stub_v1::Codec::decode(#codec, #reader).map(Self)),
        shape: quote! {
            ::procwire::stub_v1::Shape::Newtype(&::procwire::stub_v1::NewtypeShape { name: #name, of: #of })
        },
        more: quote! {
            fn decode_key(
                #reader: &mut ::procwire::stub_v1::Reader<'_>,
            ) -> ::core::result::Result<Self, ::procwire::stub_v1::DecodeError> {
                ::procwire::stub_v1::Codec::decode_key(#codec, #reader).map(Self)
            }

            fn absent() -> ::core::option::Option<Self> {
                ::procwire::stub_v1::Codec::absent(#codec).map(Self)
            }

            fn takes_nil() -> bool {
                ::procwire::stub_v1::Codec::takes_nil(#codec)
            }
        },
        items: TokenStream::new(),
    }
}
