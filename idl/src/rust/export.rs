//! The schema that Rust source means, as text.
//!
//! What is read: types under `#[derive(procwire::Message)]`, traits under `#[procwire::service]`, and in the
//! modules that hold such a thing also constants and type aliases. Everything else is passed over.

mod declaration;
mod names;
mod notes;
mod service;
mod types;
mod values;

use syn::{Attribute, DeriveInput, File, Item, Meta, Path, Token, punctuated::Punctuated};

use self::names::Names;
use self::notes::put;
use super::message::Message;
use super::mistakes::Mistakes;
use super::service::{Arguments, Service};

/// What a schema can say, as read.
enum Declaration {
    Message(Message),
    Service(Service),
    Alias(syn::ItemType),
    Const(syn::ItemConst),
}

/// Prints the schema that `files` declare together, under the name `package`.
///
/// The errors say in which of the files each mistake is.
pub fn export(package: Option<&str>, files: &[File]) -> Result<String, Vec<(usize, syn::Error)>> {
    let mut errors = Vec::new();
    let mut read: Vec<(usize, Declaration)> = Vec::new();
    for (index, file) in files.iter().enumerate() {
        let mut mistakes = Mistakes::new();
        let mut found = Vec::new();
        collect(&file.items, &mut found, &mut mistakes);
        read.extend(found.into_iter().map(|declaration| (index, declaration)));
        errors.extend(mistakes.finish(()).err().map(|error| (index, error)));
    }
    let names = Names::of(read.iter().map(|(_, declaration)| declaration));
    let mut text = String::from("ipc 1;\n");
    if let Some(package) = package {
        put(&mut text, format_args!("package {package};\n"));
    }
    for (index, declaration) in &read {
        let mut mistakes = Mistakes::new();
        if let Err(error) = names.claim(declaration) {
            mistakes.add(error);
        }
        let printed = match declaration {
            Declaration::Message(message) => Some(declaration::message(message, &names, &mut mistakes)),
            Declaration::Service(service) => Some(service::print(service, &names, &mut mistakes)),
            Declaration::Alias(alias) => declaration::alias(alias, &names),
            Declaration::Const(constant) => declaration::constant(constant, &names),
        };
        if let Some(printed) = printed {
            text.push('\n');
            text.push_str(&printed);
        }
        errors.extend(mistakes.finish(()).err().map(|error| (*index, error)));
    }
    if errors.is_empty() { Ok(text) } else { Err(errors) }
}

/// Finds declarations in a module and in those inside it.
fn collect(items: &[Item], found: &mut Vec<Declaration>, mistakes: &mut Mistakes) {
    let beside = items.iter().any(is_ours);
    for item in items {
        match item {
            Item::Struct(item) if derives(&item.attrs) => {
                read_message(&DeriveInput::from(item.clone()), found, mistakes);
            }
            Item::Enum(item) if derives(&item.attrs) => {
                read_message(&DeriveInput::from(item.clone()), found, mistakes);
            }
            Item::Trait(item) => {
                if let Some(attr) = item.attrs.iter().find(|attr| is_service(attr)) {
                    let service = arguments(attr).and_then(|arguments| Service::read(item, &arguments));
                    found.extend(mistakes.take(service).map(Declaration::Service));
                }
            }
            Item::Type(item) if beside && item.generics.params.is_empty() => {
                found.push(Declaration::Alias(item.clone()));
            }
            Item::Const(item) if beside => found.push(Declaration::Const(item.clone())),
            Item::Mod(item) if !is_test(&item.attrs) => {
                if let Some((_, items)) = &item.content {
                    collect(items, found, mistakes);
                }
            }
            _ => {}
        }
    }
}

fn read_message(item: &DeriveInput, found: &mut Vec<Declaration>, mistakes: &mut Mistakes) {
    found.extend(mistakes.take(Message::read(item)).map(Declaration::Message));
}

fn is_ours(item: &Item) -> bool {
    match item {
        Item::Struct(item) => derives(&item.attrs),
        Item::Enum(item) => derives(&item.attrs),
        Item::Trait(item) => item.attrs.iter().any(is_service),
        _ => false,
    }
}

/// Whether `Message` is derived.
fn derives(attrs: &[Attribute]) -> bool {
    attrs.iter().filter(|attr| attr.path().is_ident("derive")).any(|attr| {
        attr.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated)
            .is_ok_and(|paths| paths.iter().any(|path| ends_in(path, "Message")))
    })
}

fn is_service(attr: &Attribute) -> bool {
    ends_in(attr.path(), "service")
}

fn arguments(attr: &Attribute) -> syn::Result<Arguments> {
    match &attr.meta {
        Meta::Path(_) => Ok(Arguments::default()),
        _ => attr.parse_args(),
    }
}

fn is_test(attrs: &[Attribute]) -> bool {
    attrs
        .iter()
        .any(|attr| attr.path().is_ident("cfg") && attr.parse_args::<Path>().is_ok_and(|path| path.is_ident("test")))
}

fn ends_in(path: &Path, name: &str) -> bool {
    path.segments.last().is_some_and(|last| last.ident == name)
}
