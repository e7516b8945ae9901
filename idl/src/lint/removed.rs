//! Names that an earlier version of a schema had, and that nobody is kept from using again.

use crate::diagnostic::{Code, Diagnostic};
use crate::model::{DeclarationKind, Enum, Event, Field, Method, Model, Parameters, VariantData};
use crate::source::Span;

/// Finds what `old` has and `new` neither has nor reserves. What is gone with all that held it is no matter.
pub(super) fn find(old: &Model, new: &Model, found: &mut Vec<Diagnostic>) {
    let mut finder = Finder { found };
    for before in &old.types {
        let package = |model: &Model, id: crate::model::PackageId| model.packages[id.0 as usize].dotted_name();
        let is_same = |name: &str, of: String| before.name == name && package(old, before.package) == of;
        let Some(after) = new.types.iter().find(|after| is_same(&after.name, package(new, after.package))) else {
            continue;
        };
        match (&before.kind, &after.kind) {
            (DeclarationKind::Record(was), DeclarationKind::Record(is)) => {
                finder.fields(&was.fields, &is.fields, &is.reserved, &format!("`{}`", after.name), after.span);
            }
            (DeclarationKind::Enum(was), DeclarationKind::Enum(is))
            | (DeclarationKind::Error(was), DeclarationKind::Error(is)) => {
                finder.variants(was, is, &after.name, after.span);
            }
            _ => {}
        }
    }
    for (was, is) in pairs(old, new, |package| &package.services, |service| &service.name) {
        let place = format!("`{}`", is.name);
        for before in &was.methods {
            match is.methods.iter().find(|after| after.name == before.name || after.wire == before.wire) {
                Some(after) => finder.method(before, after),
                None => finder.gone("method", &before.name, &is.reserved, &place, is.span),
            }
        }
        for before in &was.events {
            match is.events.iter().find(|after| after.name == before.name || after.wire == before.wire) {
                Some(after) => finder.event(before, after),
                None => finder.gone("event", &before.name, &is.reserved, &place, is.span),
            }
        }
    }
    for (was, is) in pairs(old, new, |package| &package.callbacks, |block| &block.name) {
        let place = format!("`{}`", is.name);
        // A namespace may be opened again, and then the callback is there.
        let everywhere = || new.packages.iter().flat_map(|package| &package.callbacks).flat_map(|block| &block.methods);
        for before in &was.methods {
            match everywhere().find(|after| after.wire == before.wire) {
                Some(after) => finder.method(before, after),
                None => finder.gone("callback", &before.name, &is.reserved, &place, is.span),
            }
        }
    }
}

/// What both versions have under one name.
fn pairs<'m, T>(
    old: &'m Model,
    new: &'m Model,
    all: impl Fn(&'m crate::model::Package) -> &'m Vec<T>,
    name: impl Fn(&T) -> &String,
) -> Vec<(&'m T, &'m T)> {
    let after: Vec<&T> = new.packages.iter().flat_map(&all).collect();
    let before = old.packages.iter().flat_map(&all);
    before.filter_map(|was| Some((was, *after.iter().find(|is| name(is) == name(was))?))).collect()
}

struct Finder<'f> {
    found: &'f mut Vec<Diagnostic>,
}

impl Finder<'_> {
    fn gone(&mut self, what: &str, name: &str, reserved: &[String], place: &str, span: Span) {
        if reserved.iter().any(|reserved| reserved == name) {
            return;
        }
        let message = format!("the {what} `{name}` of {place} is gone, and its name is not reserved");
        let word = if matches!(what, "method" | "event") { format!("{what} ") } else { String::new() };
        let note =
            format!("write `reserved {word}\"{name}\"` there, so that it does not come back with another meaning");
        self.found.push(Diagnostic::warning(Code::RemovedWithoutReserved, span, message).note(note));
    }

    fn fields(&mut self, was: &[Field], is: &[Field], reserved: &[String], place: &str, span: Span) {
        for before in was {
            if is.iter().all(|after| after.name != before.name && after.wire != before.wire) {
                self.gone("field", &before.name, reserved, place, span);
            }
        }
    }

    fn variants(&mut self, was: &Enum, is: &Enum, name: &str, span: Span) {
        for before in &was.variants {
            let after = is.variants.iter().find(|after| after.name == before.name || after.wire == before.wire);
            let Some(after) = after else {
                self.gone("variant", &before.name, &is.reserved, &format!("`{name}`"), span);
                continue;
            };
            if let (VariantData::Struct(was), VariantData::Struct(is)) = (&before.data, &after.data) {
                self.fields(was, is, &after.reserved, &format!("`{name}.{}`", after.name), after.span);
            }
        }
    }

    fn method(&mut self, before: &Method, after: &Method) {
        self.parameters(&before.parameters, &after.parameters, &after.reserved, &after.name, after.span);
    }

    fn event(&mut self, before: &Event, after: &Event) {
        self.parameters(&before.parameters, &after.parameters, &after.reserved, &after.name, after.span);
    }

    fn parameters(&mut self, was: &Parameters, is: &Parameters, reserved: &[String], name: &str, span: Span) {
        let Parameters::Named(was) = was else {
            return;
        };
        let is: &[Field] = match is {
            Parameters::Named(fields) => fields,
            Parameters::None => &[],
            // The payload is another, and no name of it is left.
            Parameters::Bare(_) => return,
        };
        for before in was {
            if is.iter().all(|after| after.name != before.name && after.wire != before.wire) {
                self.gone("parameter", &before.name, reserved, &format!("`{name}`"), span);
            }
        }
    }
}
