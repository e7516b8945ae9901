//! What the views of one package share: the names of everything.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use procwire_idl::model::{
    Declaration, DeclarationKind, Enum, Event, Model, Package, Parameters, Representation, Service, Type, TypeId,
    TypeKind,
};

use super::names::{self, Kind};

pub(super) struct Context<'a> {
    pub model: &'a Model,
    pub package: &'a Package,
    /// The Python names of the declared types, by their ids.
    types: Vec<Cow<'a, str>>,
    /// The members of each enum of numbers; empty for all else.
    members: Vec<Vec<Cow<'a, str>>>,
    /// Where a variant stands in its enum, by its name as declared.
    positions: HashMap<(TypeId, &'a str), usize>,
    pub consts: Vec<Cow<'a, str>>,
    /// The names of services as parts of other names.
    pub services: Vec<Cow<'a, str>>,
    /// The constants that hold the services.
    pub descriptors: Vec<Cow<'a, str>>,
}

impl<'a> Context<'a> {
    pub(super) fn new(model: &'a Model, package: &'a Package) -> Self {
        let declared = model.types.len();
        let services = || package.services.iter().map(|service| service.name.as_str());
        let mut types =
            names::scope(model.types.iter().map(|declaration| declaration.name.as_str()).chain(services()), Kind::Type);
        let services_as_types = types.split_off(declared);
        let mut members = Vec::with_capacity(declared);
        let mut positions = HashMap::new();
        for (id, declaration) in (0..).map(TypeId).zip(&model.types) {
            let (DeclarationKind::Enum(body) | DeclarationKind::Error(body)) = &declaration.kind else {
                members.push(Vec::new());
                continue;
            };
            let variants = || body.variants.iter().map(|variant| variant.name.as_str());
            positions.extend(variants().enumerate().map(|(at, variant)| ((id, variant), at)));
            members.push(match body.representation {
                Representation::Number(_) => names::scope(variants(), Kind::Const),
                _ => Vec::new(),
            });
        }
        let mut context = Self {
            model,
            package,
            types,
            members,
            positions,
            consts: Vec::new(),
            services: services_as_types,
            descriptors: Vec::new(),
        };
        // Constants and classes are one scope; a class keeps its name.
        let classes: HashSet<String> = context.classes().into_iter().map(|(name, _)| name).collect();
        let consts = package.consts.iter().map(|constant| constant.name.as_str());
        let mut consts = names::escaped(consts.chain(services()), Kind::Const, |name| classes.contains(name));
        context.descriptors = consts.split_off(package.consts.len());
        context.consts = consts;
        context
    }

    pub(super) fn type_name(&self, id: TypeId) -> &str {
        &self.types[id.0 as usize]
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
        &self.members[id.0 as usize]
    }

    /// Where a variant stands in its enum.
    pub(super) fn position(&self, id: TypeId, variant: &'a str) -> usize {
        self.positions.get(&(id, variant)).copied().unwrap_or_default()
    }

    /// The class of a variant with the name `variant`.
    pub(super) fn variant_class(&self, id: TypeId, variant: &str) -> String {
        format!("{}{}", self.type_name(id), names::single(variant, Kind::Suffix))
    }

    /// The class of an event's payload.
    pub(super) fn event_class(service: &str, event: &Event) -> String {
        format!("{service}{}", names::single(&event.name, Kind::Suffix))
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

    /// Every class and alias of the module, and the span of what it comes from.
    pub(super) fn classes(&self) -> Vec<(String, procwire_idl::source::Span)> {
        let mut names = Vec::new();
        for (id, declaration) in (0..).map(TypeId).zip(&self.model.types) {
            names.push((self.type_name(id).to_owned(), declaration.span));
            if matches!(declaration.kind, DeclarationKind::Error(_)) {
                names.push((self.value_name(id), declaration.span));
            }
            if let DeclarationKind::Enum(body) | DeclarationKind::Error(body) = &declaration.kind
                && has_classes(body)
            {
                names.extend(body.variants.iter().map(|variant| (self.variant_class(id, &variant.name), variant.span)));
            }
        }
        for (service, name) in self.package.services.iter().zip(&self.services) {
            names.extend(derived(service, name));
        }
        names
    }
}

/// Whether the variants of an enum are classes.
pub(super) fn has_classes(body: &Enum) -> bool {
    matches!(body.representation, Representation::Tagged { .. } | Representation::External)
}

/// The classes of a service, and where each comes from.
fn derived(service: &Service, name: &str) -> Vec<(String, procwire_idl::source::Span)> {
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
