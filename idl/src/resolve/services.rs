//! Services, their methods and events.

use std::collections::HashMap;

use super::annotations::{Facts, Place};
use super::declarations::reserved_names;
use super::names::Meaning;
use super::values::Target;
use super::{Resolver, docs};
use crate::ast;
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Callbacks, Event, Method, Parameters, Response, Service, Type, TypeId, TypeKind, Variant};
use crate::source::Span;

/// Where a method stands: the service or the block of callbacks, by its place in the package.
#[derive(Clone, Copy)]
enum Home<'n> {
    /// With its prefix.
    Service(usize, &'n str),
    /// With its namespace.
    Callbacks(usize, &'n str),
}

impl<'a> Resolver<'a, '_> {
    /// Resolves a service; `index` is its place in the package.
    pub(super) fn service(
        &mut self,
        item: &ast::Item<'a>,
        members: &[ast::Member<'a>],
        reserved: &[ast::Reserved<'a>],
        index: usize,
    ) -> Service {
        let facts = self.annotations(&item.outer.annotations, Place::Service);
        let prefix = facts.prefix.clone();
        let prefix = prefix.as_deref().unwrap_or_default();
        self.annotations(&item.annotations, Place::BehindName);
        let mut service = Service {
            name: item.name.text.to_owned(),
            docs: docs(&item.outer.docs),
            deprecated: facts.deprecated,
            extras: facts.extras,
            span: item.name.span,
            prefix: facts.prefix,
            methods: Vec::new(),
            events: Vec::new(),
            reserved: reserved_names(reserved),
        };
        let home = Home::Service(index, prefix);
        for member in members {
            if let Some(method) = &member.method {
                let at = service.methods.len();
                service.methods.push(self.method(member, method, home, at));
            } else {
                let at = service.events.len();
                service.events.push(self.event(member, (index, at), prefix));
            }
        }
        let methods = service.methods.iter().map(|method| (method.name.as_str(), method.wire.as_str(), method.span));
        let events = service.events.iter().map(|event| (event.name.as_str(), event.wire.as_str(), event.span));
        self.check_reserved(reserved, methods.chain(events).collect(), false);
        service
    }

    /// Resolves a block of callbacks; `index` is its place in the package.
    pub(super) fn callbacks(
        &mut self,
        item: &ast::Item<'a>,
        members: &[ast::Member<'a>],
        reserved: &[ast::Reserved<'a>],
        index: usize,
    ) -> Callbacks {
        let facts = self.annotations(&item.outer.annotations, Place::Callbacks);
        self.annotations(&item.annotations, Place::BehindName);
        let home = Home::Callbacks(index, item.name.text);
        let methods: Vec<Method> =
            (members.iter().filter_map(|member| member.method.as_ref().map(|method| (member, method))))
                .enumerate()
                .map(|(at, (member, method))| self.method(member, method, home, at))
                .collect();
        let used = methods.iter().map(|method| (method.name.as_str(), method.wire.as_str(), method.span));
        self.check_reserved(reserved, used.collect(), false);
        Callbacks {
            name: item.name.text.to_owned(),
            docs: docs(&item.outer.docs),
            deprecated: facts.deprecated,
            extras: facts.extras,
            span: item.name.span,
            methods,
            reserved: reserved_names(reserved),
        }
    }

    fn event(&mut self, member: &ast::Member<'a>, (service, at): (usize, usize), prefix: &str) -> Event {
        let facts = self.annotations(&member.outer.annotations, Place::Event);
        let parameters = self.parameters(member, |field| Target::Event(service, at, field));
        if let (Some(raw), ast::Parameters::Bare(ty)) = (facts.raw, &member.parameters) {
            self.check_unconstrained(raw, ty);
        }
        if let Some(raw) = facts.raw
            && !matches!(&member.parameters, ast::Parameters::Bare(ty) if self.is_bytes(ty))
        {
            self.raw_shape(raw, member.name.span, "a raw event carries one bare `bytes`: `event tick(bytes)`");
        }
        Event {
            name: member.name.text.to_owned(),
            wire: format!("{prefix}{}", self.wire(member.name, &facts)),
            docs: docs(&member.outer.docs),
            deprecated: facts.deprecated,
            extras: facts.extras,
            span: member.name.span,
            since: facts.since,
            parameters,
            reserved: reserved_parameters(member),
            raw: facts.raw.is_some(),
        }
    }

    fn method(&mut self, member: &ast::Member<'a>, method: &ast::Method<'a>, home: Home<'_>, at: usize) -> Method {
        let place = if let Home::Service(..) = home { Place::Method } else { Place::Callback };
        let facts = self.annotations(&member.outer.annotations, place);
        let parameters = self.parameters(member, |field| match home {
            Home::Service(service, _) => Target::Method(service, at, field),
            Home::Callbacks(block, _) => Target::Callback(block, at, field),
        });
        let wire = match home {
            Home::Callbacks(_, namespace) if facts.wire.is_none() => format!("{namespace}.{}", member.name.text),
            Home::Callbacks(..) => self.wire(member.name, &facts),
            Home::Service(_, prefix) => format!("{prefix}{}", self.wire(member.name, &facts)),
        };
        let answer = method.answer.as_ref().map(|ty| self.ty_or_any(ty));
        let throws = self.throws(method);
        self.check_raw(&facts, member, method);
        self.check_answered(&facts, method);
        Method {
            name: member.name.text.to_owned(),
            wire,
            docs: docs(&member.outer.docs),
            deprecated: facts.deprecated,
            extras: facts.extras,
            span: member.name.span,
            parameters,
            reserved: reserved_parameters(member),
            response: match method.response {
                ast::Response::Result => Response::Result,
                ast::Response::Stream => Response::Stream,
                ast::Response::Ack => Response::Ack,
                ast::Response::None => Response::None,
            },
            // `-> ()` says what no arrow says.
            answer: answer.filter(|ty| ty.kind != TypeKind::Unit),
            throws,
            timeout: facts.timeout.map(|(timeout, _)| timeout),
            idempotent: facts.idempotent.is_some(),
            since: facts.since,
            raw: facts.raw.is_some(),
        }
    }

    fn parameters(&mut self, member: &ast::Member<'a>, target: impl Fn(usize) -> Target) -> Parameters {
        match &member.parameters {
            ast::Parameters::None => Parameters::None,
            ast::Parameters::Bare(ty) => match self.ty_or_any(ty) {
                Type { kind: TypeKind::Unit, .. } => Parameters::None,
                ty => Parameters::Bare(ty),
            },
            ast::Parameters::Named(fields) => {
                let fields = self.fields(fields, Place::Parameter, target);
                if fields.is_empty() { Parameters::None } else { Parameters::Named(fields) }
            }
        }
    }

    fn throws(&mut self, method: &ast::Method<'a>) -> Vec<TypeId> {
        let Some(first) = method.throws.first() else {
            return Vec::new();
        };
        if method.response == ast::Response::None {
            let message = "a method that answers nothing cannot fail, so it throws nothing";
            let mut diagnostic = Diagnostic::error(Code::InvalidThrows, first.span, message);
            if let Some(response) = method.response_span {
                diagnostic = diagnostic.secondary(response, "the answer is declared here");
            }
            self.diagnostics.push(diagnostic);
        }
        let mut thrown: Vec<(TypeId, Span)> = Vec::new();
        for name in &method.throws {
            let Some(id) = self.thrown(*name) else { continue };
            if let Some((_, first)) = thrown.iter().find(|(other, _)| *other == id) {
                let message = format!("`{}` is thrown twice", name.text);
                let told = Diagnostic::error(Code::InvalidThrows, name.span, message);
                self.diagnostics.push(told.secondary(*first, "first named here"));
                continue;
            }
            thrown.push((id, name.span));
        }
        thrown.into_iter().map(|(id, _)| id).collect()
    }

    fn thrown(&mut self, path: ast::Name<'a>) -> Option<TypeId> {
        let name = path.text;
        match self.names.get(name) {
            Some(Meaning::Error(id)) => return Some(id),
            declared if declared.is_some() || super::BUILT_IN.contains(&name) => {
                let message = format!("`{name}` is no error, and only an error can be thrown");
                let mut diagnostic = Diagnostic::error(Code::InvalidThrows, path.span, message);
                if declared.is_some() {
                    diagnostic = diagnostic.note(format!("declare it as `error {name} {{ .. }}`"));
                }
                self.diagnostics.push(diagnostic);
            }
            _ if self.names.is_broken(name) => {}
            _ if name.contains('.') => self.unknown_path(path, Code::UnknownType),
            _ => {
                let mut diagnostic =
                    Diagnostic::error(Code::UnknownType, path.span, format!("there is no error `{name}`"));
                let names = &self.names;
                let errors =
                    names.types().iter().copied().filter(|ty| matches!(names.get(ty), Some(Meaning::Error(_))));
                if let Some(meant) = self.guesses.nearest(name, errors) {
                    diagnostic = diagnostic.fix(path.span, meant, format!("write `{meant}`"));
                }
                self.diagnostics.push(diagnostic);
            }
        }
        None
    }

    /// Tells of what only makes sense for a call that is answered.
    fn check_answered(&mut self, facts: &Facts<'a>, method: &ast::Method<'a>) {
        if method.response != ast::Response::None {
            return;
        }
        let timeout = facts.timeout.map(|(_, span)| ("timeout", span));
        for (name, span) in timeout.into_iter().chain(facts.idempotent.map(|span| ("idempotent", span))) {
            let message = format!("`@{name}` has no meaning here: nobody waits for a method that answers nothing");
            let mut diagnostic = Diagnostic::error(Code::MisplacedAnnotation, span, message);
            if let Some(response) = method.response_span {
                diagnostic = diagnostic.secondary(response, "the answer is declared here");
            }
            self.diagnostics.push(diagnostic);
        }
    }

    fn check_raw(&mut self, facts: &Facts<'a>, member: &ast::Member<'a>, method: &ast::Method<'a>) {
        let Some(raw) = facts.raw else { return };
        let name = member.name.span;
        if let ast::Parameters::Bare(ty) = &member.parameters {
            self.check_unconstrained(raw, ty);
        }
        if let Some(answer) = &method.answer {
            self.check_unconstrained(raw, answer);
        }
        let takes_bytes = match &member.parameters {
            ast::Parameters::None => true,
            ast::Parameters::Bare(ty) => self.is_bytes(ty),
            ast::Parameters::Named(_) => false,
        };
        if !takes_bytes {
            self.raw_shape(raw, name, "a raw method takes one bare `bytes` or nothing: `upload(bytes)`");
        }
        if let Some(answer) = &method.answer {
            let unit = matches!(&answer.kind, ast::TypeKind::Tuple(elements) if elements.is_empty());
            let unit = unit && answer.nullable.is_none() && method.response != ast::Response::Stream;
            if !unit && !self.is_bytes(answer) {
                self.raw_shape(
                    raw,
                    answer.span,
                    "a raw method answers `bytes`, `stream bytes`, `ack bytes`, `ack`, `none` or unit",
                );
            }
        }
    }

    /// Nobody looks into a raw payload.
    fn check_unconstrained(&mut self, raw: Span, ty: &ast::Type<'a>) {
        if let Some(annotation) = ty.annotations.first() {
            let message = format!("nobody looks into a raw payload, so `@{}` has no meaning", annotation.name.text);
            self.raw_shape(raw, annotation.span, &message);
        }
    }

    /// Whether a type is plainly `bytes`; one that is not known is taken for it, since that is told elsewhere.
    fn is_bytes(&self, ty: &ast::Type<'a>) -> bool {
        match &ty.kind {
            ast::TypeKind::Reference { path, .. } if path.text == "bytes" => ty.nullable.is_none(),
            ast::TypeKind::Reference { path, .. } => {
                !super::BUILT_IN.contains(&path.text) && self.names.get(path.text).is_none()
            }
            ast::TypeKind::Tuple(_) => false,
        }
    }

    fn raw_shape(&mut self, annotation: Span, place: Span, message: &str) {
        self.diagnostics.push(Diagnostic::error(Code::RawShape, place, message).secondary(annotation, "made raw here"));
    }

    /// Tells of names that are used though they are reserved.
    pub(super) fn check_reserved(
        &mut self,
        reserved: &[ast::Reserved<'a>],
        used: Vec<(&str, &str, Span)>,
        numbers: bool,
    ) {
        if reserved.is_empty() {
            return;
        }
        let mut texts: HashMap<&str, Span> = HashMap::new();
        for entry in reserved {
            match entry {
                ast::Reserved::Text(text) => {
                    texts.entry(&text.value).or_insert(text.span);
                }
                ast::Reserved::Number(_, span) if !numbers => {
                    let message = "numbers are reserved in an enum with `@repr`; elsewhere names in quotes are";
                    self.diagnostics.push(Diagnostic::error(Code::Representation, *span, message));
                }
                ast::Reserved::Number(..) => {}
            }
        }
        for (name, wire, span) in used {
            let Some((met, place)) = texts.get_key_value(wire).or_else(|| texts.get_key_value(name)) else {
                continue;
            };
            let message = format!("`{met}` is reserved and cannot be used again");
            self.diagnostics
                .push(Diagnostic::error(Code::ReservedName, span, message).secondary(*place, "reserved here"));
        }
    }

    /// Tells of numbers that are used though they are reserved.
    pub(super) fn check_reserved_numbers(&mut self, reserved: &[ast::Reserved<'a>], variants: &[Variant]) {
        let numbers: HashMap<i128, Span> = reserved
            .iter()
            .filter_map(|entry| match entry {
                ast::Reserved::Number(ast::Number::Int(number), span) => Some((*number, *span)),
                _ => None,
            })
            .collect();
        for variant in variants {
            let Some((number, place)) = variant.number.and_then(|number| numbers.get_key_value(&number)) else {
                continue;
            };
            let message = format!("the number {number} is reserved and cannot be used again");
            self.diagnostics
                .push(Diagnostic::error(Code::ReservedName, variant.span, message).secondary(*place, "reserved here"));
        }
    }
}

/// The names that the parameters of a method or an event may not have.
fn reserved_parameters(member: &ast::Member<'_>) -> Vec<String> {
    match &member.parameters {
        ast::Parameters::Named(fields) => reserved_names(&fields.reserved),
        ast::Parameters::None | ast::Parameters::Bare(_) => Vec::new(),
    }
}
