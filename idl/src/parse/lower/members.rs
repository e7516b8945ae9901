//! Services: methods, events and their parameters.

use pest::iterators::Pair;

use super::{Inner, Lower, Rule, take};
use crate::ast::{Clause, ClauseKind, ClauseTarget, Fields, Member, Method, Outer, Parameters, Reserved, Response};
use crate::diagnostic::{Code, Diagnostic};

impl<'a> Lower<'_> {
    pub(super) fn members(&mut self, inner: &mut Inner<'a>, reserved: &mut Vec<Reserved<'a>>) -> Vec<Member<'a>> {
        let mut members = Vec::new();
        while let Some(entry) = take(inner, &[Rule::entry]) {
            let mut inner = entry.into_inner().peekable();
            let outer = self.outer(&mut inner);
            let Some(body) = inner.next() else { continue };
            match body.as_rule() {
                Rule::withdrawn => self.reserved(&outer, body, reserved),
                Rule::event => members.extend(self.event(outer, body)),
                _ => members.extend(self.method(outer, body)),
            }
        }
        self.dangling_end(inner);
        members
    }

    /// Whether a member of a block of callbacks is one; what is not is told.
    pub(super) fn is_callback(&mut self, member: &Member<'a>) -> bool {
        if member.method.is_none() {
            let message = "callbacks hold no events: a child tells its parent with those of a service";
            self.diagnostics.push(Diagnostic::error(Code::Syntax, member.name.span, message));
        }
        member.method.is_some()
    }

    /// The clauses of a module.
    pub(super) fn clauses(&mut self, inner: &mut Inner<'a>) -> Vec<Clause<'a>> {
        let mut clauses = Vec::new();
        while let Some(clause) = take(inner, &[Rule::clause]) {
            let mut inner = clause.into_inner().peekable();
            let outer = self.outer(&mut inner);
            self.dangling(&outer.docs, "a doc comment documents a declaration, and this names one");
            if let Some(annotation) = outer.annotations.first() {
                let message = format!("`@{}` has no meaning in a module", annotation.name.text);
                self.diagnostics.push(Diagnostic::error(Code::MisplacedAnnotation, annotation.span, message));
            }
            let Some(word) = take(&mut inner, &[Rule::clause_word]) else { continue };
            let kind = match word.as_str() {
                "provides" => ClauseKind::Provides,
                "requires" => ClauseKind::Requires,
                _ => ClauseKind::Optional,
            };
            let targets = inner.filter_map(|target| {
                let mut parts = target.into_inner();
                let path = self.name(&parts.next()?);
                Some(ClauseTarget { path, all: parts.next().map(|all| self.span(&all)) })
            });
            let targets = targets.collect();
            clauses.push(Clause { kind, word: self.span(&word), targets });
        }
        self.dangling_end(inner);
        clauses
    }

    pub(super) fn event(&mut self, outer: Outer<'a>, pair: Pair<'a, Rule>) -> Option<Member<'a>> {
        let mut inner = pair.into_inner().peekable();
        take(&mut inner, &[Rule::event_word])?;
        let name = self.name(&inner.next()?);
        let parameters = self.parameters(inner.next()?);
        Some(Member { outer, name, parameters, method: None })
    }

    pub(super) fn method(&mut self, outer: Outer<'a>, pair: Pair<'a, Rule>) -> Option<Member<'a>> {
        let mut inner = pair.into_inner().peekable();
        let name = self.name(&inner.next()?);
        let parameters = self.parameters(inner.next()?);
        let mut method = Method { response: Response::Result, response_span: None, answer: None, throws: Vec::new() };
        if let Some(response) = take(&mut inner, &[Rule::response]) {
            method.response_span = Some(self.span(&response));
            for pair in response.into_inner() {
                match pair.as_rule() {
                    Rule::none_word => method.response = Response::None,
                    Rule::ack_word => method.response = Response::Ack,
                    Rule::stream_word => method.response = Response::Stream,
                    Rule::ty => {
                        method.answer = self.ty(pair);
                        method.response_span = method.answer.as_ref().map(|ty| ty.span);
                    }
                    _ => {}
                }
            }
        }
        if let Some(throws) = take(&mut inner, &[Rule::throws]) {
            let paths = throws.into_inner().filter(|pair| pair.as_rule() == Rule::path);
            method.throws = paths.map(|path| self.name(&path)).collect();
        }
        Some(Member { outer, name, parameters, method: Some(method) })
    }

    pub(super) fn parameters(&mut self, pair: Pair<'a, Rule>) -> Parameters<'a> {
        let mut parameters = Parameters::None;
        let mut inner = pair.into_inner().peekable();
        if let Some(named) = take(&mut inner, &[Rule::named]) {
            let mut fields = Fields::default();
            for member in named.into_inner() {
                self.member(member, &mut fields);
            }
            parameters = Parameters::Named(fields);
        } else if let Some(bare) = take(&mut inner, &[Rule::bare]) {
            let span = self.span(&bare);
            let mut types = bare.into_inner();
            let first = types.next().and_then(|ty| self.ty(ty));
            if types.next().is_some() {
                self.diagnostics.push(
                    Diagnostic::error(Code::Syntax, span, "a parameter without a name stands alone")
                        .note("give each parameter a name: `(a: A, b: B)`; a tuple is `((A, B))`"),
                );
            }
            parameters = first.map_or(Parameters::None, Parameters::Bare);
        }
        self.dangling_end(&mut inner);
        parameters
    }
}
