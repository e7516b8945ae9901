//! Annotations about names, and those of users.

use syn::punctuated::Punctuated;
use syn::{Expr, ExprLit, ExprUnary, Ident, Lit, Meta, Token, UnOp};

use super::names::{is_written_as, name as usual};
use super::notes::string;
use crate::rust::extras::Extras;
use crate::rust::mistakes::Mistakes;
use crate::rust::service::plain;

/// The name of a member in a schema, and the annotations that it needs; `wire` is its name on the wire.
pub(super) fn member(ident: &Ident, wire: &str, extras: &Extras, mistakes: &mut Mistakes) -> (String, Vec<String>) {
    let (name, own_wire) = match &extras.name {
        Some(name) => (name.clone(), (name != wire).then(|| wire.to_owned())),
        None => usual(ident, wire),
    };
    let mut annotations: Vec<String> = own_wire.into_iter().map(|wire| format!("@wire({})", string(&wire))).collect();
    annotations.extend(names(&name, ident, extras, mistakes));
    (name, annotations)
}

/// The annotations of a declaration whose name in the schema is known.
pub(super) fn names(name: &str, ident: &Ident, extras: &Extras, mistakes: &mut Mistakes) -> Vec<String> {
    let ident = plain(ident);
    // Where Rust writes the name so anyway, nobody has chosen it.
    let chosen = (extras.name.is_some() && !is_written_as(name, &ident)).then_some(ident);
    let given = [("rust", chosen.as_ref()), ("ts", extras.ts.as_ref()), ("py", extras.py.as_ref())];
    let mut annotations: Vec<String> = given
        .into_iter()
        .filter_map(|(language, name)| name.map(|name| format!("@{language}(name = {})", string(name))))
        .collect();
    annotations.extend(extras.user.iter().filter_map(|meta| mistakes.take(user(meta))));
    annotations
}

/// `x::role("admin", level = 3)` as `@x.role("admin", level = 3)`.
fn user(meta: &Meta) -> syn::Result<String> {
    let path: Vec<String> = meta.path().segments.iter().map(|segment| plain(&segment.ident)).collect();
    let path = path.join(".");
    let Meta::List(list) = meta else {
        return match meta {
            Meta::Path(_) => Ok(format!("@{path}")),
            _ => Err(syn::Error::new_spanned(meta, "an annotation of yours is written as `x::role(\"admin\")`")),
        };
    };
    let arguments = list.parse_args_with(Punctuated::<Expr, Token![,]>::parse_terminated)?;
    let arguments: Vec<String> = arguments.iter().map(argument).collect::<syn::Result<_>>()?;
    if arguments.is_empty() {
        return Ok(format!("@{path}"));
    }
    Ok(format!("@{path}({})", arguments.join(", ")))
}

fn argument(expr: &Expr) -> syn::Result<String> {
    if let Expr::Assign(assign) = expr
        && let Expr::Path(key) = &*assign.left
        && let Some(key) = key.path.get_ident()
    {
        return Ok(format!("{} = {}", plain(key), value(&assign.right)?));
    }
    value(expr)
}

fn value(expr: &Expr) -> syn::Result<String> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Ok(string(&text.value())),
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => Ok(number.base10_digits().to_owned()),
        Expr::Lit(ExprLit { lit: Lit::Float(number), .. }) => Ok(number.base10_digits().to_owned()),
        Expr::Lit(ExprLit { lit: Lit::Bool(value), .. }) => Ok(value.value.to_string()),
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => Ok(format!("-{}", value(expr)?)),
        other => Err(syn::Error::new_spanned(other, "a value here is a text, a number, `true` or `false`")),
    }
}
