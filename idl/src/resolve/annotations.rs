//! What annotations mean, and where each may stand.

use std::fmt;

use super::Resolver;
use super::arguments::Bounds;
use crate::ast::{Annotation, Text, Token};
use crate::diagnostic::{Code, Diagnostic};
use crate::lint::check_allow;
use crate::model::{Extras, IntType, Retry, WireCase};
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
    Ext,
    Service,
    Callbacks,
    Module,
    Field,
    Parameter,
    Variant,
    ErrorVariant,
    Method,
    Event,
    Callback,
    BehindEnum,
    BehindError,
    BehindName,
    BehindType,
    BehindExt,
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
            Self::Ext => "before an ext",
            Self::Service => "before a service",
            Self::Callbacks => "before a block of callbacks",
            Self::Module => "before a module",
            Self::Callback => "before a callback",
            Self::Field => "before a field",
            Self::Parameter => "before a parameter",
            Self::Variant => "before a variant of an enum",
            Self::ErrorVariant => "before a variant of an error",
            Self::Method => "before a method",
            Self::Event => "before an event",
            Self::BehindEnum => "behind the name of an enum",
            Self::BehindError => "behind the name of an error",
            Self::BehindName => "behind the name of a record or service",
            Self::BehindType => "behind a type",
            Self::BehindExt => "behind the type of an ext",
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
pub(super) struct Facts<'a> {
    pub wire: Option<(String, Span)>,
    pub deprecated: Option<String>,
    pub extras: Extras,
    pub raw: Option<Span>,
    pub form: Option<(Form, Span)>,
    pub timeout: Option<(u64, Span)>,
    pub idempotent: Option<Span>,
    pub retry: Option<Retry>,
    pub since: Option<String>,
    pub prefix: Option<String>,
    pub wire_case: WireCase,
    pub ext_write: bool,
    /// `@ts(number)` or, false, `@ts(bigint)`.
    pub ts_choice: Option<(bool, Span)>,
    pub precise: Option<Span>,
    pub text: Option<Span>,
    pub len: Option<Bounds>,
    pub range: Option<Bounds>,
    pub pattern: Option<(Text<'a>, Span)>,
}

/// The annotations of the language: name, where they belong.
const KNOWN: [(&str, &str); 24] = [
    ("allow", "before the declaration that it is about"),
    ("wire", "before a field, parameter, variant, method, event or callback"),
    ("wire_case", "on the package"),
    ("prefix", "before a service"),
    ("deprecated", "before the declaration that it is about"),
    ("since", "before a method or an event"),
    ("timeout", "before a method or a callback"),
    ("idempotent", "before a method or a callback"),
    ("retry", "before a variant of an error"),
    ("codec", "before a method or an event"),
    ("sensitive", "before a field, a parameter or a newtype"),
    ("external", "behind the name of an enum"),
    ("tag", "behind the name of an enum"),
    ("tagged", "behind the name of an enum"),
    ("repr", "behind the name of an enum"),
    ("len", "behind `string`, `bytes`, a list or a map"),
    ("range", "behind a number or `duration`"),
    ("pattern", "behind `string`"),
    ("precise", "behind `timestamp`"),
    ("text", "behind `timestamp` or `uuid`"),
    ("ext", "behind the type that an `ext` is written as"),
    ("rust", "before the declaration or member that it names"),
    ("ts", "before the declaration or member that it names, or, as `@ts(number)`, behind `u64` or `i64`"),
    ("py", "before the declaration or member that it names"),
];

/// Whether it is `@ts(number)` or `@ts(bigint)`.
fn is_choice(annotation: &Annotation<'_>) -> bool {
    matches!(annotation.arguments.as_deref(), Some([Token::Name(word)]) if matches!(word.text, "number" | "bigint"))
}

fn belongs(name: &str, place: Place) -> bool {
    use Place::{
        BehindEnum, BehindError, BehindExt, BehindName, BehindType, Callback, ErrorVariant, Event, Field, Method,
        Newtype, Package, Parameter, Service, Variant,
    };
    let is_behind = matches!(place, BehindEnum | BehindError | BehindName | BehindType | BehindExt);
    match name {
        "wire" => matches!(place, Field | Parameter | Variant | ErrorVariant | Method | Event | Callback),
        "allow" => !is_behind,
        "deprecated" | "rust" | "py" => !is_behind && place != Package,
        "ts" => place == BehindType || (!is_behind && place != Package),
        "wire_case" => place == Package,
        "prefix" => place == Service,
        "since" | "codec" => matches!(place, Method | Event),
        "timeout" | "idempotent" => matches!(place, Method | Callback),
        "retry" => place == ErrorVariant,
        "sensitive" => matches!(place, Field | Parameter | Newtype),
        "tagged" => matches!(place, BehindEnum | BehindError),
        "len" | "range" | "pattern" | "precise" | "text" => place == BehindType,
        "ext" => place == BehindExt,
        _ if name.starts_with("x.") => !is_behind,
        _ => place == BehindEnum,
    }
}

impl<'a> Resolver<'a, '_> {
    /// Reads annotations; what is wrong with one is told, and the others still count.
    pub(super) fn annotations(&mut self, annotations: &[Annotation<'a>], place: Place) -> Facts<'a> {
        let mut facts = Facts::default();
        for (at, annotation) in annotations.iter().enumerate() {
            let name = annotation.name.text;
            let is_user = name.starts_with("x.");
            let home = KNOWN.iter().find(|(known, _)| *known == name).map(|(_, home)| *home);
            let Some(home) = home.or(is_user.then_some("before a declaration or a member")) else {
                self.not_known(annotation);
                continue;
            };
            if !belongs(name, place) {
                self.misplaced(annotation, place, home);
                continue;
            }
            if name == "allow" {
                // One thing may break several rules.
                self.diagnostics.extend(check_allow(annotation));
                continue;
            }
            if is_user {
                // What several of one name mean is for the user to say.
                facts.extras.user.extend(self.user_annotation(annotation));
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
            self.read(annotation, place, &mut facts);
        }
        facts
    }

    fn misplaced(&mut self, annotation: &Annotation<'a>, place: Place, home: &str) {
        let name = annotation.name.text;
        let is_form = matches!(name, "external" | "tag" | "repr");
        let message = if place == Place::BehindError && is_form {
            format!("an error is always a map with a `type`, and takes no `@{name}`")
        } else {
            format!("`@{name}` has no meaning {place}")
        };
        self.diagnostics.push(
            Diagnostic::error(Code::MisplacedAnnotation, annotation.span, message)
                .note(format!("`@{name}` stands {home}")),
        );
    }

    fn read(&mut self, annotation: &Annotation<'a>, place: Place, facts: &mut Facts<'a>) {
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
            "since" => facts.since = self.telling_text(annotation, "@since(\"1.4\")"),
            "prefix" => facts.prefix = self.telling_text(annotation, "@prefix(\"a.\")"),
            "wire_case" => {
                let words =
                    [("camel", WireCase::Camel), ("snake", WireCase::Snake), ("as_written", WireCase::AsWritten)];
                let case = self.word_argument(annotation, &words, "@wire_case(camel)");
                facts.wire_case = case.unwrap_or_default();
            }
            "timeout" => facts.timeout = self.timeout(annotation).map(|timeout| (timeout, annotation.span)),
            "retry" => facts.retry = self.retry_after(annotation),
            "rust" => facts.extras.names.rust = self.name_argument(annotation),
            "py" => facts.extras.names.py = self.name_argument(annotation),
            "ts" if place != Place::BehindType && is_choice(annotation) => {
                let message = "`@ts(number)` and `@ts(bigint)` stand behind the type that they are about";
                self.diagnostics.push(Diagnostic::error(Code::MisplacedAnnotation, annotation.span, message));
            }
            "ts" if place != Place::BehindType => facts.extras.names.ts = self.name_argument(annotation),
            "ts" => {
                let choice = self.word_argument(annotation, &[("number", true), ("bigint", false)], "@ts(number)");
                facts.ts_choice = choice.map(|is_number| (is_number, annotation.span));
            }
            "codec" => {
                let raw = self.word_argument(annotation, &[("raw", ())], "@codec(raw)");
                facts.raw = raw.map(|()| annotation.span);
            }
            "ext" => {
                let write = self.word_argument(annotation, &[("write", ())], "@ext(write)");
                facts.ext_write = write.is_some();
            }
            "len" => facts.len = self.bounds(annotation, "@len(1..=12)"),
            "range" => facts.range = self.bounds(annotation, "@range(1..=100)"),
            "pattern" => {
                let text = self.text_argument(annotation, "@pattern(\"^[A-Z]+$\")");
                facts.pattern = text.map(|text| (text, annotation.span));
            }
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
                let ints = IntType::ALL.map(|int| (int.name(), int));
                if let Some(int) = self.word_argument(annotation, &ints, "@repr(u8)") {
                    self.form(Form::Repr(int), annotation, facts);
                }
            }
            _ if annotation.arguments.is_some() => {
                self.wrong_arguments(annotation, &format!("@{name}"));
            }
            "sensitive" => facts.extras.sensitive = true,
            "idempotent" => facts.idempotent = Some(annotation.span),
            "precise" => facts.precise = Some(annotation.span),
            "text" => facts.text = Some(annotation.span),
            "external" => self.form(Form::External, annotation, facts),
            _ => self.form(Form::Tagged, annotation, facts),
        }
    }

    /// Notes what an enum looks like; `@tag` says more than `@tagged`, everything else excludes the other.
    fn form(&mut self, form: Form, annotation: &Annotation<'a>, facts: &mut Facts<'a>) {
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

    fn not_known(&mut self, annotation: &Annotation<'a>) {
        let (name, span) = (annotation.name.text, annotation.name.span);
        let mut diagnostic =
            Diagnostic::error(Code::UnknownAnnotation, span, format!("there is no annotation `@{name}`"));
        if let Some(meant) = nearest(name, KNOWN.map(|(known, _)| known)) {
            diagnostic = diagnostic.fix(span, meant, format!("write `@{meant}`"));
        }
        self.diagnostics.push(diagnostic);
    }
}
