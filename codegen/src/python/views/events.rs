//! Events: what a parent hears, the functions that it gives, and how a worker tells them.

use procwire_idl::model::{Field, Parameters, Presence, TypeKind, Value};
use procwire_templates::python as view;

use super::super::docs;
use super::super::layout::Text;
use super::super::types::Place;
use super::records;
use super::services::{BODY, INDENT, Printer, deprecated, in_order, signature};

impl Printer<'_> {
    /// What a parent hears.
    pub(super) fn events_class(&self, suffix: &str, base: &str, returned: &str) -> view::Item {
        let methods = self.service.events.iter().zip(&self.events).map(|(event, named)| {
            let payload = self.payload(&event.parameters, named, Place::Plain);
            let returned = Text::subscript(returned, [payload]).flat();
            view::Method {
                decorators: deprecated(event.deprecated.as_deref()),
                head: signature(&named.function, false, Vec::new(), &returned),
                docs: docs::docstring(&event.docs, None),
                body: format!("return self._subscribe({})", named.descriptor),
            }
        });
        view::Item::Class {
            head: records::head(&format!("{}{suffix}", self.name), base, Vec::<Text>::new()),
            docs: docs::text(&format!("What workers that serve `{}` tell.", self.service.name)),
            fields: Vec::new(),
            methods: methods.collect(),
        }
    }

    /// The functions that a parent gives for events.
    pub(super) fn on(&self) -> view::Item {
        let fields = self.service.events.iter().zip(&self.events).map(|(event, named)| {
            let arguments = match event.parameters {
                Parameters::None => Text::subscript("", []),
                _ => Text::subscript("", [self.payload(&event.parameters, named, Place::Plain)]),
            };
            let callable = Text::subscript("_p.Callable", [arguments, "object".into()]);
            view::Field { text: callable.after(&format!("{}: ", named.function)).print(INDENT), docs: Vec::new() }
        });
        view::Item::Class {
            head: records::head(&format!("{}On", self.name), "_p.TypedDict", vec!["total=False"]),
            docs: docs::text(&format!("Functions for the events of `{}`, by their names.", self.service.name)),
            fields: fields.collect(),
            methods: Vec::new(),
        }
    }

    /// What a worker tells.
    pub(super) fn emit(&self) -> view::Item {
        let methods = self.service.events.iter().zip(&self.events).map(|(event, named)| {
            let (parameters, payload) = match &event.parameters {
                Parameters::None => (Vec::new(), "None".into()),
                Parameters::Bare(ty) => {
                    let bare = self.bare(ty);
                    let name = bare.name.clone();
                    (vec![bare.text], name.into())
                }
                Parameters::Named(fields) => {
                    let (mut texts, all) = (vec!["*".into()], self.named(fields, named, Place::Plain));
                    let built = in_order(fields).into_iter().map(|(field, name)| {
                        let copy = copied(field, &name);
                        Text::from(format!("{name}={copy}"))
                    });
                    let built = Text::call(&named.class, built.collect::<Vec<_>>());
                    texts.extend(all.into_iter().map(|parameter| parameter.text));
                    (texts, built)
                }
            };
            let body = Text::call("return self._emit", [named.descriptor.as_str().into(), payload]);
            view::Method {
                decorators: deprecated(event.deprecated.as_deref()),
                head: signature(&named.function, false, parameters, "_p.Emitted"),
                docs: docs::docstring(&event.docs, None),
                body: body.print(BODY),
            }
        });
        view::Item::Class {
            head: records::head(&format!("{}Emit", self.name), "_p.Emit", Vec::<Text>::new()),
            docs: docs::text(&format!("Tells the parent the events of `{}`.", self.service.name)),
            fields: Vec::new(),
            methods: methods.collect(),
        }
    }
}

/// The parameter as the record of an event has it: what may be given is wider where the default is empty.
fn copied(field: &Field, name: &str) -> String {
    let copy = match field.presence {
        Presence::Default(Value::EmptyList) => format!("list({name})"),
        Presence::Default(Value::EmptyMap) => format!("dict({name})"),
        _ => return name.to_owned(),
    };
    if matches!(field.ty.kind, TypeKind::Nullable(_)) { format!("None if {name} is None else {copy}") } else { copy }
}
