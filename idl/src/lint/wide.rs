//! `wide-int-for-js`: it looks at the tree, since the model does not tell a choice for `bigint` from none.

use crate::ast::{Fields, File, ItemKind, Parameters, Type, TypeKind, VariantData};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

pub(super) fn find(tree: &File<'_>, found: &mut Vec<Diagnostic>) {
    for item in &tree.items {
        match &item.kind {
            ItemKind::Const { .. } | ItemKind::Module(_) => {}
            ItemKind::Newtype(target) | ItemKind::Alias(target) | ItemKind::Ext { target, .. } => ty(target, found),
            ItemKind::Record(body) => fields(body, found),
            ItemKind::Variants { variants, .. } => {
                for variant in variants {
                    match &variant.data {
                        VariantData::Unit => {}
                        VariantData::Tuple(types) => types.iter().for_each(|element| ty(element, found)),
                        VariantData::Struct(body) => fields(body, found),
                    }
                }
            }
            ItemKind::Service { members, .. } | ItemKind::Callbacks { members, .. } => {
                for member in members {
                    match &member.parameters {
                        Parameters::None => {}
                        Parameters::Bare(bare) => ty(bare, found),
                        Parameters::Named(body) => fields(body, found),
                    }
                    if let Some(answer) = member.method.as_ref().and_then(|method| method.answer.as_ref()) {
                        ty(answer, found);
                    }
                }
            }
        }
    }
}

fn fields(body: &Fields<'_>, found: &mut Vec<Diagnostic>) {
    body.fields.iter().for_each(|field| ty(&field.ty, found));
}

fn ty(written: &Type<'_>, found: &mut Vec<Diagnostic>) {
    match &written.kind {
        TypeKind::Tuple(elements) => elements.iter().for_each(|element| ty(element, found)),
        TypeKind::Reference { path, arguments } => {
            for argument in arguments {
                ty(argument, found);
            }
            let is_wide = matches!(path.text, "u64" | "i64");
            if is_wide && written.annotations.iter().all(|annotation| annotation.name.text != "ts") {
                let message =
                    format!("`{}` is a `bigint` in TypeScript, and nothing says that this is meant", path.text);
                let behind = Span { start: written.span.end, ..written.span };
                found.push(
                    Diagnostic::warning(Code::WideIntForJs, path.span, message)
                        .note("`@ts(number)` makes it a number that is checked to be exact")
                        .fix(behind, " @ts(bigint)", "say that it is meant"),
                );
            }
        }
    }
}
