//! Namespaces of callbacks: what the parent answers for the child. Several blocks may open one.

use std::borrow::Cow;

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

/// The namespaces of a package, in the order in which they are first opened.
pub(super) fn of(package: &Package) -> Vec<Namespace<'_>> {
    let mut all: Vec<Namespace<'_>> = Vec::new();
    for block in &package.callbacks {
        match all.iter_mut().find(|known| known.written == block.name) {
            Some(known) => known.blocks.push(block),
            None => all.push(Namespace {
                written: &block.name,
                path: block.name.split('.').map(|part| names::single(part, Kind::Member)).collect(),
                name: block
                    .extras
                    .names
                    .ts
                    .clone()
                    .unwrap_or_else(|| names::single(&block.name.replace('.', "_"), Kind::Type)),
                blocks: vec![block],
                methods: Vec::new(),
            }),
        }
    }
    for namespace in &mut all {
        let methods: Vec<&Method> = namespace.blocks.iter().flat_map(|block| &block.methods).collect();
        let names = names::scope(methods.iter().map(|method| Name::new(&method.name, &method.extras)), Kind::Member);
        namespace.methods = methods.into_iter().zip(names.into_iter().map(Cow::into_owned)).collect();
    }
    all
}
