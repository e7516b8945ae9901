//! `include_ipc!`: a schema, compiled in place.

use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;

/// Expands to what the schema declares; its diagnostics become one `compile_error!`.
pub fn expand(input: TokenStream) -> TokenStream {
    try_expand(input).unwrap_or_else(syn::Error::into_compile_error)
}

fn try_expand(input: TokenStream) -> syn::Result<TokenStream> {
    let Ok(literal) = syn::parse2::<LitStr>(input.clone()) else {
        let message = "write the schema's path, relative to this crate's `Cargo.toml`: \
                       `include_ipc!(\"trading.ipc\")`";
        return Err(syn::Error::new_spanned(input, message));
    };
    let path = resolve(&literal.value());
    let wrong = |message: String| syn::Error::new(literal.span(), message);
    let source = procwire_codegen::rust_source(&path).map_err(|error| wrong(error.to_string()))?;
    let tokens: TokenStream = source
        .text
        .parse()
        .map_err(|error| wrong(format!("what was generated is no Rust: {error}")))?;
    let files = source.files.iter().map(|file| track(file));
    Ok(quote!(#(#files)* #tokens))
}

/// Paths are relative to the manifest, as they are in a build script.
fn resolve(path: &str) -> PathBuf {
    let root = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    root.unwrap_or_default().join(path)
}

/// Makes rustc build the crate again when the file changes.
fn track(file: &Path) -> TokenStream {
    let file = file.to_string_lossy();
    quote!(
        const _: &[u8] = ::core::include_bytes!(#file);
    )
}
