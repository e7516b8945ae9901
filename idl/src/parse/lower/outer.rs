//! What stands before a declaration: docs and annotations.

use pest::iterators::Pair;

use super::{Inner, Lower, Rule, take};
use crate::ast::{Annotation, Doc, Name, Outer, Token};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

impl<'a> Lower<'_> {
    pub(super) fn docs(&mut self, inner: &mut Inner<'a>) -> Vec<Doc<'a>> {
        let mut docs = Vec::new();
        while let Some(doc) = take(inner, &[Rule::doc]) {
            docs.push(self.doc(&doc));
        }
        docs
    }

    pub(super) fn doc(&self, pair: &Pair<'a, Rule>) -> Doc<'a> {
        let text = pair.as_str().trim_start_matches('/');
        Doc { text: text.strip_prefix(' ').unwrap_or(text), span: self.span(pair) }
    }

    pub(super) fn dangling(&mut self, docs: &[Doc<'a>], message: &str) {
        if let Some(doc) = docs.first() {
            self.diagnostics.push(Diagnostic::error(Code::DanglingDoc, doc.span, message));
        }
    }

    /// Docs before a closing bracket.
    pub(super) fn dangling_end(&mut self, inner: &mut Inner<'a>) {
        let docs = self.docs(inner);
        self.dangling(&docs, "a doc comment documents what follows, and nothing does");
    }

    pub(super) fn outer(&mut self, inner: &mut Inner<'a>) -> Outer<'a> {
        let mut outer = Outer::default();
        while let Some(pair) = take(inner, &[Rule::doc, Rule::annotation]) {
            if pair.as_rule() == Rule::doc {
                outer.docs.push(self.doc(&pair));
            } else {
                outer.annotations.extend(self.annotation(pair));
            }
        }
        outer
    }

    pub(super) fn annotations(&mut self, inner: &mut Inner<'a>) -> Vec<Annotation<'a>> {
        let mut annotations = Vec::new();
        while let Some(pair) = take(inner, &[Rule::annotation]) {
            annotations.extend(self.annotation(pair));
        }
        annotations
    }

    pub(super) fn annotation(&mut self, pair: Pair<'a, Rule>) -> Option<Annotation<'a>> {
        let mut inner = pair.into_inner();
        let mark = inner.next()?;
        let mut span = self.span(&mark);
        let name = self.name(&mark.into_inner().next()?);
        let arguments = inner.next().map(|list| {
            span = span.to(self.span(&list));
            let mut tokens = Vec::new();
            self.tokens(list, &mut tokens);
            // A comma behind the last argument means nothing, here as elsewhere.
            if tokens.len() > 1 {
                tokens.pop_if(|last| matches!(last, Token::Other(mark) if mark.text == ","));
            }
            tokens
        });
        Some(Annotation { name, arguments, span })
    }

    pub(super) fn tokens(&mut self, list: Pair<'a, Rule>, tokens: &mut Vec<Token<'a>>) {
        for pair in list.into_inner() {
            let token = match pair.as_rule() {
                Rule::string | Rule::raw_string => Token::Text(self.text(&pair)),
                Rule::path => Token::Name(self.name(&pair)),
                Rule::annotation_list => {
                    let span = self.span(&pair);
                    tokens.push(Token::Other(Name { text: "(", span: Span { end: span.start + 1, ..span } }));
                    self.tokens(pair, tokens);
                    Token::Other(Name { text: ")", span: Span { start: span.end - 1, ..span } })
                }
                Rule::number => {
                    let name = self.name(&pair);
                    self.number(&pair).map_or(Token::Other(name), |(number, _)| Token::Number(number, name))
                }
                _ => Token::Other(self.name(&pair)),
            };
            tokens.push(token);
        }
    }
}
