//! Types and values.

use pest::iterators::Pair;

use super::{Lower, Rule};
use crate::ast::{Nullable, Type, TypeKind, Value, ValueKind};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

impl<'a> Lower<'_> {
    pub(super) fn ty(&mut self, pair: Pair<'a, Rule>) -> Option<Type<'a>> {
        let mut inner = pair.into_inner().peekable();
        let body = inner.next()?;
        let mut span = self.span(&body);
        let kind = if body.as_rule() == Rule::tuple {
            self.tuple(body)
        } else {
            let (kind, end) = self.reference(body)?;
            span.end = end;
            kind
        };
        let mut ty = Type { kind, nullable: None, annotations: Vec::new(), span };
        for pair in inner {
            if pair.as_rule() == Rule::nullable {
                let mark = self.span(&pair);
                match &mut ty.nullable {
                    Some(nullable) => nullable.again = nullable.again.or(Some(mark)),
                    None => {
                        ty.nullable = Some(Nullable { first: mark, again: None });
                    }
                }
                ty.span.end = mark.end;
            } else {
                ty.annotations.extend(self.annotation(pair));
            }
        }
        Some(ty)
    }

    pub(super) fn tuple(&mut self, pair: Pair<'a, Rule>) -> TypeKind<'a> {
        let span = self.span(&pair);
        let mut elements = Vec::new();
        let mut comma = false;
        for pair in pair.into_inner() {
            if pair.as_rule() == Rule::comma {
                comma = true;
            } else {
                elements.extend(self.ty(pair));
            }
        }
        if elements.len() == 1 && !comma {
            let close = Span { start: span.end - 1, end: span.end - 1, ..span };
            self.diagnostics.push(
                Diagnostic::error(Code::Syntax, span, "a type stands without parentheses, a tuple of one has a comma")
                    .fix(close, ",", "write `(T,)` for a tuple of one"),
            );
        }
        TypeKind::Tuple(elements)
    }

    /// A reference, and where it ends; what follows it may only be blanks and comments.
    pub(super) fn reference(&mut self, pair: Pair<'a, Rule>) -> Option<(TypeKind<'a>, u32)> {
        let mut inner = pair.into_inner();
        let path = self.name(&inner.next()?);
        let Some(list) = inner.next() else {
            return Some((TypeKind::Reference { path, arguments: Vec::new() }, path.span.end));
        };
        let end = self.span(&list).end;
        let arguments = list.into_inner().filter_map(|ty| self.ty(ty)).collect();
        Some((TypeKind::Reference { path, arguments }, end))
    }

    pub(super) fn value(&mut self, pair: Pair<'a, Rule>) -> Option<Value<'a>> {
        let span = self.span(&pair);
        let pair = pair.into_inner().next()?;
        let kind = match pair.as_rule() {
            Rule::string | Rule::raw_string => ValueKind::Text(self.text(&pair).value),
            Rule::number => self.number(&pair).map_or(ValueKind::Broken, |(number, _)| ValueKind::Number(number)),
            Rule::empty_list => ValueKind::EmptyList,
            Rule::empty_map => ValueKind::EmptyMap,
            _ => match pair.as_str() {
                "true" => ValueKind::Bool(true),
                "false" => ValueKind::Bool(false),
                name => ValueKind::Name(name),
            },
        };
        Some(Value { kind, span })
    }
}
