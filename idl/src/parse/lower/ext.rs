//! `ext` declarations.

use super::{Inner, Lower, Rule, take};
use crate::ast::{ItemKind, Mapping};

impl<'a> Lower<'_> {
    /// What stands behind the name of an `ext`.
    pub(super) fn ext(&mut self, inner: &mut Inner<'a>) -> Option<ItemKind<'a>> {
        let code = take(inner, &[Rule::number])?;
        let code_span = self.span(&code);
        let code = self.number(&code).map(|(number, _)| number);
        take(inner, &[Rule::as_word])?;
        let target = self.ty(inner.next()?)?;
        let mut mappings = Vec::new();
        if let Some(pair) = take(inner, &[Rule::mappings]) {
            let mut inner = pair.into_inner().peekable();
            while let Some(mapping) = take(&mut inner, &[Rule::mapping]) {
                let mut parts = mapping.into_inner();
                if let (Some(language), Some(path)) = (parts.next(), parts.next()) {
                    mappings.push(Mapping { language: self.name(&language), path: self.text(&path) });
                }
            }
            self.dangling_end(&mut inner);
        }
        Some(ItemKind::Ext { code, code_span, target, mappings })
    }
}
