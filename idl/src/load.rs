//! The pipeline: from sources to a model.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::import::{self, Library, NoLibrary, Node};
use crate::model::Model;
use crate::source::{FileId, SourceMap, Span};
use crate::trees::{self, Parsed, Trees};
use crate::{check, limits, resolve};

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
    let nodes = import::gather(sources, root, path, library, None, &mut diagnostics);
    let parsed = |nodes: &[Node]| {
        let files = nodes.iter().filter_map(|node| Some((node.file, sources.get(node.file)?)));
        trees::parse(&files.collect::<Vec<_>>())
    };
    let model = nodes.and_then(|nodes| model(parsed(&nodes), nodes, &mut diagnostics));
    loaded(model, root, diagnostics)
}

/// The same for a schema that is loaded again and again: files that are what they were are not parsed again.
#[must_use]
pub fn load_again(
    sources: &mut SourceMap,
    root: FileId,
    path: &str,
    library: &mut dyn Library,
    kept: &mut Trees<'_>,
) -> Loaded {
    let mut diagnostics = Diagnostics::new();
    let nodes = import::gather(sources, root, path, library, Some(kept), &mut diagnostics);
    let model = nodes.and_then(|nodes| {
        let files = nodes.iter().filter_map(|node| Some((node.file, sources.get(node.file)?)));
        let parsed = kept.parse(&files.collect::<Vec<_>>());
        model(parsed, nodes, &mut diagnostics)
    });
    loaded(model, root, diagnostics)
}

/// The model of the files, with what is wrong in them. `parsed` ends early where there are too many items.
fn model(parsed: Vec<Parsed<'_>>, nodes: Vec<Node>, diagnostics: &mut Diagnostics) -> Option<Model> {
    let mut files = Vec::with_capacity(nodes.len());
    let mut items = 0;
    for (Parsed { tree, diagnostics: found }, node) in parsed.into_iter().zip(nodes) {
        diagnostics.append(found);
        items += trees::items(&tree);
        if items > limits::ITEMS && !files.is_empty() {
            let message = format!("a schema has at most {} items in all its files", limits::ITEMS);
            diagnostics.push(Diagnostic::error(Code::Limit, Span::new(node.file, 0, 0), message));
            return None;
        }
        files.push(resolve::File { tree, imports: node.imports, path: node.path });
    }
    let resolved = resolve::model(files, diagnostics);
    check::all(&resolved, diagnostics);
    Some(resolved.model)
}

fn loaded(model: Option<Model>, root: FileId, mut diagnostics: Diagnostics) -> Loaded {
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
