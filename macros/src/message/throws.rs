//! An enum that stands for one of several errors, which `throws A | B` declares.

use proc_macro2::TokenStream;
use procwire_idl::rust::message::{Message, Thrown};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

/// The conversions from each of the errors, and what makes the enum stand in the place of one.
pub(super) fn expand(message: &Message, thrown: &[Thrown]) -> TokenStream {
    let (ident, name) = (&message.ident, &message.name);
    let conversions = thrown.iter().map(|Thrown { ident: variant, ty }| {
        quote_spanned! {ty.span()=>
            #[automatically_derived]
            impl ::core::convert::From<#ty> for #ident {
                fn from(error: #ty) -> Self {
                    Self::#variant(error)
                }
            }

            #[automatically_derived]
            impl ::core::convert::From<#ty> for ::procwire::Error<#ident> {
                fn from(error: #ty) -> Self {
                    Self::Declared(#ident::#variant(error))
                }
            }
        }
    });
    let variants: Vec<_> = thrown.iter().map(|thrown| &thrown.ident).collect();
    let types: Vec<_> = thrown.iter().map(|thrown| &thrown.ty).collect();
    let spans = types.iter().map(|ty| quote_spanned!(ty.span()=> ::procwire::stub_v1::candidate::<#ty>()));
    let reads = types.iter().zip(&variants).enumerate().map(|(index, (ty, variant))| {
        quote!(#index => <#ty as ::procwire::stub_v1::Message>::decode(reader).map(Self::#variant),)
    });
    // There are two at least, and the last one is also what an unknown variant is read as where none is open.
    let (Some(last), Some(last_variant)) = (types.last(), variants.last()) else { return TokenStream::new() };
    let reads = reads.take(types.len() - 1);
    let shapes = types.iter().map(|ty| quote!(<#ty as ::procwire::stub_v1::Message>::shape));
    quote! {
        #[allow(deprecated)]
        const _: () = {
            #(#conversions)*

            #[automatically_derived]
            impl ::procwire::stub_v1::Message for #ident {
                fn encode(&self, writer: &mut ::procwire::stub_v1::Writer) {
                    match self {
                        #(Self::#variants(error) => ::procwire::stub_v1::Message::encode(error, writer),)*
                    }
                }

                fn decode(
                    reader: &mut ::procwire::stub_v1::Reader<'_>,
                ) -> ::core::result::Result<Self, ::procwire::stub_v1::DecodeError> {
                    const CANDIDATES: &[::procwire::stub_v1::Candidate] = &[#(#spans),*];
                    match ::procwire::stub_v1::which(reader, CANDIDATES)? {
                        #(#reads)*
                        _ => <#last as ::procwire::stub_v1::Message>::decode(reader).map(Self::#last_variant),
                    }
                }

                fn shape() -> &'static ::procwire::stub_v1::Shape {
                    const { &::procwire::stub_v1::Shape::Tuple(&[#(#shapes),*]) }
                }

                fn check_inside(
                    &self,
                    walk: &mut ::procwire::stub_v1::Walk,
                ) -> ::core::result::Result<(), ::procwire::stub_v1::DecodeError> {
                    match self {
                        #(Self::#variants(error) => ::procwire::stub_v1::Message::check_inside(error, walk),)*
                    }
                }
            }

            #[automatically_derived]
            impl ::procwire::stub_v1::Declared for #ident {
                const NAME: &'static str = #name;
                const OPEN: bool = #(<#types as ::procwire::stub_v1::Declared>::OPEN)||*;

                fn variant(&self) -> &str {
                    match self {
                        #(Self::#variants(error) => ::procwire::stub_v1::Declared::variant(error),)*
                    }
                }

                fn origin(&self) -> &'static str {
                    match self {
                        #(Self::#variants(error) => ::procwire::stub_v1::Declared::origin(error),)*
                    }
                }

                fn knows(name: &[u8]) -> bool {
                    #(<#types as ::procwire::stub_v1::Declared>::knows(name))||*
                }

                fn retry(&self) -> ::core::option::Option<::core::time::Duration> {
                    match self {
                        #(Self::#variants(error) => ::procwire::stub_v1::Declared::retry(error),)*
                    }
                }
            }

            #[automatically_derived]
            impl ::core::fmt::Display for #ident {
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    match self {
                        #(Self::#variants(error) => ::core::fmt::Display::fmt(error, f),)*
                    }
                }
            }

            #[automatically_derived]
            impl ::core::error::Error for #ident {}
        };
    }
}
