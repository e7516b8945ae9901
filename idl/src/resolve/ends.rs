//! What is behind aliases and newtypes.

use crate::model::{DeclarationKind, Model, Type, TypeId, TypeKind};

/// For each alias and newtype the last one of its chain; computed once, since a schema may chain thousands.
#[derive(Debug)]
pub(crate) struct Ends {
    last: Vec<Option<TypeId>>,
}

impl Ends {
    pub(crate) fn of(model: &Model) -> Self {
        const UNKNOWN: u32 = u32::MAX;
        let next: Vec<Option<u32>> = model
            .types
            .iter()
            .map(|declaration| match &declaration.kind {
                DeclarationKind::Alias(target) | DeclarationKind::Newtype(target) => match target.kind {
                    TypeKind::Named(id) if is_transparent(model, id) => Some(id.0),
                    _ => None,
                },
                _ => None,
            })
            .collect();
        let mut last: Vec<u32> = vec![UNKNOWN; next.len()];
        let mut in_circle = vec![false; next.len()];
        let mut on_path = vec![false; next.len()];
        let mut path = Vec::new();
        for start in 0..next.len() {
            let mut at = start;
            while last[at] == UNKNOWN && !on_path[at] {
                on_path[at] = true;
                path.push(at);
                match next[at] {
                    Some(following) => at = following as usize,
                    None => last[at] = u32::try_from(at).unwrap_or(UNKNOWN),
                }
            }
            let circle = last[at] == UNKNOWN || in_circle[at];
            let end = last[at];
            for node in path.drain(..) {
                on_path[node] = false;
                // A circle is marked as its own end, so that it is not walked again.
                last[node] = if circle { 0 } else { end };
                in_circle[node] = circle;
            }
        }
        let last = last.iter().zip(in_circle).map(|(end, circle)| (!circle).then_some(TypeId(*end))).collect();
        Self { last }
    }

    /// A type once aliases and newtypes are looked through; `None` if they go in a circle.
    pub(crate) fn behind<'m>(&self, model: &'m Model, ty: &'m Type) -> Option<&'m Type> {
        let TypeKind::Named(id) = ty.kind else {
            return Some(ty);
        };
        if !is_transparent(model, id) {
            return Some(ty);
        }
        let last = (*self.last.get(id.0 as usize)?)?;
        match &model.declaration(last).kind {
            DeclarationKind::Alias(target) | DeclarationKind::Newtype(target) => Some(target),
            _ => None,
        }
    }
}

fn is_transparent(model: &Model, id: TypeId) -> bool {
    matches!(model.declaration(id).kind, DeclarationKind::Alias(_) | DeclarationKind::Newtype(_))
}
