//! `#[procwire::service] impl Trading for Desk`: the context where it was left out, and the proof
//! that `Desk` serves `Trading`.

use proc_macro2::TokenStream;
use procwire_idl::rust::service::is_context;
use quote::{quote, quote_spanned};
use syn::{FnArg, ImplItem, ImplItemFn, ItemImpl};

/// Expands an `impl` of a service's trait.
pub fn expand(mut item: ItemImpl) -> syn::Result<TokenStream> {
    let Some((path, _)) = item.trait_.clone() else {
        let message = "`#[procwire::service]` stands on the `impl` of a service's trait; \
                       this one names no trait";
        return Err(syn::Error::new_spanned(&item.self_ty, message));
    };
    for item in &mut item.items {
        if let ImplItem::Fn(function) = item {
            add_context(function)?;
        }
    }
    let (generics, _, bounds) = item.generics.split_for_impl();
    let ty = &item.self_ty;
    Ok(quote! {
        #item

        const _: () = {
            /// Parts this service of the type from its others.
            pub struct Tag;

            #[automatically_derived]
            impl #generics ::procwire::stub_v1::Serves<Tag> for #ty #bounds {
                fn bind(this: ::std::sync::Arc<Self>) -> ::procwire::stub_v1::Bound {
                    ::procwire::stub_v1::Bound::of(
                        this,
                        <Self as #path>::PROCWIRE_SERVICE,
                        <Self as #path>::procwire_dispatch,
                    )
                }
            }
        };
    })
}

fn add_context(function: &mut ImplItemFn) -> syn::Result<()> {
    let inputs = &mut function.sig.inputs;
    let takes_self = matches!(inputs.first(), Some(FnArg::Receiver(_)));
    let has_context = matches!(inputs.last(), Some(FnArg::Typed(argument)) if is_context(argument));
    if takes_self && !has_context {
        let span = function.sig.ident.span();
        inputs.push(syn::parse2(quote_spanned!(span=> _: &::procwire::Context))?);
    }
    Ok(())
}
