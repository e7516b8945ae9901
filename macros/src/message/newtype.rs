//! Structs with one unnamed field: newtypes, and types that are extensions.

use proc_macro2::TokenStream;
use procwire_idl::rust::message::{Ext, Message, Newtype};
use procwire_idl::rust::refinement::Refinement;
use quote::{quote, quote_spanned};
use syn::Type;
use syn::spanned::Spanned;

use super::Body;
use crate::codecs::{self, Codecs};
use crate::fields::local;

pub(super) fn expand(message: &Message, declared: &Newtype, codecs: &mut Codecs) -> Body {
    let (writer, reader, walk) = (local("writer"), local("reader"), local("walk"));
    let name = &message.name;
    let codec = self::codec(message, declared, codecs);
    let target = declared.ext.as_ref().and_then(|ext| ext.target.as_ref()).unwrap_or(&declared.inner);
    let of = codecs.refined_shape(target, &declared.refinement);
    let ext = codecs::option(
        declared
            .ext
            .as_ref()
            .map(|Ext { code, write, .. }| quote!(::procwire::stub_v1::ExtShape { code: #code, write: #write })),
    );
    Body {
        encode: quote!(::procwire::stub_v1::Codec::encode(#codec, &self.0, #writer)),
        decode: quote!(::procwire::stub_v1::Codec::decode(#codec, #reader).map(Self)),
        shape: quote! {
            ::procwire::stub_v1::Shape::Newtype(&::procwire::stub_v1::NewtypeShape {
                name: #name,
                of: #of,
                ext: #ext,
            })
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

            fn check_inside(
                &self,
                #walk: &mut ::procwire::stub_v1::Walk,
            ) -> ::core::result::Result<(), ::procwire::stub_v1::DecodeError> {
                ::procwire::stub_v1::Codec::check(#codec, &self.0, #walk)
            }
        },
        items: TokenStream::new(),
    }
}

/// The codec of the field.
fn codec(message: &Message, declared: &Newtype, codecs: &mut Codecs) -> TokenStream {
    let Newtype { inner, refinement, sensitive, ext } = declared;
    let Some(Ext { code, target, write, .. }) = ext else {
        return codecs.refined(inner, refinement, *sensitive);
    };
    let mut codec = match target {
        Some(target) => mapped(message, inner, target, refinement, codecs),
        None => codecs.refined(inner, refinement, false),
    };
    codec = quote!(::procwire::stub_v1::ExtOf { codec: #codec, code: #code, write: #write });
    if *sensitive {
        codec = quote!(::procwire::stub_v1::Sensitive(#codec));
    }
    codec
}

/// The codec of a type of the user's that is written as another: by its text, or by `From` and `TryFrom`.
fn mapped(message: &Message, inner: &Type, target: &Type, refinement: &Refinement, codecs: &mut Codecs) -> TokenStream {
    let name = &message.name;
    let codec = codecs.refined(target, refinement, false);
    let is_text = matches!(target, Type::Path(path)
        if path.path.segments.last().is_some_and(|last| last.ident == "String"));
    if is_text {
        quote_spanned! {inner.span()=>
            ::procwire::stub_v1::ByDisplay::<#inner, _>::new(#codec, #name)
        }
    } else {
        quote_spanned! {inner.span()=>
            ::procwire::stub_v1::Mapped::<#inner, #target, _>::new(#codec, #name)
        }
    }
}
