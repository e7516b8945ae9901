//! What the views of one package share: the names of everything, and what its names shadow.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use heck::ToUpperCamelCase;
use procwire_idl::model::{Declaration, DeclarationKind, Item, Model, Package, TypeId};
use procwire_idl::source::Span;

use super::collisions;
use super::derives::{self, Derives};
use super::names::{self, Kind, Name};
use super::packages;

pub(super) struct Context<'a> {
    pub model: &'a Model,
    pub package: &'a Package,
    /// The Rust names of the declared types, by their ids; of other packages with their paths.
    types: Vec<Cow<'a, str>>,
    /// The Rust names of the variants of each type; empty where it is no enum.
    variants: Vec<Vec<Cow<'a, str>>>,
    /// Where a variant stands in its enum, by its name as declared.
    positions: HashMap<(TypeId, &'a str), usize>,
    pub consts: Vec<Cow<'a, str>>,
    pub services: Vec<Cow<'a, str>>,
    /// The traits of the namespaces of callbacks.
    callbacks: HashMap<&'a str, String>,
    derives: Vec<Derives>,
    pub std: Std,
}

impl<'a> Context<'a> {
    pub(super) fn new(model: &'a Model, package: &'a Package) -> Self {
        let declared = model.types.len();
        let mut types = vec![Cow::Borrowed(""); declared];
        let mut services = Vec::new();
        for other in &model.packages {
            let is_own = std::ptr::eq(other, package);
            let path = packages::path(model, package, other);
            let ids: Vec<TypeId> = own_types(other).collect();
            let declared = ids.iter().map(|id| model.declaration(*id));
            let names = declared.map(|declaration| Name::new(&declaration.name, &declaration.extras));
            // A trait and a type of one name would meet, so both are one scope.
            let traits = other.services.iter().map(|service| Name::new(&service.name, &service.extras));
            let mut names = names::scope(names.chain(traits), Kind::Type);
            let traits = names.split_off(ids.len());
            for (id, name) in ids.into_iter().zip(names) {
                types[id.0 as usize] = if is_own { name } else { Cow::Owned(format!("{path}{name}")) };
            }
            if is_own {
                services = traits;
            }
        }
        let mut variants = Vec::with_capacity(declared);
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
        let derived: Vec<(String, Span)> = package
            .services
            .iter()
            .zip(&services)
            .flat_map(|(service, name)| collisions::derived(service, name))
            .collect();
        let callbacks = package.callbacks.iter().map(|block| {
            let usual = || format!("{}Callbacks", block.name.replace('.', "_").to_upper_camel_case());
            (block.name.as_str(), block.extras.names.rust.clone().unwrap_or_else(usual))
        });
        let callbacks: HashMap<&str, String> = callbacks.collect();
        let own = own_types(package).map(|id| &types[id.0 as usize]);
        let all = own.chain(&services).map(AsRef::as_ref).chain(derived.iter().map(|(name, _)| name.as_str()));
        Self {
            model,
            package,
            std: Std::new(all),
            types,
            variants,
            positions,
            consts: names::scope(
                package.consts.iter().map(|constant| Name::new(&constant.name, &constant.extras)),
                Kind::Const,
            ),
            services,
            callbacks,
            derives: derives::of_all(model),
        }
    }

    /// The types that the package declares.
    pub(super) fn own_types(&self) -> impl Iterator<Item = (TypeId, &'a Declaration)> {
        own_types(self.package).map(|id| (id, self.model.declaration(id)))
    }

    pub(super) fn type_name(&self, id: TypeId) -> &str {
        &self.types[id.0 as usize]
    }

    pub(super) fn variant_names(&self, id: TypeId) -> &[Cow<'a, str>] {
        &self.variants[id.0 as usize]
    }

    /// The Rust name of a variant by its name as declared.
    pub(super) fn variant_name(&self, id: TypeId, variant: &'a str) -> &str {
        match self.positions.get(&(id, variant)) {
            Some(at) => &self.variants[id.0 as usize][*at],
            None => variant,
        }
    }

    /// The trait of a namespace of callbacks.
    pub(super) fn callbacks(&self, namespace: &str) -> &str {
        self.callbacks.get(namespace).map_or("", String::as_str)
    }

    pub(super) fn derives(&self, id: TypeId) -> Derives {
        self.derives[id.0 as usize]
    }
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
