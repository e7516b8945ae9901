//! Callbacks by their namespaces, each of which may be opened in several blocks.

use procwire_idl::model::{CallbackId, Package, PackageId, Service};

use super::names::{self, Kind};

/// The callbacks of one namespace.
#[derive(Clone, Debug)]
pub(super) struct Namespace {
    /// The segments of its name.
    pub path: Vec<String>,
    /// The name as a part of classes: `AcmeTrading` for `acme.trading`.
    pub stem: String,
    /// The constant that holds the callbacks.
    pub descriptor: String,
    /// The callbacks, as a service that the parent serves; its name is the namespace.
    pub service: Service,
    /// The blocks that it is made of, each with the number of callbacks before it.
    blocks: Vec<(usize, usize)>,
}

impl Namespace {
    /// Where a callback stands among those of the namespace.
    fn position(&self, id: CallbackId) -> Option<usize> {
        self.blocks.iter().find(|(block, _)| *block == id.block).map(|(_, before)| before + id.method)
    }
}

/// The namespaces of a package, in the order of their first blocks.
pub(super) fn of(package: &Package) -> Vec<Namespace> {
    let mut namespaces: Vec<Namespace> = Vec::new();
    for (at, block) in package.callbacks.iter().enumerate() {
        if let Some(known) = namespaces.iter_mut().find(|known| known.service.name == block.name) {
            known.blocks.push((at, known.service.methods.len()));
            known.service.methods.extend(block.methods.iter().cloned());
            known.service.docs.lines.extend(block.docs.lines.iter().cloned());
            known.service.deprecated = known.service.deprecated.take().or_else(|| block.deprecated.clone());
            continue;
        }
        let flat = block.name.replace('.', "_");
        let name = names::Name { written: &flat, given: block.extras.names.py.as_deref() };
        let stem = names::single(name, Kind::Type);
        namespaces.push(Namespace {
            path: block.name.split('.').map(str::to_owned).collect(),
            descriptor: names::single(format!("{stem}Callbacks").as_str(), Kind::Const),
            stem,
            service: Service {
                name: block.name.clone(),
                docs: block.docs.clone(),
                deprecated: block.deprecated.clone(),
                extras: block.extras.clone(),
                span: block.span,
                prefix: None,
                methods: block.methods.clone(),
                events: Vec::new(),
                reserved: Vec::new(),
            },
            blocks: vec![(at, 0)],
        });
    }
    namespaces
}

/// The namespace of a callback of the same package, and its position there.
pub(super) fn find(namespaces: &[Namespace], id: CallbackId) -> Option<(&Namespace, usize)> {
    namespaces.iter().find_map(|namespace| Some((namespace, namespace.position(id)?)))
}

/// The packages whose callbacks the modules of a package name.
pub(super) fn foreign(package: &Package, own: PackageId) -> Vec<PackageId> {
    let mut packages = Vec::new();
    for id in package.modules.iter().flat_map(|module| module.requires.iter().chain(&module.optional)) {
        if id.package != own && !packages.contains(&id.package) {
            packages.push(id.package);
        }
    }
    packages
}
