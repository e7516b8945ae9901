//! Constants.

use procwire_templates::rust as view;

use super::super::context::Context;
use super::super::{layout, values};
use super::{UNUSED, lead};

pub(super) fn view(context: &Context<'_>, at: usize) -> view::Item {
    let constant = &context.package.consts[at];
    let name = context.consts[at].to_string();
    let mut lead = lead(&constant.docs, constant.deprecated.as_deref(), 0);
    lead.attributes.push(UNUSED.to_owned());
    let (ty, value) = values::constant(context, &constant.ty, &constant.value);
    let column = format!("pub const {name}: {ty} = ").len();
    let value = layout::expression(value, 0, column, 1);
    view::Item::Const { lead, name, ty, value }
}
