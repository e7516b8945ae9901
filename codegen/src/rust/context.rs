//! What the views of one package share: the names of everything, and what its names shadow.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use heck::ToUpperCamelCase;
use procwire_idl::model::{
    CallbackId, Declaration, DeclarationKind, Item, Model, Package, PackageId, ServiceId, TypeId,
};
use procwire_idl::source::Span;

use super::collisions;
use super::derives::{self, Derives};
use super::names::{self, Kind, Name};
use super::packages;

/// What is the same for every package.
pub(super) struct Shared<'a> {
    pub model: &'a Model,
    /// The Rust names of the declared types, by their ids.
    declared: Vec<Cow<'a, str>>,
    /// The names of the traits of the services, by package.
    services: Vec<Vec<Cow<'a, str>>>,
    /// The Rust names of the variants of each type; empty where it is no enum.
    variants: Vec<Vec<Cow<'a, str>>>,
    /// Where a variant stands in its enum, by its name as declared.
    positions: HashMap<(TypeId, &'a str), usize>,
    derives: Vec<Derives>,
}

impl<'a> Shared<'a> {
    pub(super) fn new(model: &'a Model) -> Self {
        let mut declared = vec![Cow::Borrowed(""); model.types.len()];
        let mut services = Vec::with_capacity(model.packages.len());
        for package in &model.packages {
            let ids: Vec<TypeId> = own_types(package).collect();
            let types = ids.iter().map(|id| model.declaration(*id));
            let names = types.map(|declaration| Name::new(&declaration.name, &declaration.extras));
            // A trait and a type of one name would meet, so both are one scope.
            let traits = package.services.iter().map(|service| Name::new(&service.name, &service.extras));
            let mut names = names::scope(names.chain(traits), Kind::Type);
            services.push(names.split_off(ids.len()));
            for (id, name) in ids.into_iter().zip(names) {
                declared[id.0 as usize] = name;
            }
        }
        let mut variants = Vec::with_capacity(model.types.len());
        let mut positions = HashMap::new();
        for (id, declaration) in (0..).map(TypeId).zip(&model.types) {
            let (DeclarationKind::Enum(declared) | DeclarationKind::Error(declared)) = &declaration.kind else {
                variants.push(Vec::new());
                continue;
            };
            let kind = if declared.strict { Kind::Variant } else { Kind::OpenVariant };
            let names = declared.variants.iter().map(|variant| Name::new(&variant.name, &variant.extras));
            variants.push(names::scope(names, kind));
            positions
                .extend(declared.variants.iter().enumerate().map(|(at, variant)| ((id, variant.name.as_str()), at)));
        }
        Self { model, declared, services, variants, positions, derives: derives::of_all(model) }
    }
}

pub(super) struct Context<'a> {
    pub model: &'a Model,
    pub package: &'a Package,
    shared: &'a Shared<'a>,
    /// The Rust names of the types that can be named here; of other packages with their paths.
    types: HashMap<TypeId, Cow<'a, str>>,
    pub consts: Vec<Cow<'a, str>>,
    pub services: &'a [Cow<'a, str>],
    /// The traits of the namespaces of callbacks.
    callbacks: HashMap<&'a str, String>,
    pub std: Std,
}

impl<'a> Context<'a> {
    pub(super) fn new(shared: &'a Shared<'a>, id: PackageId) -> Self {
        let model = shared.model;
        let package = &model.packages[id.0 as usize];
        let mut types = HashMap::new();
        for other in packages::reached(model, id) {
            let other = &model.packages[other.0 as usize];
            let path = packages::path(model, package, other);
            types.extend(own_types(other).map(|id| {
                let name = &shared.declared[id.0 as usize];
                (id, if path.is_empty() { Cow::Borrowed(&**name) } else { Cow::Owned(format!("{path}{name}")) })
            }));
        }
        let services = &shared.services[id.0 as usize];
        let derived: Vec<(String, Span)> = package
            .services
            .iter()
            .zip(services)
            .flat_map(|(service, name)| collisions::derived(service, name))
            .collect();
        let callbacks =
            package.callbacks.iter().map(|block| (block.name.as_str(), callbacks_trait(package, &block.name)));
        let callbacks: HashMap<&str, String> = callbacks.collect();
        let own = own_types(package).map(|id| &types[&id]);
        let all = own.chain(services).map(AsRef::as_ref).chain(derived.iter().map(|(name, _)| name.as_str()));
        Self {
            model,
            package,
            std: Std::new(all),
            shared,
            types,
            consts: names::scope(
                package.consts.iter().map(|constant| Name::new(&constant.name, &constant.extras)),
                Kind::Const,
            ),
            services,
            callbacks,
        }
    }

    /// The types that the package declares.
    pub(super) fn own_types(&self) -> impl Iterator<Item = (TypeId, &'a Declaration)> {
        own_types(self.package).map(|id| (id, self.model.declaration(id)))
    }

    pub(super) fn type_name(&self, id: TypeId) -> &str {
        &self.types[&id]
    }

    pub(super) fn variant_names(&self, id: TypeId) -> &[Cow<'a, str>] {
        &self.shared.variants[id.0 as usize]
    }

    /// The Rust name of a variant by its name as declared.
    pub(super) fn variant_name(&self, id: TypeId, variant: &'a str) -> &str {
        match self.shared.positions.get(&(id, variant)) {
            Some(at) => &self.shared.variants[id.0 as usize][*at],
            None => variant,
        }
    }

    /// The path of a service's trait.
    pub(super) fn service_path(&self, id: ServiceId) -> String {
        let package = &self.model.packages[id.package.0 as usize];
        let name = &self.shared.services[id.package.0 as usize][id.service];
        format!("{}{name}", packages::path(self.model, self.package, package))
    }

    /// The path of a callback: its trait and its function.
    pub(super) fn callback_path(&self, id: CallbackId) -> String {
        let package = &self.model.packages[id.package.0 as usize];
        let namespace = &package.callbacks[id.block].name;
        let blocks = package.callbacks.iter().enumerate().filter(|(_, block)| block.name == *namespace);
        let methods = blocks.flat_map(|(at, block)| block.methods.iter().map(move |method| (at, method)));
        let at = methods.clone().take_while(|(at, _)| *at < id.block).count() + id.method;
        let mut names =
            names::scope(methods.map(|(_, method)| Name::new(&method.name, &method.extras)), Kind::Function);
        let path = packages::path(self.model, self.package, package);
        format!("{path}{}::{}", callbacks_trait(package, namespace), names.swap_remove(at))
    }

    /// The trait of a namespace of callbacks.
    pub(super) fn callbacks(&self, namespace: &str) -> &str {
        self.callbacks.get(namespace).map_or("", String::as_str)
    }

    pub(super) fn derives(&self, id: TypeId) -> Derives {
        self.shared.derives[id.0 as usize]
    }
}

/// The name of the trait of a namespace of callbacks: given by one of its blocks, or derived from the namespace.
fn callbacks_trait(package: &Package, namespace: &str) -> String {
    let mut blocks = package.callbacks.iter().filter(|block| block.name == namespace);
    let given = blocks.find_map(|block| block.extras.names.rust.clone());
    given.unwrap_or_else(|| format!("{}Callbacks", namespace.replace('.', "_").to_upper_camel_case()))
}

/// The types that a package declares.
fn own_types(package: &Package) -> impl Iterator<Item = TypeId> {
    package.declarations.iter().filter_map(|item| match item {
        Item::Type(id) => Some(*id),
        _ => None,
    })
}

/// The names of std's prelude that generated code uses: short, unless the package declares a type of that name.
pub(super) struct Std {
    pub boxed: &'static str,
    pub option: &'static str,
    pub result: &'static str,
    pub some: &'static str,
    pub string: &'static str,
    pub vec: &'static str,
}

impl Std {
    fn new<'a>(declared: impl Iterator<Item = &'a str>) -> Self {
        let declared: HashSet<&str> = declared.collect();
        let pick = |short: &'static str, absolute| {
            if declared.contains(short) { absolute } else { short }
        };
        Self {
            boxed: pick("Box", "::std::boxed::Box"),
            option: pick("Option", "::std::option::Option"),
            result: pick("Result", "::std::result::Result"),
            // A newtype is a function too, so one called `Some` would be called instead.
            some: pick("Some", "::std::option::Option::Some"),
            string: pick("String", "::std::string::String"),
            vec: pick("Vec", "::std::vec::Vec"),
        }
    }
}
