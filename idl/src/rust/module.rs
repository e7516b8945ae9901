//! How Rust source says a module: a unit struct under `#[procwire::module]`.

use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Ident, Path, Token, parenthesized};

/// The arguments of `#[procwire::module(..)]`.
#[derive(Default)]
pub struct Module {
    /// The name in the schema, where the struct's differs.
    pub name: Option<syn::LitStr>,
    /// The traits of the services that the child provides.
    pub provides: Vec<Path>,
    /// The callbacks without which the child does not start, such as `TradingCallbacks::data_fetch`.
    pub requires: Vec<Path>,
    /// The callbacks that the child can do without.
    pub optional: Vec<Path>,
}

impl syn::parse::Parse for Module {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut module = Self::default();
        while !input.is_empty() {
            let word: Ident = input.parse()?;
            let list = match word.to_string().as_str() {
                "name" => {
                    input.parse::<Token![=]>()?;
                    module.name = Some(input.parse()?);
                    comma(input)?;
                    continue;
                }
                "provides" => &mut module.provides,
                "requires" => &mut module.requires,
                "optional" => &mut module.optional,
                _ => {
                    let message = format!(
                        "unknown argument `{word}`; `module` takes `provides(Trading)`, \
                         `requires(TradingCallbacks::data_fetch)`, `optional(TradingCallbacks::audit)` and `name = \"Desk\"`"
                    );
                    return Err(syn::Error::new(word.span(), message));
                }
            };
            let inside;
            parenthesized!(inside in input);
            list.extend(Punctuated::<Path, Token![,]>::parse_terminated(&inside)?);
            comma(input)?;
        }
        for callback in module.requires.iter().chain(&module.optional) {
            if callback.segments.len() < 2 {
                let message = "a callback is named by its trait and its function, as in `TradingCallbacks::data_fetch`";
                return Err(syn::Error::new_spanned(callback, message));
            }
        }
        Ok(module)
    }
}

fn comma(input: ParseStream<'_>) -> syn::Result<()> {
    if !input.is_empty() {
        input.parse::<Token![,]>()?;
    }
    Ok(())
}
