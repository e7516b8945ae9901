//! Catalogue: for each code what it means, why it is a mistake, an example that fails and the example mended. What
//! `ipcgen explain` prints; both examples are tests.

mod imports;
mod lints;
mod names;
mod services;
mod text;
mod types;

use crate::diagnostic::Code;

/// What there is to say about a code.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The problem in a few words.
    pub title: &'static str,
    /// Why it is a problem and what to do, in a few sentences.
    pub why: &'static str,
    /// A whole schema that has just this problem.
    pub failing: &'static str,
    /// The same schema without it.
    pub mended: &'static str,
}

/// What the examples of [`Code::RemovedWithoutReserved`] were before: the rule looks at two versions.
pub const EARLIER: &str = "ipc 1;
package example;

record Order { id: u64, note?: string }
service Orders { place(order: Order); }
";

/// What the examples import: paths below the root folder, and texts.
pub const LIBRARY: &[(&str, &str)] = &[(
    "acme/common.ipc",
    "ipc 1;
package acme.common;

enum Currency { Eur, Usd }
record Money { units: i64, currency: Currency }
",
)];

/// The entry of a code.
#[must_use]
pub fn entry(code: Code) -> Entry {
    match code {
        Code::Syntax => text::SYNTAX,
        Code::Unclosed => text::UNCLOSED,
        Code::ForbiddenCharacter => text::FORBIDDEN_CHARACTER,
        Code::Limit => text::LIMIT,
        Code::Header => text::HEADER,
        Code::DanglingDoc => text::DANGLING_DOC,
        Code::InvalidLiteral => text::INVALID_LITERAL,
        Code::UnknownAnnotation => text::UNKNOWN_ANNOTATION,
        Code::MisplacedAnnotation => text::MISPLACED_ANNOTATION,
        Code::DuplicateName => names::DUPLICATE_NAME,
        Code::DuplicateField => names::DUPLICATE_FIELD,
        Code::DuplicateVariant => names::DUPLICATE_VARIANT,
        Code::DuplicateMethod => names::DUPLICATE_METHOD,
        Code::DuplicateWireName => names::DUPLICATE_WIRE_NAME,
        Code::NameCollision => names::NAME_COLLISION,
        Code::BuiltInName => names::BUILT_IN_NAME,
        Code::ReservedName => names::RESERVED_NAME,
        Code::ReservedWireName => names::RESERVED_WIRE_NAME,
        Code::UnknownType => names::UNKNOWN_TYPE,
        Code::UnknownConst => names::UNKNOWN_CONST,
        Code::TypeArguments => types::TYPE_ARGUMENTS,
        Code::InfiniteType => types::INFINITE_TYPE,
        Code::AliasCycle => types::ALIAS_CYCLE,
        Code::DoubleOptional => types::DOUBLE_OPTIONAL,
        Code::MapKey => types::MAP_KEY,
        Code::InvalidConstraint => types::INVALID_CONSTRAINT,
        Code::InvalidPattern => types::INVALID_PATTERN,
        Code::InvalidExt => types::INVALID_EXT,
        Code::TagCollision => types::TAG_COLLISION,
        Code::Representation => types::REPRESENTATION,
        Code::NoVariants => types::NO_VARIANTS,
        Code::InvalidDefault => types::INVALID_DEFAULT,
        Code::RawShape => services::RAW_SHAPE,
        Code::InvalidThrows => services::INVALID_THROWS,
        Code::UnknownImport => imports::UNKNOWN_IMPORT,
        Code::ImportOutsideRoot => imports::IMPORT_OUTSIDE_ROOT,
        Code::ImportCycle => imports::IMPORT_CYCLE,
        Code::UnusedImport => imports::UNUSED_IMPORT,
        Code::InvalidModule => services::INVALID_MODULE,
        Code::BareParameter => lints::BARE_PARAMETER,
        Code::DeepNesting => lints::DEEP_NESTING,
        Code::EventWithoutPayloadRecord => lints::EVENT_WITHOUT_PAYLOAD_RECORD,
        Code::FloatForMoney => lints::FLOAT_FOR_MONEY,
        Code::LargeField => lints::LARGE_FIELD,
        Code::MissingDocs => lints::MISSING_DOCS,
        Code::Naming => lints::NAMING,
        Code::NoTimeout => lints::NO_TIMEOUT,
        Code::RemovedWithoutReserved => lints::REMOVED_WITHOUT_RESERVED,
        Code::RetryWithoutIdempotent => lints::RETRY_WITHOUT_IDEMPOTENT,
        Code::ShadowedName => lints::SHADOWED_NAME,
        Code::StrictInAnswer => lints::STRICT_IN_ANSWER,
        Code::UntaggedEnum => lints::UNTAGGED_ENUM,
        Code::UnusedType => lints::UNUSED_TYPE,
        Code::WideIntForJs => lints::WIDE_INT_FOR_JS,
    }
}
