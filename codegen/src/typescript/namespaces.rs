//! Namespaces of callbacks: what the parent answers for the child. Several blocks may open one.

use std::borrow::Cow;
use std::collections::HashMap;

use procwire_idl::model::{Callbacks, Docs, Method, Package};

use super::names::{self, Kind, Name};

/// A namespace with the callbacks of all its blocks.
pub(super) struct Namespace<'a> {
    /// The name as written, which may have dots.
    pub written: &'a str,
    /// The names of the objects that hold the callbacks, one inside the other.
    pub path: Vec<String>,
    /// What the types are named after: `Trading` of `TradingCallbacks`.
    pub name: String,
    /// The place of the first block in its package.
    pub first: usize,
    /// The blocks, in source order.
    pub blocks: Vec<&'a Callbacks>,
    /// The callbacks and their names.
    pub methods: Vec<(&'a Method, String)>,
}

impl Namespace<'_> {
    /// The documentation of the first block that has any.
    pub(super) fn docs(&self) -> Docs {
        let docs = self.blocks.iter().map(|block| &block.docs).find(|docs| !docs.is_empty());
        docs.cloned().unwrap_or_default()
    }

    /// The reason why all blocks are deprecated, where they are.
    pub(super) fn deprecated(&self) -> Option<&str> {
        let all = self.blocks.iter().all(|block| block.deprecated.is_some());
        self.blocks.first().filter(|_| all).and_then(|block| block.deprecated.as_deref())
    }

    /// The name of the constant that describes the callbacks.
    pub(super) fn constant(&self) -> String {
        names::single(&self.name, Kind::Member) + "Callbacks"
    }
}

/// The namespaces of a package, in the order in which they are first opened, and the place of that of each block.
pub(super) fn of(package: &Package) -> (Vec<Namespace<'_>>, Vec<usize>) {
    let mut all: Vec<Namespace<'_>> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    let mut places = Vec::with_capacity(package.callbacks.len());
    for (first, block) in package.callbacks.iter().enumerate() {
        if let Some(at) = known.get(block.name.as_str()) {
            all[*at].blocks.push(block);
            places.push(*at);
            continue;
        }
        places.push(all.len());
        known.insert(&block.name, all.len());
        let converted = || names::single(&block.name.replace('.', "_"), Kind::Type);
        all.push(Namespace {
            written: &block.name,
            path: block.name.split('.').map(|part| names::single(part, Kind::Member)).collect(),
            name: block.extras.names.ts.clone().unwrap_or_else(converted),
            first,
            blocks: vec![block],
            methods: Vec::new(),
        });
    }
    for namespace in &mut all {
        let methods: Vec<&Method> = namespace.blocks.iter().flat_map(|block| &block.methods).collect();
        let names = names::scope(methods.iter().map(|method| Name::new(&method.name, &method.extras)), Kind::Member);
        namespace.methods = methods.into_iter().zip(names.into_iter().map(Cow::into_owned)).collect();
    }
    (all, places)
}
