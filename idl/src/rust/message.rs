//! How Rust source says a type: a struct or an enum under `#[derive(procwire::Message)]`.
//!
//! This reads syntax only, as the service's reader does.

pub(super) mod field;
mod variants;

use syn::{Attribute, Data, DeriveInput, Expr, ExprLit, Fields, Ident, Lit, LitInt, LitStr, Type};

pub use self::field::Field;
use super::extras::Extras;
use super::mistakes::Mistakes;
use super::options::Options;
use super::refinement::{self, Refinement};
pub use super::service::Presence;
use super::service::{notes, plain};
use crate::model::Retry;

/// The options of a record.
const RECORD: &[&str] = &["builder", "name", "py_name", "reserved", "strict", "ts_name"];
/// The options of a newtype.
const NEWTYPE: &[&str] = &["ext", "name", "py", "py_name", "sensitive", "target", "ts", "ts_name", "write"];

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
    /// Names elsewhere, and what users annotate.
    pub extras: Extras,
}

/// What a type is.
pub enum Kind {
    /// A struct with named fields.
    Record(Record),
    /// A struct with one unnamed field: on the wire as that.
    Newtype(Box<Newtype>),
    /// An enum or an error.
    Enum(Enum),
    /// What a method fails with that throws one of several errors.
    Throws(Vec<Thrown>),
}

/// A struct with one unnamed field.
pub struct Newtype {
    /// The field's type.
    pub inner: Type,
    /// What stands about it; about the target where there is one.
    pub refinement: Refinement,
    /// Its value is never shown.
    pub sensitive: bool,
    /// It is written as an extension, or read from one.
    pub ext: Option<Ext>,
}

/// How a newtype is an extension.
pub struct Ext {
    /// The extension's code.
    pub code: u8,
    /// The type that is written, where the field's type is one that the schema does not know.
    pub target: Option<Type>,
    /// The extension is written, and not the bare target.
    pub write: bool,
    /// The type in TypeScript.
    pub ts: Option<String>,
    /// The type in Python.
    pub py: Option<String>,
}

/// One of several errors.
pub struct Thrown {
    /// The variant that holds it.
    pub ident: Ident,
    /// The error's type.
    pub ty: Type,
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
    /// Of an error: it is worth another try.
    pub retry: Option<Retry>,
    /// What it carries.
    pub data: VariantData,
    /// Names that no field of it may have.
    pub reserved: Vec<Reserved>,
    /// Names elsewhere, and what users annotate.
    pub extras: Extras,
}

/// A value of a tuple variant.
pub struct Element {
    /// Its type.
    pub ty: Type,
    /// What stands about the type.
    pub refinement: Refinement,
}

/// What a variant carries.
pub enum VariantData {
    /// Nothing.
    Unit,
    /// Values by place.
    Tuple(Vec<Element>),
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
            Data::Enum(data) if is_throws(item) => throws(item, data, &mut mistakes),
            Data::Enum(data) => Some(Kind::Enum(variants::read(item, data, &mut mistakes))),
            Data::Union(data) => {
                let message = "a union cannot travel: nothing says which field counts";
                mistakes.add(syn::Error::new(data.union_token.span, message));
                None
            }
        };
        let extras = extras(item, &mut mistakes);
        let name = extras.name.clone().unwrap_or_else(|| plain(&item.ident));
        let Some(kind) = kind else {
            // Without a kind something was wrong; the fallback only satisfies the compiler.
            return Err(mistakes
                .finish(())
                .err()
                .unwrap_or_else(|| syn::Error::new(item.ident.span(), "this cannot be a message")));
        };
        mistakes.finish(Self { ident: item.ident.clone(), name, notes: notes(&item.attrs), kind, extras })
    }
}

/// The type's names elsewhere. Other options are told by who reads them all.
fn extras(item: &DeriveInput, mistakes: &mut Mistakes) -> Extras {
    let known = [RECORD, NEWTYPE, variants::OPTIONS, THROWS].concat();
    let options = Options::read(&item.attrs, &known, "a message", &mut Mistakes::new());
    Extras::read(&options, mistakes)
}

/// The options of an enum that stands for one of several errors.
const THROWS: &[&str] = &["throws"];

/// Whether an enum stands for one of several errors. Malformed options are told by who reads them all.
fn is_throws(item: &DeriveInput) -> bool {
    let known = [THROWS, variants::OPTIONS].concat();
    let options = Options::read(&item.attrs, &known, "an enum", &mut Mistakes::new());
    options.flag("throws", &mut Mistakes::new()).is_some()
}

fn throws(item: &DeriveInput, data: &syn::DataEnum, mistakes: &mut Mistakes) -> Option<Kind> {
    Options::read(&item.attrs, THROWS, "an enum of errors", mistakes).flag("throws", mistakes);
    let mut thrown = Vec::new();
    for variant in &data.variants {
        Options::read(&variant.attrs, &[], "one of several errors", mistakes);
        match &variant.fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                thrown.push(Thrown { ident: variant.ident.clone(), ty: fields.unnamed[0].ty.clone() });
            }
            _ => mistakes.push(&variant.ident, "each variant holds one error: write `TradeError(TradeError)`"),
        }
    }
    if data.variants.len() < 2 {
        mistakes.push(&item.ident, "`throws` is for several errors; one stands in the method's `Result` by itself");
        return None;
    }
    Some(Kind::Throws(thrown))
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
            let options = Options::read(&item.attrs, NEWTYPE, "a newtype", mistakes);
            let mut inner = unnamed.unnamed.iter();
            let (Some(inner), None) = (inner.next(), inner.next()) else {
                let message = "a newtype has one field; give the fields names, or nest a tuple";
                mistakes.push(unnamed, message);
                return None;
            };
            let about = Options::read(&inner.attrs, refinement::OPTIONS, "the inside of a newtype", mistakes);
            field::check_owned(&inner.ty, mistakes);
            Some(Kind::Newtype(Box::new(Newtype {
                inner: inner.ty.clone(),
                refinement: Refinement::read(&about, mistakes),
                sensitive: options.flag("sensitive", mistakes).is_some(),
                ext: ext(&options, mistakes),
            })))
        }
        Fields::Unit => {
            let message = "a record has named fields, or none in braces: write `{}`";
            mistakes.push(&item.ident, message);
            None
        }
    }
}

/// What `ext = 16` and the options beside it say.
fn ext(options: &Options, mistakes: &mut Mistakes) -> Option<Ext> {
    let code = options.value("ext", mistakes);
    let target = options.text("target", mistakes);
    let write = options.flag("write", mistakes);
    let (ts, py) = (options.text("ts", mistakes), options.text("py", mistakes));
    let Some((_, code)) = code else {
        let words = [("target", target.as_ref()), ("ts", ts.as_ref()), ("py", py.as_ref())];
        for (word, text) in words {
            if let Some(text) = text {
                mistakes.push(text, format!("`{word}` is about an extension: write `ext = 16` with its code, too"));
            }
        }
        if let Some(write) = write {
            mistakes.push(write, "`write` is about an extension: write `ext = 16` with its code, too");
        }
        return None;
    };
    let number = variants::integer(&code).and_then(|(number, _)| u8::try_from(number).ok());
    let Some(number) = number.filter(|number| (16..=127).contains(number)) else {
        mistakes.push(code, "the code of an extension is a number from 16 to 127");
        return None;
    };
    let target = target.and_then(|text| {
        let ty = text.parse::<Type>().ok();
        if ty.is_none() {
            mistakes.push(&text, "`target` is a type of Rust, as in `target = \"String\"`");
        }
        ty
    });
    let text = |text: LitStr| text.value();
    Some(Ext { code: number, target, write: write.is_some(), ts: ts.map(text), py: py.map(text) })
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
