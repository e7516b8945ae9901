//! `@allow(rule, "reason")`: where which rule is silent.

use crate::ast::{
    Annotation, Field, Fields, File, Item, ItemKind, Outer, Parameters, Token, Type, Variant, VariantData,
};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

/// A rule that is silent within a span.
pub(super) struct Allowed {
    rule: String,
    scope: Span,
}

impl Allowed {
    pub(super) fn covers(&self, code: Code, place: Span) -> bool {
        self.rule == code.as_str()
            && place.file == self.scope.file
            && self.scope.start <= place.start
            && place.start <= self.scope.end
    }
}

/// The rule and the reason, if the annotation is written as it has to be.
fn parts(annotation: &Annotation<'_>) -> Option<(String, String)> {
    let arguments = annotation.arguments.as_deref()?;
    let [rule @ .., Token::Other(comma), Token::Text(reason)] = arguments else {
        return None;
    };
    let word = |token: &Token<'_>| match token {
        Token::Name(name) => Some(name.text.to_owned()),
        Token::Other(mark) if mark.text == "-" => Some("-".to_owned()),
        _ => None,
    };
    let rule: String = rule.iter().map(word).collect::<Option<Vec<_>>>()?.concat();
    (comma.text == "," && !rule.is_empty() && !reason.value.trim().is_empty()).then(|| (rule, reason.value.to_string()))
}

/// What is wrong with an `@allow`.
pub(crate) fn check_allow(annotation: &Annotation<'_>) -> Option<Diagnostic> {
    let Some((rule, _)) = parts(annotation) else {
        let message = "`@allow` is written as `@allow(unused-type, \"why it is fine here\")`";
        return Some(Diagnostic::error(Code::MisplacedAnnotation, annotation.span, message));
    };
    if super::rule(&rule).is_some() {
        return None;
    }
    let mut diagnostic =
        Diagnostic::error(Code::UnknownAnnotation, annotation.span, format!("there is no lint rule `{rule}`"));
    if let Some(meant) = super::meant(&rule) {
        diagnostic = diagnostic.note(format!("`{meant}` is the nearest"));
    }
    Some(diagnostic)
}

/// Every `@allow` of a file, with the declaration that it stands before.
pub(super) fn all(tree: &File<'_>) -> Vec<Allowed> {
    let mut found = Vec::new();
    if let Some(package) = &tree.package {
        let whole = Span { start: 0, end: u32::MAX, ..package.path.span };
        take(&package.annotations, whole, &mut found);
    }
    for import in &tree.imports {
        take(&import.outer.annotations, import.span, &mut found);
    }
    for item in &tree.items {
        take(&item.outer.annotations, item.span, &mut found);
        inside(item, &mut found);
    }
    found
}

fn take(annotations: &[Annotation<'_>], scope: Span, found: &mut Vec<Allowed>) {
    let allows = annotations.iter().filter(|annotation| annotation.name.text == "allow");
    found.extend(allows.filter_map(parts).map(|(rule, _)| Allowed { rule, scope }));
}

fn inside(item: &Item<'_>, found: &mut Vec<Allowed>) {
    match &item.kind {
        ItemKind::Record(body) => fields(body, found),
        ItemKind::Variants { variants, .. } => {
            for variant in variants {
                take(&variant.outer.annotations, scope(&variant.outer, end_of_variant(variant)), found);
                if let VariantData::Struct(body) = &variant.data {
                    fields(body, found);
                }
            }
        }
        ItemKind::Service { members, .. } | ItemKind::Callbacks { members, .. } => {
            for member in members {
                let mut end = member.name.span;
                match &member.parameters {
                    Parameters::None => {}
                    Parameters::Bare(ty) => end = end_of_type(ty),
                    Parameters::Named(body) => {
                        fields(body, found);
                        end = body.fields.last().map_or(end, end_of_field);
                    }
                }
                if let Some(answer) = member.method.as_ref().and_then(|method| method.answer.as_ref()) {
                    end = end_of_type(answer);
                }
                take(&member.outer.annotations, scope(&member.outer, end), found);
            }
        }
        ItemKind::Const { .. }
        | ItemKind::Newtype(_)
        | ItemKind::Alias(_)
        | ItemKind::Ext { .. }
        | ItemKind::Module(_) => {}
    }
}

fn fields(body: &Fields<'_>, found: &mut Vec<Allowed>) {
    for field in &body.fields {
        take(&field.outer.annotations, scope(&field.outer, end_of_field(field)), found);
    }
}

/// From the first annotation to the end.
fn scope(outer: &Outer<'_>, end: Span) -> Span {
    let start = outer.annotations.iter().map(|annotation| annotation.span.start).min().unwrap_or(end.start);
    Span { start, ..end }
}

fn end_of_field(field: &Field<'_>) -> Span {
    field.default.as_ref().map_or_else(|| end_of_type(&field.ty), |value| value.span)
}

fn end_of_type(ty: &Type<'_>) -> Span {
    ty.annotations.last().map_or(ty.span, |annotation| annotation.span)
}

fn end_of_variant(variant: &Variant<'_>) -> Span {
    let data = match &variant.data {
        VariantData::Unit => None,
        VariantData::Tuple(types) => types.last().map(end_of_type),
        VariantData::Struct(body) => body.fields.last().map(end_of_field),
    };
    data.unwrap_or(variant.name.span)
}
