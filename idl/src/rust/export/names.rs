//! What is declared, so that a path in Rust can be told from a type of the language.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use syn::{Ident, Type};

use super::Declaration;
use crate::rust::message::{Kind, Message};
use crate::rust::service::plain;

/// The declared names.
pub(super) struct Names {
    /// The schema's name of a type, by its name in Rust.
    types: HashMap<String, String>,
    /// What an alias stands for, by its name in Rust.
    aliases: HashMap<String, Type>,
    /// The errors of an enum that holds one of several, by its name in Rust.
    thrown: HashMap<String, Vec<Type>>,
    constants: HashSet<String>,
    /// The schema's name of a variant, by the enum's and the variant's name in Rust.
    variants: HashMap<(String, String), String>,
    claimed: RefCell<HashSet<String>>,
}

impl Names {
    pub(super) fn of<'a>(declarations: impl Iterator<Item = &'a Declaration>) -> Self {
        let mut names = Self {
            types: HashMap::new(),
            aliases: HashMap::new(),
            thrown: HashMap::new(),
            constants: HashSet::new(),
            variants: HashMap::new(),
            claimed: RefCell::default(),
        };
        for declaration in declarations {
            match declaration {
                Declaration::Message(Message { ident, kind: Kind::Throws(thrown), .. }) => {
                    let types = thrown.iter().map(|thrown| thrown.ty.clone());
                    names.thrown.insert(plain(ident), types.collect());
                }
                Declaration::Message(message) => {
                    names.types.insert(plain(&message.ident), message.name.clone());
                    if let Kind::Enum(item) = &message.kind {
                        for variant in &item.variants {
                            let key = (plain(&message.ident), plain(&variant.ident));
                            let given = variant.extras.name.clone();
                            let name = given.unwrap_or_else(|| name(&variant.ident, &variant.wire).0);
                            names.variants.insert(key, name);
                        }
                    }
                }
                Declaration::Alias(alias) => {
                    names.aliases.insert(plain(&alias.ident), (*alias.ty).clone());
                    names.types.insert(plain(&alias.ident), plain(&alias.ident));
                }
                Declaration::Const(constant) => {
                    names.constants.insert(plain(&constant.ident));
                }
                Declaration::Service(_) | Declaration::Module(..) => {}
            }
        }
        names
    }

    /// Refuses a second declaration of a name: a schema has one scope, whatever modules a crate has.
    pub(super) fn claim(&self, declaration: &Declaration) -> syn::Result<()> {
        let ident = match declaration {
            Declaration::Message(message) => &message.ident,
            Declaration::Service(service) => &service.ident,
            Declaration::Module(item, _) => &item.ident,
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

    /// What an alias stands for.
    pub(super) fn alias(&self, ident: &Ident) -> Option<&Type> {
        self.aliases.get(&plain(ident))
    }

    /// The errors of an enum that holds one of several.
    pub(super) fn thrown(&self, ident: &Ident) -> Option<&[Type]> {
        self.thrown.get(&plain(ident)).map(Vec::as_slice)
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
/// Where Rust would write the name on the wire as this identifier, that is the schema's name too.
pub(super) fn name(ident: &Ident, wire: &str) -> (String, Option<String>) {
    let plain = plain(ident);
    if is_name(wire) && is_written_as(wire, &plain) { (wire.to_owned(), None) } else { (plain, Some(wire.to_owned())) }
}

/// Whether an identifier is a name but for the case that Rust asks for, and for escapes at its ends.
pub(super) fn is_written_as(name: &str, ident: &str) -> bool {
    let ident = ident.trim_matches('_');
    let words = words(name);
    let camel = words.iter().map(|word| format!("{}{}", word[..1].to_ascii_uppercase(), &word[1..]));
    name.trim_matches('_') == ident || words.join("_") == ident || camel.collect::<String>() == ident
}

/// The words of a name in lower case, parted by underscores and by changes of case.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for part in name.split('_') {
        let mut word = String::new();
        let mut letters = part.chars().peekable();
        // Digits belong to the letters before them.
        let (mut after_lower, mut after_upper) = (false, false);
        while let Some(letter) = letters.next() {
            let starts_word = after_upper && letters.peek().is_some_and(char::is_ascii_lowercase);
            if letter.is_ascii_uppercase() && (after_lower || starts_word) {
                words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            }
            if letter.is_ascii_alphabetic() {
                (after_lower, after_upper) = (letter.is_ascii_lowercase(), letter.is_ascii_uppercase());
            }
            word.push(letter.to_ascii_lowercase());
        }
        words.extend((!word.is_empty()).then_some(word));
    }
    words
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use proc_macro2::Span;
    use syn::Ident;

    use super::name;

    fn named(ident: &str, wire: &str) -> (String, Option<String>) {
        name(&Ident::new(ident, Span::call_site()), wire)
    }

    #[test]
    fn a_name_that_rust_writes_so_is_the_one_on_the_wire() {
        for (ident, wire) in [
            ("client_ref", "clientRef"),
            ("http_port", "HTTPPort"),
            ("HttpPort", "http_port"),
            ("OrderType", "order_type"),
            ("X1", "x_1"),
            ("type_", "type"),
            ("a_b", "a__b"),
            ("_1", "__1"),
            ("x2y", "x2y"),
        ] {
            assert_eq!(named(ident, wire), (wire.to_owned(), None), "{ident}");
        }
    }

    #[test]
    fn a_name_that_rust_would_write_otherwise_is_its_own() {
        for (ident, wire) in [("client_ref", "clientref"), ("clientref", "clientRef"), ("a", "b"), ("a", "a-b")] {
            assert_eq!(named(ident, wire), (ident.to_owned(), Some(wire.to_owned())), "{wire}");
        }
    }
}
