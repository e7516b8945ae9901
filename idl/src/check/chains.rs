//! Chains of aliases and newtypes. Each link is looked through wherever the type is used, and stands in each default, so
//! a chain is short.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::limits;
use crate::model::{DeclarationKind, Model, TypeKind};

/// Tells each declaration that makes a chain too long; what is chained further is not told again.
pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    let next: Vec<Option<usize>> = (model.types.iter())
        .map(|declaration| match &declaration.kind {
            DeclarationKind::Alias(target) | DeclarationKind::Newtype(target) => match target.kind {
                TypeKind::Named(id) if is_link(model, id.0 as usize) => Some(id.0 as usize),
                _ => None,
            },
            _ => None,
        })
        .collect();
    for (start, declaration) in model.types.iter().enumerate() {
        let mut links = 1;
        let mut at = start;
        // A circle is as long as one likes, and is told elsewhere.
        while let Some(following) = next[at]
            && links <= limits::CHAIN
        {
            links += 1;
            at = following;
        }
        let ends_here = next[at].is_none();
        if is_link(model, start) && links == limits::CHAIN + 1 && ends_here {
            let message = format!("`{}` is more than {} aliases and newtypes deep", declaration.name, limits::CHAIN);
            let note = "name the type at the end of the chain, or one nearer to it";
            diagnostics.push(Diagnostic::error(Code::Limit, declaration.span, message).note(note));
        }
    }
}

fn is_link(model: &Model, at: usize) -> bool {
    matches!(model.types[at].kind, DeclarationKind::Alias(_) | DeclarationKind::Newtype(_))
}
