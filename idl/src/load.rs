//! The pipeline: from sources to a model.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::import::{self, Library, NoLibrary};
use crate::model::Model;
use crate::source::{FileId, SourceMap, Span};
use crate::{check, limits, parse, resolve};

/// What came out of a schema.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The model, unless there is an error.
    pub model: Option<Model>,
    /// Every problem, in the order of the source.
    pub diagnostics: Diagnostics,
}

/// Reads the schema whose root is a file of the map, and adds to the map what that imports.
///
/// `path` is where the root lies below the root folder, with `/` between its parts.
#[must_use]
pub fn load(sources: &mut SourceMap, root: FileId, path: &str, library: &mut dyn Library) -> Loaded {
    let mut diagnostics = Diagnostics::new();
    let nodes = import::gather(sources, root, path, library, &mut diagnostics);
    let model = nodes.and_then(|nodes| {
        let mut files = Vec::with_capacity(nodes.len());
        let mut items = 0;
        for node in nodes {
            let tree = parse::file(node.file, sources.get(node.file)?, &mut diagnostics);
            items += tree.items.len() + tree.imports.len();
            if items > limits::ITEMS && !files.is_empty() {
                let message = format!("a schema has at most {} items in all its files", limits::ITEMS);
                diagnostics.push(Diagnostic::error(Code::Limit, Span::new(node.file, 0, 0), message));
                return None;
            }
            files.push(resolve::File { tree, imports: node.imports, path: node.path });
        }
        let resolved = resolve::model(files, &mut diagnostics);
        check::all(&resolved, &mut diagnostics);
        Some(resolved.model)
    });
    diagnostics.sort();
    diagnostics.finish(Span::new(root, 0, 0));
    Loaded { model: model.filter(|_| !diagnostics.has_errors()), diagnostics }
}

/// Reads a schema of one file from its text; `name` is what diagnostics call it. It has nothing to import.
#[must_use]
pub fn compile_text(name: &str, text: &str) -> (SourceMap, Loaded) {
    let mut sources = SourceMap::new();
    let root = sources.add(name, text);
    let path = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let loaded = load(&mut sources, root, path, &mut NoLibrary);
    (sources, loaded)
}
