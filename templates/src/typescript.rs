//! Views of a TypeScript file.
//!
//! Documentation is a list of lines without their marks. Types and other fragments hold line breaks and indentation
//! where they are long.

use askama::Template;

/// A whole file.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "typescript/file.ts.jinja", escape = "none")]
pub struct File {
    /// Comment lines on top, without `//`, with the blank that follows it.
    pub header: Vec<String>,
    /// Whether the runtime is named.
    pub imports: bool,
    /// The other packages that are named.
    pub packages: Vec<Import>,
    /// Types of the user's that are named.
    pub mapped: Vec<Import>,
    /// What is declared, in the order in which it is printed.
    pub items: Vec<Item>,
    /// How values travel.
    pub codecs: Vec<Codec>,
    /// The services.
    pub descriptors: Vec<Descriptor>,
}

/// A name that is imported from a module.
#[derive(Clone, Debug, Default)]
pub struct Import {
    /// The module, as a literal.
    pub module: String,
    /// The name there; `*` for the whole module.
    pub name: String,
    /// The name here.
    pub local: String,
}

/// One item of a file.
#[derive(Clone, Debug, Template)]
pub enum Item {
    /// A constant.
    #[template(path = "typescript/const.ts.jinja", escape = "none")]
    Const {
        /// Documentation.
        docs: Vec<String>,
        /// The constant's name.
        name: String,
        /// Its type; empty where the value says it.
        ty: String,
        /// Its value.
        value: String,
    },
    /// A newtype, the function that makes its values, and what may be sent as one.
    #[template(path = "typescript/newtype.ts.jinja", escape = "none")]
    Newtype {
        /// Documentation.
        docs: Vec<String>,
        /// The type's name.
        name: String,
        /// The type that it stands for, brand included.
        target: String,
        /// The type without the brand.
        base: String,
        /// What of the base type may be sent.
        input: String,
    },
    /// Another name for a type.
    #[template(path = "typescript/alias.ts.jinja", escape = "none")]
    Alias {
        /// Documentation.
        docs: Vec<String>,
        /// The alias.
        name: String,
        /// The type that it stands for.
        target: String,
    },
    /// Another name for a type, which the file has for itself.
    #[template(path = "typescript/local.ts.jinja", escape = "none")]
    Local {
        /// The name.
        name: String,
        /// The type that it stands for.
        target: String,
    },
    /// An interface.
    #[template(path = "typescript/interface.ts.jinja", escape = "none")]
    Interface {
        /// Documentation.
        docs: Vec<String>,
        /// The name, and what the interface extends.
        heading: String,
        /// Properties and methods.
        properties: Vec<Property>,
    },
    /// A union.
    #[template(path = "typescript/union.ts.jinja", escape = "none")]
    Union {
        /// Documentation.
        docs: Vec<String>,
        /// The type's name.
        name: String,
        /// The members.
        members: Vec<Property>,
    },
    /// The class of a declared error.
    #[template(path = "typescript/error.ts.jinja", escape = "none")]
    Error {
        /// Documentation.
        docs: Vec<String>,
        /// The class's name.
        name: String,
        /// The name in the schema, as a literal.
        declared: String,
        /// The type of its data.
        data: String,
        /// The type of what it is made of.
        input: String,
        /// The codec of its data.
        codec: String,
        /// What else the class says of its variants, each a whole member.
        statics: Vec<String>,
    },
}

impl Item {
    /// Whether the union stands on one line.
    fn is_flat(members: &[Property], name: &str) -> bool {
        let width: usize = members.iter().map(|member| member.text.chars().count() + 3).sum();
        let is_plain = members.iter().all(|member| member.docs.is_empty() && !member.text.contains(['\n', '{']));
        is_plain && width + name.len() + "export type  = ;".len() <= 120
    }
}

/// A property or a method of an interface, or a member of a union.
#[derive(Clone, Debug, Default)]
pub struct Property {
    /// Documentation.
    pub docs: Vec<String>,
    /// The whole of it, without what ends it.
    pub text: String,
}

/// A constant that reads and writes the values of a type.
#[derive(Clone, Debug, Template)]
pub enum Codec {
    /// An expression.
    #[template(path = "typescript/codec.ts.jinja", escape = "none")]
    Const {
        /// Whether others may name it.
        is_exported: bool,
        /// The constant's name.
        name: String,
        /// Its type.
        ty: String,
        /// The expression, with the blank or the line break before it.
        value: String,
    },
    /// A map with fields, read and written one by one.
    #[template(path = "typescript/body.ts.jinja", escape = "none")]
    Body {
        /// Whether others may name it.
        is_exported: bool,
        /// The constant's name.
        name: String,
        /// Its type.
        ty: String,
        /// The name of the constant that holds the keys.
        keys: String,
        /// The expression of the keys.
        key_names: String,
        /// The variables, without `let`.
        locals: Vec<String>,
        /// The reader's function for the header.
        map: String,
        /// What to do for each key.
        cases: Vec<Case>,
        /// The statements that find missing fields.
        required: Vec<String>,
        /// The statements that build the value.
        built: Vec<String>,
        /// The statements that write a value.
        written: Vec<String>,
    },
}

/// What to do where a key was read.
#[derive(Clone, Debug, Default)]
pub struct Case {
    /// The key.
    pub name: String,
    /// The statements.
    pub lines: Vec<String>,
}

/// What the runtime is told, as data.
#[derive(Clone, Debug, Template)]
pub enum Descriptor {
    /// The schema that the others refer to.
    #[template(path = "typescript/schema.ts.jinja", escape = "none")]
    Schema {
        /// The constant's name.
        name: String,
        /// The package, as a literal.
        package: String,
        /// The fingerprint.
        fingerprint: String,
        /// The interchange form: lines of JSON without what ends a template.
        form: String,
    },
    /// A service.
    #[template(path = "typescript/service.ts.jinja", escape = "none")]
    Service {
        /// Documentation.
        docs: Vec<String>,
        /// The service's name.
        name: String,
        /// The name in the schema, as a literal.
        declared: String,
        /// The methods, each an object.
        methods: Vec<String>,
        /// The events, each an object.
        events: Vec<String>,
        /// The type of the handlers of callbacks, with a comma before it; empty where there are none.
        handlers: String,
        /// The type of what calls callbacks, with a comma before it; empty where there are none.
        calls: String,
        /// The list of callbacks; empty where there are none.
        callbacks: String,
        /// The constant of the schema.
        schema: String,
    },
    /// A namespace of callbacks.
    #[template(path = "typescript/callbacks.ts.jinja", escape = "none")]
    Callbacks {
        /// Documentation.
        docs: Vec<String>,
        /// The constant's name.
        constant: String,
        /// The name of the handlers' type.
        name: String,
        /// The names of the objects around the callbacks, as literals.
        path: String,
        /// The callbacks, each an object.
        methods: Vec<String>,
    },
    /// A module.
    #[template(path = "typescript/module.ts.jinja", escape = "none")]
    Module {
        /// Documentation.
        docs: Vec<String>,
        /// The module's name.
        name: String,
        /// The name in the schema, as a literal.
        declared: String,
        /// The type of the events.
        event_types: String,
        /// The type of what sends them.
        emit: String,
        /// The type of what calls callbacks.
        calls: String,
        /// The list of services.
        services: String,
        /// The list of namespaces.
        callbacks: String,
        /// The list of paths that are required.
        requires: String,
        /// The list of paths that are not.
        optional: String,
        /// The constant of the schema.
        schema: String,
    },
}

/// A documentation comment with the line break behind it; nothing where there is none.
#[must_use]
pub fn comment(docs: &[String], indent: usize) -> String {
    let pad = " ".repeat(indent);
    match docs {
        [] => String::new(),
        [line] => format!("/** {line} */\n{pad}"),
        lines => {
            let mut text = "/**\n".to_owned();
            for line in lines {
                text.push_str(&pad);
                text.push_str(if line.is_empty() { " *" } else { " * " });
                text.push_str(line);
                text.push('\n');
            }
            text.push_str(&pad);
            text.push_str(" */\n");
            text.push_str(&pad);
            text
        }
    }
}
