//! Lowering: pest's pairs of one item become its part of the syntax tree.

mod ext;
mod imports;
mod members;
mod outer;
mod types;

use std::borrow::Cow;

use pest::iterators::{Pair, Pairs};

use super::scan::Piece;
use super::{Rule, literal};
use crate::ast::{
    Field, Fields, File, Item, ItemKind, Name, Number, Outer, Package, Reserved, Text, Variant, VariantData,
};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{FileId, Span};

/// Adds one item to the tree.
pub(super) fn item<'a>(pairs: Pairs<'a, Rule>, piece: Piece<'a>, tree: &mut File<'a>, diagnostics: &mut Diagnostics) {
    let mut lower = Lower { id: tree.id, base: piece.start, diagnostics };
    for pair in pairs {
        match pair.as_rule() {
            Rule::edition => lower.edition(pair, tree),
            Rule::package => lower.package(pair, tree),
            Rule::import => tree.imports.extend(lower.import(pair)),
            _ => tree.items.extend(lower.item(pair, piece)),
        }
    }
}

struct Lower<'d> {
    id: FileId,
    base: usize,
    diagnostics: &'d mut Diagnostics,
}

type Inner<'a> = std::iter::Peekable<Pairs<'a, Rule>>;

/// The next pair, if it is of one of the rules.
fn take<'a>(inner: &mut Inner<'a>, rules: &[Rule]) -> Option<Pair<'a, Rule>> {
    inner.next_if(|pair| rules.contains(&pair.as_rule()))
}

impl<'a> Lower<'_> {
    /// Where a pair stands. One that ends in something optional reaches over the blanks behind it.
    fn span(&self, pair: &Pair<'a, Rule>) -> Span {
        let (start, text) = (self.base + pair.as_span().start(), pair.as_str().trim_end());
        Span::new(self.id, super::offset(start), super::offset(start + text.len()))
    }

    fn name(&self, pair: &Pair<'a, Rule>) -> Name<'a> {
        Name { text: pair.as_str(), span: self.span(pair) }
    }

    fn edition(&mut self, pair: Pair<'a, Rule>, tree: &mut File<'a>) {
        let span = self.span(&pair);
        let mut inner = pair.into_inner().peekable();
        let docs = self.docs(&mut inner);
        self.dangling(&docs, "`ipc 1;` takes no docs; `//!` documents the file");
        let Some(number) = take(&mut inner, &[Rule::number]) else {
            return;
        };
        if number.as_str() != "1" {
            let message = format!("edition {} of the language is not known, only 1 is", number.as_str());
            let place = self.span(&number);
            self.diagnostics.push(Diagnostic::error(Code::Header, place, message).fix(place, "1", "write `1`"));
        }
        if let Some(first) = tree.edition {
            let told = Diagnostic::error(Code::Header, span, "the file says its edition twice");
            self.diagnostics.push(told.secondary(first, "first said here"));
        } else if tree.package.is_some() || !tree.items.is_empty() || !tree.imports.is_empty() {
            let message = "`ipc 1;` stands before everything else in the file";
            self.diagnostics.push(Diagnostic::error(Code::Header, span, message));
        }
        tree.edition = Some(span);
    }

    fn package(&mut self, pair: Pair<'a, Rule>, tree: &mut File<'a>) {
        let span = self.span(&pair);
        let mut inner = pair.into_inner().peekable();
        let outer = self.outer(&mut inner);
        self.dangling(&outer.docs, "`package` takes no docs; `//!` documents the file");
        let Some(path) = take(&mut inner, &[Rule::path]).map(|path| self.name(&path)) else {
            return;
        };
        let mut annotations = outer.annotations;
        annotations.extend(self.annotations(&mut inner));
        if let Some(first) = &tree.package {
            let told = Diagnostic::error(Code::Header, span, "a file is one package, and this names a second");
            self.diagnostics.push(told.secondary(first.path.span, "first named here"));
        } else {
            if !tree.items.is_empty() || !tree.imports.is_empty() {
                let message = "`package` stands before every declaration";
                self.diagnostics.push(Diagnostic::error(Code::Header, span, message));
            }
            tree.package = Some(Package { path, annotations });
        }
    }

    fn item(&mut self, pair: Pair<'a, Rule>, piece: Piece<'a>) -> Option<Item<'a>> {
        let (span, rule) = (self.span(&pair), pair.as_rule());
        let mut inner = pair.into_inner().peekable();
        let outer = self.outer(&mut inner);
        let strict = take(&mut inner, &[Rule::strict]).map(|strict| self.span(&strict));
        let name = take(&mut inner, &[Rule::name, Rule::path])?;
        let name = self.name(&name);
        let annotations = self.annotations(&mut inner);
        let kind = match rule {
            Rule::constant => ItemKind::Const { ty: self.ty(inner.next()?)?, value: self.value(inner.next()?)? },
            Rule::newtype => ItemKind::Newtype(self.ty(inner.next()?)?),
            Rule::alias => ItemKind::Alias(self.ty(inner.next()?)?),
            Rule::ext => self.ext(&mut inner)?,
            Rule::record => ItemKind::Record(self.fields(inner.next()?)),
            Rule::variants => {
                let mut reserved = Vec::new();
                let variants = self.variants(&mut inner, &mut reserved);
                ItemKind::Variants { error: piece.word.is_some_and(|(word, _)| word == "error"), variants, reserved }
            }
            Rule::callbacks => {
                let mut reserved = Vec::new();
                let mut members = self.members(&mut inner, &mut reserved);
                members.retain(|member| self.is_callback(member));
                ItemKind::Callbacks { members, reserved }
            }
            Rule::module => ItemKind::Module(self.clauses(&mut inner)),
            _ => {
                let mut reserved = Vec::new();
                let members = self.members(&mut inner, &mut reserved);
                ItemKind::Service { members, reserved }
            }
        };
        Some(Item { span, outer, strict, name, annotations, kind })
    }

    fn text(&mut self, pair: &Pair<'a, Rule>) -> Text<'a> {
        let span = self.span(pair);
        let value = if pair.as_rule() == Rule::string {
            literal::string(pair.as_str(), span, self.diagnostics)
        } else {
            Cow::Borrowed(literal::raw_string(pair.as_str()))
        };
        Text { value, span }
    }

    fn number(&mut self, pair: &Pair<'a, Rule>) -> Option<(Number, Span)> {
        let span = self.span(pair);
        literal::number(pair.as_str(), span, self.diagnostics).map(|number| (number, span))
    }

    fn fields(&mut self, pair: Pair<'a, Rule>) -> Fields<'a> {
        let mut fields = Fields::default();
        let mut inner = pair.into_inner().peekable();
        while let Some(member) = take(&mut inner, &[Rule::member]) {
            self.member(member, &mut fields);
        }
        self.dangling_end(&mut inner);
        fields
    }

    fn member(&mut self, pair: Pair<'a, Rule>, fields: &mut Fields<'a>) {
        let mut inner = pair.into_inner().peekable();
        let outer = self.outer(&mut inner);
        let Some(body) = inner.next() else { return };
        if body.as_rule() == Rule::reserved {
            self.reserved(&outer, body, &mut fields.reserved);
        } else {
            fields.fields.extend(self.field(outer, body));
        }
    }

    fn field(&mut self, outer: Outer<'a>, pair: Pair<'a, Rule>) -> Option<Field<'a>> {
        let mut inner = pair.into_inner().peekable();
        let name = self.name(&inner.next()?);
        let optional = take(&mut inner, &[Rule::optional]).map(|mark| self.span(&mark));
        let ty = self.ty(inner.next()?)?;
        let default = inner.next().and_then(|value| self.value(value));
        Some(Field { outer, name, optional, ty, default })
    }

    fn reserved(&mut self, outer: &Outer<'a>, pair: Pair<'a, Rule>, reserved: &mut Vec<Reserved<'a>>) {
        self.dangling(&outer.docs, "a doc comment documents what follows, and `reserved` has no docs");
        if let Some(annotation) = outer.annotations.first() {
            let message = format!("`@{}` has no meaning on `reserved`", annotation.name.text);
            self.diagnostics.push(Diagnostic::error(Code::MisplacedAnnotation, annotation.span, message));
        }
        for pair in pair.into_inner() {
            match pair.as_rule() {
                Rule::string | Rule::raw_string => {
                    let text = self.text(&pair);
                    reserved.push(Reserved::Text(text));
                }
                Rule::number => {
                    reserved.extend(self.number(&pair).map(|(number, span)| Reserved::Number(number, span)));
                }
                _ => {}
            }
        }
    }

    fn variants(&mut self, inner: &mut Inner<'a>, reserved: &mut Vec<Reserved<'a>>) -> Vec<Variant<'a>> {
        let mut variants = Vec::new();
        while let Some(variant) = take(inner, &[Rule::variant]) {
            let mut inner = variant.into_inner().peekable();
            let outer = self.outer(&mut inner);
            let Some(body) = inner.next() else { continue };
            if body.as_rule() == Rule::reserved {
                self.reserved(&outer, body, reserved);
            } else {
                variants.extend(self.case(outer, body));
            }
        }
        self.dangling_end(inner);
        variants
    }

    fn case(&mut self, outer: Outer<'a>, pair: Pair<'a, Rule>) -> Option<Variant<'a>> {
        let mut inner = pair.into_inner().peekable();
        let name = self.name(&inner.next()?);
        let mut variant = Variant { outer, name, data: VariantData::Unit, number: None };
        for pair in inner {
            match pair.as_rule() {
                Rule::elements => {
                    variant.data = VariantData::Tuple(pair.into_inner().filter_map(|ty| self.ty(ty)).collect());
                }
                Rule::fields => variant.data = VariantData::Struct(self.fields(pair)),
                _ => variant.number = self.number(&pair),
            }
        }
        Some(variant)
    }
}
