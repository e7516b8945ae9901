//! How Rust source says a type: a struct or an enum under `#[derive(procwire::Message)]`.
//!
//! This reads syntax only, as the service's reader does.

mod field;
mod variants;

use syn::{Attribute, Data, DeriveInput, Expr, ExprLit, Fields, Ident, Lit, LitInt, LitStr, Type};

pub use self::field::Field;
use super::mistakes::Mistakes;
use super::options::Options;
pub use super::service::Presence;
use super::service::{notes, plain};

/// The options of a record.
const RECORD: &[&str] = &["builder", "name", "reserved", "strict"];

/// A type under `#[derive(procwire::Message)]`.
pub struct Message {
    /// The type's name in Rust.
    pub ident: Ident,
    /// Its name in a schema.
    pub name: String,
    /// Its doc comments and its `#[deprecated]`, as they stand.
    pub notes: Vec<Attribute>,
    /// What it is.
    pub kind: Kind,
}

/// What a type is.
pub enum Kind {
    /// A struct with named fields.
    Record(Record),
    /// A struct with one unnamed field: on the wire as that.
    Newtype(Box<Type>),
    /// An enum or an error.
    Enum(Enum),
}

/// A struct with named fields.
pub struct Record {
    /// Unknown fields are refused.
    pub strict: bool,
    /// `new` and setters are derived too.
    pub builder: bool,
    /// Fields in source order.
    pub fields: Vec<Field>,
    /// Names that no field may have.
    pub reserved: Vec<Reserved>,
}

/// An enum or an error.
pub struct Enum {
    /// It is declared by methods as what they fail with.
    pub error: bool,
    /// How the variant is told.
    pub representation: Representation,
    /// Variants in source order, without the one for unknown ones.
    pub variants: Vec<Variant>,
    /// The variant that keeps unknown ones; an enum without it is strict.
    pub unknown: Option<Ident>,
    /// Names and numbers that no variant may have.
    pub reserved: Vec<Reserved>,
}

/// How an enum's variant is told on the wire.
pub enum Representation {
    /// A string.
    Name,
    /// An integer of this type.
    Number(Ident),
    /// A map that names the variant under this key.
    Tagged(String),
    /// serde's default: a string, or a map of one entry.
    External,
}

/// One variant.
pub struct Variant {
    /// Its name in Rust.
    pub ident: Ident,
    /// Its name on the wire.
    pub wire: String,
    /// Its doc comments and its `#[deprecated]`, as they stand.
    pub notes: Vec<Attribute>,
    /// Its number, where numbers are the representation.
    pub number: Option<i128>,
    /// What it carries.
    pub data: VariantData,
    /// Names that no field of it may have.
    pub reserved: Vec<Reserved>,
}

/// What a variant carries.
pub enum VariantData {
    /// Nothing.
    Unit,
    /// Values by place.
    Tuple(Vec<Type>),
    /// Values by name.
    Struct(Vec<Field>),
}

/// What was given up, and may not come back with another meaning.
pub enum Reserved {
    /// A name on the wire.
    Name(LitStr),
    /// A variant's number.
    Number(i128, LitInt),
}

impl Message {
    /// Reads a struct or an enum, and finds all mistakes in it.
    pub fn read(item: &DeriveInput) -> syn::Result<Self> {
        let mut mistakes = Mistakes::new();
        if !item.generics.params.is_empty() {
            let message = "a message has no type parameters: the other side has to know the one type";
            mistakes.push(&item.generics, message);
        }
        let kind = match &item.data {
            Data::Struct(data) => read_struct(item, &data.fields, &mut mistakes),
            Data::Enum(data) => Some(Kind::Enum(variants::read(item, data, &mut mistakes))),
            Data::Union(data) => {
                let message = "a union cannot travel: nothing says which field counts";
                mistakes.add(syn::Error::new(data.union_token.span, message));
                None
            }
        };
        let name = schema_name(item, &mut mistakes);
        let Some(kind) = kind else {
            // Without a kind something was wrong; the fallback only satisfies the compiler.
            return Err(mistakes
                .finish(())
                .err()
                .unwrap_or_else(|| syn::Error::new(item.ident.span(), "this cannot be a message")));
        };
        mistakes.finish(Self { ident: item.ident.clone(), name, notes: notes(&item.attrs), kind })
    }
}

/// The type's name in a schema, where the Rust name differs from it. Other options are told by who reads them all.
fn schema_name(item: &DeriveInput, mistakes: &mut Mistakes) -> String {
    let known = [RECORD, &["name"], variants::OPTIONS].concat();
    let options = Options::read(&item.attrs, &known, "a message", &mut Mistakes::new());
    match options.text("name", mistakes) {
        Some(name) => super::service::schema_name(&name, mistakes),
        None => plain(&item.ident),
    }
}

fn read_struct(item: &DeriveInput, fields: &Fields, mistakes: &mut Mistakes) -> Option<Kind> {
    match fields {
        Fields::Named(named) => {
            let options = Options::read(&item.attrs, RECORD, "a record", mistakes);
            let reserved = reserved(&options, false, mistakes);
            let fields = field::read_all(&named.named, mistakes);
            field::check_names(&fields, &reserved, None, mistakes);
            Some(Kind::Record(Record {
                strict: options.flag("strict", mistakes).is_some(),
                builder: options.flag("builder", mistakes).is_some(),
                fields,
                reserved,
            }))
        }
        Fields::Unnamed(unnamed) => {
            Options::read(&item.attrs, &["name"], "a newtype", mistakes);
            let mut inner = unnamed.unnamed.iter();
            let (Some(inner), None) = (inner.next(), inner.next()) else {
                let message = "a newtype has one field; give the fields names, or nest a tuple";
                mistakes.push(unnamed, message);
                return None;
            };
            Options::read(&inner.attrs, &[], "the inside of a newtype", mistakes);
            field::check_owned(&inner.ty, mistakes);
            Some(Kind::Newtype(Box::new(inner.ty.clone())))
        }
        Fields::Unit => {
            let message = "a record has named fields, or none in braces: write `{}`";
            mistakes.push(&item.ident, message);
            None
        }
    }
}

/// The list of `reserved = [..]`.
pub(super) fn reserved(options: &Options, numbers: bool, mistakes: &mut Mistakes) -> Vec<Reserved> {
    let Some((_, value)) = options.value("reserved", mistakes) else {
        return Vec::new();
    };
    reserved_list(&value, numbers, mistakes)
}

/// What stands behind `reserved = `.
pub(super) fn reserved_list(value: &Expr, numbers: bool, mistakes: &mut Mistakes) -> Vec<Reserved> {
    let Expr::Array(list) = value else {
        mistakes.push(value, "`reserved` is a list, as in `reserved = [\"old\"]`");
        return Vec::new();
    };
    let mut reserved = Vec::new();
    for element in &list.elems {
        match element {
            Expr::Lit(ExprLit { lit: Lit::Str(name), .. }) => reserved.push(Reserved::Name(name.clone())),
            other => match variants::integer(other) {
                Some((number, literal)) if numbers => reserved.push(Reserved::Number(number, literal)),
                _ => mistakes.push(other, "what is reserved is a name in quotes, or a number of a `repr`"),
            },
        }
    }
    reserved
}

/// Refuses a name on the wire that was given up.
pub(super) fn check_reserved(ident: &Ident, wire: &str, reserved: &[Reserved], mistakes: &mut Mistakes) {
    let taken = |reserved: &Reserved| matches!(reserved, Reserved::Name(name) if name.value() == wire);
    if reserved.iter().any(taken) {
        mistakes.push(ident, format!("`{wire}` is reserved: it was used with another meaning"));
    }
}
