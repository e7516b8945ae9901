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
    let tokens: TokenStream =
        source.text.parse().map_err(|error| wrong(format!("what was generated is no Rust: {error}")))?;
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

#[cfg(test)]
mod tests {
    use quote::quote;

    fn expanded(input: proc_macro2::TokenStream) -> String {
        super::expand(input).to_string()
    }

    #[test]
    fn a_path_that_is_none_is_told_what_to_write() {
        for input in [quote!(), quote!(trading), quote!("a.ipc", "b.ipc")] {
            let expanded = expanded(input);
            assert!(expanded.contains("compile_error"), "{expanded}");
            assert!(expanded.contains("relative to this crate's"), "{expanded}");
        }
    }

    #[test]
    fn a_missing_file_is_named_with_its_whole_path() {
        let expanded = expanded(quote!("missing.ipc"));
        assert!(expanded.contains("compile_error"), "{expanded}");
        assert!(expanded.contains(concat!(env!("CARGO_MANIFEST_DIR"), "/missing.ipc")), "{expanded}");
    }

    #[test]
    fn the_diagnostics_of_a_schema_are_shown_with_their_lines() {
        let file = std::env::temp_dir().join(format!("procwire-include-{}.ipc", std::process::id()));
        std::fs::write(&file, "ipc 1;\npackage a;\nrecord Order { id: strng }\n").expect("written");
        let path = file.to_string_lossy();
        let expanded = expanded(quote!(#path));
        std::fs::remove_file(&file).expect("removed");
        assert!(expanded.contains("strng"), "{expanded}");
        assert!(expanded.contains(":3:"), "{expanded}");
    }

    #[test]
    fn a_schema_becomes_its_declarations_and_is_watched() {
        let file = std::env::temp_dir().join(format!("procwire-included-{}.ipc", std::process::id()));
        std::fs::write(&file, "ipc 1;\npackage a;\nservice Desk { ping(); }\n").expect("written");
        let path = file.to_string_lossy();
        let expanded = expanded(quote!(#path));
        std::fs::remove_file(&file).expect("removed");
        assert!(expanded.contains("pub trait Desk"), "{expanded}");
        assert!(expanded.contains("include_bytes"), "{expanded}");
    }

    #[test]
    fn what_a_schema_imports_is_a_module_and_is_watched_too() {
        let folder = std::env::temp_dir().join(format!("procwire-imports-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("acme")).expect("a folder");
        let root = folder.join("desk.ipc");
        std::fs::write(&root, "ipc 1;\npackage desk;\nuse acme.common;\nrecord Order { price: common.Money }\n")
            .expect("written");
        let imported = folder.join("acme/common.ipc");
        std::fs::write(&imported, "ipc 1;\npackage acme.common;\nrecord Money { units: i64 }\n").expect("written");
        let path = root.to_string_lossy();
        let expanded = expanded(quote!(#path)).replace(' ', "");
        std::fs::remove_dir_all(&folder).expect("removed");
        assert!(expanded.contains("self::acme::common::Money"), "{expanded}");
        assert!(expanded.contains("pubmodacme{"), "{expanded}");
        assert!(expanded.contains(&format!("include_bytes!({:?})", imported.to_string_lossy())), "{expanded}");
    }
}
