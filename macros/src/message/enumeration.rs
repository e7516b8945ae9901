//! Enums and errors: what is the same for every representation.

mod external;
mod scalar;
mod tagged;

use proc_macro2::{Ident, Literal, TokenStream};
use procwire_idl::rust::message::{Element, Enum, Message, Representation, Variant, VariantData};
use quote::{ToTokens, quote};

use super::{Body, record};
use crate::codecs::{self, Codecs};
use crate::fields::{self, Field, local};

pub(super) fn expand(message: &Message, declared: &Enum, codecs: &mut Codecs) -> Body {
    let (encode, decode) = match &declared.representation {
        Representation::Name => scalar::by_name(declared),
        Representation::Number(integer) => scalar::by_number(declared, integer),
        Representation::Tagged(tag) => tagged::expand(declared, tag, codecs),
        Representation::External => external::expand(declared, codecs),
    };
    let writer = local("writer");
    let unknown = declared.unknown.iter();
    let mut more = match &declared.representation {
        Representation::Number(integer) => scalar::number_key(declared, integer),
        _ => TokenStream::new(),
    };
    more.extend(check(declared, codecs));
    Body {
        encode: quote! {
            match self {
                #encode
                #(Self::#unknown(variant) => variant.write(#writer),)*
            }
        },
        decode,
        shape: shape(message, declared, codecs),
        more,
        items: if declared.error { error(message, declared) } else { TokenStream::new() },
    }
}

/// The error for a variant that a strict enum does not have, or the value that keeps it.
///
/// `name` is an expression of the bytes of the name, and `start` of the place where the enum's value begins.
fn otherwise(declared: &Enum, name: &TokenStream, start: &Ident) -> TokenStream {
    let reader = local("reader");
    if let Some(unknown) = &declared.unknown {
        return quote! {
            ::core::result::Result::Ok(Self::#unknown(
                ::procwire::stub_v1::UnknownVariant::read(#reader, #start, #name)?,
            ))
        };
    }
    let known = declared.variants.iter().map(|variant| &variant.wire);
    quote! {
        ::core::result::Result::Err(::procwire::stub_v1::unknown_variant(#name, &[#(#known),*]))
    }
}

/// The values of a tuple variant: a variable for each.
fn elements(elements: &[Element]) -> Vec<Ident> {
    (0..elements.len()).map(|index| local(&format!("value_{index}"))).collect()
}

/// A statement that writes the values of a tuple variant: one as it is, more as a list.
fn encode_tuple(types: &[Element], values: &[Ident], codecs: &mut Codecs) -> TokenStream {
    let writer = local("writer");
    let elements: TokenStream = types
        .iter()
        .zip(values)
        .map(|(element, value)| {
            let codec = codecs.refined(&element.ty, &element.refinement, false);
            quote!(::procwire::stub_v1::Codec::encode(#codec, #value, #writer);)
        })
        .collect();
    let length = types.len();
    if length == 1 {
        return elements;
    }
    quote! {
        if #writer.array(#length) {
            #elements
            #writer.leave();
        }
    }
}

/// A closure that reads the values of a tuple variant of more than one element.
fn read_tuple(types: &[Element], codecs: &mut Codecs) -> TokenStream {
    let reader = local("reader");
    let length = types.len();
    let elements = types.iter().enumerate().map(|(index, element)| {
        let codec = codecs.refined(&element.ty, &element.refinement, false);
        quote! {
            ::procwire::stub_v1::Codec::decode(#codec, #reader).map_err(|error| error.in_element(#index))?
        }
    });
    quote! {
        |#reader: &mut ::procwire::stub_v1::Reader<'_>| {
            #reader.tuple(#length)?;
            let values = (#(#elements,)*);
            #reader.leave();
            ::core::result::Result::Ok(values)
        }
    }
}

/// A variant's name with its data bound to variables, as a pattern or as an expression.
pub(super) fn bound(variant: &Variant) -> (TokenStream, Vec<Ident>) {
    let ident = &variant.ident;
    match &variant.data {
        VariantData::Unit => (quote!(Self::#ident), Vec::new()),
        VariantData::Tuple(types) => {
            let values = elements(types);
            (quote!(Self::#ident(#(#values),*)), values)
        }
        VariantData::Struct(fields) => {
            let values = record::values(fields);
            let names = fields.iter().map(|field| &field.ident);
            (quote!(Self::#ident { #(#names: #values),* }), values)
        }
    }
}

/// The method that checks a value, where there is anything to check.
fn check(declared: &Enum, codecs: &mut Codecs) -> TokenStream {
    let walk = local("walk");
    let mut arms = TokenStream::new();
    for variant in &declared.variants {
        let (pattern, values) = bound(variant);
        let (checks, key) = match &variant.data {
            VariantData::Unit => continue,
            VariantData::Struct(fields) => {
                let fields = record::bound(fields, &values);
                let value = |field: &Field<'_>| field.ident.to_token_stream();
                (fields::check(&fields, codecs, &walk, value), None)
            }
            VariantData::Tuple(elements) => (check_tuple(elements, &values, codecs, &walk), Some(tagged::VALUE)),
        };
        if checks.is_empty() {
            continue;
        }
        // The path is the one that a reader tells.
        let key = if let Representation::External = declared.representation { Some(&*variant.wire) } else { key };
        let checks = match key {
            Some(key) => quote! {
                ::procwire::stub_v1::check_in(#key, || {
                    #checks
                    ::core::result::Result::Ok(())
                })?;
            },
            None => checks,
        };
        arms.extend(quote!(#pattern => { #checks }));
    }
    if arms.is_empty() {
        return arms;
    }
    record::check_method(&quote! {
        match self {
            #arms
            #[allow(unreachable_patterns)]
            _ => {}
        }
    })
}

/// Statements that check the values of a tuple variant.
fn check_tuple(elements: &[Element], values: &[Ident], codecs: &mut Codecs, walk: &Ident) -> TokenStream {
    let one = elements.len() == 1;
    let checks = elements.iter().zip(values).enumerate().map(|(index, (element, value))| {
        if codecs::is_unconstrained(&element.ty, &element.refinement) {
            return TokenStream::new();
        }
        let codec = codecs.refined(&element.ty, &element.refinement, false);
        if one {
            quote!(::procwire::stub_v1::Codec::check(#codec, #value, #walk)?;)
        } else {
            quote!(::procwire::stub_v1::check_element(#codec, #value, #index, #walk)?;)
        }
    });
    checks.collect()
}

fn shape(message: &Message, declared: &Enum, codecs: &mut Codecs) -> TokenStream {
    let name = &message.name;
    let (strict, error) = (declared.unknown.is_none(), declared.error);
    let reserved = codecs::reserved(&declared.reserved);
    let representation = match &declared.representation {
        Representation::Name => quote!(Name),
        Representation::Number(integer) => {
            quote!(Number(<#integer as ::procwire::stub_v1::ConstShape>::SHAPE))
        }
        Representation::Tagged(tag) => quote!(Tagged(#tag)),
        Representation::External => quote!(External),
    };
    let variants = declared.variants.iter().map(|variant| {
        let wire = &variant.wire;
        let number = variant.number.map_or_else(
            || quote!(::core::option::Option::None),
            |number| quote!(::core::option::Option::Some(#number)),
        );
        let reserved = codecs::reserved(&variant.reserved);
        let retry = variant.retry.map(|retry| codecs::option(retry.after.map(|micros| quote!(#micros))));
        let retry = codecs::option(retry);
        let data = match &variant.data {
            VariantData::Unit => quote!(Unit),
            VariantData::Tuple(types) => {
                let shapes: Vec<TokenStream> = {
                    let shapes = types.iter().map(|element| codecs.refined_shape(&element.ty, &element.refinement));
                    shapes.collect()
                };
                quote!(Tuple(&[#(#shapes),*]))
            }
            VariantData::Struct(fields) => {
                let fields: Vec<Field<'_>> = fields.iter().map(Field::from).collect();
                let shapes = fields::shapes(&fields, codecs);
                quote!(Struct(#shapes))
            }
        };
        quote! {
            ::procwire::stub_v1::VariantShape {
                wire: #wire,
                number: #number,
                data: ::procwire::stub_v1::VariantDataShape::#data,
                retry: #retry,
                reserved: #reserved,
            }
        }
    });
    quote! {
        ::procwire::stub_v1::Shape::Enum(&::procwire::stub_v1::EnumShape {
            name: #name,
            strict: #strict,
            error: #error,
            representation: ::procwire::stub_v1::RepresentationShape::#representation,
            variants: &[#(#variants),*],
            reserved: #reserved,
        })
    }
}

/// The method that says how long to wait before another try, where that is worth it.
fn retry(declared: &Enum) -> TokenStream {
    let arms = declared.variants.iter().filter_map(|variant| {
        let ident = &variant.ident;
        let micros = variant.retry?.after.unwrap_or(RETRY_AFTER);
        Some(quote! {
            Self::#ident { .. } => ::core::option::Option::Some(::core::time::Duration::from_micros(#micros)),
        })
    });
    let arms: Vec<TokenStream> = arms.collect();
    if arms.is_empty() {
        return TokenStream::new();
    }
    quote! {
        fn retry(&self) -> ::core::option::Option<::core::time::Duration> {
            match self {
                #(#arms)*
                #[allow(unreachable_patterns)]
                _ => ::core::option::Option::None,
            }
        }
    }
}

/// The microseconds before another try where the schema says nothing of them.
const RETRY_AFTER: u64 = 50_000;

/// What makes an enum one that a method may declare as its error.
fn error(message: &Message, declared: &Enum) -> TokenStream {
    let (ident, name) = (&message.ident, &message.name);
    let variants = declared.variants.iter().map(|variant| {
        let wire = &variant.wire;
        let ident = &variant.ident;
        quote!(Self::#ident { .. } => #wire)
    });
    let unknown = declared.unknown.iter();
    let open = declared.unknown.is_some();
    let names = declared.variants.iter().map(|variant| Literal::byte_string(variant.wire.as_bytes()));
    let retry = retry(declared);
    quote! {
        #[automatically_derived]
        impl ::procwire::stub_v1::Declared for #ident {
            const NAME: &'static str = #name;
            const OPEN: bool = #open;

            fn variant(&self) -> &str {
                match self {
                    #(#variants,)*
                    #(Self::#unknown(variant) => variant.tag(),)*
                }
            }

            fn knows(name: &[u8]) -> bool {
                match name {
                    #(#names => true,)*
                    _ => false,
                }
            }

            #retry
        }

        #[automatically_derived]
        impl ::core::fmt::Display for #ident {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(concat!(#name, "."))?;
                f.write_str(::procwire::stub_v1::Declared::variant(self))
            }
        }

        #[automatically_derived]
        impl ::core::error::Error for #ident {}
    }
}
