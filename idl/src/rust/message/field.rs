//! Fields of a record or of a struct variant.

use std::collections::HashMap;

use syn::punctuated::Punctuated;
use syn::visit::Visit;
use syn::{Attribute, Ident, Meta, Token, Type, TypeReference};

use super::{Presence, Reserved};
use crate::rust::extras::{self, Extras};
use crate::rust::mistakes::Mistakes;
use crate::rust::options::Options;
use crate::rust::refinement::{self, Refinement};
use crate::rust::service::{notes, option, plain, wire_name};

/// One field.
pub struct Field {
    /// Its name in Rust.
    pub ident: Ident,
    /// Its name on the wire.
    pub wire: String,
    /// Its type.
    pub ty: Type,
    /// What stands about the type.
    pub refinement: Refinement,
    /// Its value is never shown.
    pub sensitive: bool,
    /// Whether it may be left out.
    pub presence: Presence,
    /// Its doc comments and its `#[deprecated]`, as they stand.
    pub notes: Vec<Attribute>,
    /// Names elsewhere, and what users annotate.
    pub extras: Extras,
    /// The options that say the refinement, as they stand, and whether it is sensitive.
    pub about: Vec<Meta>,
}

/// The options that go along where a field is written again elsewhere.
pub fn about(options: &Options) -> Vec<Meta> {
    options.metas(&[refinement::OPTIONS, &["sensitive"]].concat())
}

pub(super) fn read_all(fields: &Punctuated<syn::Field, Token![,]>, mistakes: &mut Mistakes) -> Vec<Field> {
    fields.iter().filter_map(|field| read(field, mistakes)).collect()
}

fn read(field: &syn::Field, mistakes: &mut Mistakes) -> Option<Field> {
    let ident = field.ident.clone()?;
    let known = [&["default", "optional", "sensitive", "wire"], extras::OPTIONS, refinement::OPTIONS].concat();
    let options = Options::read(&field.attrs, &known, "a field", mistakes);
    let extras = Extras::read(&options, mistakes);
    let wire = match options.text("wire", mistakes) {
        Some(name) => wire_name(&name, mistakes),
        None => extras.name.clone().unwrap_or_else(|| plain(&ident)),
    };
    let refinement = Refinement::read(&options, mistakes);
    let sensitive = options.flag("sensitive", mistakes).is_some();
    let optional = options.flag("optional", mistakes);
    let default = options.value("default", mistakes);
    let presence = match (optional, default) {
        (Some(_), Some((key, _))) => {
            let message = "`optional` and `default` exclude each other: \
                           with a default, the value is always there";
            mistakes.push(key, message);
            return None;
        }
        (Some(_), None) => {
            let Some(inner) = option(&field.ty) else {
                mistakes.push(&field.ty, "an optional field is an `Option<…>`");
                return None;
            };
            Presence::Optional(inner.clone())
        }
        (None, Some((_, value))) => Presence::Default(value),
        (None, None) => Presence::Required,
    };
    check_owned(&field.ty, mistakes);
    if let Some(inner) = option(&field.ty)
        && let Some(twice) = option(inner)
    {
        let message = "an option in an option: nil cannot say which of them is empty";
        mistakes.push(twice, message);
    }
    Some(Field {
        ident,
        wire,
        ty: field.ty.clone(),
        refinement,
        sensitive,
        presence,
        notes: notes(&field.attrs),
        extras,
        about: about(&options),
    })
}

/// Refuses a type that borrows: what it would borrow from is in another process.
pub(super) fn check_owned(ty: &Type, mistakes: &mut Mistakes) {
    struct Borrows<'a>(&'a mut Mistakes);
    impl<'ast> Visit<'ast> for Borrows<'_> {
        fn visit_type_reference(&mut self, reference: &'ast TypeReference) {
            let message = "a message comes from another process, so it is owned: \
                           `String` instead of `&str`, `Vec<T>` instead of `&[T]`";
            self.0.push(reference, message);
        }
    }
    Borrows(mistakes).visit_type(ty);
}

/// Refuses names on the wire that appear twice, that were given up, or that are the enum's tag.
pub(super) fn check_names(fields: &[Field], reserved: &[Reserved], tag: Option<&str>, mistakes: &mut Mistakes) {
    let mut seen: HashMap<&str, &Ident> = HashMap::new();
    for Field { ident, wire, .. } in fields {
        if let Some(first) = seen.insert(wire, ident) {
            let message = format!("field `{ident}` has the same name on the wire as `{first}`: `{wire}`");
            mistakes.push(ident, message);
        }
        if tag == Some(wire) {
            let message = format!("`{wire}` is the key that names the variant; give the field another `wire` name");
            mistakes.push(ident, message);
        }
        super::check_reserved(ident, wire, reserved, mistakes);
    }
}
