//! The codecs of the types that one expansion meets.
//!
//! Each distinct type gets one small function that picks its codec, so that a type that cannot travel is one error, at
//! the type, however often the expanded code uses it. What a schema says about a type wraps that codec in others.

use proc_macro2::{Literal, TokenStream};
use procwire_idl::model::{Constraints, Length, Range, Value};
use procwire_idl::rust::message::Reserved;
use procwire_idl::rust::refinement::{Part, Refinement};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{GenericArgument, Ident, PathArguments, Type};

/// Types whose codec needs no choice; each choice costs compile time.
const PRIMITIVES: [&str; 11] = ["bool", "u8", "u16", "u32", "u64", "i8", "i16", "i32", "i64", "f32", "f64"];
/// Where the types are that have nothing to check in them, if they are no containers.
const LIBRARIES: [&str; 5] = ["alloc", "bytes", "core", "procwire", "std"];
/// The types that have something to check where what is in them has.
const CONTAINERS: [&str; 5] = ["Option", "Box", "Vec", "BTreeMap", "HashMap"];

/// The codecs of the types that one expansion meets.
#[derive(Default)]
pub struct Codecs {
    /// Types as text, and what stands about them, each with the function that picks the codec.
    known: Vec<(String, Ident)>,
    functions: TokenStream,
}

impl Codecs {
    /// The expression of the codec of `ty`; [`Codecs::items`] must be in scope.
    pub fn of(&mut self, ty: &Type) -> TokenStream {
        let text = ty.to_token_stream().to_string();
        if PRIMITIVES.contains(&text.as_str()) {
            return quote_spanned!(ty.span()=> ::procwire::stub_v1::ByMessage::<#ty>(::core::marker::PhantomData));
        }
        if let Some((_, name)) = self.known.iter().find(|(known, _)| *known == text) {
            return quote!(#name());
        }
        let name = format_ident!("_procwire_codec_{}", self.known.len());
        // All of the call carries the type's span, else rustc shows the whole derive.
        self.functions.extend(quote_spanned! {ty.span()=>
            fn #name() -> impl ::procwire::stub_v1::Own<#ty> {
                (&&&::procwire::stub_v1::Pick::<#ty>(::core::marker::PhantomData)).codec()
            }
        });
        self.known.push((text, name.clone()));
        quote!(#name())
    }

    /// The same with what stands about the type.
    pub fn refined(&mut self, ty: &Type, refinement: &Refinement, sensitive: bool) -> TokenStream {
        if refinement.is_plain() && !sensitive {
            return self.of(ty);
        }
        let text = format!("{} {sensitive} {refinement:?}", ty.to_token_stream());
        if let Some((_, name)) = self.known.iter().find(|(known, _)| *known == text) {
            return quote!(#name());
        }
        let mut codec = self.wrapped(ty, refinement);
        if sensitive {
            codec = quote!(::procwire::stub_v1::Sensitive(#codec));
        }
        let name = format_ident!("_procwire_codec_{}", self.known.len());
        self.functions.extend(quote_spanned! {ty.span()=>
            fn #name() -> impl ::procwire::stub_v1::Codec<#ty> {
                #codec
            }
        });
        self.known.push((text, name.clone()));
        quote!(#name())
    }

    /// The codec of a type, wrapped in what stands about the type.
    fn wrapped(&mut self, ty: &Type, refinement: &Refinement) -> TokenStream {
        if refinement.is_plain() {
            return self.of(ty);
        }
        for (name, wrapper) in [("Option", quote!(OptionOf)), ("Box", quote!(BoxOf))] {
            if let Some([inner]) = arguments(ty, name).as_deref() {
                let inner = self.wrapped(inner, refinement);
                return quote_spanned!(ty.span()=> ::procwire::stub_v1::#wrapper(#inner));
            }
        }
        let Refinement { constraints, .. } = refinement;
        let mut codec = self.with_parts(ty, refinement);
        if refinement.text {
            codec = quote_spanned!(ty.span()=> ::procwire::stub_v1::ByText::<#ty>(::core::marker::PhantomData));
        }
        if let Some(length) = &constraints.len {
            let length = self::length(length);
            codec = quote_spanned!(ty.span()=> ::procwire::stub_v1::Checked(#codec, const { &#length }));
        }
        if let Some(range) = &constraints.range {
            let range = self::range(range);
            codec = quote_spanned!(ty.span()=> ::procwire::stub_v1::Checked(#codec, const { &#range }));
        }
        if let Some(pattern) = &refinement.pattern {
            let engines = procwire_idl::pattern::rust(&pattern.value()).unwrap_or_else(|mistake| {
                let error = syn::Error::new(pattern.span(), mistake);
                self.functions.extend(error.into_compile_error());
                String::new()
            });
            codec = quote_spanned! {ty.span()=> {
                static PATTERN: ::procwire::stub_v1::Pattern = ::procwire::stub_v1::Pattern::new(#pattern, #engines);
                ::procwire::stub_v1::Checked(#codec, &PATTERN)
            }};
        }
        codec
    }

    /// The codec of a type, made of those of the types inside where something stands about these.
    fn with_parts(&mut self, ty: &Type, refinement: &Refinement) -> TokenStream {
        let Refinement { item, key, value, elements, .. } = refinement;
        if refinement.parts().all(|part| part.refinement.is_plain()) {
            return self.of(ty);
        }
        let plain = Refinement::default();
        let about = |part: &Option<Part>| part.as_ref().map_or(plain.clone(), |part| (*part.refinement).clone());
        if let (Some(_), Some([inner])) = (item, arguments(ty, "Vec").as_deref()) {
            let inner = self.wrapped(inner, &about(item));
            return quote_spanned!(ty.span()=> ::procwire::stub_v1::ListOf(#inner));
        }
        let map = arguments(ty, "BTreeMap").or_else(|| arguments(ty, "HashMap"));
        if let (true, Some([keys, values, ..])) = (key.is_some() || value.is_some(), map.as_deref()) {
            let (keys, values) = (self.wrapped(keys, &about(key)), self.wrapped(values, &about(value)));
            return quote_spanned!(ty.span()=> ::procwire::stub_v1::MapOf(#keys, #values));
        }
        if let (false, Type::Tuple(tuple)) = (elements.is_empty(), ty)
            && elements.iter().all(|(at, _)| *at < tuple.elems.len())
        {
            let codecs = tuple.elems.iter().enumerate().map(|(index, ty)| {
                let part = elements.iter().find(|(at, _)| *at == index);
                self.wrapped(ty, part.map_or(&plain, |(_, part)| &part.refinement))
            });
            let codecs: Vec<TokenStream> = codecs.collect();
            return quote_spanned!(ty.span()=> ::procwire::stub_v1::TupleOf((#(#codecs,)*)));
        }
        for Part { word, .. } in refinement.parts() {
            let message = format!(
                "`{word}` is about what is inside of a `Vec`, a map or a tuple, and this type is not written as one that \
                 has it"
            );
            self.functions.extend(syn::Error::new(word.span(), message).into_compile_error());
        }
        self.of(ty)
    }

    /// A function that gives the shape of `ty`.
    pub fn shape(&mut self, ty: &Type) -> TokenStream {
        let codec = self.of(ty);
        shape_function(&quote!(::procwire::stub_v1::Own::shape(#codec)))
    }

    /// The same with what stands about the type. What is wrong there is told with the codec.
    pub fn refined_shape(&mut self, ty: &Type, refinement: &Refinement) -> TokenStream {
        if !has_constraints(refinement) {
            return self.shape(ty);
        }
        if let Some([inner]) = arguments(ty, "Option").as_deref() {
            let inner = self.refined_shape(inner, refinement);
            return constant_shape(&quote!(Nullable(#inner)));
        }
        if let Some([inner]) = arguments(ty, "Box").as_deref() {
            return self.refined_shape(inner, refinement);
        }
        let shape = self.shape_of_parts(ty, refinement);
        let Constraints { len, range, pattern } = &refinement.constraints;
        if len.is_none() && range.is_none() && pattern.is_none() {
            return shape;
        }
        let length = option(len.as_ref().map(|Length { min, max }| {
            let max = option(max.map(|max| quote!(#max)));
            quote!((#min, #max))
        }));
        let range = option(range.as_ref().map(|Range { min, max, exclusive }| {
            let bound = |value: &Option<Value>| {
                option(value.as_ref().map(|value| {
                    let number = number(value);
                    quote!(::procwire::stub_v1::BoundShape::#number)
                }))
            };
            let (min, max) = (bound(min), bound(max));
            quote!(::procwire::stub_v1::RangeShape { min: #min, max: #max, exclusive: #exclusive })
        }));
        let pattern = option(pattern.as_ref().map(|pattern| quote!(#pattern)));
        constant_shape(&quote! {
            Constrained(&::procwire::stub_v1::ConstrainedShape {
                of: #shape,
                length: #length,
                range: #range,
                pattern: #pattern,
            })
        })
    }

    /// The shape of a type, made of those of the types inside where something stands about these.
    fn shape_of_parts(&mut self, ty: &Type, refinement: &Refinement) -> TokenStream {
        let Refinement { item, key, value, elements, .. } = refinement;
        let plain = Refinement::default();
        let about = |part: &Option<Part>| part.as_ref().map_or(plain.clone(), |part| (*part.refinement).clone());
        if let (Some(_), Some([inner])) = (item, arguments(ty, "Vec").as_deref()) {
            let inner = self.refined_shape(inner, &about(item));
            return constant_shape(&quote!(List(#inner)));
        }
        let map = arguments(ty, "BTreeMap").or_else(|| arguments(ty, "HashMap"));
        if let (true, Some([keys, values, ..])) = (key.is_some() || value.is_some(), map.as_deref()) {
            let (keys, values) = (self.refined_shape(keys, &about(key)), self.refined_shape(values, &about(value)));
            return constant_shape(&quote!(Map(#keys, #values)));
        }
        if let (false, Type::Tuple(tuple)) = (elements.is_empty(), ty) {
            let shapes = tuple.elems.iter().enumerate().map(|(index, ty)| {
                let part = elements.iter().find(|(at, _)| *at == index);
                self.refined_shape(ty, part.map_or(&plain, |(_, part)| &part.refinement))
            });
            let shapes: Vec<TokenStream> = shapes.collect();
            return constant_shape(&quote!(Tuple(&[#(#shapes),*])));
        }
        self.shape(ty)
    }

    /// The functions, as items.
    pub fn items(&self) -> TokenStream {
        let functions = &self.functions;
        quote! {
            #[allow(unused_imports)]
            use ::procwire::stub_v1::pick::*;
            #functions
        }
    }
}

/// A function whose body this is, as a `ShapeFn`.
pub fn shape_function(body: &TokenStream) -> TokenStream {
    quote! {{
        fn shape() -> &'static ::procwire::stub_v1::Shape {
            #body
        }
        shape as ::procwire::stub_v1::ShapeFn
    }}
}

/// A function that gives this variant of `Shape`.
fn constant_shape(variant: &TokenStream) -> TokenStream {
    shape_function(&quote!(const { &::procwire::stub_v1::Shape::#variant }))
}

/// Names that were given up, as an array.
pub fn reserved(reserved: &[Reserved]) -> TokenStream {
    let names = reserved.iter().filter_map(|reserved| match reserved {
        Reserved::Name(name) => Some(name.value()),
        Reserved::Number(..) => None,
    });
    quote!(&[#(#names),*])
}

/// Whether values must satisfy more than the type says, here or inside.
fn has_constraints(refinement: &Refinement) -> bool {
    refinement.constraints != Constraints::default() || refinement.parts().any(|part| has_constraints(&part.refinement))
}

/// Whether there is certainly nothing to check about a value.
pub fn is_unconstrained(ty: &Type, refinement: &Refinement) -> bool {
    refinement.is_plain() && is_simple(ty)
}

fn is_simple(ty: &Type) -> bool {
    match ty {
        Type::Tuple(tuple) => tuple.elems.iter().all(is_simple),
        Type::Path(path) => {
            let Some(last) = path.path.segments.last() else { return false };
            let name = last.ident.to_string();
            if last.arguments.is_none() {
                // A name alone, such as `String`, may be that of a type of the user's.
                let first = path.path.segments[0].ident.to_string();
                let is_absolute = path.path.segments.len() > 1 && LIBRARIES.contains(&first.as_str());
                return is_absolute || PRIMITIVES.contains(&name.as_str());
            }
            CONTAINERS.iter().any(|container| arguments(ty, container).is_some_and(|inner| inner.iter().all(is_simple)))
        }
        _ => false,
    }
}

/// The types between the angle brackets, where `ty` is a path that ends in `name`.
fn arguments(ty: &Type, name: &str) -> Option<Vec<Type>> {
    let path = match ty {
        Type::Path(path) => &path.path,
        Type::Group(group) => return arguments(&group.elem, name),
        Type::Paren(paren) => return arguments(&paren.elem, name),
        _ => return None,
    };
    let last = path.segments.last().filter(|last| last.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty.clone()),
        _ => None,
    });
    Some(types.collect())
}

/// An `Option`, as an expression.
pub fn option(value: Option<TokenStream>) -> TokenStream {
    value.map_or_else(|| quote!(::core::option::Option::None), |value| quote!(::core::option::Option::Some(#value)))
}

fn length(Length { min, max }: &Length) -> TokenStream {
    let max = option(max.map(|max| quote!(#max)));
    quote!(::procwire::stub_v1::Length { min: #min, max: #max })
}

fn range(Range { min, max, exclusive }: &Range) -> TokenStream {
    let bound = |value: &Option<Value>| {
        option(value.as_ref().map(|value| {
            let number = number(value);
            quote!(::procwire::stub_v1::Number::#number)
        }))
    };
    let (min, max) = (bound(min), bound(max));
    quote!(::procwire::stub_v1::Range { min: #min, max: #max, exclusive: #exclusive })
}

/// A variant of `Number` and of `BoundShape`, which have the same.
fn number(value: &Value) -> TokenStream {
    match value {
        Value::Int(number) => {
            let number = Literal::i128_unsuffixed(*number);
            quote!(Int(#number))
        }
        Value::Float(number) => quote!(Float(#number)),
        Value::Duration(micros) => quote!(Duration(#micros)),
        // Bounds are of no other kind.
        _ => quote!(Int(0)),
    }
}
