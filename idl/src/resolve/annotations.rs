//! What annotations mean, and where each may stand.

use std::fmt;

use super::Resolver;
use crate::ast::{Annotation, Text, Token};
use crate::diagnostic::{Code, Diagnostic};
use crate::lint::check_allow;
use crate::model::{Extras, IntType};
use crate::nearest::nearest;
use crate::source::Span;

/// Where an annotation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Package,
    Const,
    Newtype,
    Alias,
    Record,
    Enum,
    Error,
    Service,
    Callbacks,
    Module,
    Field,
    Parameter,
    Variant,
    Method,
    Event,
    Callback,
    BehindEnum,
    BehindError,
    BehindName,
    BehindType,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Package => "on a package",
            Self::Const => "before a constant",
            Self::Newtype => "before a newtype",
            Self::Alias => "before an alias",
            Self::Record => "before a record",
            Self::Enum => "before an enum",
            Self::Error => "before an error",
            Self::Service => "before a service",
            Self::Callbacks => "before a block of callbacks",
            Self::Module => "before a module",
            Self::Callback => "before a callback",
            Self::Field => "before a field",
            Self::Parameter => "before a parameter",
            Self::Variant => "before a variant",
            Self::Method => "before a method",
            Self::Event => "before an event",
            Self::BehindEnum => "behind the name of an enum",
            Self::BehindError => "behind the name of an error",
            Self::BehindName => "behind the name of a record or service",
            Self::BehindType => "behind a type",
        })
    }
}

/// What an enum's annotations ask for.
#[derive(Clone, Debug)]
pub(super) enum Form {
    External,
    Tagged,
    Tag(String),
    Repr(IntType),
}

/// What the annotations of one thing say.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub wire: Option<(String, Span)>,
    pub deprecated: Option<String>,
    pub extras: Extras,
    pub raw: Option<Span>,
    pub form: Option<(Form, Span)>,
    /// `@ts(number)` or, false, `@ts(bigint)`.
    pub ts_choice: Option<(bool, Span)>,
}

/// The annotations of this version: name, where they belong.
const KNOWN: [(&str, &str); 9] = [
    ("allow", "before the declaration that it is about"),
    ("wire", "before a field, parameter, variant, method, event or callback"),
    ("deprecated", "before the declaration that it is about"),
    ("codec", "before a method or an event"),
    ("external", "behind the name of an enum"),
    ("tag", "behind the name of an enum"),
    ("tagged", "behind the name of an enum"),
    ("repr", "behind the name of an enum"),
    ("ts", "behind `u64` or `i64`"),
];

/// The annotations of later versions.
const LATER: [&str; 16] = [
    "wire_case",
    "prefix",
    "since",
    "timeout",
    "idempotent",
    "retry",
    "sensitive",
    "len",
    "range",
    "pattern",
    "precise",
    "text",
    "rust",
    "py",
    "ext",
    "spawn",
];

fn belongs(name: &str, place: Place) -> bool {
    use Place::{
        BehindEnum, BehindError, BehindName, BehindType, Callback, Event, Field, Method, Package, Parameter, Variant,
    };
    match name {
        "wire" => matches!(place, Field | Parameter | Variant | Method | Event | Callback),
        "allow" => !matches!(place, BehindEnum | BehindError | BehindName | BehindType),
        "deprecated" => !matches!(place, Package | BehindEnum | BehindError | BehindName | BehindType),
        "codec" => matches!(place, Method | Event),
        "tagged" => matches!(place, BehindEnum | BehindError),
        "ts" => place == BehindType,
        _ => place == BehindEnum,
    }
}

impl<'a> Resolver<'a, '_> {
    /// Reads annotations; what is wrong with one is told, and the others still count.
    pub(super) fn annotations(&mut self, annotations: &[Annotation<'a>], place: Place) -> Facts {
        let mut facts = Facts::default();
        for (at, annotation) in annotations.iter().enumerate() {
            let name = annotation.name.text;
            let Some((_, home)) = KNOWN.iter().find(|(known, _)| *known == name) else {
                self.not_known(annotation);
                continue;
            };
            if !belongs(name, place) {
                let message =
                    if place == Place::BehindError && name != "wire" && name != "deprecated" && name != "codec" {
                        format!("an error is always a map with a `type`, and takes no `@{name}`")
                    } else {
                        format!("`@{name}` has no meaning {place}")
                    };
                self.diagnostics.push(
                    Diagnostic::error(Code::MisplacedAnnotation, annotation.span, message)
                        .note(format!("`@{name}` stands {home}")),
                );
                continue;
            }
            if name == "allow" {
                // One thing may break several rules.
                self.diagnostics.extend(check_allow(annotation));
                continue;
            }
            if let Some(first) = annotations[..at].iter().find(|first| first.name.text == name) {
                let message = format!("`@{name}` is given twice");
                self.diagnostics.push(
                    Diagnostic::error(Code::MisplacedAnnotation, annotation.span, message)
                        .secondary(first.span, "first given here"),
                );
                continue;
            }
            self.read(annotation, &mut facts);
        }
        facts
    }

    fn read(&mut self, annotation: &Annotation<'a>, facts: &mut Facts) {
        let name = annotation.name.text;
        match name {
            "wire" => {
                if let Some(text) = self.text_argument(annotation, "@wire(\"name\")") {
                    facts.wire = Some((text.value.into_owned(), text.span));
                }
            }
            "deprecated" => {
                let text = self.text_argument(annotation, "@deprecated(\"what to use now\")");
                facts.deprecated = text.map(|text| text.value.into_owned());
            }
            "codec" => match annotation.arguments.as_deref() {
                Some([Token::Name(codec)]) if codec.text == "raw" => {
                    facts.raw = Some(annotation.span);
                }
                _ => self.wrong_arguments(annotation, "@codec(raw)"),
            },
            "ts" => match annotation.arguments.as_deref() {
                Some([Token::Name(choice)]) if matches!(choice.text, "number" | "bigint") => {
                    facts.ts_choice = Some((choice.text == "number", annotation.span));
                }
                _ => self.wrong_arguments(annotation, "@ts(number)"),
            },
            "tag" => {
                if let Some(text) = self.text_argument(annotation, "@tag(\"kind\")") {
                    if matches!(&*text.value, "" | "__proto__") {
                        let message = "the key that names the variant is neither empty nor `__proto__`";
                        self.diagnostics.push(Diagnostic::error(Code::ReservedWireName, text.span, message));
                    }
                    self.form(Form::Tag(text.value.into_owned()), annotation, facts);
                }
            }
            "repr" => {
                let int = match annotation.arguments.as_deref() {
                    Some([Token::Name(int)]) => IntType::from_name(int.text),
                    _ => None,
                };
                match int {
                    Some(int) => self.form(Form::Repr(int), annotation, facts),
                    None => self.wrong_arguments(annotation, "@repr(u8)"),
                }
            }
            _ if annotation.arguments.is_some() => {
                self.wrong_arguments(annotation, &format!("@{name}"));
            }
            "external" => self.form(Form::External, annotation, facts),
            _ => self.form(Form::Tagged, annotation, facts),
        }
    }

    /// Notes what an enum looks like; `@tag` says more than `@tagged`, everything else excludes the other.
    fn form(&mut self, form: Form, annotation: &Annotation<'a>, facts: &mut Facts) {
        match (&facts.form, &form) {
            (None, _) | (Some((Form::Tagged, _)), Form::Tag(_)) => {
                facts.form = Some((form, annotation.span));
            }
            (Some((Form::Tag(_), _)), Form::Tagged) => {}
            (Some((_, first)), _) => {
                let message = "an enum has one form on the wire, and these are two";
                self.diagnostics.push(
                    Diagnostic::error(Code::MisplacedAnnotation, annotation.span, message)
                        .secondary(*first, "the first is given here"),
                );
            }
        }
    }

    fn text_argument(&mut self, annotation: &Annotation<'a>, usage: &str) -> Option<Text<'a>> {
        if let Some([Token::Text(text)]) = annotation.arguments.as_deref() {
            return Some(text.clone());
        }
        self.wrong_arguments(annotation, usage);
        None
    }

    fn wrong_arguments(&mut self, annotation: &Annotation<'a>, usage: &str) {
        let message = format!("`@{}` is written as `{usage}`", annotation.name.text);
        self.diagnostics.push(Diagnostic::error(Code::MisplacedAnnotation, annotation.span, message));
    }

    fn not_known(&mut self, annotation: &Annotation<'a>) {
        let (name, span) = (annotation.name.text, annotation.name.span);
        if LATER.contains(&name) || name.starts_with("x.") {
            let message = format!("`@{name}` is not part of this version of the language");
            self.diagnostics.push(Diagnostic::error(Code::Unsupported, annotation.span, message));
            return;
        }
        let mut diagnostic =
            Diagnostic::error(Code::UnknownAnnotation, span, format!("there is no annotation `@{name}`"));
        if let Some(meant) = nearest(name, KNOWN.map(|(known, _)| known)) {
            diagnostic = diagnostic.fix(span, meant, format!("write `@{meant}`"));
        }
        self.diagnostics.push(diagnostic);
    }

    /// Annotations behind a type: constraints, of which this version has none, and mappings.
    pub(super) fn behind_type(&mut self, annotations: &[Annotation<'a>]) -> Facts {
        self.annotations(annotations, Place::BehindType)
    }
}
