//! The pipeline: from sources to a model.

use crate::diagnostic::Diagnostics;
use crate::model::Model;
use crate::source::{FileId, SourceMap, Span};
use crate::{check, parse, resolve};

/// What came out of a schema.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The model, unless there is an error.
    pub model: Option<Model>,
    /// Every problem, in the order of the source.
    pub diagnostics: Diagnostics,
}

/// Reads the schema whose root is a file of the map.
#[must_use]
pub fn load(sources: &SourceMap, root: FileId) -> Loaded {
    let mut diagnostics = Diagnostics::new();
    let model = sources.get(root).map(|source| {
        let tree = parse::file(root, source, &mut diagnostics);
        let resolved = resolve::model(tree, &mut diagnostics);
        check::all(&resolved, &mut diagnostics);
        resolved.model
    });
    diagnostics.sort();
    diagnostics.finish(Span::new(root, 0, 0));
    Loaded { model: model.filter(|_| !diagnostics.has_errors()), diagnostics }
}

/// Reads a schema of one file from its text; `name` is what diagnostics call it.
#[must_use]
pub fn compile_text(name: &str, text: &str) -> (SourceMap, Loaded) {
    let mut sources = SourceMap::new();
    let root = sources.add(name, text);
    let loaded = load(&sources, root);
    (sources, loaded)
}
