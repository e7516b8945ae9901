//! What the views of one package share: the names of everything, and which types have two shapes.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeSet, HashSet};

use procwire_idl::model::{
    CallbackId, DeclarationKind, Ext, Item, Method, Model, Package, PackageId, Service, ServiceId, Type, TypeId,
};

use super::inputs;
use super::names::{self, Kind, Name};
use super::namespaces::{self, Namespace};
use crate::agreement::{Agreement, Kind as Member};

/// What the files of all packages share.
pub(crate) struct Shared<'a> {
    model: &'a Model,
    /// The names of the declared types, by their ids; of an error it is that of its class.
    declared: Vec<Cow<'a, str>>,
    /// The names of the services, by package.
    services: Vec<Vec<Cow<'a, str>>>,
    /// The names of the modules, by package.
    modules: Vec<Vec<Cow<'a, str>>>,
    /// The callbacks, by package.
    namespaces: Vec<Vec<Namespace<'a>>>,
    /// The place of the namespace of each block of callbacks, by package.
    opened: Vec<Vec<usize>>,
    inputs: Vec<bool>,
}

impl<'a> Shared<'a> {
    pub(crate) fn new(model: &'a Model) -> Self {
        let mut declared = vec![Cow::Borrowed(""); model.types.len()];
        let (mut services, mut modules) = (Vec::new(), Vec::new());
        for package in &model.packages {
            let ids: Vec<TypeId> = own_types(package).collect();
            let types = ids.iter().map(|id| model.declaration(*id)).map(|it| Name::new(&it.name, &it.extras));
            let declarations = types
                .chain(package.services.iter().map(|service| Name::new(&service.name, &service.extras)))
                .chain(package.modules.iter().map(|module| Name::new(&module.name, &module.extras)));
            let mut names = names::scope(declarations, Kind::Type);
            modules.push(names.split_off(ids.len() + package.services.len()));
            services.push(names.split_off(ids.len()));
            for (id, name) in ids.iter().zip(names) {
                declared[id.0 as usize] = name;
            }
        }
        let (namespaces, opened) = model.packages.iter().map(namespaces::of).unzip();
        Self { model, declared, services, modules, namespaces, opened, inputs: inputs::of_all(model) }
    }
}

pub(super) struct Context<'a> {
    pub model: &'a Model,
    pub package: &'a Package,
    id: PackageId,
    shared: &'a Shared<'a>,
    /// The other packages that were named: what is not named is not imported.
    used: RefCell<BTreeSet<PackageId>>,
    pub consts: Vec<Cow<'a, str>>,
    pub services: &'a [Cow<'a, str>],
    pub modules: &'a [Cow<'a, str>],
    /// The callbacks of the package.
    pub namespaces: &'a [Namespace<'a>],
    newtypes: HashSet<String>,
    /// What the file says of its schema, where it declares what is served or called.
    pub agreement: Option<Agreement>,
}

impl<'a> Context<'a> {
    pub(super) fn new(shared: &'a Shared<'a>, id: PackageId) -> Self {
        let model = shared.model;
        let at = id.0 as usize;
        let package = &model.packages[at];
        let newtypes = own_types(package)
            .filter(|id| matches!(model.declaration(*id).kind, DeclarationKind::Newtype(_)))
            .map(|id| shared.declared[id.0 as usize].to_string())
            .collect();
        Self {
            model,
            package,
            id,
            shared,
            used: RefCell::default(),
            services: &shared.services[at],
            modules: &shared.modules[at],
            namespaces: &shared.namespaces[at],
            newtypes,
            agreement: Agreement::of(model, id),
            consts: names::scope(
                package.consts.iter().map(|constant| Name::new(&constant.name, &constant.extras)),
                Kind::Const,
            ),
        }
    }

    /// The types that the package declares, in source order.
    pub(super) fn own_types(&self) -> impl Iterator<Item = TypeId> + use<'a> {
        own_types(self.package)
    }

    /// The package.
    pub(super) fn id(&self) -> PackageId {
        self.id
    }

    /// Whether another package declares a type.
    pub(super) fn is_foreign(&self, id: TypeId) -> bool {
        self.model.declaration(id).package != self.id
    }

    /// The name of a declaration in its own package.
    pub(super) fn own_name(&self, id: TypeId) -> &str {
        &self.shared.declared[id.0 as usize]
    }

    /// The name of a declaration, as it is named here.
    pub(super) fn name(&self, id: TypeId) -> Cow<'_, str> {
        let package = self.model.declaration(id).package;
        if package == self.id {
            Cow::Borrowed(self.own_name(id))
        } else {
            Cow::Owned(format!("{}.{}", self.import_name(package), self.own_name(id)))
        }
    }

    /// The name under which another package is imported. No name of a schema begins like it.
    pub(super) fn import_name(&self, id: PackageId) -> String {
        self.used.borrow_mut().insert(id);
        format!("${}", self.model.packages[id.0 as usize].name.join("_"))
    }

    /// The packages that were named so far.
    pub(super) fn used_packages(&self) -> Vec<PackageId> {
        self.used.borrow().iter().copied().collect()
    }

    /// The path of another package's file, from that of this one.
    pub(super) fn import_path(&self, id: PackageId) -> String {
        let (from, to) = (&self.package.name, &self.model.packages[id.0 as usize].name);
        let folder = &from[..from.len().saturating_sub(1)];
        let shared = folder.iter().zip(&to[..to.len().saturating_sub(1)]).take_while(|(one, other)| one == other);
        let shared = shared.count();
        let up = if shared == folder.len() { "./".to_owned() } else { "../".repeat(folder.len() - shared) };
        format!("{up}{}.js", to[shared..].join("/"))
    }

    /// The name of the type of a declaration's values, as they are read.
    pub(super) fn type_name(&self, id: TypeId) -> String {
        let name = self.name(id);
        if matches!(self.model.declaration(id).kind, DeclarationKind::Error(_)) {
            format!("{name}Data")
        } else {
            name.into_owned()
        }
    }

    /// The name of the type of a declaration's values, as they are written.
    pub(super) fn input_name(&self, id: TypeId) -> String {
        let name = self.type_name(id);
        if self.has_input(id) { format!("{name}Input") } else { name }
    }

    /// Whether a declared type is written in a shape of its own.
    pub(super) fn has_input(&self, id: TypeId) -> bool {
        self.shared.inputs[id.0 as usize]
    }

    /// Whether a type is written in a shape of its own.
    pub(super) fn differs(&self, ty: &Type) -> bool {
        inputs::differs(self.model, &self.shared.inputs, ty)
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
        let name = &self.shared.services[id.package.0 as usize][id.service];
        if id.package == self.id { name.to_string() } else { format!("{}.{name}", self.import_name(id.package)) }
    }

    /// The place of the namespace of a callback among those of its package.
    pub(super) fn namespace_place(&self, id: CallbackId) -> usize {
        self.shared.opened[id.package.0 as usize][id.block]
    }

    /// A namespace of some package.
    pub(super) fn namespace(&self, package: PackageId, place: usize) -> &'a Namespace<'a> {
        &self.shared.namespaces[package.0 as usize][place]
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

    /// The name of the constant that has the schema: not that of a codec, all of which end in `$` too.
    pub(super) fn schema_name(&self) -> String {
        let is_taken = self.own_types().any(|id| self.own_name(id) == "schema");
        if is_taken { "schema$$" } else { "schema$" }.to_owned()
    }

    /// The entry of a member's fingerprint in its descriptor, where it has one.
    pub(super) fn fingerprint(&self, kind: Member, service: &str, wire: &str) -> Option<String> {
        let fingerprint = self.agreement.as_ref()?.fingerprint(kind, service, wire)?;
        Some(format!("fp: \"{fingerprint}\""))
    }

    /// Whether a newtype, and so a function, has this name.
    pub(super) fn is_newtype_name(&self, name: &str) -> bool {
        self.newtypes.contains(name)
    }
}

/// The types that a package declares, in source order.
fn own_types(package: &Package) -> impl Iterator<Item = TypeId> + use<'_> {
    package.declarations.iter().filter_map(|item| match item {
        Item::Type(id) => Some(*id),
        _ => None,
    })
}
