//! What the views of one package share: the names of everything.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use procwire_idl::model::{
    Declaration, DeclarationKind, Enum, Event, Item, Model, Package, PackageId, Parameters, Representation, Service,
    Type, TypeId, TypeKind, Variant,
};
use procwire_idl::source::Span;

use super::names::{self, Kind, Name};
use super::namespaces::{self, Namespace};
use super::packages::{self, Import};
use crate::agreement::{Agreement, Kind as Member};

/// The constant that has the schema.
pub(super) const SCHEMA: &str = "_SCHEMA";

/// The class that has all that a worker can call.
pub(super) const CALLS: &str = "ParentCalls";

pub(super) struct Context<'a> {
    pub model: &'a Model,
    pub package: &'a Package,
    pub id: PackageId,
    /// The packages that can be named here.
    pub imports: HashMap<PackageId, Import>,
    /// The Python names of the declared types, by their ids, behind the module's where they are of another package.
    types: HashMap<TypeId, String>,
    /// The members of each enum of numbers.
    members: HashMap<TypeId, Vec<Cow<'a, str>>>,
    /// Where a variant stands in its enum, by its name as declared.
    positions: HashMap<(TypeId, &'a str), usize>,
    pub consts: Vec<Cow<'a, str>>,
    /// The names of services as parts of other names.
    pub services: Vec<Cow<'a, str>>,
    /// The constants that hold the services.
    pub descriptors: Vec<Cow<'a, str>>,
    /// The classes of the modules.
    pub modules: Vec<Cow<'a, str>>,
    /// The callbacks, one entry a namespace.
    pub namespaces: Vec<Namespace>,
    /// What the file says of its schema, where it declares what is served or called.
    pub agreement: Option<Agreement>,
}

impl<'a> Context<'a> {
    pub(super) fn new(model: &'a Model, id: PackageId) -> Self {
        let package = &model.packages[id.0 as usize];
        let imports = packages::imports(model, id);
        let reached = imports.keys().copied().chain([id]);
        let own: HashMap<PackageId, Vec<TypeId>> =
            reached.map(|id| (id, own_types(&model.packages[id.0 as usize]).collect())).collect();
        let mut context = Self {
            model,
            package,
            id,
            types: HashMap::new(),
            members: HashMap::new(),
            positions: HashMap::new(),
            consts: Vec::new(),
            services: Vec::new(),
            descriptors: Vec::new(),
            modules: Vec::new(),
            namespaces: namespaces::of(package),
            agreement: None,
            imports,
        };
        for (other, ids) in &own {
            context.name_types(*other, ids);
        }
        let top = TopLevel::new(model, package, own.get(&id).map_or(&[], Vec::as_slice));
        (context.services, context.modules) = (top.services, top.modules);
        // Constants and classes are one scope; a class keeps its name.
        let classes: HashSet<String> = context.classes().into_iter().map(|(name, _)| name).collect();
        let consts = package.consts.iter().map(|constant| Name::new(&constant.name, &constant.extras));
        let services = package.services.iter().map(|service| Name::derived(&service.name, &service.extras));
        let mut consts = names::escaped(consts.chain(services), Kind::Const, |name| classes.contains(name));
        context.descriptors = consts.split_off(package.consts.len());
        context.consts = consts;
        context
    }

    /// Names the types of a package, and what is in them.
    fn name_types(&mut self, package: PackageId, ids: &[TypeId]) {
        let model = self.model;
        let names = TopLevel::new(model, &model.packages[package.0 as usize], ids).types;
        let module = self.imports.get(&package).map(|import| format!("{}.", import.alias)).unwrap_or_default();
        for (id, name) in ids.iter().zip(names) {
            self.types.insert(*id, format!("{module}{name}"));
            let (DeclarationKind::Enum(body) | DeclarationKind::Error(body)) = &model.declaration(*id).kind else {
                continue;
            };
            let variants = || body.variants.iter().map(|variant| variant.name.as_str());
            self.positions.extend(variants().enumerate().map(|(at, variant)| ((*id, variant), at)));
            if let Representation::Number(_) = body.representation {
                self.members.insert(*id, names::scope(variant_names(body), Kind::Const));
            }
        }
    }

    /// What another package has.
    pub(super) fn of(&self, id: PackageId) -> Context<'a> {
        Context::new(self.model, id)
    }

    /// The name of something that a package declares, as it is written here.
    pub(super) fn from(&self, id: PackageId, name: &str) -> String {
        self.imports.get(&id).map_or_else(|| name.to_owned(), |import| format!("{}.{name}", import.alias))
    }

    /// The argument of a member's fingerprint, where it has one.
    pub(super) fn fingerprint(&self, kind: Member, service: &str, wire: &str) -> Option<String> {
        let fingerprint = self.agreement.as_ref()?.fingerprint(kind, service, wire)?;
        Some(format!("fp=\"{fingerprint}\""))
    }

    pub(super) fn type_name(&self, id: TypeId) -> &str {
        &self.types[&id]
    }

    /// What a type is called where a value of it stands: an error's name is its exception's.
    pub(super) fn value_name(&self, id: TypeId) -> String {
        let name = self.type_name(id);
        match self.model.declaration(id).kind {
            DeclarationKind::Error(_) => format!("{name}Data"),
            _ => name.to_owned(),
        }
    }

    /// The members of an enum of numbers.
    pub(super) fn members(&self, id: TypeId) -> &[Cow<'a, str>] {
        self.members.get(&id).map_or(&[], Vec::as_slice)
    }

    /// Where a variant stands in its enum.
    pub(super) fn position(&self, id: TypeId, variant: &'a str) -> usize {
        self.positions.get(&(id, variant)).copied().unwrap_or_default()
    }

    /// The class of a variant.
    pub(super) fn variant_class(&self, id: TypeId, variant: &Variant) -> String {
        let name = Name::new(&variant.name, &variant.extras);
        format!("{}{}", self.type_name(id), names::single(name, Kind::Suffix))
    }

    /// The class of an event's payload.
    pub(super) fn event_class(service: &str, event: &Event) -> String {
        format!("{service}{}", names::single(Name::derived(&event.name, &event.extras), Kind::Suffix))
    }

    /// Whether a newtype is a type of its own in Python too. Where type checkers want a class, it is another name.
    pub(super) fn is_distinct(&self, target: &Type) -> bool {
        let target = self.model.without_alias(target);
        match &target.kind {
            TypeKind::Named(id) => match &self.model.declaration(*id) {
                Declaration { kind: DeclarationKind::Newtype(inner), cycle: None, .. } => self.is_distinct(inner),
                _ => false,
            },
            TypeKind::Bool | TypeKind::Any | TypeKind::Unit | TypeKind::Nullable(_) => false,
            _ => true,
        }
    }

    /// Whether nil is a value, and so stands for an absent one.
    pub(super) fn is_nullable(&self, ty: &Type) -> bool {
        matches!(self.model.on_the_wire(ty).kind, TypeKind::Nullable(_))
    }

    /// Whether workers of the package can call their parent.
    pub(super) fn has_calls(&self) -> bool {
        !self.namespaces.is_empty() || !namespaces::foreign(self.package, self.id).is_empty()
    }

    /// Every class and alias of the module, and the span of what it comes from.
    pub(super) fn classes(&self) -> Vec<(String, Span)> {
        let mut names = Vec::new();
        for id in own_types(self.package) {
            let declaration = self.model.declaration(id);
            names.push((self.type_name(id).to_owned(), declaration.span));
            if matches!(declaration.kind, DeclarationKind::Error(_)) {
                names.push((self.value_name(id), declaration.span));
            }
            if let DeclarationKind::Enum(body) | DeclarationKind::Error(body) = &declaration.kind
                && has_classes(body)
            {
                names.extend(body.variants.iter().map(|variant| (self.variant_class(id, variant), variant.span)));
            }
        }
        for (service, name) in self.package.services.iter().zip(&self.services) {
            names.extend(derived(service, name));
        }
        for namespace in &self.namespaces {
            let suffixes = ["Callbacks", "Calls"].into_iter();
            names.extend(suffixes.map(|suffix| (format!("{}{suffix}", namespace.stem), namespace.service.span)));
        }
        if self.has_calls() {
            let spans = self.namespaces.iter().map(|namespace| namespace.service.span);
            let span = spans.chain(self.package.modules.iter().map(|module| module.span)).next();
            names.extend(span.map(|span| (CALLS.to_owned(), span)));
        }
        for (module, name) in self.package.modules.iter().zip(&self.modules) {
            let suffixes = ["", "Client", "SyncClient", "On"].into_iter();
            names.extend(suffixes.map(|suffix| (format!("{name}{suffix}"), module.span)));
        }
        names
    }
}

/// The names of the types, the services and the modules of a package, which are one scope.
struct TopLevel<'a> {
    types: Vec<Cow<'a, str>>,
    services: Vec<Cow<'a, str>>,
    modules: Vec<Cow<'a, str>>,
}

impl<'a> TopLevel<'a> {
    fn new(model: &'a Model, package: &'a Package, types: &[TypeId]) -> Self {
        let declared = types.iter().map(|id| model.declaration(*id)).map(|it| Name::new(&it.name, &it.extras));
        let services = package.services.iter().map(|service| Name::new(&service.name, &service.extras));
        let modules = package.modules.iter().map(|module| Name::new(&module.name, &module.extras));
        let mut names = names::scope(declared.chain(services).chain(modules), Kind::Type);
        let modules = names.split_off(types.len() + package.services.len());
        let services = names.split_off(types.len());
        Self { types: names, services, modules }
    }
}

/// The names of the variants of an enum.
pub(super) fn variant_names(body: &Enum) -> impl Iterator<Item = Name<'_>> + Clone {
    body.variants.iter().map(|variant| Name::new(&variant.name, &variant.extras))
}

/// Whether the variants of an enum are classes.
pub(super) fn has_classes(body: &Enum) -> bool {
    matches!(body.representation, Representation::Tagged { .. } | Representation::External)
}

/// The classes of a service, and where each comes from.
fn derived(service: &Service, name: &str) -> Vec<(String, Span)> {
    let suffixes: &[&str] = if service.events.is_empty() {
        &["Client", "SyncClient", "Worker"]
    } else {
        &["Client", "SyncClient", "Worker", "Events", "SyncEvents", "On", "Emit"]
    };
    let mut names: Vec<_> = suffixes.iter().map(|suffix| (format!("{name}{suffix}"), service.span)).collect();
    for event in &service.events {
        if matches!(event.parameters, Parameters::Named(_)) {
            names.push((Context::event_class(name, event), event.span));
        }
    }
    names
}

/// The types that a package declares, in source order.
fn own_types(package: &Package) -> impl Iterator<Item = TypeId> {
    package.declarations.iter().filter_map(|item| match item {
        Item::Type(id) => Some(*id),
        _ => None,
    })
}
