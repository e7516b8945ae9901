//! Imports: `use a.b;`, `use "f.ipc" as c;`, `use a.b.{X, Y as Z};`

use pest::iterators::Pair;

use super::{Inner, Lower, Rule, take};
use crate::ast::{Import, ImportSource, ImportedName, Name};
use crate::diagnostic::{Code, Diagnostic};
use crate::lint::check_allow;

impl<'a> Lower<'_> {
    pub(super) fn import(&mut self, pair: Pair<'a, Rule>) -> Option<Import<'a>> {
        let span = self.span(&pair);
        let mut inner = pair.into_inner().peekable();
        let outer = self.outer(&mut inner);
        self.dangling(&outer.docs, "`use` takes no docs; a doc comment documents a declaration");
        for annotation in &outer.annotations {
            if annotation.name.text == "allow" {
                self.diagnostics.extend(check_allow(annotation));
                continue;
            }
            let message = format!("`@{}` has no meaning before an import", annotation.name.text);
            self.diagnostics.push(Diagnostic::error(Code::MisplacedAnnotation, annotation.span, message));
        }
        let source = inner.next()?;
        let source = match source.as_rule() {
            Rule::path => ImportSource::Package(self.name(&source)),
            _ => ImportSource::File(self.text(&source)),
        };
        let mut names = None;
        if let Some(group) = take(&mut inner, &[Rule::group]) {
            names = Some(group.into_inner().filter_map(|name| self.imported(name)).collect());
        }
        let alias = self.rename(&mut inner);
        Some(Import { span, outer, source, names, alias })
    }

    fn imported(&mut self, pair: Pair<'a, Rule>) -> Option<ImportedName<'a>> {
        let span = self.span(&pair);
        let mut inner = pair.into_inner().peekable();
        let name = self.name(&inner.next()?);
        Some(ImportedName { name, alias: self.rename(&mut inner), span })
    }

    fn rename(&mut self, inner: &mut Inner<'a>) -> Option<Name<'a>> {
        let rename = take(inner, &[Rule::rename])?;
        rename.into_inner().find(|pair| pair.as_rule() == Rule::name).map(|name| self.name(&name))
    }
}
