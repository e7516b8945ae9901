//! Views of a Rust file.
//!
//! Doc lines hold what follows `///`, with the blank in front. Attributes hold a whole attribute, `#[…]`, with line
//! breaks and indentation where it is a long one; so do types and other fragments.

use askama::Template;

/// A whole file.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "rust/file.rs.jinja", escape = "none")]
pub struct File {
    /// Comment lines on top, without `//`, with the blank that follows it.
    pub header: Vec<String>,
    /// What is declared, in the order in which it is printed.
    pub items: Vec<Item>,
}

/// What stands above a declaration.
#[derive(Clone, Debug, Default)]
pub struct Lead {
    /// What follows `///` on each doc line.
    pub docs: Vec<String>,
    /// Whole attributes.
    pub attributes: Vec<String>,
}

/// One item of a file.
#[derive(Clone, Debug, Template)]
pub enum Item {
    /// A struct with named fields.
    #[template(path = "rust/record.rs.jinja", escape = "none")]
    Record {
        /// Docs and attributes.
        lead: Lead,
        /// The type's name.
        name: String,
        /// The fields.
        fields: Vec<Field>,
    },
    /// An enum.
    #[template(path = "rust/enum.rs.jinja", escape = "none")]
    Enum {
        /// Docs and attributes.
        lead: Lead,
        /// The type's name.
        name: String,
        /// The variants.
        variants: Vec<Variant>,
    },
    /// A struct with one unnamed field.
    #[template(path = "rust/newtype.rs.jinja", escape = "none")]
    Newtype {
        /// Docs and attributes.
        lead: Lead,
        /// The type's name.
        name: String,
        /// What stands between the parentheses.
        inner: String,
    },
    /// A struct without fields.
    #[template(path = "rust/unit.rs.jinja", escape = "none")]
    Unit {
        /// Docs and attributes.
        lead: Lead,
        /// The type's name.
        name: String,
    },
    /// A `type` item.
    #[template(path = "rust/alias.rs.jinja", escape = "none")]
    Alias {
        /// Docs and attributes.
        lead: Lead,
        /// The alias.
        name: String,
        /// The type that it stands for.
        target: String,
    },
    /// A `const` item.
    #[template(path = "rust/const.rs.jinja", escape = "none")]
    Const {
        /// Docs and attributes.
        lead: Lead,
        /// The constant's name.
        name: String,
        /// Its type.
        ty: String,
        /// Its value.
        value: String,
    },
    /// The trait of a service.
    #[template(path = "rust/service.rs.jinja", escape = "none")]
    Service {
        /// Docs and attributes.
        lead: Lead,
        /// The trait's name.
        name: String,
        /// Methods and events.
        functions: Vec<Function>,
    },
}

/// A field of a struct or of a variant.
#[derive(Clone, Debug, Default)]
pub struct Field {
    /// Docs and attributes.
    pub lead: Lead,
    /// The field's name.
    pub name: String,
    /// Its type.
    pub ty: String,
}

/// A variant of an enum.
#[derive(Clone, Debug, Default)]
pub struct Variant {
    /// Docs and attributes.
    pub lead: Lead,
    /// What stands on the variant's line: its name, and its data and number where they fit there.
    pub head: String,
    /// The fields, where they do not fit on the variant's line; none otherwise.
    pub fields: Vec<Field>,
}

/// A method or an event in a service's trait.
#[derive(Clone, Debug, Default)]
pub struct Function {
    /// Docs and attributes.
    pub lead: Lead,
    /// What stands before the parentheses.
    pub head: String,
    /// The arguments, where they fit on one line.
    pub inline: String,
    /// The arguments, where they do not fit on one line; none otherwise.
    pub arguments: Vec<Argument>,
    /// The arrow and the return type, with a blank in front; empty where nothing is returned.
    pub output: String,
}

/// An argument on a line of its own.
#[derive(Clone, Debug, Default)]
pub struct Argument {
    /// Docs and attributes.
    pub lead: Lead,
    /// `name: Type`, or the receiver.
    pub text: String,
}
