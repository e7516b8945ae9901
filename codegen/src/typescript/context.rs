//! What the views of one package share: the names of everything, and which types have two shapes.

use std::borrow::Cow;
use std::collections::HashSet;

use procwire_idl::model::{CallbackId, DeclarationKind, Ext, Method, Model, Package, Service, ServiceId, Type, TypeId};

use super::inputs;
use super::names::{self, Kind, Name};
use super::namespaces::{self, Namespace};

pub(super) struct Context<'a> {
    pub model: &'a Model,
    pub package: &'a Package,
    /// The names of the declared types, by their ids; of an error it is that of its class.
    declared: Vec<Cow<'a, str>>,
    pub consts: Vec<Cow<'a, str>>,
    pub services: Vec<Cow<'a, str>>,
    pub modules: Vec<Cow<'a, str>>,
    /// The callbacks of the package.
    pub namespaces: Vec<Namespace<'a>>,
    inputs: Vec<bool>,
    newtypes: HashSet<String>,
}

impl<'a> Context<'a> {
    pub(super) fn new(model: &'a Model, package: &'a Package) -> Self {
        let types = model.types.iter().map(|declaration| Name::new(&declaration.name, &declaration.extras));
        let services = package.services.iter().map(|service| Name::new(&service.name, &service.extras));
        let modules = package.modules.iter().map(|module| Name::new(&module.name, &module.extras));
        let mut declared = names::scope(types.chain(services).chain(modules), Kind::Type);
        let modules = declared.split_off(model.types.len() + package.services.len());
        let services = declared.split_off(model.types.len());
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
            modules,
            namespaces: namespaces::of(package),
            newtypes,
            consts: names::scope(
                package.consts.iter().map(|constant| Name::new(&constant.name, &constant.extras)),
                Kind::Const,
            ),
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

    /// A service that a module provides.
    pub(super) fn service(&self, id: ServiceId) -> &'a Service {
        &self.model.packages[id.package.0 as usize].services[id.service]
    }

    /// The name of a service that a module provides.
    pub(super) fn service_name(&self, id: ServiceId) -> String {
        self.services[id.service].to_string()
    }

    /// A callback that a module names.
    pub(super) fn callback(&self, id: CallbackId) -> &'a Method {
        &self.model.packages[id.package.0 as usize].callbacks[id.block].methods[id.method]
    }

    /// The name under which the type is imported that an `ext` type stands for, where it stands for one of the user's.
    pub(super) fn mapped_name(&self, id: TypeId) -> Option<String> {
        match &self.model.declaration(id).kind {
            DeclarationKind::Ext(Ext { ts: Some(_), .. }) => Some(format!("{}$type", self.name(id))),
            _ => None,
        }
    }

    /// Whether a newtype, and so a function, has this name.
    pub(super) fn is_newtype_name(&self, name: &str) -> bool {
        self.newtypes.contains(name)
    }
}
