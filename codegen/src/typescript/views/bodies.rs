//! What records, variants with fields and named parameters have in common: maps with fields.

use std::collections::HashSet;

use procwire_idl::model::{Field, Presence};
use procwire_templates::typescript as view;

use super::super::codecs::Codecs;
use super::super::context::Context;
use super::super::names::{self, Kind};
use super::super::types::{self, Way};
use super::super::{docs, layout, literals, values};

/// Fields whose bits lie in one mask: an integer has one bit more, which is its sign.
const BITS: usize = 31;

/// A field as a property of an interface.
pub(super) fn property(context: &Context<'_>, field: &Field, way: Way) -> view::Property {
    view::Property { docs: documentation(context, field), text: types::property(context, field, way) }
}

/// The documentation of a field, with its unit where the type does not tell it.
pub(super) fn documentation(context: &Context<'_>, field: &Field) -> Vec<String> {
    let unit: &[&str] = if types::is_duration(context, &field.ty) { &["In milliseconds."] } else { &[] };
    docs::lines(&field.docs, unit, field.deprecated.as_deref())
}

/// A map with fields.
pub(super) struct Body<'b> {
    /// The name of the codec.
    pub codec: String,
    pub is_exported: bool,
    /// The codec's type.
    pub ty: String,
    /// The type of what is read.
    pub out: String,
    /// The key and the name of the variant, where the map tells it.
    pub tag: Option<(&'b str, &'b str)>,
    pub fields: &'b [Field],
    /// Whether other fields are refused.
    pub strict: bool,
    /// Whether nil stands for an empty map.
    pub may_be_nil: bool,
}

/// The codec of a map with fields.
pub(super) fn codec(context: &Context<'_>, codecs: &mut Codecs<'_, '_>, body: &Body<'_>) -> view::Codec {
    let keys = format!("{}keys", body.codec);
    let locals = locals(context, body.fields);
    let mut writer = Masks::default();
    let mut cases = Vec::new();
    if let Some((tag, _)) = body.tag {
        let once = writer.add(false);
        cases.push(view::Case { name: tag.to_owned(), lines: vec![once, "r.skip();".to_owned()] });
    }
    for (field, local) in body.fields.iter().zip(&locals) {
        let is_required = field.presence == Presence::Required && !types::is_nullable(context, &field.ty);
        let once = writer.add(is_required);
        let read = codecs.read(&field.ty);
        let may_be_left = match field.presence {
            Presence::Required => false,
            Presence::Optional => true,
            Presence::Default(_) => !types::takes_nil(context, &field.ty),
        };
        let line = if may_be_left { format!("if (!r.nil()) {local} = {read};") } else { format!("{local} = {read};") };
        cases.push(view::Case { name: field.wire.clone(), lines: vec![once, line] });
    }
    let names = body.tag.iter().map(|(tag, _)| *tag).chain(body.fields.iter().map(|field| field.wire.as_str()));
    let names: Vec<String> = names.map(literals::string).collect();
    let function = if body.strict { "$.strictKeys" } else { "$.keys" };
    let column = format!("const {keys} = {function}").len();
    let mut declared: Vec<String> =
        body.fields.iter().zip(&locals).map(|(field, local)| declared(context, field, local)).collect();
    declared.extend((0..writer.count()).map(|mask| format!("{} = 0", mask_name(mask))));
    let hidden = hidden_names(context, body.fields);
    let hiding = if hidden.is_empty() { String::new() } else { format!(".hiding({})", hidden.join(", ")) };
    let key_names = layout::group(&names, &layout::ARGUMENTS, 0, column, 1 + hiding.len());
    view::Codec::Body {
        is_exported: body.is_exported,
        name: body.codec.clone(),
        ty: body.ty.clone(),
        key_names: format!("{function}{key_names}{hiding}"),
        locals: declared,
        map: if body.may_be_nil { "mapOrNil" } else { "map" }.to_owned(),
        cases,
        required: writer.required(&keys),
        built: built(body, &locals, (!hiding.is_empty()).then_some(keys.as_str())),
        written: written(context, codecs, body, &keys),
        keys,
    }
}

/// Whether the value of a field is never shown.
fn is_hidden(context: &Context<'_>, field: &Field) -> bool {
    field.extras.sensitive || types::is_sensitive(context, &field.ty)
}

/// The keys and the properties of the fields that are never shown, as literals.
pub(super) fn hidden_names(context: &Context<'_>, fields: &[Field]) -> Vec<String> {
    let mut names = Vec::new();
    for field in fields.iter().filter(|field| is_hidden(context, field)) {
        names.push(literals::string(&field.wire));
        if types::name(field) != field.wire {
            names.push(literals::string(types::name(field)));
        }
    }
    names
}

/// The variables that hold the fields: their names in the schema, where nothing else has those.
fn locals(context: &Context<'_>, fields: &[Field]) -> Vec<String> {
    let mut names: Vec<String> = names::scope(fields.iter().map(|field| field.name.as_str()), Kind::Local)
        .into_iter()
        .map(std::borrow::Cow::into_owned)
        .collect();
    // A newtype is a function, which a default calls.
    let is_hidden = |name: &str| context.is_newtype_name(name);
    if names.iter().any(|name| is_hidden(name)) {
        let mut taken: HashSet<String> = names.iter().cloned().collect();
        for name in names.iter_mut().filter(|name| is_hidden(name)) {
            while is_hidden(name) || taken.contains(name.as_str()) {
                name.push('_');
            }
            taken.insert(name.clone());
        }
    }
    names
}

/// The declaration of a field's variable, without `let`.
fn declared(context: &Context<'_>, field: &Field, local: &str) -> String {
    let ty = types::text(context, &field.ty, Way::Out);
    match &field.presence {
        Presence::Required if types::is_nullable(context, &field.ty) => {
            let null = if types::is_newtype(context, &field.ty) { format!("null as {ty}") } else { "null".to_owned() };
            format!("{local}: {ty} = {null}")
        }
        Presence::Required => format!("{local}!: {ty}"),
        Presence::Optional => format!("{local}: {ty} | undefined"),
        Presence::Default(value) => format!("{local}: {ty} = {}", values::made(context, &field.ty, value)),
    }
}

/// The statements that build what was read; `concealing` are the keys where some of it is never shown.
fn built(body: &Body<'_>, locals: &[String], concealing: Option<&str>) -> Vec<String> {
    let tag = body.tag.iter().map(|(tag, name)| format!("{}: {}", literals::property(tag), literals::string(name)));
    let is_optional = |field: &Field| field.presence == Presence::Optional;
    let present = body.fields.iter().zip(locals).filter(|(field, _)| !is_optional(field));
    let present = present.map(|(field, local)| {
        let name = types::name(field);
        if name == local { local.clone() } else { format!("{}: {local}", literals::property(name)) }
    });
    let entries: Vec<String> = tag.chain(present).collect();
    let (before, after) = match concealing {
        Some(keys) => (format!("{keys}.conceal("), ")"),
        None => (String::new(), ""),
    };
    if !body.fields.iter().any(is_optional) {
        let object = layout::group(&entries, &layout::OBJECT, 4, 11 + before.len(), 1 + after.len());
        return vec![format!("return {before}{object}{after};")];
    }
    let head = format!("const value: $.Mutable<{}> = {before}", body.out);
    let object = layout::group(&entries, &layout::OBJECT, 4, 4 + head.len(), 1 + after.len());
    let mut lines = vec![format!("{head}{object}{after};")];
    for (field, local) in body.fields.iter().zip(locals).filter(|(field, _)| is_optional(field)) {
        lines.push(format!("if ({local} !== undefined) {} = {local};", literals::member("value", types::name(field))));
    }
    lines.push("return value;".to_owned());
    lines
}

/// The statements that write a value.
fn written(context: &Context<'_>, codecs: &mut Codecs<'_, '_>, body: &Body<'_>, keys: &str) -> Vec<String> {
    let always = body.fields.iter().filter(|field| field.presence != Presence::Optional).count();
    let mut count = (always + usize::from(body.tag.is_some())).to_string();
    let mut lines = Vec::new();
    let optional: Vec<&Field> = body.fields.iter().filter(|field| field.presence == Presence::Optional).collect();
    if !optional.is_empty() {
        lines.push(format!("let fields = {count};"));
        for field in &optional {
            let member = literals::member("value", types::name(field));
            lines.push(format!("if ({member} !== undefined) fields++;"));
        }
        "fields".clone_into(&mut count);
        lines.insert(0, "w.object(value);".to_owned());
    }
    lines.push(format!("w.record(value, {count});"));
    let mut at = 0;
    if let Some((_, name)) = body.tag {
        lines.extend([format!("w.key({keys}, 0);"), format!("w.text({});", literals::string(name))]);
        at = 1;
    }
    for (at, field) in (at..).zip(body.fields) {
        let member = literals::member("value", types::name(field));
        let mut write = |value: &str| {
            let mut lines = codecs.write(&field.ty, value);
            if is_hidden(context, field) {
                lines.insert(0, "w.hide();".to_owned());
                lines.push("w.show();".to_owned());
            }
            lines
        };
        let key = format!("w.key({keys}, {at});");
        match &field.presence {
            Presence::Required => {
                lines.push(key);
                lines.extend(write(&member));
            }
            Presence::Optional => {
                lines.push(format!("if ({member} !== undefined) {{"));
                lines.push(format!("  {key}"));
                lines.extend(write(&member).into_iter().map(|line| format!("  {line}")));
                lines.push("}".to_owned());
            }
            Presence::Default(value) => {
                let default = values::text(context, &field.ty, value);
                let either = if types::takes_nil(context, &field.ty) {
                    format!("{member} === undefined ? {default} : {member}")
                } else {
                    format!("{member} ?? {default}")
                };
                lines.push(key);
                lines.extend(write(&either));
            }
        }
    }
    lines.push("w.leave();".to_owned());
    lines
}

/// The bits of the fields that were read, and of those that must have been.
#[derive(Default)]
struct Masks {
    fields: usize,
    required: Vec<u32>,
}

impl Masks {
    /// The statement that notes that the next field was read.
    fn add(&mut self, is_required: bool) -> String {
        let (mask, bit) = (self.fields / BITS, 1 << (self.fields % BITS));
        self.fields += 1;
        self.required.resize(mask + 1, 0);
        if is_required {
            self.required[mask] |= bit;
        }
        let name = mask_name(mask);
        format!("{name} = $.once({name}, {bit:#x});")
    }

    fn count(&self) -> usize {
        self.required.len()
    }

    /// The statements that refuse a map in which a field is missing.
    fn required(&self, keys: &str) -> Vec<String> {
        let needed = self.required.iter().enumerate().filter(|(_, bits)| **bits != 0);
        let line = |(mask, bits): (usize, &u32)| {
            let first = if mask == 0 { String::new() } else { format!(", {}", mask * BITS) };
            format!("$.required({keys}, {}, {bits:#x}{first});", mask_name(mask))
        };
        needed.map(line).collect()
    }
}

fn mask_name(mask: usize) -> String {
    if mask == 0 { "seen".to_owned() } else { format!("seen{mask}") }
}
