//! Modules: a struct without fields that says what one child provides and needs.

use procwire_idl::model::CallbackId;
use procwire_templates::rust as view;

use super::super::context::Context;
use super::super::layout;
use super::super::names::{self, Kind, Name};
use super::{UNUSED, lead, name_option};

pub(super) fn view(context: &Context<'_>, at: usize) -> view::Item {
    let module = &context.package.modules[at];
    let name = names::single(Name::new(&module.name, &module.extras), Kind::Type);
    let mut lead = lead(&module.docs, module.deprecated.as_deref(), 0);
    let list = |word: &str, paths: Vec<String>| (!paths.is_empty()).then(|| format!("{word}({})", paths.join(", ")));
    let provides = module.provides.iter().map(|id| context.service_path(*id)).collect();
    let paths = |ids: &[CallbackId]| ids.iter().map(|id| context.callback_path(*id)).collect();
    let parts = [
        list("provides", provides),
        list("requires", paths(&module.requires)),
        list("optional", paths(&module.optional)),
    ];
    let arguments: Vec<String> =
        name_option(&module.name, &name).into_iter().chain(parts.into_iter().flatten()).collect();
    let attribute = format!("#[::procwire::module({})]", arguments.join(", "));
    lead.attributes.extend([UNUSED.to_owned(), "#[derive(Clone, Copy, Debug)]".to_owned()]);
    lead.attributes.push(layout::attribute(attribute, 0));
    view::Item::Unit { lead, name }
}
