//! Shape: what a message type looks like on the wire, as data that `const` can build.
//!
//! A derive sees one item and never the types of its fields, so a shape refers to other shapes through functions:
//! recursion costs nothing, and nothing is joined before somebody walks it. Docs are not part of a shape.

/// Gives a shape; a function, so that a recursive type can name itself.
pub type ShapeFn = fn() -> &'static Shape;

/// The shape of one type.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Shape {
    /// `bool`.
    Bool,
    /// `string`: UTF-8 text.
    String,
    /// `u8`.
    U8,
    /// `u16`.
    U16,
    /// `u32`.
    U32,
    /// `u64`.
    U64,
    /// `i8`.
    I8,
    /// `i16`.
    I16,
    /// `i32`.
    I32,
    /// `i64`.
    I64,
    /// `f32`.
    F32,
    /// `f64`.
    F64,
    /// `bytes`.
    Bytes,
    /// `timestamp`, with what each language has.
    Timestamp,
    /// `timestamp @precise`: with nanoseconds.
    TimestampPrecise,
    /// `duration`: whole microseconds.
    Duration,
    /// `uuid`: sixteen bytes.
    Uuid,
    /// `any`: every value.
    Any,
    /// `()`: nil.
    Unit,
    /// A type that only serde describes; its wire form is known to Rust alone.
    Foreign,
    /// `list<T>`.
    List(ShapeFn),
    /// `(A, B)`.
    Tuple(&'static [ShapeFn]),
    /// `map<K, V>`.
    Map(ShapeFn, ShapeFn),
    /// `T?`.
    Nullable(ShapeFn),
    /// A record.
    Record(&'static RecordShape),
    /// An enum or an error.
    Enum(&'static EnumShape),
    /// A newtype: on the wire as what it wraps.
    Newtype(&'static NewtypeShape),
    /// A type whose values satisfy more.
    Constrained(&'static ConstrainedShape),
}

/// A record: a map keyed by field name.
#[derive(Clone, Copy, Debug)]
pub struct RecordShape {
    /// Name of the type.
    pub name: &'static str,
    /// Unknown fields are refused.
    pub strict: bool,
    /// Fields in declared order.
    pub fields: &'static [FieldShape],
    /// Names that may not be used again.
    pub reserved: &'static [&'static str],
}

/// A field of a record or of a struct variant, or a parameter.
#[derive(Clone, Copy, Debug)]
pub struct FieldShape {
    /// Name on the wire.
    pub wire: &'static str,
    /// Type of the value, without the `Option` of an optional field.
    pub shape: ShapeFn,
    /// Whether it may be left out.
    pub presence: PresenceShape,
}

/// Whether a field may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PresenceShape {
    /// `f: T`.
    Required,
    /// `f?: T`.
    Optional,
    /// `f: T = v`: always written, may be missing when read.
    Default,
}

/// An enum or an error.
#[derive(Clone, Copy, Debug)]
pub struct EnumShape {
    /// Name of the type.
    pub name: &'static str,
    /// Unknown variants are refused.
    pub strict: bool,
    /// Declared as an error.
    pub error: bool,
    /// How the variant is told.
    pub representation: RepresentationShape,
    /// Variants in declared order, without the one that stands for unknown ones.
    pub variants: &'static [VariantShape],
    /// Names that may not be used again.
    pub reserved: &'static [&'static str],
}

/// How an enum's variant is told on the wire.
#[derive(Clone, Copy, Debug)]
pub enum RepresentationShape {
    /// A string.
    Name,
    /// An integer of this type.
    Number(&'static Shape),
    /// A map that names the variant under this key.
    Tagged(&'static str),
    /// serde's default: a string, or a map of one entry.
    External,
}

/// One variant.
#[derive(Clone, Copy, Debug)]
pub struct VariantShape {
    /// Name on the wire.
    pub wire: &'static str,
    /// Its number, where the representation is a number.
    pub number: Option<i128>,
    /// What it carries.
    pub data: VariantDataShape,
    /// Of an error: whether it is worth another try, and after how many microseconds where that is said.
    pub retry: Option<Option<u64>>,
    /// Names of its fields that may not be used again.
    pub reserved: &'static [&'static str],
}

/// What a variant carries.
#[derive(Clone, Copy, Debug)]
pub enum VariantDataShape {
    /// Nothing.
    Unit,
    /// Values by place.
    Tuple(&'static [ShapeFn]),
    /// Values by name.
    Struct(&'static [FieldShape]),
}

/// A named type that is on the wire as another.
#[derive(Clone, Copy, Debug)]
pub struct NewtypeShape {
    /// Name of the type.
    pub name: &'static str,
    /// What it wraps.
    pub of: ShapeFn,
    /// It is read as an extension too.
    pub ext: Option<ExtShape>,
}

/// How a newtype is an extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExtShape {
    /// The extension's code.
    pub code: u8,
    /// The extension is what is written.
    pub write: bool,
}

/// A type whose values satisfy more. nil is exempt.
#[derive(Clone, Copy, Debug)]
pub struct ConstrainedShape {
    /// The type.
    pub of: ShapeFn,
    /// The least and the greatest length.
    pub length: Option<(u64, Option<u64>)>,
    /// The range.
    pub range: Option<RangeShape>,
    /// The pattern, as a schema has it.
    pub pattern: Option<&'static str>,
}

/// The bounds of a number or of a duration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RangeShape {
    /// The least value.
    pub min: Option<BoundShape>,
    /// The greatest value.
    pub max: Option<BoundShape>,
    /// The greatest value is not in the range itself.
    pub exclusive: bool,
}

/// A bound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BoundShape {
    /// A whole number.
    Int(i128),
    /// Any other.
    Float(f64),
    /// Microseconds.
    Duration(u64),
}
