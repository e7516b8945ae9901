//! Payloads of calls and events: how parameters are read, written and described.

use proc_macro2::{Ident, Span, TokenStream};
use procwire_idl::rust::service::{Method, Parameter, Parameters, Presence};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Type};

/// The shape of a type, as a function.
pub fn shape(ty: &Type) -> TokenStream {
    quote_spanned!(ty.span()=> <#ty as ::procwire::Message>::shape)
}

/// The shape of a declared error, as a function.
pub fn error_shape(ty: &Type) -> TokenStream {
    shape(ty)
}

/// The shape of named parameters, as a function: that of a record without a name.
pub fn record_shape(parameters: &[Parameter]) -> TokenStream {
    let fields = parameters.iter().map(|parameter| {
        let wire = &parameter.wire;
        let (ty, presence) = match &parameter.presence {
            Presence::Required => (&parameter.ty, quote!(Required)),
            Presence::Optional(inner) => (inner, quote!(Optional)),
            Presence::Default(_) => (&parameter.ty, quote!(Default)),
        };
        let shape = shape(ty);
        quote! {
            ::procwire::stub_v1::FieldShape {
                wire: #wire,
                shape: #shape,
                presence: ::procwire::stub_v1::PresenceShape::#presence,
            }
        }
    });
    quote! {
        || {
            const {
                &::procwire::stub_v1::Shape::Record(&::procwire::stub_v1::RecordShape {
                    name: "",
                    strict: false,
                    fields: &[#(#fields),*],
                })
            }
        }
    }
}

/// The declared error of a call, as a type.
pub fn error(method: &Method) -> TokenStream {
    let throws = method.outcome.throws.as_ref();
    throws.map_or_else(|| quote!(::procwire::NoError), |error| quote!(#error))
}

/// The value that a parameter has when it is left out.
pub fn default(value: &Expr, ty: &Type) -> TokenStream {
    quote_spanned!(value.span()=> ::core::convert::identity::<#ty>(#value))
}

/// Reads a bare parameter into a variable of its name.
pub fn take_bare(parameter: &Parameter, call: &Ident) -> TokenStream {
    let (ident, ty) = (&parameter.ident, &parameter.ty);
    quote_spanned!(ty.span()=> let #ident = #call.bare::<#ty>()?;)
}

/// Reads named parameters into variables of their names.
pub fn take_named(parameters: &[Parameter], call: &Ident) -> TokenStream {
    let reader = Ident::new("reader", Span::mixed_site());
    let key = Ident::new("key", Span::mixed_site());
    let names: Vec<_> = parameters
        .iter()
        .map(|parameter| &parameter.ident)
        .collect();
    let types = parameters.iter().map(|parameter| &parameter.ty);
    let slots: Vec<_> = (0..parameters.len())
        .map(|index| format_ident!("field_{}", index, span = Span::mixed_site()))
        .collect();
    let arms = parameters.iter().zip(&slots).map(|(parameter, slot)| {
        let wire = &parameter.wire;
        let bytes = syn::LitByteStr::new(wire.as_bytes(), Span::call_site());
        let ty = &parameter.ty;
        let decode = quote_spanned!(ty.span()=> <#ty as ::procwire::Message>::decode(#reader));
        quote! {
            #bytes => {
                if #slot.is_some() {
                    return ::core::result::Result::Err(::procwire::stub_v1::duplicate_field(#wire));
                }
                #slot = ::core::option::Option::Some(
                    #decode.map_err(|error| error.in_field(#wire))?
                );
            }
        }
    });
    let ends = parameters.iter().zip(&slots).map(|(parameter, slot)| {
        let wire = &parameter.wire;
        match &parameter.presence {
            Presence::Required => quote!(::procwire::stub_v1::required(#slot, #wire)?),
            Presence::Optional(_) => quote!(#slot.flatten()),
            Presence::Default(value) => {
                let value = default(value, &parameter.ty);
                quote!(#slot.unwrap_or_else(|| #value))
            }
        }
    });
    quote! {
        let (#(#names,)*): (#(#types,)*) = #call.decode(|#reader| {
            #(let mut #slots = ::core::option::Option::None;)*
            if !#reader.take_nil() {
                for _ in 0..#reader.map()? {
                    match #reader.key()? {
                        #(#arms)*
                        #key => #reader.skip_unknown(#key)?,
                    }
                }
                #reader.leave();
            }
            ::core::result::Result::Ok((#(#ends,)*))
        })?;
    }
}

/// A function that writes the parameters in scope; of a raw payload the bytes themselves.
pub fn write(parameters: &Parameters, raw: bool) -> TokenStream {
    let writer = Ident::new("writer", Span::mixed_site());
    let body = match parameters {
        Parameters::None if raw => return quote!(::procwire::Bytes::new()),
        Parameters::None => quote!(#writer.raw(b"\x80");),
        Parameters::Bare(parameter) if raw => {
            let ident = &parameter.ident;
            return quote!(#ident);
        }
        Parameters::Bare(parameter) => {
            let (ident, ty) = (&parameter.ident, &parameter.ty);
            quote_spanned!(ty.span()=> <#ty as ::procwire::Message>::encode(&#ident, #writer);)
        }
        Parameters::Named(parameters) => write_named(parameters, &writer),
    };
    quote!(move |#writer: &mut ::procwire::stub_v1::Writer| { #body })
}

fn write_named(parameters: &[Parameter], writer: &Ident) -> TokenStream {
    let count = parameters.iter().map(|parameter| {
        let ident = &parameter.ident;
        if let Presence::Optional(_) = parameter.presence {
            quote!(::core::primitive::usize::from(#ident.is_some()))
        } else {
            quote!(1)
        }
    });
    let fields = parameters.iter().map(|parameter| {
        let Parameter {
            ident, wire, ty, ..
        } = parameter;
        if let Presence::Optional(inner) = &parameter.presence {
            quote_spanned! {ty.span()=>
                if let ::core::option::Option::Some(#ident) = &#ident {
                    #writer.str(#wire);
                    <#inner as ::procwire::Message>::encode(#ident, #writer);
                }
            }
        } else {
            quote_spanned! {ty.span()=>
                #writer.str(#wire);
                <#ty as ::procwire::Message>::encode(&#ident, #writer);
            }
        }
    });
    quote! {
        if #writer.map(0 #(+ #count)*) {
            #(#fields)*
            #writer.leave();
        }
    }
}
