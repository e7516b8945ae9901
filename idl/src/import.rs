//! Imports: from the root schema to every file that it needs, before any of them is read whole.
//!
//! Files are known by their paths below the root folder. Whoever has files gives them as a [`Library`]; nothing here
//! touches a disk.

use std::collections::HashMap;

use crate::ast::{Import, ImportSource};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::components;
use crate::source::{FileId, SourceMap, Span};
use crate::trees::Trees;
use crate::{limits, parse};

/// Where the texts of imported files come from.
pub trait Library {
    /// The file of a path below the root folder, with `/` between its parts: `acme/common.ipc`.
    fn read(&mut self, path: &str) -> Result<Source, Unreadable>;
}

/// A text of a [`Library`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// What diagnostics call it.
    pub name: String,
    /// The text.
    pub text: String,
}

/// Why a [`Library`] does not give a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// There is none.
    Missing,
    /// It lies outside of the root folder, by way of a link.
    Outside,
    /// Anything else, in a few words.
    Other(String),
}

/// The library of a schema that is a text and no file: it has nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoLibrary;

impl Library for NoLibrary {
    fn read(&mut self, _: &str) -> Result<Source, Unreadable> {
        Err(Unreadable::Missing)
    }
}

/// A file of a schema and what its imports are.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub file: FileId,
    /// Where it lies below the root folder.
    pub path: String,
    /// For each import, in source order, the node that it names; `None` where there is none, which is told.
    pub imports: Vec<Option<usize>>,
    /// The places of its imports.
    places: Vec<Span>,
    package: String,
    depth: usize,
}

/// The files that a schema needs, its own first. `None` where they are too many or too large, which is told.
///
/// `kept` has trees of files that were read before.
pub(crate) fn gather(
    sources: &mut SourceMap,
    root: FileId,
    path: &str,
    library: &mut dyn Library,
    kept: Option<&Trees<'_>>,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<Node>> {
    let mut gathering = Gathering {
        sources,
        library,
        kept,
        diagnostics,
        nodes: Vec::new(),
        known: HashMap::from([(path.to_owned(), Ok(0))]),
        size: 0,
    };
    gathering.add(root, path.to_owned(), 0);
    let mut next = 0;
    while next < gathering.nodes.len() {
        gathering.follow(next).ok()?;
        next += 1;
    }
    let nodes = gathering.nodes;
    circles(&nodes, diagnostics);
    Some(nodes)
}

struct Gathering<'g> {
    sources: &'g mut SourceMap,
    library: &'g mut dyn Library,
    kept: Option<&'g Trees<'g>>,
    diagnostics: &'g mut Diagnostics,
    nodes: Vec<Node>,
    known: HashMap<String, Result<usize, Unreadable>>,
    size: usize,
}

/// The files are too many or too large, which is told; no more are read.
struct TooMuch;

/// An import, on its own.
struct Wanted {
    span: Span,
    /// As it is written.
    shown: String,
    package: Option<String>,
    /// The path below the root folder; `None` where that leads out.
    path: Option<String>,
}

impl Gathering<'_> {
    fn add(&mut self, file: FileId, path: String, depth: usize) -> usize {
        self.size += self.sources.get(file).map_or(0, |source| source.text().len());
        let node = Node { file, path, imports: Vec::new(), places: Vec::new(), package: String::new(), depth };
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    /// Finds the files that one imports.
    fn follow(&mut self, at: usize) -> Result<(), TooMuch> {
        let Node { file, depth, .. } = self.nodes[at];
        let Some(source) = self.sources.get(file) else { return Ok(()) };
        let scanned;
        let tree = if let Some(tree) = self.kept.and_then(|kept| kept.get(file, source)) {
            tree
        } else {
            scanned = parse::imports(file, source.text());
            &scanned
        };
        let package = tree.package.as_ref().map_or_else(String::new, |package| package.path.text.to_owned());
        let wanted: Vec<Wanted> = tree.imports.iter().map(|import| Wanted::of(import, &self.nodes[at].path)).collect();
        self.nodes[at].package = package;
        for wanted in wanted {
            let span = wanted.span;
            let found = self.find(at, wanted, depth + 1)?;
            self.nodes[at].imports.push(found);
            self.nodes[at].places.push(span);
        }
        Ok(())
    }

    /// The node of an import, where there is one.
    fn find(&mut self, at: usize, wanted: Wanted, depth: usize) -> Result<Option<usize>, TooMuch> {
        let Wanted { span, shown, package, path } = wanted;
        let Some(path) = path else {
            let message = format!("{shown} lies outside of the root folder");
            self.tell(Code::ImportOutsideRoot, span, message, "a schema imports what lies in its root folder or below");
            return Ok(None);
        };
        let is_itself = path == self.nodes[at].path || package.is_some_and(|name| name == self.nodes[at].package);
        if is_itself {
            let message = "a package does not import itself";
            let note = "its own names need no import";
            self.diagnostics.push(Diagnostic::error(Code::ImportCycle, span, message).note(note));
            return Ok(None);
        }
        if let Some(Ok(found)) = self.known.get(&path) {
            return Ok(Some(*found));
        }
        if depth > limits::IMPORT_DEPTH {
            let message = format!("imports are more than {} deep", limits::IMPORT_DEPTH);
            self.diagnostics.push(Diagnostic::error(Code::Limit, span, message).label("one too many"));
            return Ok(None);
        }
        let read = match self.known.get(&path) {
            Some(Err(why)) => Err(why.clone()),
            _ => self.library.read(&path),
        };
        match read {
            Ok(source) => {
                let file = self.sources.add(source.name, source.text);
                let found = self.add(file, path.clone(), depth);
                self.known.insert(path, Ok(found));
                if self.size > limits::SCHEMA_SIZE || self.nodes.len() > limits::FILES {
                    let message = format!(
                        "a schema has at most {} files and {} bytes, and this import brings more",
                        limits::FILES,
                        limits::SCHEMA_SIZE
                    );
                    self.diagnostics.push(Diagnostic::error(Code::Limit, span, message));
                    return Err(TooMuch);
                }
                Ok(Some(found))
            }
            Err(why) => {
                match &why {
                    Unreadable::Missing => {
                        let note = format!("it would be the file `{path}` in the root folder");
                        self.tell(Code::UnknownImport, span, format!("there is no {shown}"), &note);
                    }
                    Unreadable::Outside => {
                        let note = "a link leads out; a schema imports what lies in its root folder or below";
                        self.tell(
                            Code::ImportOutsideRoot,
                            span,
                            format!("`{path}` lies outside of the root folder"),
                            note,
                        );
                    }
                    Unreadable::Other(problem) => {
                        let message = format!("`{path}` cannot be read");
                        self.tell(Code::UnknownImport, span, message, problem);
                    }
                }
                self.known.insert(path, Err(why));
                Ok(None)
            }
        }
    }

    fn tell(&mut self, code: Code, span: Span, message: String, note: &str) {
        self.diagnostics.push(Diagnostic::error(code, span, message).note(note));
    }
}

impl Wanted {
    fn of(import: &Import<'_>, from: &str) -> Self {
        let span = import.source.span();
        match &import.source {
            ImportSource::Package(name) => Self {
                span,
                shown: format!("package `{}`", name.text),
                package: Some(name.text.to_owned()),
                path: Some(format!("{}.ipc", name.text.replace('.', "/"))),
            },
            ImportSource::File(text) => {
                Self { span, shown: format!("file `{}`", text.value), package: None, path: beside(from, &text.value) }
            }
        }
    }
}

/// A path from the folder of a file, as one from the root folder; `None` if it leads out of that.
fn beside(file: &str, path: &str) -> Option<String> {
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    // Other systems have other roots and other marks between the parts; a schema reads the same on each.
    if path.starts_with('/') || path.contains(['\\', ':', '\0']) {
        return None;
    }
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Tells of each circle of packages once.
fn circles(nodes: &[Node], diagnostics: &mut Diagnostics) {
    let edges: Vec<Vec<u32>> = nodes
        .iter()
        .map(|node| node.imports.iter().flatten().filter_map(|to| u32::try_from(*to).ok()).collect())
        .collect();
    let component = components(&edges);
    let mut told = vec![false; nodes.len()];
    for start in 0..nodes.len() {
        let of = component[start];
        if std::mem::replace(&mut told[of as usize], true) {
            continue;
        }
        // The shortest way round from the first file of the circle.
        let Some(way) = way_round(nodes, &component, start) else {
            continue;
        };
        let mut places = way.iter().map(|(at, import)| (&nodes[*at], nodes[*at].places[*import]));
        let Some((first, place)) = places.next() else { continue };
        let name = |node: &Node| if node.package.is_empty() { node.path.clone() } else { node.package.clone() };
        let message = format!("the package `{}` imports itself by way of others", name(first));
        let mut diagnostic = Diagnostic::error(Code::ImportCycle, place, message)
            .note("declare what both need in a package that imports neither");
        for (node, place) in places {
            diagnostic = diagnostic.secondary(place, format!("`{}` imports this", name(node)));
        }
        diagnostics.push(diagnostic);
    }
}

/// The imports that lead from a node back to itself, each with the node that it stands in.
fn way_round(nodes: &[Node], component: &[u32], start: usize) -> Option<Vec<(usize, usize)>> {
    let mut came: HashMap<usize, (usize, usize)> = HashMap::new();
    let mut queue = std::collections::VecDeque::from([start]);
    while let Some(at) = queue.pop_front() {
        for (import, to) in nodes[at].imports.iter().enumerate() {
            let Some(to) = to.filter(|to| component[*to] == component[start]) else { continue };
            if came.contains_key(&to) {
                continue;
            }
            came.insert(to, (at, import));
            if to == start {
                let mut way = Vec::new();
                let mut at = start;
                loop {
                    let step = came[&at];
                    way.push(step);
                    at = step.0;
                    if at == start {
                        way.reverse();
                        return Some(way);
                    }
                }
            }
            queue.push_back(to);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::beside;

    #[test]
    fn a_path_is_read_from_the_folder_of_its_file() {
        assert_eq!(beside("a.ipc", "b.ipc").as_deref(), Some("b.ipc"));
        assert_eq!(beside("x/y/a.ipc", "./b/../c.ipc").as_deref(), Some("x/y/c.ipc"));
        assert_eq!(beside("x/y/a.ipc", "../../c.ipc").as_deref(), Some("c.ipc"));
        for outside in ["../../../c.ipc", "/etc/c.ipc", "C:\\c.ipc", "..\\c.ipc", "a/../../../../c.ipc"] {
            assert_eq!(beside("x/y/a.ipc", outside), None, "{outside}");
        }
    }
}
