//! What stands in the parentheses of annotations.

use super::Resolver;
use crate::ast::{Annotation, Name, Number, Text, Token, ValueKind};
use crate::diagnostic::{Code, Diagnostic};
use crate::model::{Retry, UserAnnotation, UserArgument, Value};
use crate::source::Span;

/// `min..=max`, `min..max`, or one value; each bound with its place.
#[derive(Clone, Debug)]
pub(super) struct Bounds {
    pub min: Option<(Number, Span)>,
    pub max: Option<(Number, Span)>,
    /// `..=`, and one value alone.
    pub inclusive: bool,
    /// One value alone.
    pub single: bool,
    /// The whole annotation.
    pub span: Span,
}

impl<'a> Resolver<'a, '_> {
    /// The text of `@name("text")`.
    pub(super) fn text_argument(&mut self, annotation: &Annotation<'a>, usage: &str) -> Option<Text<'a>> {
        if let Some([Token::Text(text)]) = annotation.arguments.as_deref() {
            return Some(text.clone());
        }
        self.wrong_arguments(annotation, usage);
        None
    }

    /// The text of `@name("text")`, which says something.
    pub(super) fn telling_text(&mut self, annotation: &Annotation<'a>, usage: &str) -> Option<String> {
        let text = self.text_argument(annotation, usage)?;
        if text.value.trim().is_empty() {
            self.wrong_arguments(annotation, usage);
            return None;
        }
        Some(text.value.into_owned())
    }

    /// The name of `@name(word)`, if it is one of some.
    pub(super) fn word_argument<T: Copy>(
        &mut self,
        annotation: &Annotation<'a>,
        words: &[(&str, T)],
        usage: &str,
    ) -> Option<T> {
        if let Some([Token::Name(name)]) = annotation.arguments.as_deref()
            && let Some((_, meaning)) = words.iter().find(|(word, _)| *word == name.text)
        {
            return Some(*meaning);
        }
        self.wrong_arguments(annotation, usage);
        None
    }

    /// The identifier of `@rust(name = "Order")`.
    pub(super) fn name_argument(&mut self, annotation: &Annotation<'a>) -> Option<String> {
        if let Some([Token::Name(key), Token::Other(mark), Token::Text(text)]) = annotation.arguments.as_deref()
            && key.text == "name"
            && mark.text == "="
        {
            let name = text.value.as_ref();
            if is_identifier(name) {
                return Some(name.to_owned());
            }
            let message = format!("`{name}` is no name: it takes ASCII letters, digits and `_`");
            self.diagnostics.push(Diagnostic::error(Code::MisplacedAnnotation, text.span, message));
            return None;
        }
        self.wrong_arguments(annotation, &format!("@{}(name = \"x\")", annotation.name.text));
        None
    }

    /// The duration of `@timeout(5s)`: one that every runtime can keep.
    pub(super) fn timeout(&mut self, annotation: &Annotation<'a>) -> Option<u64> {
        /// The longest wait of a timer in JavaScript is 2^31 - 1 ms.
        const LONGEST: u64 = 24 * 24 * 3600 * 1_000_000;
        let usage = "@timeout(5s)";
        let Some([token]) = annotation.arguments.as_deref() else {
            self.wrong_arguments(annotation, usage);
            return None;
        };
        match self.bound(token) {
            Some((Number::Duration(0), _)) => self.wrong_duration(annotation, "ends before the call begins"),
            Some((Number::Duration(micros), _)) if micros % 1000 != 0 => {
                self.wrong_duration(annotation, "is not a whole number of milliseconds");
            }
            Some((Number::Duration(micros), _)) if micros > LONGEST => {
                self.wrong_duration(annotation, "is longer than 24 days, which is the longest");
            }
            Some((Number::Duration(micros), _)) => return Some(micros),
            Some(_) => self.wrong_arguments(annotation, usage),
            None => {}
        }
        None
    }

    /// What `@retry` waits: nothing in parentheses, or `after = 250ms`.
    pub(super) fn retry_after(&mut self, annotation: &Annotation<'a>) -> Option<Retry> {
        let usage = "@retry` or `@retry(after = 250ms)";
        match annotation.arguments.as_deref() {
            None => return Some(Retry { after: None }),
            Some([Token::Name(key), Token::Other(mark), token]) if key.text == "after" && mark.text == "=" => {
                match self.bound(token) {
                    Some((Number::Duration(0), _)) => self.wrong_duration(annotation, "is no wait at all"),
                    Some((Number::Duration(micros), _)) => return Some(Retry { after: Some(micros) }),
                    Some(_) => self.wrong_arguments(annotation, usage),
                    None => {}
                }
            }
            Some(_) => self.wrong_arguments(annotation, usage),
        }
        None
    }

    fn wrong_duration(&mut self, annotation: &Annotation<'a>, what: &str) {
        let message = format!("the duration of `@{}` {what}", annotation.name.text);
        self.diagnostics.push(Diagnostic::error(Code::MisplacedAnnotation, annotation.span, message));
    }

    /// The bounds of `@len(1..=12)` and `@range(0.5..)`.
    pub(super) fn bounds(&mut self, annotation: &Annotation<'a>, usage: &str) -> Option<Bounds> {
        let is = |token: &Token<'_>, mark: &str| matches!(token, Token::Other(name) if name.text == mark);
        let tokens = annotation.arguments.as_deref().unwrap_or_default();
        let span = annotation.span;
        if let [token] = tokens
            && !is(token, ".")
        {
            let value = self.bound(token);
            return value.map(|value| Bounds {
                min: Some(value),
                max: Some(value),
                inclusive: true,
                single: true,
                span,
            });
        }
        let dots = tokens.windows(2).position(|pair| is(&pair[0], ".") && is(&pair[1], "."));
        let (before, mut after) = match dots {
            Some(at) => (&tokens[..at], &tokens[at + 2..]),
            None => (tokens, tokens),
        };
        let inclusive = after.first().is_some_and(|token| is(token, "="));
        if inclusive {
            after = &after[1..];
        }
        if dots.is_none() || before.len() > 1 || after.len() > 1 {
            self.wrong_arguments(annotation, usage);
            return None;
        }
        let min = before.first().map(|token| self.bound(token));
        let max = after.first().map(|token| self.bound(token));
        // A bound that means nothing was told.
        if min == Some(None) || max == Some(None) {
            return None;
        }
        Some(Bounds { min: min.flatten(), max: max.flatten(), inclusive, single: false, span })
    }

    /// A number, or the constant that stands for one.
    fn bound(&mut self, token: &Token<'a>) -> Option<(Number, Span)> {
        match token {
            Token::Number(number, name) => Some((*number, name.span)),
            Token::Name(name) => {
                let literal = self.constant_literal(name.text, name.span)?;
                if let ValueKind::Number(number) = literal {
                    return Some((number, name.span));
                }
                self.no_number(*name);
                None
            }
            Token::Text(Text { span, .. }) => {
                self.no_number(Name { text: "\"..\"", span: *span });
                None
            }
            Token::Other(name) => {
                // A number that could not be read was told when it was.
                if !name.text.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '+') {
                    self.no_number(*name);
                }
                None
            }
        }
    }

    fn no_number(&mut self, name: Name<'a>) {
        let message = format!("`{}` is no number", name.text);
        self.diagnostics.push(Diagnostic::error(Code::MisplacedAnnotation, name.span, message));
    }

    /// `@x.name(value, key = value)`.
    pub(super) fn user_annotation(&mut self, annotation: &Annotation<'a>) -> Option<UserAnnotation> {
        let name = annotation.name.text.strip_prefix("x.")?.to_owned();
        let tokens = annotation.arguments.as_deref().unwrap_or_default();
        let mut arguments = Vec::new();
        let is = |token: &Token<'_>, mark: &str| matches!(token, Token::Other(name) if name.text == mark);
        for part in tokens.split(|token| is(token, ",")) {
            let argument = match part {
                [] if tokens.is_empty() => continue,
                [Token::Name(key), mark, value] if is(mark, "=") && !key.text.contains('.') => {
                    user_value(value).map(|value| UserArgument { name: Some(key.text.to_owned()), value })
                }
                [value] => user_value(value).map(|value| UserArgument { name: None, value }),
                _ => None,
            };
            let Some(argument) = argument else {
                self.wrong_arguments(annotation, &format!("@x.{name}(value, key = value)"));
                return None;
            };
            arguments.push(argument);
        }
        Some(UserAnnotation { name, arguments })
    }

    pub(super) fn wrong_arguments(&mut self, annotation: &Annotation<'a>, usage: &str) {
        let message = format!("`@{}` is written as `{usage}`", annotation.name.text);
        self.diagnostics.push(Diagnostic::error(Code::MisplacedAnnotation, annotation.span, message));
    }
}

fn user_value(token: &Token<'_>) -> Option<Value> {
    Some(match token {
        Token::Text(text) => Value::String(text.value.clone().into_owned()),
        Token::Number(number, _) => match *number {
            Number::Int(value) => Value::Int(value),
            Number::Float(value) => Value::Float(value),
            Number::Duration(micros) => Value::Duration(micros),
            Number::Size(bytes) => Value::Int(bytes.into()),
        },
        Token::Name(name) => match name.text {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            word => Value::String(word.to_owned()),
        },
        Token::Other(_) => return None,
    })
}

fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
