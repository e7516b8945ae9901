//! What the views of one package share: the names of everything, and which types have two shapes.

use std::borrow::Cow;
use std::collections::HashSet;

use procwire_idl::model::{DeclarationKind, Model, Package, Type, TypeId};

use super::inputs;
use super::names::{self, Kind};

pub(super) struct Context<'a> {
    pub model: &'a Model,
    pub package: &'a Package,
    /// The names of the declared types, by their ids; of an error it is that of its class.
    declared: Vec<Cow<'a, str>>,
    pub consts: Vec<Cow<'a, str>>,
    pub services: Vec<Cow<'a, str>>,
    inputs: Vec<bool>,
    newtypes: HashSet<String>,
}

impl<'a> Context<'a> {
    pub(super) fn new(model: &'a Model, package: &'a Package) -> Self {
        let count = model.types.len();
        let services = package.services.iter().map(|service| service.name.as_str());
        let mut declared =
            names::scope(model.types.iter().map(|declaration| declaration.name.as_str()).chain(services), Kind::Type);
        let services = declared.split_off(count);
        let newtypes = declared
            .iter()
            .zip(&model.types)
            .filter(|(_, declaration)| matches!(declaration.kind, DeclarationKind::Newtype(_)))
            .map(|(name, _)| name.to_string())
            .collect();
        Self {
            model,
            package,
            declared,
            services,
            newtypes,
            consts: names::scope(package.consts.iter().map(|constant| constant.name.as_str()), Kind::Const),
            inputs: inputs::of_all(model),
        }
    }

    /// The name of a declaration.
    pub(super) fn name(&self, id: TypeId) -> &str {
        &self.declared[id.0 as usize]
    }

    /// The name of the type of a declaration's values, as they are read.
    pub(super) fn type_name(&self, id: TypeId) -> String {
        let name = self.name(id);
        if matches!(self.model.declaration(id).kind, DeclarationKind::Error(_)) {
            format!("{name}Data")
        } else {
            name.to_owned()
        }
    }

    /// The name of the type of a declaration's values, as they are written.
    pub(super) fn input_name(&self, id: TypeId) -> String {
        let name = self.type_name(id);
        if self.has_input(id) { format!("{name}Input") } else { name }
    }

    /// Whether a declared type is written in a shape of its own.
    pub(super) fn has_input(&self, id: TypeId) -> bool {
        self.inputs[id.0 as usize]
    }

    /// Whether a type is written in a shape of its own.
    pub(super) fn differs(&self, ty: &Type) -> bool {
        inputs::differs(self.model, &self.inputs, ty)
    }

    /// The name of the codec of a declared type.
    pub(super) fn codec_name(&self, id: TypeId) -> String {
        format!("{}$", self.name(id))
    }

    /// Whether a newtype, and so a function, has this name.
    pub(super) fn is_newtype_name(&self, name: &str) -> bool {
        self.newtypes.contains(name)
    }
}
