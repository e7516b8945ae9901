//! What the names of a file mean: its own, and those that it imports.

use std::collections::{HashMap, HashSet};

use super::File;
use crate::ast::{self, Import, ImportSource, ItemKind, Name};
use crate::case;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{PackageId, ServiceId, TypeId};
use crate::nearest::nearest;
use crate::source::Span;

/// The names of the built-in types, which no declared type may take.
pub(crate) const BUILT_IN: [&str; 19] = [
    "bool",
    "string",
    "u8",
    "u16",
    "u32",
    "u64",
    "i8",
    "i16",
    "i32",
    "i64",
    "f32",
    "f64",
    "bytes",
    "timestamp",
    "duration",
    "uuid",
    "any",
    "list",
    "map",
];

/// What a name was declared as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Type(TypeId),
    /// An error is a type that may stand behind `throws`.
    Error(TypeId),
    /// An index into the constants of all files.
    Const(usize),
    Service(ServiceId),
    Module,
}

/// What a word before a dot stands for.
#[derive(Clone, Copy, Debug)]
enum Qualifier {
    /// A package, by its place.
    Package(usize),
    /// A package that could not be read, which is told.
    Broken,
}

/// A name and where it was given.
#[derive(Clone, Copy, Debug)]
struct Given<T> {
    what: T,
    place: Span,
}

/// The names of one file.
#[derive(Default)]
struct Names<'a> {
    /// The package's name, with dots.
    package: &'a str,
    declared: HashMap<&'a str, Given<Meaning>>,
    /// Single names that are imported.
    imported: HashMap<&'a str, Given<Meaning>>,
    qualifiers: HashMap<&'a str, Given<Qualifier>>,
    /// In source order, for guesses that do not depend on the order of a hash map.
    types: Vec<&'a str>,
    consts: Vec<&'a str>,
    broken: HashSet<&'a str>,
    /// A file that could not be read was imported, and nobody knows by which name.
    has_nameless: bool,
}

/// The names of all files, looked at from one of them.
pub(super) struct Scope<'a> {
    files: Vec<Names<'a>>,
    /// The file whose names are meant.
    pub(super) at: usize,
}

impl<'a> Scope<'a> {
    pub(super) fn of(files: &[File<'a>], diagnostics: &mut Diagnostics) -> Self {
        let mut next = Next::default();
        let mut scope = Self { files: Vec::with_capacity(files.len()), at: 0 };
        for (at, file) in files.iter().enumerate() {
            scope.files.push(Names::of(&file.tree, at, &mut next, diagnostics));
        }
        doubled_packages(files, diagnostics);
        for (at, file) in files.iter().enumerate() {
            for (import, to) in file.tree.imports.iter().zip(&file.imports) {
                if let Some(to) = to {
                    misnamed(import, &files[*to], diagnostics);
                }
                scope.import(at, import, *to, diagnostics);
            }
        }
        scope
    }

    fn import(&mut self, at: usize, import: &Import<'a>, to: Option<usize>, diagnostics: &mut Diagnostics) {
        let Some(names) = &import.names else {
            let alias = import.alias.or_else(|| match &import.source {
                ImportSource::Package(path) => Some(*path),
                ImportSource::File(text) => Some(Name { text: self.files[to?].package, span: text.span }),
            });
            let Some(alias) = alias else {
                self.files[at].has_nameless = true;
                return;
            };
            let word = alias.text.rsplit('.').next().unwrap_or(alias.text);
            let what = to.map_or(Qualifier::Broken, Qualifier::Package);
            let given = Given { what, place: alias.span };
            let first = self.files[at].qualifiers.get(word).copied();
            self.files[at].qualifiers.entry(word).or_insert(given);
            if let Some(first) = first {
                let message = format!("two imports are called `{word}`");
                diagnostics.push(
                    Diagnostic::error(Code::DuplicateName, alias.span, message)
                        .label("called so again here")
                        .secondary(first.place, "first called so here")
                        .note("`as` gives one of them another name"),
                );
            }
            return;
        };
        for imported in names {
            let local = imported.local();
            let Some(to) = to else {
                self.files[at].broken.insert(local.text);
                continue;
            };
            let name = imported.name.text;
            let found = self.files[to].declared.get(name).map(|given| given.what);
            let Some(what) = found.filter(|what| *what != Meaning::Module) else {
                if !self.files[to].broken.contains(name) {
                    diagnostics.push(self.files[to].lacks(imported.name, found, Code::UnknownImport));
                }
                self.files[at].broken.insert(local.text);
                continue;
            };
            if BUILT_IN.contains(&local.text) {
                let message = format!("`{}` is a built-in type, and an imported name is another", local.text);
                diagnostics.push(Diagnostic::error(Code::BuiltInName, local.span, message));
                continue;
            }
            let file = &mut self.files[at];
            let own = file.declared.get(local.text).map(|given| given.place);
            if let Some(first) = own.or_else(|| file.imported.get(local.text).map(|given| given.place)) {
                let text = if own.is_some() { "declared here" } else { "first imported here" };
                let message = format!("`{}` is there already, and is imported", local.text);
                diagnostics.push(
                    Diagnostic::error(Code::DuplicateName, local.span, message)
                        .label("imported here")
                        .secondary(first, text)
                        .note("`as` gives the import another name"),
                );
                continue;
            }
            file.imported.insert(local.text, Given { what, place: local.span });
            match what {
                Meaning::Type(_) | Meaning::Error(_) => file.types.push(local.text),
                Meaning::Const(_) => file.consts.push(local.text),
                Meaning::Service(_) | Meaning::Module => {}
            }
        }
    }

    fn file(&self) -> &Names<'a> {
        &self.files[self.at]
    }

    /// What a name or a path means.
    pub(super) fn get(&self, path: &str) -> Option<Meaning> {
        let given = match path.split_once('.') {
            None => self.file().declared.get(path).or_else(|| self.file().imported.get(path)),
            Some((word, name)) => self.files[self.package(word)?].declared.get(name),
        };
        given.map(|given| given.what)
    }

    /// The package that a word before a dot stands for.
    pub(super) fn package(&self, word: &str) -> Option<usize> {
        match self.file().qualifiers.get(word)?.what {
            Qualifier::Package(at) => Some(at),
            Qualifier::Broken => None,
        }
    }

    /// Whether an item of this name could not be read, so that nothing is to be told about its uses.
    pub(super) fn is_broken(&self, path: &str) -> bool {
        let broken = &self.file().broken;
        if broken.contains(path) {
            return true;
        }
        let Some((word, name)) = path.split_once('.') else {
            return false;
        };
        match self.file().qualifiers.get(word).map(|given| given.what) {
            Some(Qualifier::Broken) => true,
            Some(Qualifier::Package(at)) => self.files[at].broken.contains(name),
            None => broken.contains(word) || self.file().has_nameless,
        }
    }

    pub(super) fn types(&self) -> &[&'a str] {
        &self.file().types
    }

    pub(super) fn consts(&self) -> &[&'a str] {
        &self.file().consts
    }

    /// What is to be told of a path with a dot that means nothing, and is not broken.
    pub(super) fn unknown_path(&self, path: Name<'_>, code: Code) -> Diagnostic {
        let (word, name) = path.text.split_once('.').unwrap_or((path.text, ""));
        if let Some(at) = self.package(word) {
            return self.files[at].lacks(Name { text: name, span: path.span }, None, code);
        }
        let (package, last) = path.text.rsplit_once('.').unwrap_or((path.text, ""));
        let message = format!("`{package}` is no import of this file");
        let diagnostic = Diagnostic::error(code, path.span, message);
        // Whoever writes the whole name of a package that is imported means it.
        let whole = self.file().qualifiers.iter().find(|(_, given)| match given.what {
            Qualifier::Package(at) => self.files[at].package == package,
            Qualifier::Broken => false,
        });
        if let Some((alias, _)) = whole {
            let meant = format!("{alias}.{last}");
            let text = format!("write `{meant}`");
            return diagnostic.fix(path.span, meant, text);
        }
        let mut words: Vec<&str> = self.file().qualifiers.keys().copied().collect();
        words.sort_unstable();
        match nearest(package, words) {
            Some(alias) => {
                let meant = format!("{alias}.{last}");
                let text = format!("write `{meant}`");
                diagnostic.fix(path.span, meant, text)
            }
            None => diagnostic.note("`use a.b;` at the beginning of the file imports the package `a.b` as `b`"),
        }
    }
}

/// The numbers that are given next, over all files.
#[derive(Default)]
struct Next {
    types: u32,
    consts: usize,
}

impl<'a> Names<'a> {
    fn of(tree: &ast::File<'a>, at: usize, next: &mut Next, diagnostics: &mut Diagnostics) -> Self {
        let mut names = Self {
            package: tree.package.as_ref().map_or("", |package| package.path.text),
            declared: HashMap::with_capacity(tree.items.len()),
            broken: tree.broken.iter().map(|name| name.text).collect(),
            ..Self::default()
        };
        let package = PackageId(u32::try_from(at).unwrap_or(u32::MAX));
        let mut services = 0;
        for item in &tree.items {
            let name = item.name.text;
            let meaning = match item.kind {
                // A namespace of callbacks may be opened again, and is no name beside those of types.
                ItemKind::Callbacks { .. } => continue,
                ItemKind::Const { .. } => Meaning::Const(next.consts),
                ItemKind::Service { .. } => Meaning::Service(ServiceId { package, service: services }),
                ItemKind::Module(_) => Meaning::Module,
                ItemKind::Variants { error: true, .. } => Meaning::Error(TypeId(next.types)),
                _ => Meaning::Type(TypeId(next.types)),
            };
            match meaning {
                Meaning::Type(_) | Meaning::Error(_) => next.types += 1,
                Meaning::Const(_) => next.consts += 1,
                Meaning::Service(_) => services += 1,
                Meaning::Module => {}
            }
            let is_type = matches!(meaning, Meaning::Type(_) | Meaning::Error(_));
            if is_type && BUILT_IN.contains(&name) {
                let message = format!("`{name}` is a built-in type, and a declared type needs a name of its own");
                diagnostics.push(Diagnostic::error(Code::BuiltInName, item.name.span, message));
                continue;
            }
            if let Some(first) = names.declared.get(name) {
                let message = format!("`{name}` is declared twice");
                diagnostics.push(
                    Diagnostic::error(Code::DuplicateName, item.name.span, message)
                        .label("declared again here")
                        .secondary(first.place, "first declared here"),
                );
                continue;
            }
            names.declared.insert(name, Given { what: meaning, place: item.name.span });
            match meaning {
                Meaning::Type(_) | Meaning::Error(_) => names.types.push(name),
                Meaning::Const(_) => names.consts.push(name),
                Meaning::Service(_) | Meaning::Module => {}
            }
        }
        names
    }

    /// What is to be told of a name that the package does not give.
    fn lacks(&self, name: Name<'_>, found: Option<Meaning>, code: Code) -> Diagnostic {
        let package = self.package;
        if found == Some(Meaning::Module) {
            let message = format!("`{}` is a module, and no other package can name it", name.text);
            return Diagnostic::error(code, name.span, message);
        }
        let message = format!("the package `{package}` has no `{}`", name.text);
        let diagnostic = Diagnostic::error(code, name.span, message);
        let mut names: Vec<(Span, &str)> = self.declared.iter().map(|(name, given)| (given.place, *name)).collect();
        names.sort_unstable();
        match nearest(name.text, names.into_iter().map(|(_, name)| name)) {
            Some(meant) => {
                let start = name.span.end - u32::try_from(name.text.len()).unwrap_or(0);
                diagnostic.fix(Span { start, ..name.span }, meant, format!("write `{meant}`"))
            }
            None => diagnostic,
        }
    }
}

/// A package is one file, and no two become one in generated code, where they are files and folders.
fn doubled_packages(files: &[File<'_>], diagnostics: &mut Diagnostics) {
    let mut first: HashMap<String, &ast::Package<'_>> = HashMap::new();
    for package in files.iter().filter_map(|file| file.tree.package.as_ref()) {
        let name = package.path.text;
        let key = name.split('.').map(case::snake).collect::<Vec<_>>().join(".");
        let Some(other) = first.get(&key) else {
            first.insert(key, package);
            continue;
        };
        let diagnostic = if other.path.text == name {
            let message = format!("two files are the package `{name}`");
            Diagnostic::error(Code::DuplicateName, package.path.span, message).note("a package is one file")
        } else {
            let message = format!("the packages `{name}` and `{}` are both `{key}` in generated code", other.path.text);
            Diagnostic::error(Code::NameCollision, package.path.span, message)
        };
        diagnostics.push(diagnostic.secondary(other.path.span, "the first is named here"));
    }
}

/// Tells of a file that is not the package that it was imported as.
fn misnamed(import: &Import<'_>, file: &File<'_>, diagnostics: &mut Diagnostics) {
    let (ImportSource::Package(wanted), Some(package)) = (&import.source, &file.tree.package) else {
        return;
    };
    if wanted.text != package.path.text {
        let message = format!("the file `{}` is the package `{}`", file.path, package.path.text);
        diagnostics.push(
            Diagnostic::error(Code::UnknownImport, wanted.span, message)
                .secondary(package.path.span, "it says so here")
                .note("a package is the file of its name; one of another name is imported by its path in quotes"),
        );
    }
}
