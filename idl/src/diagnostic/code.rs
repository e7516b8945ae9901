//! Codes: each kind of problem has a name in words.

/// Declares the codes with their names once, so that none can be left out of [`Code::ALL`].
macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// What kind of problem a diagnostic tells.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[$doc])* $variant,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            /// The name, as users meet it: `unknown-type`.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

codes! {
    /// The text does not follow the grammar.
    Syntax = "syntax",
    /// A string, comment or bracket is not closed.
    Unclosed = "unclosed",
    /// A character that may not stand in a schema.
    ForbiddenCharacter = "forbidden-character",
    /// A limit against hostile schemas was met.
    Limit = "limit",
    /// The file does not begin with `ipc 1;` and a package.
    Header = "header",
    /// A doc comment with nothing behind it.
    DanglingDoc = "dangling-doc",
    /// A literal that has no value.
    InvalidLiteral = "invalid-literal",
    /// Two declarations of one name.
    DuplicateName = "duplicate-name",
    /// Two fields of one name.
    DuplicateField = "duplicate-field",
    /// Two variants of one name or number.
    DuplicateVariant = "duplicate-variant",
    /// Two methods or events of one name.
    DuplicateMethod = "duplicate-method",
    /// Two things of one name on the wire.
    DuplicateWireName = "duplicate-wire-name",
    /// Two names that are one after case conversion, or that meet a derived name.
    NameCollision = "name-collision",
    /// A declared type takes a built-in type's name.
    BuiltInName = "built-in-name",
    /// A name that was reserved is used.
    ReservedName = "reserved-name",
    /// A name on the wire that is kept for the runtime, or that is empty.
    ReservedWireName = "reserved-wire-name",
    /// A type that is not declared.
    UnknownType = "unknown-type",
    /// A built-in type with the wrong number of type arguments.
    TypeArguments = "type-arguments",
    /// A type of which no finite value exists.
    InfiniteType = "infinite-type",
    /// Aliases that name each other in a circle.
    AliasCycle = "alias-cycle",
    /// A `?` on what may be nil or absent already.
    DoubleOptional = "double-optional",
    /// A map key that cannot be one.
    MapKey = "map-key",
    /// An annotation that does not exist.
    UnknownAnnotation = "unknown-annotation",
    /// An annotation where it has no meaning, twice, or with the wrong arguments.
    MisplacedAnnotation = "misplaced-annotation",
    /// A constraint on a type that it does not fit, or that no value satisfies.
    InvalidConstraint = "invalid-constraint",
    /// A pattern that is no regular expression of the shared subset.
    InvalidPattern = "invalid-pattern",
    /// A code or a mapping of an `ext` that cannot be.
    InvalidExt = "invalid-ext",
    /// A field of a struct variant has the name of the tag.
    TagCollision = "tag-collision",
    /// Numbers under `@repr` that are missing, out of range, or on the wrong enum.
    Representation = "representation",
    /// An enum or error without a variant.
    NoVariants = "no-variants",
    /// A default or constant that does not fit its type.
    InvalidDefault = "invalid-default",
    /// A constant that is not declared, or a circle of constants.
    UnknownConst = "unknown-const",
    /// `@codec(raw)` on a method or event of another shape.
    RawShape = "raw-shape",
    /// `throws` that cannot be.
    InvalidThrows = "invalid-throws",
    /// A module that names what it cannot provide or need.
    InvalidModule = "invalid-module",
    /// An import of what is not there.
    UnknownImport = "unknown-import",
    /// An import of a file outside of the root folder.
    ImportOutsideRoot = "import-outside-root",
    /// Packages that import each other in a circle.
    ImportCycle = "import-cycle",
    /// Lint: a bare parameter that cannot grow.
    BareParameter = "bare-parameter",
    /// Lint: lists, maps and tuples nested too deep to read.
    DeepNesting = "deep-nesting",
    /// Lint: an event whose payload cannot grow.
    EventWithoutPayloadRecord = "event-without-payload-record",
    /// Lint: money as a float.
    FloatForMoney = "float-for-money",
    /// Lint: bytes of any size in an event.
    LargeField = "large-field",
    /// Lint: a declaration without documentation.
    MissingDocs = "missing-docs",
    /// Lint: a name that is not written as its kind is.
    Naming = "naming",
    /// Lint: a method that says nothing of how long it takes.
    NoTimeout = "no-timeout",
    /// Lint: a name that is gone and not reserved.
    RemovedWithoutReserved = "removed-without-reserved",
    /// Lint: a failure that is worth another try, of a method that is never tried again.
    RetryWithoutIdempotent = "retry-without-idempotent",
    /// Lint: a name that some language keeps for itself.
    ShadowedName = "shadowed-name",
    /// Lint: a strict type that a worker writes.
    StrictInAnswer = "strict-in-answer",
    /// Lint: an enum that a worker writes and that can never carry data.
    UntaggedEnum = "untagged-enum",
    /// Lint: an import that nothing uses.
    UnusedImport = "unused-import",
    /// Lint: a type that no method and no event uses.
    UnusedType = "unused-type",
    /// Lint: a 64-bit integer that says nothing of JavaScript.
    WideIntForJs = "wide-int-for-js",
}

impl Code {
    /// The code of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == name)
    }

    /// The code whose name is nearest to a wrong one, if one is near enough to be meant.
    #[cfg(any(feature = "parse", feature = "rust"))]
    #[must_use]
    pub fn nearest(name: &str) -> Option<Self> {
        crate::nearest::nearest(name, Self::ALL.iter().map(|code| code.as_str())).and_then(Self::from_name)
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}
