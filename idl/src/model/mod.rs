//! Model: every reference resolved, every default folded, declaration order is source order.
//!
//! There is no "unresolved" variant here. If it does not resolve, it does not reach the model. The model comes from
//! two sides, from a schema and from Rust source, and everything that prints reads only this.

mod constraint;
mod cycles;
mod declaration;
mod extras;
mod service;
mod types;
mod value;

pub use constraint::{Constraints, Length, Range};
#[cfg(feature = "parse")]
pub(crate) use cycles::components;
pub use cycles::mark_cycles;
pub use declaration::{
    Declaration, DeclarationKind, Enum, Ext, Field, Presence, Record, Representation, Retry, Variant, VariantData,
};
pub use extras::{Extras, Names, UserAnnotation, UserArgument};
pub use service::{CallbackId, Callbacks, Event, Method, Module, Parameters, Response, Service, ServiceId};
pub use types::{IntType, Type, TypeKind};
pub use value::{Const, Quoted, Value};

use crate::source::FileId;

/// The index of a [`Declaration`] in [`Model::types`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(pub u32);

/// The index of a [`Package`] in [`Model::packages`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageId(pub u32);

/// Everything that a schema says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Model {
    /// The packages; a file is one package.
    pub packages: Vec<Package>,
    /// The package of the file that was compiled.
    pub root: PackageId,
    /// All declared types of all packages; [`TypeId`] indexes it.
    pub types: Vec<Declaration>,
}

impl Model {
    /// The package of the file that was compiled.
    ///
    /// # Panics
    /// If the model has no package, which no stage produces.
    #[must_use]
    pub fn root(&self) -> &Package {
        &self.packages[self.root.0 as usize]
    }

    /// The declaration of an id of this model.
    ///
    /// # Panics
    /// If the id is from another model.
    #[must_use]
    pub fn declaration(&self, id: TypeId) -> &Declaration {
        &self.types[id.0 as usize]
    }

    /// A type as a schema writes it.
    #[must_use]
    pub fn type_text(&self, ty: &Type) -> String {
        let mut text = String::new();
        types::write(&|id| self.declaration(id).name.clone(), ty, &mut text);
        text
    }

    /// A type as a schema writes it, with names that `name` gives: where other packages are named, for one.
    #[must_use]
    pub fn type_text_with(&self, ty: &Type, name: &dyn Fn(TypeId) -> String) -> String {
        let mut text = String::new();
        types::write(name, ty, &mut text);
        text
    }

    /// What a type is once aliases are looked through; newtypes stay.
    #[must_use]
    pub fn without_alias<'a>(&'a self, mut ty: &'a Type) -> &'a Type {
        while let TypeKind::Named(id) = ty.kind {
            match &self.declaration(id).kind {
                DeclarationKind::Alias(target) => ty = target,
                _ => break,
            }
        }
        ty
    }

    /// What a type is on the wire: aliases, newtypes and `ext` types without `@ext(write)` are looked through.
    #[must_use]
    pub fn on_the_wire<'a>(&'a self, mut ty: &'a Type) -> &'a Type {
        while let TypeKind::Named(id) = ty.kind {
            match &self.declaration(id).kind {
                DeclarationKind::Alias(target) | DeclarationKind::Newtype(target) => ty = target,
                DeclarationKind::Ext(ext) if !ext.write => ty = &ext.target,
                _ => break,
            }
        }
        ty
    }
}

/// One file of a schema.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Package {
    /// The segments of the name: `acme.trading` has two.
    pub name: Vec<String>,
    /// The text of the `//!` lines.
    pub docs: Docs,
    /// The file that the package was read from.
    pub file: FileId,
    /// Everything that the package declares, in source order.
    pub declarations: Vec<Item>,
    /// The constants; [`Item::Const`] indexes it.
    pub consts: Vec<Const>,
    /// The services; [`Item::Service`] indexes it.
    pub services: Vec<Service>,
    /// The blocks of callbacks; [`Item::Callbacks`] indexes it.
    pub callbacks: Vec<Callbacks>,
    /// The modules; [`Item::Module`] indexes it.
    pub modules: Vec<Module>,
    /// The packages that this one names, in the order of its `use` lines, each once.
    pub imports: Vec<PackageId>,
    /// `@wire_case`; the `wire` of each field follows it already.
    pub wire_case: WireCase,
    /// The annotations of users on the package.
    pub extras: Extras,
}

impl Package {
    /// The name with dots, as it is written.
    #[must_use]
    pub fn dotted_name(&self) -> String {
        self.name.join(".")
    }
}

/// One declaration of a package, by where it is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// A type in [`Model::types`].
    Type(TypeId),
    /// An index into [`Package::consts`].
    Const(usize),
    /// An index into [`Package::services`].
    Service(usize),
    /// An index into [`Package::callbacks`].
    Callbacks(usize),
    /// An index into [`Package::modules`].
    Module(usize),
}

/// How the names of fields are written on the wire, where `@wire` says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WireCase {
    /// As in the schema.
    #[default]
    AsWritten,
    /// `clientRef`
    Camel,
    /// `client_ref`
    Snake,
}

/// Documentation as written behind `///` or `//!`, without the marker and one following space.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Docs {
    /// The lines, without line ends.
    pub lines: Vec<String>,
}

impl Docs {
    /// Whether nothing is documented.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The lines joined with `\n`, without one at the end.
    #[must_use]
    pub fn text(&self) -> String {
        self.lines.join("\n")
    }
}

impl From<&str> for Docs {
    fn from(text: &str) -> Self {
        Self { lines: text.lines().map(str::to_owned).collect() }
    }
}
