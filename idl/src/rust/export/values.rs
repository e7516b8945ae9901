//! Defaults and constants of Rust as values of the language.

use syn::{Expr, ExprCall, Lit, UnOp};

use super::names::Names;
use super::notes::string;

/// A value as a schema writes it.
pub(super) fn text(expr: &Expr, names: &Names) -> syn::Result<String> {
    known(expr, names).ok_or_else(|| {
        let message = "this value has no form in a schema; write a literal, a variant without data, \
                       a constant, an empty list or map, or a `Duration::from_…`";
        syn::Error::new_spanned(expr, message)
    })
}

fn known(expr: &Expr, names: &Names) -> Option<String> {
    match expr {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Bool(value) => Some(value.value.to_string()),
            Lit::Int(value) => Some(value.base10_digits().to_owned()),
            Lit::Float(value) => Some(value.base10_digits().to_owned()),
            Lit::Str(value) => Some(string(&value.value())),
            _ => None,
        },
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => Some(format!("-{}", known(&unary.expr, names)?)),
        Expr::Group(group) => known(&group.expr, names),
        Expr::Paren(paren) => known(&paren.expr, names),
        Expr::Reference(reference) => known(&reference.expr, names),
        Expr::Array(array) if array.elems.is_empty() => Some("[]".to_owned()),
        Expr::Macro(call) if call.mac.path.is_ident("vec") && call.mac.tokens.is_empty() => Some("[]".to_owned()),
        Expr::MethodCall(call) if call.args.is_empty() => {
            let converts = ["into", "to_owned", "to_string"].iter().any(|name| call.method == name);
            if converts { known(&call.receiver, names) } else { None }
        }
        Expr::Path(path) => path_value(&path.path, names),
        Expr::Call(call) => call_value(call, names),
        _ => None,
    }
}

fn path_value(path: &syn::Path, names: &Names) -> Option<String> {
    let mut segments = path.segments.iter().rev();
    let last = &segments.next()?.ident;
    match segments.next() {
        Some(owner) if owner.ident == "Duration" && last == "ZERO" => Some("0s".to_owned()),
        Some(owner) if names.variant(&owner.ident, last).is_some() => {
            names.variant(&owner.ident, last).map(str::to_owned)
        }
        _ if names.is_constant(last) => Some(last.to_string()),
        _ => None,
    }
}

fn call_value(call: &ExprCall, names: &Names) -> Option<String> {
    let Expr::Path(path) = &*call.func else {
        return None;
    };
    let mut segments = path.path.segments.iter().rev();
    let last = &segments.next()?.ident;
    let owner = segments.next().map(|segment| segment.ident.to_string());
    let name = last.to_string();
    match (owner.as_deref(), name.as_str(), call.args.len()) {
        (Some("Vec"), "new" | "default", 0) => Some("[]".to_owned()),
        (Some("BTreeMap" | "HashMap"), "new" | "default", 0) => Some("{}".to_owned()),
        (Some("String"), "new" | "default", 0) => Some("\"\"".to_owned()),
        (Some("Duration"), unit, 1) => {
            let unit = match unit {
                "from_secs" => "s",
                "from_millis" => "ms",
                "from_micros" => "us",
                _ => return None,
            };
            Some(format!("{}{unit}", known(&call.args[0], names)?))
        }
        // What wraps a value is not seen on the wire: `Some(5)`, `Symbol("x".into())`.
        (Some("String"), "from", 1) | (_, "Some", 1) => known(&call.args[0], names),
        (_, _, 1) if names.declared(last).is_some() => known(&call.args[0], names),
        _ => None,
    }
}
