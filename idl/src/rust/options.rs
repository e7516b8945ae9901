//! The `#[procwire(…)]` options of one item: a list of `key` and `key = value`.

use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Ident, Lit, LitStr, Meta, Token};

use super::mistakes::Mistakes;
use crate::nearest::nearest;

/// The options of one item, each key once.
#[derive(Default)]
pub struct Options {
    entries: Vec<(Ident, Body)>,
    /// What belongs to nobody here: `x::role("admin")`.
    user: Vec<Meta>,
    /// All of it, as it stands.
    written: Vec<Meta>,
}

/// What stands behind the key of an option.
enum Body {
    Nothing,
    Value(Box<Expr>),
    List(Vec<Meta>),
}

impl Options {
    /// Reads the options among `attrs`.
    ///
    /// `known` are the keys that may stand here and `place` names it in messages ("a method").
    pub fn read(attrs: &[Attribute], known: &[&str], place: &str, mistakes: &mut Mistakes) -> Self {
        let mut metas = Vec::new();
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("procwire")) {
            let list = attr.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
            metas.extend(mistakes.take(list).into_iter().flatten());
        }
        Self::of(metas, known, place, mistakes)
    }

    /// Reads the options of a list that was parsed.
    pub fn of(metas: Vec<Meta>, known: &[&str], place: &str, mistakes: &mut Mistakes) -> Self {
        let mut options = Self::default();
        for meta in metas {
            options.add(meta, known, place, mistakes);
        }
        options
    }

    fn add(&mut self, meta: Meta, known: &[&str], place: &str, mistakes: &mut Mistakes) {
        if meta.path().segments.len() > 1 && meta.path().segments[0].ident == "x" {
            return self.user.push(meta);
        }
        let Some(key) = meta.path().get_ident().cloned() else {
            return mistakes.push(meta.path(), "an option is one word");
        };
        if !is_known(&key.to_string(), known) {
            return mistakes.push(&key, unknown(&key.to_string(), known, place));
        }
        if self.entries.iter().any(|(other, _)| *other == key) {
            return mistakes.push(&key, format!("`{key}` stands here twice"));
        }
        self.written.push(meta.clone());
        let body = match meta {
            Meta::Path(_) => Body::Nothing,
            Meta::NameValue(pair) => Body::Value(Box::new(pair.value)),
            Meta::List(list) => {
                let metas = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
                match mistakes.take(metas) {
                    Some(metas) => Body::List(metas.into_iter().collect()),
                    None => return,
                }
            }
        };
        self.entries.push((key, body));
    }

    fn find(&self, name: &str) -> Option<(&Ident, &Body)> {
        self.entries.iter().find(|(key, _)| key == name).map(|(key, body)| (key, body))
    }

    /// The options with these keys, as they stand.
    #[must_use]
    pub fn metas(&self, keys: &[&str]) -> Vec<Meta> {
        self.written
            .iter()
            .filter(|meta| meta.path().get_ident().is_some_and(|key| is_known(&key.to_string(), keys)))
            .cloned()
            .collect()
    }

    /// The annotations of users, which only plugins and the exporter read.
    #[must_use]
    pub fn user(&self) -> &[Meta] {
        &self.user
    }

    /// The key of an option, whatever stands behind it.
    #[must_use]
    pub fn key(&self, name: &str) -> Option<&Ident> {
        self.find(name).map(|(key, _)| key)
    }

    /// The key of an option without a value.
    pub fn flag(&self, name: &str, mistakes: &mut Mistakes) -> Option<Ident> {
        let (key, body) = self.find(name)?;
        match body {
            Body::Nothing => {}
            Body::Value(value) => mistakes.push(value, format!("`{name}` takes no value")),
            Body::List(_) => mistakes.push(key, format!("`{name}` takes no list")),
        }
        Some(key.clone())
    }

    /// The value of an option whose value is text.
    pub fn text(&self, name: &str, mistakes: &mut Mistakes) -> Option<LitStr> {
        let (key, body) = self.find(name)?;
        match body {
            Body::Value(value) => {
                if let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &**value {
                    return Some(text.clone());
                }
                mistakes.push(value, format!("`{name}` is text, as in `{name} = \"x\"`"));
                None
            }
            Body::Nothing | Body::List(_) => {
                mistakes.push(key, format!("`{name}` needs a value: `{name} = \"x\"`"));
                None
            }
        }
    }

    /// The key of an option that may have a text.
    pub fn optional_text(&self, name: &str, mistakes: &mut Mistakes) -> Option<(Ident, Option<LitStr>)> {
        let (key, body) = self.find(name)?;
        let text = match body {
            Body::Nothing => None,
            Body::Value(_) | Body::List(_) => Some(self.text(name, mistakes)?),
        };
        Some((key.clone(), text))
    }

    /// The value of an option whose value is an expression.
    pub fn value(&self, name: &str, mistakes: &mut Mistakes) -> Option<(Ident, Expr)> {
        let (key, body) = self.find(name)?;
        if let Body::Value(value) = body {
            return Some((key.clone(), (**value).clone()));
        }
        mistakes.push(key, format!("`{name}` needs a value: `{name} = …`"));
        None
    }

    /// What stands in the parentheses of an option that has some.
    pub fn list(&self, name: &str, mistakes: &mut Mistakes) -> Option<(Ident, Vec<Meta>)> {
        let (key, body) = self.find(name)?;
        if let Body::List(metas) = body {
            return Some((key.clone(), metas.clone()));
        }
        mistakes.push(key, format!("`{name}` has its options in parentheses: `{name}(…)`"));
        None
    }
}

/// Whether a key may stand here. Where `at0` may, so may all its like.
fn is_known(key: &str, known: &[&str]) -> bool {
    let is_element = || {
        let digits = key.strip_prefix("at").unwrap_or_default();
        known.contains(&"at0") && digits.parse::<u8>().is_ok_and(|at| at < 12 && at.to_string() == digits)
    };
    known.contains(&key) || is_element()
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
