//! The canonical text of a member: equal for all schemas that read and write the same, whatever their order, docs and
//! names of types. A fingerprint is its hash, which is made elsewhere.
//!
//! PROTOCOL.md has the recipe; three languages follow it, and vectors hold them to it.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::interchange::{plain, response};
use super::interface::{Callback, Event, Field, Form, Interface, Kind, Method, Payload, Type};
use crate::model::{Constraints, Value};

/// The longest text, in bytes.
const LENGTH: usize = 1 << 20;
/// How deep types may nest, newtypes looked through.
const DEPTH: usize = 100;

impl Method {
    /// The canonical text; `None` where the method reaches a type that is unknown, or has no text of a sane size.
    #[must_use]
    pub fn canonical(&self, interface: &Interface) -> Option<String> {
        let mut text = Text::new(interface);
        text.out.push_str("[\"call\",");
        text.quoted(response(self.response));
        text.out.push_str(if self.raw { ",true," } else { ",false," });
        text.payload(&self.request)?;
        text.out.push(',');
        text.ty(&self.answer)?;
        text.out.push_str(",[");
        let mut throws: Vec<(&str, usize)> =
            self.throws.iter().map(|id| (interface.types[*id].name.as_str(), *id)).collect();
        throws.sort_by_key(|(name, _)| *name);
        for (at, (name, id)) in throws.into_iter().enumerate() {
            text.out.push_str(if at == 0 { "[" } else { ",[" });
            text.quoted(name);
            text.out.push(',');
            text.reference(id);
            text.out.push(']');
        }
        text.out.push(']');
        text.finish()
    }
}

impl Callback {
    /// The canonical text: that of a method.
    #[must_use]
    pub fn canonical(&self, interface: &Interface) -> Option<String> {
        self.method.canonical(interface)
    }
}

impl Event {
    /// The canonical text; `None` as for a method.
    #[must_use]
    pub fn canonical(&self, interface: &Interface) -> Option<String> {
        let mut text = Text::new(interface);
        text.out.push_str(if self.raw { "[\"event\",true," } else { "[\"event\",false," });
        text.payload(&self.payload)?;
        text.finish()
    }
}

/// The canonical text of what a schema says in all, from the fingerprints of its members: each with what it is
/// (`method`, `event` or `callback`) and its name on the wire.
#[must_use]
pub fn canonical(mut members: Vec<(&str, &str, Option<String>)>) -> String {
    members.sort_by(|left, right| (left.0, left.1).cmp(&(right.0, right.1)));
    let mut out = String::from("[");
    for (at, (kind, name, fingerprint)) in members.iter().enumerate() {
        out.push_str(if at == 0 { "[" } else { ",[" });
        quoted(kind, &mut out);
        out.push(',');
        quoted(name, &mut out);
        out.push(',');
        match fingerprint {
            Some(fingerprint) => quoted(fingerprint, &mut out),
            None => out.push_str("null"),
        }
        out.push(']');
    }
    out.push(']');
    out
}

struct Text<'a> {
    interface: &'a Interface,
    out: String,
    /// The records and enums that were named, in this order; their bodies follow in it.
    visited: Vec<usize>,
    numbers: HashMap<usize, usize>,
    /// The newtypes around this place, with the depth at which each began.
    around: Vec<(usize, usize)>,
    depth: usize,
}

impl<'a> Text<'a> {
    fn new(interface: &'a Interface) -> Self {
        let (visited, numbers, around) = (Vec::new(), HashMap::new(), Vec::new());
        Self { interface, out: String::new(), visited, numbers, around, depth: 0 }
    }

    /// The bodies of all that was named, those included that are named in them.
    fn finish(mut self) -> Option<String> {
        self.out.push_str(",[");
        let mut next = 0;
        while let Some(id) = self.visited.get(next).copied() {
            self.out.push_str(if next == 0 { "" } else { "," });
            self.body(id)?;
            next += 1;
        }
        self.out.push_str("]]");
        (self.out.len() <= LENGTH).then_some(self.out)
    }

    fn quoted(&mut self, text: &str) {
        quoted(text, &mut self.out);
    }

    fn flag(&mut self, value: bool) {
        self.out.push_str(if value { ",true" } else { ",false" });
    }

    fn reference(&mut self, id: usize) {
        let next = self.visited.len();
        let number = *self.numbers.entry(id).or_insert(next);
        if number == next {
            self.visited.push(id);
        }
        self.out.push_str(&number.to_string());
    }

    fn body(&mut self, id: usize) -> Option<()> {
        match &self.interface.types[id].kind {
            Kind::Record { strict, fields, .. } => {
                self.out.push_str("[\"record\"");
                self.flag(*strict);
                self.fields(fields)?;
            }
            Kind::Enum { strict, form, variants, .. } => {
                self.out.push_str("[\"enum\"");
                self.flag(*strict);
                self.out.push(',');
                match form {
                    Form::Name => self.quoted("name"),
                    Form::Number(int) => self.quoted(int.name()),
                    Form::External => self.quoted("external"),
                    Form::Tagged(tag) => {
                        self.out.push_str("[\"tag\",");
                        self.quoted(tag);
                        self.out.push(']');
                    }
                }
                let mut variants: Vec<_> = variants.iter().collect();
                variants.sort_by_key(|variant| variant.name.as_str());
                for variant in variants {
                    self.out.push_str(",[");
                    self.quoted(&variant.name);
                    self.out.push(',');
                    self.out.push_str(&variant.number.map_or("null".to_owned(), |number| number.to_string()));
                    self.out.push(',');
                    self.payload(&variant.data)?;
                    self.out.push(']');
                }
            }
            // Only records and enums are named by number.
            Kind::Transparent(_) | Kind::Ext { .. } => return None,
        }
        self.out.push(']');
        Some(())
    }

    fn payload(&mut self, payload: &Payload) -> Option<()> {
        match payload {
            Payload::Fields(fields) => {
                self.out.push_str("[\"fields\"");
                self.fields(fields)?;
            }
            Payload::Values(values) => {
                self.out.push_str("[\"values\"");
                for value in values {
                    self.out.push(',');
                    self.ty(value)?;
                }
            }
        }
        self.out.push(']');
        Some(())
    }

    fn fields(&mut self, fields: &[Field]) -> Option<()> {
        let mut fields: Vec<&Field> = fields.iter().collect();
        fields.sort_by_key(|field| field.name.as_str());
        for field in fields {
            self.out.push_str(",[");
            self.quoted(&field.name);
            self.out.push(',');
            self.ty(&field.ty)?;
            self.flag(field.may_be_left_out);
            self.flag(field.default.is_some());
            self.out.push(']');
        }
        Some(())
    }

    fn ty(&mut self, ty: &Type) -> Option<()> {
        if self.out.len() > LENGTH || self.depth > DEPTH {
            return None;
        }
        match ty {
            Type::Unknown => return None,
            Type::List(inner) => self.inside("list", &[inner])?,
            Type::Nullable(inner) => self.inside("nullable", &[inner])?,
            Type::Map(key, value) => self.inside("map", &[key, value])?,
            Type::Tuple(elements) => self.inside("tuple", &elements.iter().collect::<Vec<_>>())?,
            Type::Constrained(inner, constraints) => {
                self.out.push_str("[\"of\",");
                self.deeper(inner)?;
                self.constraints(constraints);
                self.out.push(']');
            }
            Type::Named(id) => self.named(*id)?,
            scalar => self.quoted(plain(scalar)?),
        }
        Some(())
    }

    fn inside(&mut self, kind: &str, types: &[&Type]) -> Option<()> {
        self.out.push('[');
        self.quoted(kind);
        for ty in types {
            self.out.push(',');
            self.deeper(ty)?;
        }
        self.out.push(']');
        Some(())
    }

    fn deeper(&mut self, ty: &Type) -> Option<()> {
        self.depth += 1;
        self.ty(ty)?;
        self.depth -= 1;
        Some(())
    }

    /// A newtype is what it stands for; one that is inside itself says how far up it began.
    fn named(&mut self, id: usize) -> Option<()> {
        let (target, extension) = match &self.interface.types[id].kind {
            Kind::Record { .. } | Kind::Enum { .. } => {
                self.reference(id);
                return Some(());
            }
            Kind::Transparent(target) => (target, None),
            Kind::Ext { code, write, target } => (target, Some((*code, *write))),
        };
        if let Some((_, began)) = self.around.iter().find(|(other, _)| *other == id) {
            _ = write!(self.out, "[\"up\",{}]", self.depth - began);
            return Some(());
        }
        self.around.push((id, self.depth));
        match extension {
            None => self.ty(target)?,
            Some((code, write)) => {
                _ = write!(self.out, "[\"ext\",{code},{write},");
                self.deeper(target)?;
                self.out.push(']');
            }
        }
        self.around.pop();
        Some(())
    }

    fn constraints(&mut self, constraints: &Constraints) {
        let number = |number: Option<u64>| number.map_or("null".to_owned(), |number| number.to_string());
        match constraints.len {
            Some(length) => _ = write!(self.out, ",[{},{}]", length.min, number(length.max)),
            None => self.out.push_str(",null"),
        }
        match &constraints.range {
            Some(range) => {
                self.out.push_str(",[");
                self.bound(range.min.as_ref());
                self.out.push(',');
                self.bound(range.max.as_ref());
                self.flag(range.exclusive);
                self.out.push(']');
            }
            None => self.out.push_str(",null"),
        }
        self.out.push(',');
        match &constraints.pattern {
            Some(pattern) => self.quoted(pattern),
            None => self.out.push_str("null"),
        }
    }

    fn bound(&mut self, bound: Option<&Value>) {
        match bound {
            Some(bound) => self.quoted(&bound.to_string()),
            None => self.out.push_str("null"),
        }
    }
}

/// Printable ASCII stands as it is, `"` and `\` have a backslash before them, and all else is `\uXXXX` of its UTF-16 units.
fn quoted(text: &str, out: &mut String) {
    out.push('"');
    for unit in text.encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte @ (b'"' | b'\\')) => out.extend(['\\', char::from(byte)]),
            Ok(byte @ b' '..=b'~') => out.push(char::from(byte)),
            _ => _ = write!(out, "\\u{unit:04x}"),
        }
    }
    out.push('"');
}
