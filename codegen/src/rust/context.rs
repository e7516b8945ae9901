//! What the views of one package share: the names of everything, and what its names shadow.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use procwire_idl::model::{DeclarationKind, Model, Package, TypeId};
use procwire_idl::source::Span;

use super::collisions;
use super::derives::{self, Derives};
use super::names::{self, Kind};

pub(super) struct Context<'a> {
    pub model: &'a Model,
    pub package: &'a Package,
    /// The Rust names of the declared types, by their ids.
    types: Vec<Cow<'a, str>>,
    /// The Rust names of the variants of each type; empty where it is no enum.
    variants: Vec<Vec<Cow<'a, str>>>,
    /// Where a variant stands in its enum, by its name as declared.
    positions: HashMap<(TypeId, &'a str), usize>,
    pub consts: Vec<Cow<'a, str>>,
    pub services: Vec<Cow<'a, str>>,
    derives: Vec<Derives>,
    pub std: Std,
}

impl<'a> Context<'a> {
    pub(super) fn new(model: &'a Model, package: &'a Package) -> Self {
        let declared = model.types.len();
        let services = package.services.iter().map(|service| service.name.as_str());
        // A trait and a type of one name would meet, so both are one scope.
        let mut types =
            names::scope(model.types.iter().map(|declaration| declaration.name.as_str()).chain(services), Kind::Type);
        let services = types.split_off(declared);
        let mut variants = Vec::with_capacity(declared);
        let mut positions = HashMap::new();
        for (id, declaration) in (0..).map(TypeId).zip(&model.types) {
            let (DeclarationKind::Enum(declared) | DeclarationKind::Error(declared)) = &declaration.kind else {
                variants.push(Vec::new());
                continue;
            };
            let kind = if declared.strict { Kind::Variant } else { Kind::OpenVariant };
            variants.push(names::scope(declared.variants.iter().map(|variant| variant.name.as_str()), kind));
            positions
                .extend(declared.variants.iter().enumerate().map(|(at, variant)| ((id, variant.name.as_str()), at)));
        }
        let derived: Vec<(String, Span)> = package
            .services
            .iter()
            .zip(&services)
            .flat_map(|(service, name)| collisions::derived(service, name))
            .collect();
        let all = types.iter().chain(&services).map(AsRef::as_ref).chain(derived.iter().map(|(name, _)| name.as_str()));
        Self {
            model,
            package,
            std: Std::new(all),
            types,
            variants,
            positions,
            consts: names::scope(package.consts.iter().map(|constant| constant.name.as_str()), Kind::Const),
            services,
            derives: derives::of_all(model),
        }
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

    pub(super) fn derives(&self, id: TypeId) -> Derives {
        self.derives[id.0 as usize]
    }
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
