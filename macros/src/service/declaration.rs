//! The trait itself: what a worker implements.

use proc_macro2::{Ident, Span, TokenStream};
use procwire_idl::rust::service::{Method, Response, Service, is_context};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, FnArg, ItemTrait, ReturnType, TraitItem, TraitItemFn, Type};

use super::names::Names;

/// The trait with futures that can be sent, a context on each method, and the hidden door through
/// which an `impl` finds the dispatcher: the trait is the one thing that is sure to be in scope there.
pub fn expand(item: &ItemTrait, service: &Service, names: &Names) -> TokenStream {
    let ItemTrait { attrs, vis, unsafety, trait_token, ident, supertraits, items, .. } = item;
    let methods = items.iter().filter_map(|item| match item {
        TraitItem::Fn(function) => {
            let method = service.methods.iter().find(|method| method.ident == function.sig.ident)?;
            Some(signature(function, method))
        }
        _ => None,
    });
    let supertraits = supertraits.iter();
    let client = &names.client;
    let bound = bound(service);
    quote! {
        #(#attrs)*
        #[allow(dead_code, clippy::too_many_arguments)]
        #vis #unsafety #trait_token #ident:
            #(#supertraits +)* ::core::marker::Send + ::core::marker::Sync + 'static
        {
            #(#methods)*

            #bound

            #[doc(hidden)]
            #[allow(deprecated)]
            const PROCWIRE_SERVICE: &'static ::procwire::stub_v1::ServiceDescriptor =
                <#client as ::procwire::stub_v1::Client>::SERVICE;

            #[doc(hidden)]
            #[allow(deprecated)]
            fn procwire_dispatch(
                this: &::std::sync::Arc<Self>,
                call: ::procwire::stub_v1::Incoming<'_>,
            ) -> ::core::result::Result<::procwire::stub_v1::Job, ::procwire::Failure>
            where
                Self: ::core::marker::Sized,
            {
                <#client>::procwire_dispatch::<Self>(this, call)
            }
        }
    }
}

/// `Trading::service(desk)`: says which service is meant, where a type serves several.
fn bound(service: &Service) -> TokenStream {
    if service.methods.iter().any(|method| method.ident == "service") {
        return TokenStream::new();
    }
    let doc = format!("Binds `this` to the service `{}`, for a worker whose type serves several.", service.name);
    quote! {
        #[doc = #doc]
        fn service(this: ::std::sync::Arc<Self>) -> ::procwire::stub_v1::Bound
        where
            Self: ::core::marker::Sized,
        {
            ::procwire::stub_v1::Bound::of(
                this,
                Self::PROCWIRE_SERVICE,
                Self::procwire_dispatch,
            )
        }
    }
}

fn signature(function: &TraitItemFn, method: &Method) -> TokenStream {
    let attrs = function.attrs.iter().filter(|attr| !ours(attr));
    let ident = &method.ident;
    let inputs = function.sig.inputs.iter().map(|input| match input {
        FnArg::Receiver(receiver) => quote!(#receiver),
        FnArg::Typed(argument) => {
            let (pat, ty) = (&argument.pat, &argument.ty);
            quote!(#pat: #ty)
        }
    });
    let context = context(function);
    let output = output(function, method);
    quote! {
        #(#attrs)*
        fn #ident(#(#inputs,)* #context) -> #output;
    }
}

fn ours(attr: &Attribute) -> bool {
    attr.path().is_ident("procwire")
}

/// The context, where the user left it out.
///
/// It carries the method's place, since rustc points there when an `impl` has another number of
/// arguments.
fn context(function: &TraitItemFn) -> Option<TokenStream> {
    match function.sig.inputs.last() {
        Some(FnArg::Typed(argument)) if is_context(argument) => None,
        _ => {
            let span = function.sig.ident.span();
            let cx = Ident::new("cx", Span::mixed_site().located_at(span));
            Some(quote_spanned!(span=> #cx: &::procwire::Context))
        }
    }
}

fn output(function: &TraitItemFn, method: &Method) -> TokenStream {
    let written = match &function.sig.output {
        ReturnType::Type(_, ty) => Some(&**ty),
        ReturnType::Default => None,
    };
    match (method.response, written) {
        (Response::Stream, Some(Type::ImplTrait(stream))) => {
            quote_spanned!(stream.span()=> #stream + ::core::marker::Send)
        }
        (_, Some(ty)) => future(ty.span(), &quote!(#ty)),
        (_, None) => future(method.ident.span(), &quote!(())),
    }
}

fn future(span: Span, output: &TokenStream) -> TokenStream {
    quote_spanned! {span=>
        impl ::core::future::Future<Output = #output> + ::core::marker::Send
    }
}
