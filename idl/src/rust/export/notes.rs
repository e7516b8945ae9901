//! Docs, `@deprecated` and text.

use std::fmt::{Arguments, Write};
use syn::{Attribute, Expr, ExprLit, Lit, LitStr, Meta};

/// What stands above a declaration: its docs, and annotations on lines of their own.
pub(super) fn lead(notes: &[Attribute], annotations: &[String], indent: &str) -> String {
    let mut text = String::new();
    for line in notes.iter().filter_map(doc).flat_map(|doc| lines(&doc)) {
        put(&mut text, format_args!("{indent}///{line}\n"));
    }
    for annotation in notes.iter().filter_map(deprecated).chain(annotations.iter().cloned()) {
        put(&mut text, format_args!("{indent}{annotation}\n"));
    }
    text
}

/// The docs of a file.
pub(super) fn file(attrs: &[Attribute]) -> String {
    let mut text = String::new();
    for line in attrs.iter().filter_map(doc).flat_map(|doc| lines(&doc)) {
        put(&mut text, format_args!("//!{line}\n"));
    }
    text
}

fn doc(attr: &Attribute) -> Option<String> {
    match &attr.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => literal(&pair.value),
        _ => None,
    }
}

fn literal(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    }
}

/// Lines that stay docs: neither a line break nor a fourth slash may follow.
fn lines(doc: &str) -> Vec<String> {
    doc.split('\n')
        .map(|line| {
            let line = line.trim_end().replace('\r', " ");
            if line.starts_with('/') { format!(" {line}") } else { line }
        })
        .collect()
}

fn deprecated(attr: &Attribute) -> Option<String> {
    if !attr.path().is_ident("deprecated") {
        return None;
    }
    let note = match &attr.meta {
        Meta::NameValue(pair) => literal(&pair.value),
        Meta::List(list) => {
            let mut note = None;
            // What rustc would refuse here is for rustc to tell.
            let _ = list.parse_nested_meta(|meta| {
                let text: LitStr = meta.value()?.parse()?;
                if meta.path.is_ident("note") {
                    note = Some(text.value());
                }
                Ok(())
            });
            note
        }
        Meta::Path(_) => None,
    };
    let note = note.unwrap_or_else(|| "no longer in use".to_owned());
    Some(format!("@deprecated({})", string(&note)))
}

/// A string as a schema writes it.
pub(super) fn string(text: &str) -> String {
    let mut literal = String::from('"');
    for c in text.chars() {
        match c {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\t' => literal.push_str("\\t"),
            c if c.is_control() => literal.extend(c.escape_unicode()),
            c => literal.push(c),
        }
    }
    literal.push('"');
    literal
}

/// Appends formatted text.
pub(super) fn put(text: &mut String, arguments: Arguments<'_>) {
    // A `String` takes everything.
    let _ = text.write_fmt(arguments);
}
