//! What is declared, so that a path in Rust can be told from a type of the language.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use syn::Ident;

use super::Declaration;
use crate::rust::message::Kind;
use crate::rust::service::plain;

/// The declared names.
pub(super) struct Names {
    /// The schema's name of a type, by its name in Rust.
    types: HashMap<String, String>,
    constants: HashSet<String>,
    /// The schema's name of a variant, by the enum's and the variant's name in Rust.
    variants: HashMap<(String, String), String>,
    claimed: RefCell<HashSet<String>>,
}

impl Names {
    pub(super) fn of<'a>(declarations: impl Iterator<Item = &'a Declaration>) -> Self {
        let mut names = Self {
            types: HashMap::new(),
            constants: HashSet::new(),
            variants: HashMap::new(),
            claimed: RefCell::default(),
        };
        for declaration in declarations {
            match declaration {
                Declaration::Message(message) => {
                    names.types.insert(plain(&message.ident), message.name.clone());
                    if let Kind::Enum(item) = &message.kind {
                        for variant in &item.variants {
                            let key = (plain(&message.ident), plain(&variant.ident));
                            names.variants.insert(key, name(&variant.ident, &variant.wire).0);
                        }
                    }
                }
                Declaration::Alias(alias) => {
                    names.types.insert(plain(&alias.ident), plain(&alias.ident));
                }
                Declaration::Const(constant) => {
                    names.constants.insert(plain(&constant.ident));
                }
                Declaration::Service(_) => {}
            }
        }
        names
    }

    /// Refuses a second declaration of a name: a schema has one scope, whatever modules a crate has.
    pub(super) fn claim(&self, declaration: &Declaration) -> syn::Result<()> {
        let ident = match declaration {
            Declaration::Message(message) => &message.ident,
            Declaration::Service(service) => &service.ident,
            Declaration::Alias(_) | Declaration::Const(_) => return Ok(()),
        };
        if self.claimed.borrow_mut().insert(plain(ident)) {
            return Ok(());
        }
        let message = format!("`{ident}` is declared in two modules; a schema has one scope for both");
        Err(syn::Error::new(ident.span(), message))
    }

    /// The schema's name of a declared type.
    pub(super) fn declared(&self, ident: &Ident) -> Option<&str> {
        self.types.get(&plain(ident)).map(String::as_str)
    }

    pub(super) fn is_constant(&self, ident: &Ident) -> bool {
        self.constants.contains(&plain(ident))
    }

    /// The schema's name of a variant.
    pub(super) fn variant(&self, owner: &Ident, variant: &Ident) -> Option<&str> {
        self.variants.get(&(plain(owner), plain(variant))).map(String::as_str)
    }
}

/// The name of something in a schema, and the `@wire` that it needs.
///
/// Where only case and escapes part the two, the schema's name was the one on the wire.
pub(super) fn name(ident: &Ident, wire: &str) -> (String, Option<String>) {
    let plain = plain(ident);
    if is_name(wire) && letters(&plain) == letters(wire) {
        (wire.to_owned(), None)
    } else {
        (plain, Some(wire.to_owned()))
    }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| *c != '_').map(|c| c.to_ascii_lowercase()).collect()
}
