//! Syntax tree: a file as it is written, with places and comments.
//!
//! Nothing is resolved here: a type is a path, an annotation a name with tokens. Texts are slices of the source.

use std::borrow::Cow;

use crate::source::{FileId, Span};

/// A file.
#[derive(Clone, Debug, Default)]
pub struct File<'a> {
    /// Which file it is.
    pub id: FileId,
    /// The `//!` lines.
    pub docs: Vec<Doc<'a>>,
    /// The number of `ipc 1;`.
    pub edition: Option<Span>,
    /// `package a.b;`
    pub package: Option<Package<'a>>,
    /// `use ..;`, in source order.
    pub imports: Vec<Import<'a>>,
    /// Everything else, in source order.
    pub items: Vec<Item<'a>>,
    /// Items that could not be read, by name, so that uses of them are not called unknown.
    pub broken: Vec<Name<'a>>,
    /// Comments, in source order; docs are not among them.
    pub comments: Vec<Comment<'a>>,
}

/// A comment, with its marks.
#[derive(Clone, Copy, Debug)]
pub struct Comment<'a> {
    /// The text with `//` or `/*` and `*/`.
    pub text: &'a str,
    /// Where it stands.
    pub span: Span,
}

/// One line of documentation, without `///` or `//!` and one space.
#[derive(Clone, Copy, Debug)]
pub struct Doc<'a> {
    /// The text.
    pub text: &'a str,
    /// The whole line from the mark on.
    pub span: Span,
}

/// A name and where it stands; with dots where a path may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name<'a> {
    /// The name.
    pub text: &'a str,
    /// Where it stands.
    pub span: Span,
}

/// A string with its escapes resolved.
#[derive(Clone, Debug)]
pub struct Text<'a> {
    /// What it says.
    pub value: Cow<'a, str>,
    /// Where it stands, quotes included.
    pub span: Span,
}

/// `package a.b;`
#[derive(Clone, Debug)]
pub struct Package<'a> {
    /// The name.
    pub path: Name<'a>,
    /// What stands before and behind the name.
    pub annotations: Vec<Annotation<'a>>,
}

/// `use a.b;`, `use "f.ipc" as c;`, `use a.b.{X, Y as Z};`
#[derive(Clone, Debug)]
pub struct Import<'a> {
    /// From the first annotation to the end.
    pub span: Span,
    /// What stands before.
    pub outer: Outer<'a>,
    /// Where the names come from.
    pub source: ImportSource<'a>,
    /// The names in braces; without braces the whole package is imported under one name.
    pub names: Option<Vec<ImportedName<'a>>>,
    /// The name behind `as`.
    pub alias: Option<Name<'a>>,
}

/// What an import names.
#[derive(Clone, Debug)]
pub enum ImportSource<'a> {
    /// A package, by its name.
    Package(Name<'a>),
    /// A file, by its path from the folder of the importing one.
    File(Text<'a>),
}

impl ImportSource<'_> {
    /// Where it is written.
    #[must_use]
    pub fn span(&self) -> Span {
        match self {
            Self::Package(name) => name.span,
            Self::File(text) => text.span,
        }
    }
}

/// A name in the braces of an import.
#[derive(Clone, Copy, Debug)]
pub struct ImportedName<'a> {
    /// The name in its own package.
    pub name: Name<'a>,
    /// The name behind `as`.
    pub alias: Option<Name<'a>>,
    /// Both.
    pub span: Span,
}

impl<'a> ImportedName<'a> {
    /// The name in the importing file.
    #[must_use]
    pub fn local(&self) -> Name<'a> {
        self.alias.unwrap_or(self.name)
    }
}

/// What stands before a declaration.
#[derive(Clone, Debug, Default)]
pub struct Outer<'a> {
    /// The `///` lines.
    pub docs: Vec<Doc<'a>>,
    /// The annotations.
    pub annotations: Vec<Annotation<'a>>,
}

/// `@name(tokens)`
#[derive(Clone, Debug)]
pub struct Annotation<'a> {
    /// The name without `@`, with dots.
    pub name: Name<'a>,
    /// The tokens between the parentheses; `None` without parentheses.
    pub arguments: Option<Vec<Token<'a>>>,
    /// All of it.
    pub span: Span,
}

/// A token in an annotation.
#[derive(Clone, Debug)]
pub enum Token<'a> {
    /// A string.
    Text(Text<'a>),
    /// A number or a duration, and how it is written.
    Number(Number, Name<'a>),
    /// A name or a path.
    Name(Name<'a>),
    /// Anything else, as it is written.
    Other(Name<'a>),
}

/// An item of a file.
#[derive(Clone, Debug)]
pub struct Item<'a> {
    /// From the first doc or annotation to the end.
    pub span: Span,
    /// What stands before.
    pub outer: Outer<'a>,
    /// The word `strict`.
    pub strict: Option<Span>,
    /// The name.
    pub name: Name<'a>,
    /// Annotations behind the name.
    pub annotations: Vec<Annotation<'a>>,
    /// What is declared.
    pub kind: ItemKind<'a>,
}

/// What an item declares.
#[derive(Clone, Debug)]
pub enum ItemKind<'a> {
    /// `const NAME: ty = value;`
    Const {
        /// The type.
        ty: Type<'a>,
        /// The value.
        value: Value<'a>,
    },
    /// `newtype N = T;`
    Newtype(Type<'a>),
    /// `type A = T;`
    Alias(Type<'a>),
    /// `ext N = code as T { .. }`
    Ext {
        /// The code; `None` where it could not be read, which a diagnostic tells.
        code: Option<Number>,
        /// Where the code stands.
        code_span: Span,
        /// What it is written as.
        target: Type<'a>,
        /// The types that stand for it, by language.
        mappings: Vec<Mapping<'a>>,
    },
    /// `record R { .. }`
    Record(Fields<'a>),
    /// `enum E { .. }` and `error E { .. }`
    Variants {
        /// Whether it is an error.
        error: bool,
        /// The variants.
        variants: Vec<Variant<'a>>,
        /// Names and numbers that may not be used.
        reserved: Vec<Reserved<'a>>,
    },
    /// `service S { .. }`
    Service {
        /// Methods and events.
        members: Vec<Member<'a>>,
        /// Names that may not be used.
        reserved: Vec<Reserved<'a>>,
    },
    /// `callbacks a.b { .. }`; the item's name is the namespace.
    Callbacks {
        /// The callbacks; none is an event.
        members: Vec<Member<'a>>,
        /// Names that may not be used.
        reserved: Vec<Reserved<'a>>,
    },
    /// `module M { .. }`
    Module(Vec<Clause<'a>>),
}

/// `provides A, B;` and the like.
#[derive(Clone, Debug)]
pub struct Clause<'a> {
    /// What the word says.
    pub kind: ClauseKind,
    /// The word.
    pub word: Span,
    /// What is named behind it.
    pub targets: Vec<ClauseTarget<'a>>,
}

/// What a clause of a module says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClauseKind {
    /// `provides`
    Provides,
    /// `requires`
    Requires,
    /// `optional`
    Optional,
}

/// A service or a callback that a module names.
#[derive(Clone, Copy, Debug)]
pub struct ClauseTarget<'a> {
    /// The name, with dots.
    pub path: Name<'a>,
    /// The `.*` behind a whole namespace.
    pub all: Option<Span>,
}

/// `rust: "path";`
#[derive(Clone, Debug)]
pub struct Mapping<'a> {
    /// The language.
    pub language: Name<'a>,
    /// The type in it.
    pub path: Text<'a>,
}

/// The fields of a record or variant, or named parameters.
#[derive(Clone, Debug, Default)]
pub struct Fields<'a> {
    /// The fields.
    pub fields: Vec<Field<'a>>,
    /// Names that may not be used.
    pub reserved: Vec<Reserved<'a>>,
}

/// A field or a named parameter.
#[derive(Clone, Debug)]
pub struct Field<'a> {
    /// What stands before.
    pub outer: Outer<'a>,
    /// The name.
    pub name: Name<'a>,
    /// The `?` behind the name.
    pub optional: Option<Span>,
    /// The type.
    pub ty: Type<'a>,
    /// The default.
    pub default: Option<Value<'a>>,
}

/// A name or number behind `reserved`.
#[derive(Clone, Debug)]
pub enum Reserved<'a> {
    /// A name.
    Text(Text<'a>),
    /// A number.
    Number(Number, Span),
}

/// A variant.
#[derive(Clone, Debug)]
pub struct Variant<'a> {
    /// What stands before.
    pub outer: Outer<'a>,
    /// The name.
    pub name: Name<'a>,
    /// What it carries.
    pub data: VariantData<'a>,
    /// The number behind `=`.
    pub number: Option<(Number, Span)>,
}

/// What a variant carries.
#[derive(Clone, Debug)]
pub enum VariantData<'a> {
    /// Nothing.
    Unit,
    /// `(A, B)`
    Tuple(Vec<Type<'a>>),
    /// `{ a: A }`
    Struct(Fields<'a>),
}

/// A method or an event.
#[derive(Clone, Debug)]
pub struct Member<'a> {
    /// What stands before.
    pub outer: Outer<'a>,
    /// The name.
    pub name: Name<'a>,
    /// What it takes or carries.
    pub parameters: Parameters<'a>,
    /// What follows; `None` for an event.
    pub method: Option<Method<'a>>,
}

/// What a method has and an event does not.
#[derive(Clone, Debug)]
pub struct Method<'a> {
    /// The kind of the response.
    pub response: Response,
    /// Where the response is written; `None` without an arrow.
    pub response_span: Option<Span>,
    /// The type of the answer.
    pub answer: Option<Type<'a>>,
    /// The names behind `throws`.
    pub throws: Vec<Name<'a>>,
}

/// The kinds of response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Response {
    /// `-> T`, `-> result T`, or no arrow
    Result,
    /// `-> stream T`
    Stream,
    /// `-> ack`, `-> ack T`
    Ack,
    /// `-> none`
    None,
}

/// What stands in the parentheses of a method or an event.
#[derive(Clone, Debug)]
pub enum Parameters<'a> {
    /// Nothing.
    None,
    /// A type.
    Bare(Type<'a>),
    /// Fields.
    Named(Fields<'a>),
}

/// A type.
#[derive(Clone, Debug)]
pub struct Type<'a> {
    /// What it is, without the `?`.
    pub kind: TypeKind<'a>,
    /// The first and the last `?`.
    pub nullable: Option<Nullable>,
    /// Annotations behind the type.
    pub annotations: Vec<Annotation<'a>>,
    /// All of it, without annotations.
    pub span: Span,
}

/// The question marks behind a type.
#[derive(Clone, Copy, Debug)]
pub struct Nullable {
    /// The first.
    pub first: Span,
    /// One that is too many.
    pub again: Option<Span>,
}

/// What a type is.
#[derive(Clone, Debug)]
pub enum TypeKind<'a> {
    /// A name, with type arguments where some are given.
    Reference {
        /// The name, with dots.
        path: Name<'a>,
        /// What stands between `<` and `>`.
        arguments: Vec<Type<'a>>,
    },
    /// `()`, `(A,)`, `(A, B)`
    Tuple(Vec<Type<'a>>),
}

/// A default or the value of a constant.
#[derive(Clone, Debug)]
pub struct Value<'a> {
    /// What it is.
    pub kind: ValueKind<'a>,
    /// Where it stands.
    pub span: Span,
}

/// What a value is.
#[derive(Clone, Debug)]
pub enum ValueKind<'a> {
    /// `true` or `false`
    Bool(bool),
    /// A number or a duration.
    Number(Number),
    /// A string.
    Text(Cow<'a, str>),
    /// `[]`
    EmptyList,
    /// `{}`
    EmptyMap,
    /// The name of a variant or of a constant.
    Name(&'a str),
    /// Something that could not be read; a diagnostic says why.
    Broken,
}

/// A number, a duration or a size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// A whole number, also when written with an exponent.
    Int(i128),
    /// Any other finite number.
    Float(f64),
    /// A duration in microseconds.
    Duration(u64),
    /// A size in bytes, such as `64KiB`.
    Size(u64),
}
