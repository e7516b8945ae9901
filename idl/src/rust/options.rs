//! The `#[procwire(…)]` options of one item: a list of `key` and `key = value`.

use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Ident, Lit, LitStr, Meta, Token};

use super::mistakes::Mistakes;
use crate::nearest::nearest;

/// The options of one item, each key once.
pub struct Options(Vec<(Ident, Option<Expr>)>);

impl Options {
    /// Reads the options among `attrs`.
    ///
    /// `known` are the keys that may stand here and `place` names it in messages ("a method").
    pub fn read(attrs: &[Attribute], known: &[&str], place: &str, mistakes: &mut Mistakes) -> Self {
        let mut options = Self(Vec::new());
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("procwire")) {
            let list = attr.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
            for meta in mistakes.take(list).into_iter().flatten() {
                options.add(meta, known, place, mistakes);
            }
        }
        options
    }

    fn add(&mut self, meta: Meta, known: &[&str], place: &str, mistakes: &mut Mistakes) {
        let Some(key) = meta.path().get_ident().cloned() else {
            return mistakes.push(meta.path(), "an option is one word");
        };
        if !known.iter().any(|known| key == known) {
            return mistakes.push(&key, unknown(&key.to_string(), known, place));
        }
        if self.0.iter().any(|(other, _)| *other == key) {
            return mistakes.push(&key, format!("`{key}` stands here twice"));
        }
        match meta {
            Meta::Path(_) => self.0.push((key, None)),
            Meta::NameValue(pair) => self.0.push((key, Some(pair.value))),
            Meta::List(list) => mistakes.push(list, format!("write `{key}` or `{key} = …`")),
        }
    }

    /// The key of an option without a value.
    pub fn flag(&self, name: &str, mistakes: &mut Mistakes) -> Option<Ident> {
        let (key, value) = self.0.iter().find(|(key, _)| key == name)?;
        if let Some(value) = value {
            mistakes.push(value, format!("`{name}` takes no value"));
        }
        Some(key.clone())
    }

    /// The value of an option whose value is text.
    pub fn text(&self, name: &str, mistakes: &mut Mistakes) -> Option<LitStr> {
        let (key, value) = self.0.iter().find(|(key, _)| key == name)?;
        match value {
            Some(Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) => Some(text.clone()),
            Some(other) => {
                mistakes.push(other, format!("`{name}` is text, as in `{name} = \"x\"`"));
                None
            }
            None => {
                mistakes.push(key, format!("`{name}` needs a value: `{name} = \"x\"`"));
                None
            }
        }
    }

    /// The value of an option whose value is an expression.
    pub fn value(&self, name: &str, mistakes: &mut Mistakes) -> Option<(Ident, Expr)> {
        let (key, value) = self.0.iter().find(|(key, _)| key == name)?;
        if value.is_none() {
            mistakes.push(key, format!("`{name}` needs a value: `{name} = …`"));
        }
        Some((key.clone(), value.clone()?))
    }
}

fn unknown(key: &str, known: &[&str], place: &str) -> String {
    match nearest(key, known.iter().copied()) {
        Some(name) => format!("unknown option `{key}` on {place}; did you mean `{name}`?"),
        None => format!(
            "unknown option `{key}` on {place}; the options here are {}",
            known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
        ),
    }
}
