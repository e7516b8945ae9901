//! Records, and the fields that records, variants and parameter lists have in common.

use procwire_idl::model::{Declaration, Field, Presence, Record, TypeId};
use procwire_templates::rust as view;

use super::super::annotations;
use super::super::context::Context;
use super::super::names::{self, Kind, Name};
use super::super::types::{self, Place};
use super::super::{layout, values};
use super::{UNUSED, derive, lead, name_option, push_procwire, reserved_option, wire_option};

pub(super) fn view(context: &Context<'_>, id: TypeId, declared: &Declaration, record: &Record) -> view::Item {
    let name = context.type_name(id).to_owned();
    let mut lead = lead(&declared.docs, declared.deprecated.as_deref(), 0);
    lead.attributes.extend([UNUSED.to_owned(), derive(context, id, has_sensitive(&record.fields))]);
    let mut options = vec!["builder".to_owned()];
    options.extend(name_option(&declared.name, &name));
    options.extend(annotations::others(&declared.extras));
    options.extend(record.strict.then(|| "strict".to_owned()));
    options.extend(reserved_option(&record.reserved, false));
    push_procwire(&mut lead, options, 0);
    let fields = fields(context, &record.fields, Place::inside(context, id), &RECORD);
    view::Item::Record { lead, name, fields }
}

/// Where fields stand.
pub(super) struct Position {
    /// The indentation of each line.
    pub indent: usize,
    /// What stands before the name.
    pub before: usize,
    /// What follows the type of the last field on its line.
    pub behind_last: usize,
}

const RECORD: Position = Position { indent: 4, before: "pub ".len(), behind_last: 1 };

/// The fields, each on lines of its own.
pub(super) fn fields(context: &Context<'_>, fields: &[Field], place: Place, position: &Position) -> Vec<view::Field> {
    let names = names::scope(fields.iter().map(|field| Name::new(&field.name, &field.extras)), Kind::Field);
    let indent = position.indent;
    let views = fields.iter().zip(names).enumerate().map(|(at, (field, name))| {
        let mut lead = lead(&field.docs, field.deprecated.as_deref(), indent);
        push_procwire(&mut lead, options(context, field, &name), indent);
        let ty = types::of_field(context, &field.ty, &field.presence, place);
        let column = indent + position.before + name.len() + 2;
        let behind = if at + 1 == fields.len() { position.behind_last } else { 1 };
        view::Field { lead, ty: layout::ty(ty, indent, column, behind), name: name.into_owned() }
    });
    views.collect()
}

/// The options of a field or parameter.
pub(super) fn options<'a>(context: &Context<'a>, field: &'a Field, name: &str) -> Vec<String> {
    // A name that was given stands beside the schema's, which is then the usual one on the wire.
    let usual = if field.extras.names.rust.is_some() { &field.name } else { name };
    let mut options: Vec<String> = wire_option(&field.wire, usual).into_iter().collect();
    match &field.presence {
        Presence::Required => {}
        Presence::Optional => options.push("optional".to_owned()),
        Presence::Default(value) => options.push(format!("default = {}", values::default(context, &field.ty, value))),
    }
    options.extend(annotations::refinement(context, &field.ty));
    options.extend(field.extras.sensitive.then(|| "sensitive".to_owned()));
    options.extend(annotations::extras(&field.name, &field.extras));
    options
}

/// Whether one of the fields may not be shown.
pub(super) fn has_sensitive(fields: &[Field]) -> bool {
    fields.iter().any(|field| field.extras.sensitive)
}
