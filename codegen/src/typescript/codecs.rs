//! How values of a type are read and written: calls of the reader and the writer for the simple types, codecs for the
//! others.
//!
//! A codec that holds others is a constant, made when the module is loaded, so constants come in the order in which
//! they need each other. Where they need each other in a circle, one of them looks the other up later.

use std::collections::{HashMap, HashSet};

use procwire_idl::model::{DeclarationKind, IntType, Type, TypeId, TypeKind};
use procwire_templates::typescript as view;

use super::context::Context;
use super::types::{self, Way};
use super::{layout, names, rules};

/// The longest name that is composed of the names of types.
const LONGEST_NAME: usize = 60;
/// So many constants may wait for each other before one is looked up later instead.
const DEEPEST: usize = 50;

/// How a built-in type is called by the reader, the writer and among the codecs.
pub(super) fn simple(ty: &Type) -> Option<&'static str> {
    Some(match &ty.kind {
        TypeKind::Bool => "bool",
        TypeKind::String => "text",
        TypeKind::Int(IntType::U64) if ty.ts_number => "safeU64",
        TypeKind::Int(IntType::I64) if ty.ts_number => "safeI64",
        TypeKind::Int(int) => int.name(),
        TypeKind::F32 => "f32",
        TypeKind::F64 => "f64",
        TypeKind::Bytes => "bytes",
        TypeKind::Timestamp => match (ty.precise, ty.text) {
            (false, false) => "timestamp",
            (false, true) => "timestampText",
            (true, false) => "preciseTimestamp",
            (true, true) => "preciseTimestampText",
        },
        TypeKind::Duration => "duration",
        TypeKind::Uuid if ty.text => "uuidText",
        TypeKind::Uuid => "uuid",
        TypeKind::Any => "any",
        TypeKind::Unit => "unit",
        TypeKind::List(_) | TypeKind::Tuple(_) | TypeKind::Map(..) | TypeKind::Nullable(_) | TypeKind::Named(_) => {
            return None;
        }
    })
}

/// How the reader calls a built-in type: it takes every form of one, so that how it is written makes no difference.
fn read_as(simple: &'static str) -> &'static str {
    simple.strip_suffix("Text").unwrap_or(simple)
}

/// The codecs of one file.
pub(super) struct Codecs<'c, 'a> {
    context: &'c Context<'a>,
    /// What values must satisfy beyond their types: constants that stand before all others.
    pub rules: Vec<view::Codec>,
    /// The names of the rules by their expressions.
    rule_names: HashMap<String, String>,
    /// The constants, in the order in which they are printed.
    pub consts: Vec<view::Codec>,
    /// Declared types whose constant is printed, or is being made.
    declared: HashMap<TypeId, State>,
    /// The names of the codecs of lists, maps and so on, by what they read.
    composed: HashMap<String, (String, State)>,
    names: HashSet<String>,
    depth: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Making,
    Made,
}

impl<'c, 'a> Codecs<'c, 'a> {
    pub(super) fn new(context: &'c Context<'a>) -> Self {
        Self {
            context,
            rules: Vec::new(),
            rule_names: HashMap::new(),
            consts: Vec::new(),
            declared: HashMap::new(),
            composed: HashMap::new(),
            names: HashSet::new(),
            depth: 0,
        }
    }

    /// The name of the rule of a type, where it has constraints.
    fn rule(&mut self, ty: &Type) -> Option<String> {
        let rules::Rule { ty, expression } = rules::of(ty)?;
        if let Some(name) = self.rule_names.get(&expression) {
            return Some(name.clone());
        }
        let name = match self.rules.len() {
            0 => "rule$".to_owned(),
            count => format!("rule{}$", count + 1),
        };
        let ty = format!("$.Rule<{ty}>");
        let value = layout::assigned(&expression, "const : ".len() + name.len() + ty.len());
        self.rules.push(view::Codec::Const { is_exported: false, name: name.clone(), ty, value });
        self.rule_names.insert(expression, name.clone());
        Some(name)
    }

    /// The expression that reads a value.
    pub(super) fn read(&mut self, ty: &Type) -> String {
        let ty = self.context.model.without_alias(ty);
        let read = self.read_unchecked(ty);
        match self.rule(ty) {
            Some(rule) => format!("{rule}.read({read})"),
            None => read,
        }
    }

    fn read_unchecked(&mut self, ty: &Type) -> String {
        if let Some(name) = simple(ty) {
            return format!("r.{}()", read_as(name));
        }
        match &ty.kind {
            TypeKind::Nullable(inner) => format!("r.nil() ? null : {}", self.read(inner)),
            TypeKind::Named(id) => match &self.context.model.declaration(*id).kind {
                DeclarationKind::Newtype(target) if self.context.model.declaration(*id).cycle.is_none() => {
                    let inner = self.read(target);
                    let is_choice = inner.starts_with("r.nil()");
                    let inner = if is_choice { format!("({inner})") } else { inner };
                    format!("{} as {}", inner, self.context.name(*id))
                }
                _ => format!("{}.decode(r)", self.later(*id)),
            },
            _ => format!("{}.decode(r)", self.composed(ty)),
        }
    }

    /// The statements that write a value.
    pub(super) fn write(&mut self, ty: &Type, value: &str) -> Vec<String> {
        let ty = self.context.model.without_alias(ty);
        let checked = self.rule(ty).map(|rule| format!("{rule}.write(w, {value})"));
        let value = checked.as_deref().unwrap_or(value);
        if let Some(name) = simple(ty) {
            return vec![format!("w.{name}({value});")];
        }
        match &ty.kind {
            TypeKind::Nullable(inner) if names::is_plain_access(value) => {
                let mut inner = self.write(inner, value);
                inner[0] = format!("else {}", inner[0]);
                inner.insert(0, format!("if ({value} === null) w.nil();"));
                inner
            }
            TypeKind::Named(id) => match &self.context.model.declaration(*id).kind {
                DeclarationKind::Newtype(target) if self.context.model.declaration(*id).cycle.is_none() => {
                    self.write(target, value)
                }
                _ => vec![format!("{}.encode(w, {value});", self.later(*id))],
            },
            _ => vec![format!("{}.encode(w, {value});", self.composed(ty))],
        }
    }

    /// The name of a declared type's codec, for use in a function, which runs once all constants are made.
    fn later(&mut self, id: TypeId) -> String {
        self.context.codec_name(id)
    }

    /// An expression for the codec of a type, for use while constants are made.
    pub(super) fn of(&mut self, ty: &Type) -> String {
        let ty = self.context.model.without_alias(ty);
        let codec = match (simple(ty), &ty.kind) {
            (Some(name), _) => format!("$.{name}"),
            (None, TypeKind::Named(id)) => self.now(*id, ty),
            _ => self.composed_now(ty),
        };
        match self.rule(ty) {
            Some(rule) => format!("{rule}.of({codec})"),
            None => codec,
        }
    }

    /// Makes the constants of a declared type, where it has one that must be made in order.
    pub(super) fn make(&mut self, id: TypeId) {
        if self.declared.contains_key(&id) {
            return;
        }
        self.declared.insert(id, State::Making);
        self.depth += 1;
        let made = super::views::codec(self.context, self, id);
        self.depth -= 1;
        self.consts.extend(made);
        self.declared.insert(id, State::Made);
    }

    fn now(&mut self, id: TypeId, ty: &Type) -> String {
        let name = self.context.codec_name(id);
        let is_record = matches!(self.context.model.declaration(id).kind, DeclarationKind::Record(_));
        if is_record || self.context.is_foreign(id) {
            // A record's codec needs no other one while it is made; the first pass prints them all. Those of another
            // package are made before.
            return name;
        }
        if self.depth < DEEPEST {
            self.make(id);
        }
        if self.declared.get(&id) == Some(&State::Made) { name } else { self.lazy(&name, ty) }
    }

    fn lazy(&self, name: &str, ty: &Type) -> String {
        format!("$.lazy((): {} => {name})", self.codec_type(ty))
    }

    /// The type of the codec of a type.
    pub(super) fn codec_type(&self, ty: &Type) -> String {
        let out = types::text(self.context, ty, Way::Out);
        if self.context.differs(ty) {
            format!("$.Codec<{out}, {}>", types::text(self.context, ty, Way::In))
        } else {
            format!("$.Codec<{out}>")
        }
    }

    /// The name of the codec of a list, map and so on, for use in a function.
    fn composed(&mut self, ty: &Type) -> String {
        let depth = std::mem::take(&mut self.depth);
        self.composed_now(ty);
        self.depth = depth;
        let (name, _) = &self.composed[&self.composed_key(ty)];
        name.clone()
    }

    /// The text of a type without its own constraints, which do not lie in its codec.
    fn composed_key(&self, ty: &Type) -> String {
        if ty.constraints.is_none() {
            return self.context.model.type_text(ty);
        }
        self.context.model.type_text(&Type { constraints: None, ..ty.clone() })
    }

    fn composed_now(&mut self, ty: &Type) -> String {
        let key = self.composed_key(ty);
        if let Some((name, state)) = self.composed.get(&key) {
            return if *state == State::Made { name.clone() } else { self.lazy(name, ty) };
        }
        let name = self.free_name(ty);
        self.composed.insert(key.clone(), (name.clone(), State::Making));
        self.depth += 1;
        let value = match &ty.kind {
            TypeKind::List(element) => format!("$.list({})", self.of(element)),
            TypeKind::Nullable(inner) => format!("$.nullable({})", self.of(inner)),
            TypeKind::Tuple(elements) => {
                let elements: Vec<String> = elements.iter().map(|element| self.of(element)).collect();
                format!("$.tuple({})", elements.join(", "))
            }
            TypeKind::Map(key, value) => {
                let map = if types::has_text_keys(self.context.model, key) { "dictionary" } else { "map" };
                format!("$.{map}({}, {})", self.of(key), self.of(value))
            }
            _ => String::new(),
        };
        self.depth -= 1;
        let ty = self.codec_type(ty);
        let value = layout::assigned(&value, "const : ".len() + name.len() + ty.len());
        self.consts.push(view::Codec::Const { is_exported: false, name: name.clone(), ty, value });
        self.composed.insert(key, (name.clone(), State::Made));
        name
    }

    fn free_name(&mut self, ty: &Type) -> String {
        let mut base = self.spoken(ty, 0);
        if base.len() > LONGEST_NAME {
            "nested".clone_into(&mut base);
        }
        let mut name = format!("{base}$");
        let mut number = 1;
        while !self.names.insert(name.clone()) {
            number += 1;
            name = format!("{base}{number}$");
        }
        name
    }

    /// A type as words: `listOfSymbol`. The first letter is small, so that no declared type has the name.
    fn spoken(&self, ty: &Type, depth: usize) -> String {
        let part = |ty: &Type| {
            let mut text = self.spoken(ty, depth + 1);
            if let Some(first) = text.get_mut(0..1) {
                first.make_ascii_uppercase();
            }
            text
        };
        if depth > 8 {
            // Too long in any case.
            return "x".repeat(LONGEST_NAME);
        }
        match &ty.kind {
            TypeKind::Named(id) => self.context.own_name(*id).to_owned(),
            TypeKind::List(element) => format!("listOf{}", part(element)),
            TypeKind::Nullable(inner) => format!("nullable{}", part(inner)),
            TypeKind::Map(key, value) => format!("mapOf{}To{}", part(key), part(value)),
            TypeKind::Tuple(elements) => {
                format!("tupleOf{}", elements.iter().map(part).collect::<Vec<_>>().join("And"))
            }
            TypeKind::String => "string".to_owned(),
            _ => simple(ty).unwrap_or_default().to_owned(),
        }
    }
}
