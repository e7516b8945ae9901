//! `ext` declarations.

use super::Resolver;
use super::annotations::Place;
use crate::ast::{self, Mapping, Name, Number};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Ext, TypeKind};
use crate::nearest::nearest;
use crate::source::Span;

/// The codes that a schema may use; those below are `MsgPack`'s and the project's own.
const CODES: std::ops::RangeInclusive<u8> = 16..=127;

const LANGUAGES: [&str; 3] = ["rust", "ts", "py"];

impl<'a> Resolver<'a, '_> {
    pub(super) fn ext(
        &mut self,
        name: Name<'a>,
        code: Option<Number>,
        code_span: Span,
        target: &ast::Type<'a>,
        mappings: &[Mapping<'a>],
    ) -> Ext {
        // `@ext(write)` is about the declaration, and stands behind its type.
        let (own, about_type): (Vec<_>, Vec<_>) =
            target.annotations.iter().cloned().partition(|annotation| annotation.name.text == "ext");
        let write = self.annotations(&own, Place::BehindExt).ext_write;
        let target = self.ty_or_any(&ast::Type { annotations: about_type, ..target.clone() });
        if let TypeKind::Nullable(_) = target.kind {
            let message = "the type that an `ext` is written as cannot be nil";
            self.diagnostics.push(
                Diagnostic::error(Code::InvalidExt, target.span, message)
                    .note(format!("write `{}?` where it may be absent", name.text)),
            );
        }
        let mut ext = Ext { code: 0, target, write, rust: None, ts: None, py: None };
        ext.code = self.ext_code(name, code, code_span);
        for (at, mapping) in mappings.iter().enumerate() {
            let language = mapping.language;
            if let Some(first) = mappings[..at].iter().find(|first| first.language.text == language.text) {
                let message = format!("the type in `{}` is given twice", language.text);
                self.diagnostics.push(
                    Diagnostic::error(Code::InvalidExt, language.span, message)
                        .secondary(first.language.span, "first given here"),
                );
                continue;
            }
            self.mapping(mapping, &mut ext);
        }
        ext
    }

    fn ext_code(&mut self, name: Name<'a>, code: Option<Number>, place: Span) -> u8 {
        let value = match code {
            None => return *CODES.start(),
            Some(Number::Int(value)) => u8::try_from(value).ok().filter(|code| CODES.contains(code)),
            Some(_) => None,
        };
        let Some(value) = value else {
            let message = format!("the code of an `ext` is from {} to {}", CODES.start(), CODES.end());
            let note = "-1 is the timestamp of MessagePack, and 0 to 15 are kept for procwire and its peers";
            self.diagnostics.push(Diagnostic::error(Code::InvalidExt, place, message).note(note));
            return *CODES.start();
        };
        match self.ext_codes.get(&value) {
            None => {
                self.ext_codes.insert(value, name);
            }
            Some(first) => {
                let message = format!("`{}` and `{}` have the same code {value}", name.text, first.text);
                self.diagnostics.push(
                    Diagnostic::error(Code::InvalidExt, place, message)
                        .secondary(first.span, format!("`{}` has it first", first.text)),
                );
            }
        }
        value
    }

    fn mapping(&mut self, mapping: &Mapping<'a>, ext: &mut Ext) {
        let (language, path) = (mapping.language, mapping.path.value.as_ref());
        let (is_right, usage, slot) = match language.text {
            "rust" => (is_rust(path), "a path such as `rust_decimal::Decimal`", &mut ext.rust),
            "ts" => (is_typescript(path), "a module and a name such as `decimal.js#Decimal`", &mut ext.ts),
            "py" => (is_python(path), "a module and a name such as `decimal.Decimal`", &mut ext.py),
            other => {
                let message = format!("`{other}` is no language here; `rust`, `ts` and `py` are");
                let mut diagnostic = Diagnostic::error(Code::InvalidExt, language.span, message);
                if let Some(meant) = meant(other) {
                    diagnostic = diagnostic.fix(language.span, meant, format!("write `{meant}`"));
                }
                self.diagnostics.push(diagnostic);
                return;
            }
        };
        if is_right {
            *slot = Some(path.to_owned());
        } else {
            let message = format!("a type in `{}` is {usage}", language.text);
            self.diagnostics.push(Diagnostic::error(Code::InvalidExt, mapping.path.span, message));
        }
    }
}

fn meant(language: &str) -> Option<&'static str> {
    match language {
        "typescript" | "javascript" | "js" => Some("ts"),
        "python" => Some("py"),
        "rs" => Some("rust"),
        _ => nearest(language, LANGUAGES),
    }
}

fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// `a::b::C` or `a::B<c::D, E>`.
fn is_rust(path: &str) -> bool {
    let end = rust_path(path.trim_start_matches("::"), 0);
    end == Some("")
}

/// What is left of a text behind a path, if it begins with one.
fn rust_path(mut text: &str, depth: usize) -> Option<&str> {
    if depth > 8 {
        return None;
    }
    loop {
        let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
        if !is_identifier(&text[..end]) {
            return None;
        }
        text = &text[end..];
        if let Some(mut inside) = text.strip_prefix('<') {
            loop {
                inside = rust_path(inside.trim_start(), depth + 1)?;
                match inside.strip_prefix(',') {
                    Some(next) => inside = next,
                    None => break,
                }
            }
            text = inside.strip_prefix('>')?;
        }
        match text.strip_prefix("::") {
            Some(next) => text = next,
            None => return Some(text),
        }
    }
}

/// `module#Name`, where the module is a package or a file.
fn is_typescript(path: &str) -> bool {
    path.split_once('#').is_some_and(|(module, name)| {
        !module.is_empty()
            && module.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"@/._-:~".contains(&byte))
            && is_identifier(name)
    })
}

/// `module.Name`
fn is_python(path: &str) -> bool {
    path.contains('.') && path.split('.').all(is_identifier)
}
