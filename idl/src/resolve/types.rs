//! Types: from a path to what it names.

use super::Resolver;
use super::annotations::Place;
use super::names::{BUILT_IN, Meaning};
use crate::ast;
use crate::diagnostic::{Code, Diagnostic};
use crate::limits;
use crate::model::{IntType, Type, TypeKind};
use crate::nearest::nearest;
use crate::source::Span;

/// What people write who come from another language.
const FOREIGN: [(&str, &str); 24] = [
    ("String", "string"),
    ("str", "string"),
    ("text", "string"),
    ("int", "i32"),
    ("integer", "i64"),
    ("long", "i64"),
    ("usize", "u64"),
    ("isize", "i64"),
    ("byte", "u8"),
    ("float", "f64"),
    ("double", "f64"),
    ("number", "f64"),
    ("boolean", "bool"),
    ("Bytes", "bytes"),
    ("blob", "bytes"),
    ("Vec", "list"),
    ("array", "list"),
    ("HashMap", "map"),
    ("BTreeMap", "map"),
    ("dict", "map"),
    ("Date", "timestamp"),
    ("datetime", "timestamp"),
    ("unknown", "any"),
    ("object", "any"),
];

impl<'a> Resolver<'a, '_> {
    /// Resolves a type; `None` if a part of it does not, which is told.
    pub(super) fn ty(&mut self, ty: &ast::Type<'a>) -> Option<Type> {
        let facts = self.annotations(&ty.annotations, Place::BehindType);
        let kind = match &ty.kind {
            ast::TypeKind::Tuple(elements) if elements.is_empty() => Some(TypeKind::Unit),
            ast::TypeKind::Tuple(elements) => {
                if elements.len() > limits::TUPLE {
                    self.long_tuple(elements.len(), ty.span);
                }
                self.all(elements).map(TypeKind::Tuple)
            }
            ast::TypeKind::Reference { path, arguments } => self.reference(*path, arguments, ty.span),
        };
        let shown = match &ty.kind {
            ast::TypeKind::Reference { path, .. } => path.text,
            ast::TypeKind::Tuple(_) => "(..)",
        };
        let Some(nullable) = ty.nullable else {
            let mut plain = Type::new(kind?, ty.span);
            self.choices(&facts, &mut plain, shown);
            return Some(plain);
        };
        if let Some(again) = nullable.again {
            self.diagnostics.push(
                Diagnostic::error(Code::DoubleOptional, again, "a type can be nil only once")
                    .secondary(nullable.first, "it is so already")
                    .fix(again, "", "remove it"),
            );
        }
        let mut inner = Type::new(kind?, Span { end: nullable.first.start, ..ty.span });
        self.choices(&facts, &mut inner, shown);
        Some(Type::new(TypeKind::Nullable(Box::new(inner)), ty.span))
    }

    fn long_tuple(&mut self, elements: usize, span: Span) {
        let message = format!("a tuple has {elements} elements, and {} are the most", limits::TUPLE);
        let note = "write a record: it names its fields, and it can grow";
        self.diagnostics.push(Diagnostic::error(Code::Limit, span, message).note(note));
    }

    /// Resolves each, so that each mistake is told.
    fn all(&mut self, types: &[ast::Type<'a>]) -> Option<Vec<Type>> {
        let resolved: Vec<Option<Type>> = types.iter().map(|ty| self.ty(ty)).collect();
        resolved.into_iter().collect()
    }

    fn reference(&mut self, path: ast::Name<'a>, arguments: &[ast::Type<'a>], span: Span) -> Option<TypeKind> {
        let arguments_span = Span { start: path.span.end, ..span };
        let given = arguments.len();
        let resolved = self.all(arguments);
        let wanted = match path.text {
            "list" => 1,
            "map" => 2,
            _ => 0,
        };
        let is_known = BUILT_IN.contains(&path.text) || self.names.get(path.text).is_some();
        if is_known && wanted != given {
            let name = path.text;
            let message = match wanted {
                0 => format!("`{name}` takes no type arguments"),
                1 => format!("`{name}` takes one type argument, found {given}"),
                _ => format!("`{name}` takes a key and a value type, found {given}"),
            };
            let place = if given == 0 { path.span } else { arguments_span };
            let usage = match wanted {
                0 => format!("write `{name}`"),
                1 => "write `list<T>`".to_owned(),
                _ => "write `map<K, V>`".to_owned(),
            };
            self.diagnostics.push(Diagnostic::error(Code::TypeArguments, place, message).note(usage));
            return None;
        }
        let kind = match path.text {
            "bool" => TypeKind::Bool,
            "string" => TypeKind::String,
            "f32" => TypeKind::F32,
            "f64" => TypeKind::F64,
            "bytes" => TypeKind::Bytes,
            "timestamp" => TypeKind::Timestamp,
            "duration" => TypeKind::Duration,
            "uuid" => TypeKind::Uuid,
            "any" => TypeKind::Any,
            "list" => TypeKind::List(Box::new(resolved?.pop()?)),
            "map" => {
                let mut arguments = resolved?;
                let value = arguments.pop()?;
                TypeKind::Map(Box::new(arguments.pop()?), Box::new(value))
            }
            name => match IntType::from_name(name) {
                Some(int) => TypeKind::Int(int),
                None => return self.declared(path),
            },
        };
        Some(kind)
    }

    fn declared(&mut self, path: ast::Name<'a>) -> Option<TypeKind> {
        let name = path.text;
        match self.names.get(name) {
            Some(Meaning::Type(id) | Meaning::Error(id)) => return Some(TypeKind::Named(id)),
            Some(Meaning::Const(_)) => {
                let message = format!("`{name}` is a constant, and a type is wanted here");
                self.diagnostics.push(Diagnostic::error(Code::UnknownType, path.span, message));
            }
            Some(meaning @ (Meaning::Service(_) | Meaning::Module)) => {
                let what = if meaning == Meaning::Module { "module" } else { "service" };
                let message = format!("`{name}` is a {what}, and a type is wanted here");
                self.diagnostics.push(Diagnostic::error(Code::UnknownType, path.span, message));
            }
            None if self.names.is_broken(name) => {}
            None if name.contains('.') => self.unknown_path(path, Code::UnknownType),
            None => {
                let message = format!("there is no type `{name}`");
                let mut diagnostic = Diagnostic::error(Code::UnknownType, path.span, message);
                if let Some(meant) = self.nearest_type(name) {
                    diagnostic = diagnostic.fix(path.span, meant, format!("write `{meant}`"));
                }
                self.diagnostics.push(diagnostic);
            }
        }
        None
    }

    /// Tells of a path with dots that means nothing.
    pub(super) fn unknown_path(&mut self, path: ast::Name<'a>, code: Code) {
        self.diagnostics.push(self.names.unknown_path(path, code));
    }

    fn nearest_type(&mut self, name: &str) -> Option<&'a str> {
        if let Some((_, meant)) = FOREIGN.iter().find(|(foreign, _)| *foreign == name) {
            return Some(meant);
        }
        let declared = self.guesses.nearest(name, self.names.types().iter().copied());
        declared.or_else(|| nearest(name, BUILT_IN))
    }
}
