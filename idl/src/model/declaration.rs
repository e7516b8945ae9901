//! Declared types: records, enums, errors, newtypes and aliases.

use super::{Docs, Extras, IntType, PackageId, Type, Value};
use crate::source::Span;

/// A declared type.
#[derive(Clone, Debug, PartialEq)]
pub struct Declaration {
    /// The name as written.
    pub name: String,
    /// The package that declares it.
    pub package: PackageId,
    /// Its documentation.
    pub docs: Docs,
    /// The reason of `@deprecated`.
    pub deprecated: Option<String>,
    /// What other annotations say.
    pub extras: Extras,
    /// Where the name is written.
    pub span: Span,
    /// Declarations with the same number reach each other by reference (a strongly connected component); `None`
    /// where the declaration does not reach itself. [`mark_cycles`](super::mark_cycles) sets it.
    pub cycle: Option<u32>,
    /// What is declared.
    pub kind: DeclarationKind,
}

impl Declaration {
    /// Calls `visit` with each type that stands in the declaration, in source order; types inside types are not
    /// visited of their own.
    pub fn for_each_type(&self, visit: &mut impl FnMut(&Type)) {
        match &self.kind {
            DeclarationKind::Record(record) => {
                for field in &record.fields {
                    visit(&field.ty);
                }
            }
            DeclarationKind::Enum(declared) | DeclarationKind::Error(declared) => {
                for variant in &declared.variants {
                    match &variant.data {
                        VariantData::Unit => {}
                        VariantData::Tuple(types) => types.iter().for_each(&mut *visit),
                        VariantData::Struct(fields) => {
                            for field in fields {
                                visit(&field.ty);
                            }
                        }
                    }
                }
            }
            DeclarationKind::Newtype(target) | DeclarationKind::Alias(target) => visit(target),
            DeclarationKind::Ext(ext) => visit(&ext.target),
        }
    }
}

/// What is declared.
#[derive(Clone, Debug, PartialEq)]
pub enum DeclarationKind {
    /// `record`
    Record(Record),
    /// `enum`
    Enum(Enum),
    /// `error`: always tagged with `type`
    Error(Enum),
    /// `newtype N = T;`
    Newtype(Type),
    /// `type A = T;`
    Alias(Type),
    /// `ext N = code as T { .. }`
    Ext(Ext),
}

/// A type of the user's own languages, written as another type or as a `MsgPack` extension of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Ext {
    /// The extension's code, 16 to 127.
    pub code: u8,
    /// What its data holds; a reader takes this form and the extension.
    pub target: Type,
    /// `@ext(write)`: the extension is written, and not the bare target.
    pub write: bool,
    /// The Rust type's path, such as `rust_decimal::Decimal`. Without one the target stands there.
    pub rust: Option<String>,
    /// The TypeScript type as `module#Name`. Without one the target stands there.
    pub ts: Option<String>,
    /// The Python type as `module.Name`. Without one the target stands there.
    pub py: Option<String>,
}

/// A record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// Unknown fields are refused on decode.
    pub strict: bool,
    /// The fields in source order.
    pub fields: Vec<Field>,
    /// Names that may not be used again.
    pub reserved: Vec<String>,
}

/// A field of a record or of a struct variant, or a named parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The name as written.
    pub name: String,
    /// The key on the wire.
    pub wire: String,
    /// The type; of `f?: T` it is T.
    pub ty: Type,
    /// Whether it may be left out, and what that means.
    pub presence: Presence,
    /// Its documentation.
    pub docs: Docs,
    /// The reason of `@deprecated`.
    pub deprecated: Option<String>,
    /// What other annotations say.
    pub extras: Extras,
    /// Where the name is written.
    pub span: Span,
}

/// Whether a field may be left out, and what that means.
#[derive(Clone, Debug, PartialEq)]
pub enum Presence {
    /// `f: T`
    Required,
    /// `f?: T`: absent, nil is read as absent
    Optional,
    /// `f: T = v`: absent means the value; always written
    Default(Value),
}

/// An enum or an error.
#[derive(Clone, Debug, PartialEq)]
pub struct Enum {
    /// Unknown variants are refused on decode, and unknown fields of struct variants too.
    pub strict: bool,
    /// How a value looks on the wire.
    pub representation: Representation,
    /// The variants in source order.
    pub variants: Vec<Variant>,
    /// Names that may not be used again; under `@repr` also numbers, as decimal text.
    pub reserved: Vec<String>,
}

impl Enum {
    /// Whether no variant carries data.
    #[must_use]
    pub fn is_dataless(&self) -> bool {
        self.variants.iter().all(|variant| variant.data == VariantData::Unit)
    }
}

/// How an enum looks on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Representation {
    /// A string
    Name,
    /// An integer, by `@repr`
    Number(IntType),
    /// A map whose entry `tag` names the variant
    Tagged {
        /// The key.
        tag: String,
    },
    /// serde's default shape: `"Unit"`, `{"Struct": {..}}`
    External,
}

/// A variant of an enum or an error.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant {
    /// The name as written.
    pub name: String,
    /// The name on the wire.
    pub wire: String,
    /// Its documentation.
    pub docs: Docs,
    /// The reason of `@deprecated`.
    pub deprecated: Option<String>,
    /// What other annotations say.
    pub extras: Extras,
    /// `@retry` of an error's variant: this failure is worth another try.
    pub retry: Option<Retry>,
    /// Where the name is written.
    pub span: Span,
    /// The number under [`Representation::Number`]; always there then, never otherwise.
    pub number: Option<i128>,
    /// What the variant carries.
    pub data: VariantData,
    /// Names of the fields of [`VariantData::Struct`] that may not be used again; elsewhere there are none.
    pub reserved: Vec<String>,
}

/// `@retry` or `@retry(after = 250ms)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retry {
    /// How long to wait before the next try, in microseconds.
    pub after: Option<u64>,
}

/// What a variant carries.
#[derive(Clone, Debug, PartialEq)]
pub enum VariantData {
    /// `V`
    Unit,
    /// `V(A, B)`; never empty
    Tuple(Vec<Type>),
    /// `V { a: A }`; may be empty
    Struct(Vec<Field>),
}
