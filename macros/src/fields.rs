//! Fields to a map and back: the body of a record, of a struct variant, and of a call's parameters.
use proc_macro2::{Literal, Span, TokenStream};
use procwire_idl::rust::message::Presence;
use procwire_idl::rust::refinement::Refinement;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, Ident, Lit, Type};

use crate::codecs::{self, Codecs};

/// One field, whatever it is a field of.
pub struct Field<'a> {
    /// Name on the wire.
    pub wire: &'a str,
    /// Name in Rust, and of the variable that decoding binds.
    pub ident: &'a Ident,
    /// Type in Rust.
    pub ty: &'a Type,
    /// What stands about the type.
    pub refinement: &'a Refinement,
    /// Its value is never shown.
    pub sensitive: bool,
    /// Whether it may be left out.
    pub presence: &'a Presence,
}

impl<'a> From<&'a procwire_idl::rust::message::Field> for Field<'a> {
    fn from(field: &'a procwire_idl::rust::message::Field) -> Self {
        Self {
            wire: &field.wire,
            ident: &field.ident,
            ty: &field.ty,
            refinement: &field.refinement,
            sensitive: field.sensitive,
            presence: &field.presence,
        }
    }
}

impl Field<'_> {
    /// The type that is on the wire where the field is there.
    fn inner(&self) -> &Type {
        match self.presence {
            Presence::Optional(inner) => inner,
            Presence::Required | Presence::Default(_) => self.ty,
        }
    }

    /// The codec of that.
    fn codec(&self, codecs: &mut Codecs) -> TokenStream {
        codecs.refined(self.inner(), self.refinement, self.sensitive)
    }
}

/// A name that no token of the user can mean.
pub fn local(name: &str) -> Ident {
    Ident::new(&format!("_procwire_{name}"), Span::mixed_site())
}

/// A text as `MsgPack`.
pub fn packed(text: &str) -> Vec<u8> {
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX).to_be_bytes();
    let mut bytes = match text.len() {
        0..32 => vec![0xa0 | length[3]],
        32..256 => vec![0xd9, length[3]],
        256..65536 => vec![0xda, length[2], length[3]],
        _ => [&[0xdb], &length[..]].concat(),
    };
    bytes.extend_from_slice(text.as_bytes());
    bytes
}

/// The header of a map of `length` entries.
fn map_header(length: usize) -> Vec<u8> {
    let wide = u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes();
    match length {
        0..16 => vec![0x80 | wide[3]],
        16..65536 => vec![0xde, wide[2], wide[3]],
        _ => [&[0xdf], &wide[..]].concat(),
    }
}

/// A statement that writes one map to `w`, which is a `&mut Writer`.
///
/// `lead` are entries that come first and are always the same, as pairs of packed key and packed value. `value` gives
/// the expression of a reference to a field's value.
pub fn encode(
    fields: &[Field<'_>],
    codecs: &mut Codecs,
    w: &Ident,
    lead: &[Vec<u8>],
    value: impl Fn(&Field<'_>) -> TokenStream,
) -> TokenStream {
    let mut body = TokenStream::new();
    let optional: Vec<TokenStream> =
        fields.iter().filter(|field| matches!(field.presence, Presence::Optional(_))).map(&value).collect();
    let fixed = lead.len() + fields.len() - optional.len();
    // What is the same for every value is written as one constant, up to the next value.
    let mut constant = if optional.is_empty() { map_header(fixed) } else { Vec::new() };
    constant.extend(lead.iter().flatten());
    let take = |constant: &mut Vec<u8>| Literal::byte_string(&std::mem::take(constant));
    for field in fields {
        let codec = field.codec(codecs);
        let value = value(field);
        if let Presence::Optional(_) = field.presence {
            if !constant.is_empty() {
                let constant = take(&mut constant);
                body.extend(quote!(#w.raw(#constant);));
            }
            let key = Literal::byte_string(&packed(field.wire));
            body.extend(quote! {
                ::procwire::stub_v1::write_optional(#w, #codec, #key, #value);
            });
        } else {
            constant.extend(packed(field.wire));
            let constant = take(&mut constant);
            body.extend(quote! {
                ::procwire::stub_v1::Codec::encode_after(#codec, #constant, #value, #w);
            });
        }
    }
    if !constant.is_empty() {
        let constant = take(&mut constant);
        body.extend(quote!(#w.raw(#constant);));
    }
    let begin = if optional.is_empty() {
        quote!(#w.enter())
    } else {
        quote!(#w.map(#fixed #(+ ::procwire::stub_v1::present(#optional))*))
    };
    quote! {
        if #begin {
            #body
            #w.leave();
        }
    }
}

/// Statements that read one map from `r`, which is a `&mut Reader`, and bind a variable for each field.
///
/// They return a `Result<_, DecodeError>` early where the map is wrong.
pub fn decode(fields: &[Field<'_>], codecs: &mut Codecs, r: &Ident, strict: bool) -> TokenStream {
    let pairs = local("pairs");
    let entries = decode_entries(fields, codecs, r, &pairs, strict, &TokenStream::new());
    quote! {
        let #pairs = #r.map()?;
        #entries
        #r.leave();
    }
}

/// The same for the next `pairs` entries of a map whose header was read. `more` are arms for other keys,
/// of the type `Result<(), DecodeError>`.
pub fn decode_entries(
    fields: &[Field<'_>],
    codecs: &mut Codecs,
    r: &Ident,
    pairs: &Ident,
    strict: bool,
    more: &TokenStream,
) -> TokenStream {
    let slots: Vec<Ident> = (0..fields.len()).map(|index| local(&format!("slot_{index}"))).collect();
    let (key, entry) = (local("key"), local("entry"));
    let mut declarations = TokenStream::new();
    let mut arms = TokenStream::new();
    let mut bindings = TokenStream::new();
    for (field, slot) in fields.iter().zip(&slots) {
        let codec = field.codec(codecs);
        let Field { wire, ident, ty, presence, .. } = field;
        let name = Literal::byte_string(wire.as_bytes());
        let inner = field.inner();
        let (read, value) = match presence {
            Presence::Required => (
                quote!(field),
                quote! {
                    match ::procwire::stub_v1::required(#slot, #codec, #wire) {
                        ::core::result::Result::Ok(value) => value,
                        ::core::result::Result::Err(error) => return ::core::result::Result::Err(error),
                    }
                },
            ),
            Presence::Optional(_) => (quote!(optional_field), quote!(::core::option::Option::flatten(#slot))),
            Presence::Default(value) => {
                let default = default(value, ty);
                (
                    quote!(default_field),
                    quote! {
                        match #slot {
                            ::core::option::Option::Some(::core::option::Option::Some(value)) => value,
                            _ => #default,
                        }
                    },
                )
            }
        };
        let slot_type = match presence {
            Presence::Required => quote!(#inner),
            Presence::Optional(_) | Presence::Default(_) => quote!(::core::option::Option<#inner>),
        };
        declarations.extend(quote! {
            let mut #slot: ::core::option::Option<#slot_type> = ::core::option::Option::None;
        });
        arms.extend(quote! {
            #name => ::procwire::stub_v1::#read(#r, #codec, &mut #slot, #wire),
        });
        bindings.extend(quote!(let #ident: #ty = #value;));
    }
    let other = if strict { quote!(refuse_unknown) } else { quote!(skip_unknown) };
    quote! {
        #declarations
        for _ in 0..#pairs {
            let #entry = match #r.key()? {
                #arms
                #more
                #key => #r.#other(#key),
            };
            if let ::core::result::Result::Err(error) = #entry {
                return ::core::result::Result::Err(error);
            }
        }
        #bindings
    }
}

/// Statements that check the fields, where there is anything to check. `value` gives the expression of a reference to a
/// field's value, and `walk` is a `&mut Walk`.
pub fn check(
    fields: &[Field<'_>],
    codecs: &mut Codecs,
    walk: &Ident,
    value: impl Fn(&Field<'_>) -> TokenStream,
) -> TokenStream {
    let checks =
        fields.iter().filter(|field| !codecs::is_unconstrained(field.inner(), field.refinement)).map(|field| {
            let (wire, codec, value) = (field.wire, field.codec(codecs), value(field));
            let function = match field.presence {
                Presence::Optional(_) => quote!(check_optional),
                Presence::Required | Presence::Default(_) => quote!(check_field),
            };
            quote!(::procwire::stub_v1::#function(#codec, #value, #wire, #walk)?;)
        });
    checks.collect()
}

/// The expression of a default. A literal text stands for a `String`, and `[]` and `{}` for what is empty.
pub fn default(value: &Expr, ty: &Type) -> TokenStream {
    let empty = match value {
        Expr::Array(list) => list.elems.is_empty(),
        Expr::Block(block) => block.block.stmts.is_empty(),
        _ => false,
    };
    if empty {
        return quote_spanned!(value.span()=> <#ty as ::core::default::Default>::default());
    }
    if let Expr::Lit(ExprLit { lit: Lit::Str(_), .. }) = value {
        return quote_spanned!(value.span()=> ::core::convert::Into::<#ty>::into(#value));
    }
    quote!(#value)
}

/// The shapes of the fields, as a constant array.
pub fn shapes(fields: &[Field<'_>], codecs: &mut Codecs) -> TokenStream {
    let shapes = fields.iter().map(|field| {
        let wire = field.wire;
        let shape = codecs.refined_shape(field.inner(), field.refinement);
        let presence = match field.presence {
            Presence::Required => quote!(Required),
            Presence::Optional(_) => quote!(Optional),
            Presence::Default(_) => quote!(Default),
        };
        quote! {
            ::procwire::stub_v1::FieldShape {
                wire: #wire,
                shape: #shape,
                presence: ::procwire::stub_v1::PresenceShape::#presence,
            }
        }
    });
    quote!(&[#(#shapes),*])
}
