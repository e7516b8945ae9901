//! `unused-import`: it looks at the tree, since the model has no names as they are written.

use std::collections::HashSet;

use crate::ast::{
    Fields, File, Import, ImportSource, ImportedName, ItemKind, Member, Parameters, Type, TypeKind, ValueKind,
    VariantData,
};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::Model;
use crate::source::{SourceFile, SourceMap, Span};

pub(super) fn find(model: &Model, tree: &File<'_>, sources: &SourceMap, found: &mut Vec<Diagnostic>) {
    let used = Used::of(tree);
    let text = sources.get(tree.id).map_or("", SourceFile::text);
    // The names of the files that are imported, and of their packages the last segment.
    let packages: Vec<(&str, &str)> = (model.root().imports.iter())
        .filter_map(|id| {
            let package = &model.packages[id.0 as usize];
            Some((sources.get(package.file)?.name(), package.name.last()?.as_str()))
        })
        .collect();
    for import in &tree.imports {
        let line = line(import.span, text);
        match &import.names {
            None => whole(import, line, &packages, &used, found),
            Some(_) => names(import, line, &used, found),
        }
    }
}

/// An import with the end of its line, where nothing else stands on that.
fn line(span: Span, text: &str) -> Span {
    let before = &text[..span.start as usize];
    let behind = &text[span.end as usize..];
    let end = if behind.starts_with("\r\n") { 2 } else { u32::from(behind.starts_with('\n')) };
    if before.is_empty() || before.ends_with('\n') { Span { end: span.end + end, ..span } } else { span }
}

fn whole(import: &Import<'_>, line: Span, packages: &[(&str, &str)], used: &Used<'_>, found: &mut Vec<Diagnostic>) {
    let (name, is_used) = match (&import.alias, &import.source) {
        (Some(alias), _) => (alias.text, used.qualifiers.contains(alias.text)),
        (None, ImportSource::Package(path)) => {
            (path.text, used.qualifiers.contains(path.text.rsplit('.').next().unwrap_or(path.text)))
        }
        // It goes by the last segment of its package's name.
        (None, ImportSource::File(text)) => {
            let end = text.value.rsplit("./").next().unwrap_or(&text.value);
            let mut packages = packages.iter().filter(|(file, _)| file.ends_with(end));
            (text.value.as_ref(), packages.any(|(_, name)| used.qualifiers.contains(name)))
        }
    };
    if !is_used {
        let message = format!("nothing uses the import `{name}`");
        let told = Diagnostic::warning(Code::UnusedImport, import.source.span(), message);
        found.push(told.fix(line, "", "remove it"));
    }
}

fn names(import: &Import<'_>, line: Span, used: &Used<'_>, found: &mut Vec<Diagnostic>) {
    let names = import.names.as_deref().unwrap_or_default();
    let is_used = |name: &ImportedName<'_>| used.names.contains(name.local().text);
    for (at, name) in names.iter().enumerate().filter(|(_, name)| !is_used(name)) {
        let message = format!("nothing uses the imported `{}`", name.local().text);
        let is_last = !names[at..].iter().any(is_used);
        let span = match (names[..at].iter().rfind(|name| is_used(name)), names.last()) {
            (None, _) if is_last => line,
            // What goes at the end goes at once, with the comma before it.
            (Some(kept), Some(last)) if is_last => Span { start: kept.span.end, ..last.span },
            _ => Span { end: names[at + 1].span.start, ..name.span },
        };
        found.push(Diagnostic::warning(Code::UnusedImport, name.span, message).fix(span, "", "remove it"));
    }
}

/// Every name that a file uses.
#[derive(Default)]
struct Used<'a> {
    /// Names without a dot.
    names: HashSet<&'a str>,
    /// What stands before the first dot of the others.
    qualifiers: HashSet<&'a str>,
}

impl<'a> Used<'a> {
    fn of(tree: &File<'a>) -> Self {
        let mut used = Self::default();
        for item in &tree.items {
            match &item.kind {
                ItemKind::Const { ty, value } => {
                    used.ty(ty);
                    used.value(&value.kind);
                }
                ItemKind::Newtype(target) | ItemKind::Alias(target) | ItemKind::Ext { target, .. } => used.ty(target),
                ItemKind::Record(body) => used.fields(body),
                ItemKind::Variants { variants, .. } => {
                    for variant in variants {
                        match &variant.data {
                            VariantData::Unit => {}
                            VariantData::Tuple(types) => types.iter().for_each(|ty| used.ty(ty)),
                            VariantData::Struct(body) => used.fields(body),
                        }
                    }
                }
                ItemKind::Service { members, .. } | ItemKind::Callbacks { members, .. } => {
                    for member in members {
                        used.member(member);
                    }
                }
                ItemKind::Module(clauses) => {
                    for target in clauses.iter().flat_map(|clause| &clause.targets) {
                        used.path(target.path.text);
                    }
                }
            }
        }
        used
    }

    fn path(&mut self, path: &'a str) {
        match path.split_once('.') {
            None => self.names.insert(path),
            Some((word, _)) => self.qualifiers.insert(word),
        };
    }

    fn member(&mut self, member: &Member<'a>) {
        match &member.parameters {
            Parameters::None => {}
            Parameters::Bare(ty) => self.ty(ty),
            Parameters::Named(body) => self.fields(body),
        }
        if let Some(method) = &member.method {
            if let Some(answer) = &method.answer {
                self.ty(answer);
            }
            method.throws.iter().for_each(|name| self.path(name.text));
        }
    }

    fn fields(&mut self, body: &Fields<'a>) {
        for field in &body.fields {
            self.ty(&field.ty);
            if let Some(default) = &field.default {
                self.value(&default.kind);
            }
        }
    }

    fn value(&mut self, value: &ValueKind<'a>) {
        if let ValueKind::Name(path) = value {
            self.path(path);
        }
    }

    fn ty(&mut self, ty: &Type<'a>) {
        match &ty.kind {
            TypeKind::Tuple(elements) => elements.iter().for_each(|element| self.ty(element)),
            TypeKind::Reference { path, arguments } => {
                self.path(path.text);
                for argument in arguments {
                    self.ty(argument);
                }
            }
        }
        // A constraint may name a constant.
        for token in ty.annotations.iter().filter_map(|annotation| annotation.arguments.as_deref()).flatten() {
            if let crate::ast::Token::Name(name) = token {
                self.path(name.text);
            }
        }
    }
}
