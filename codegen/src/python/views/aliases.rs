//! Constants, aliases and newtypes, and the order in which Python can take them.

use std::collections::HashSet;

use procwire_idl::model::{Declaration, DeclarationKind, Ext, Item, Type, TypeId, TypeKind};
use procwire_templates::python as view;

use super::super::context::Context;
use super::super::layout::Text;
use super::super::names::{self, Kind};
use super::super::types::{self, Place};
use super::super::{docs, literals, values};
use super::Items;

/// The declarations, each assignment behind what it names. Classes are no matter: their annotations are read later.
pub(super) fn in_order(context: &Context<'_>) -> Vec<Item> {
    let mut order = Order { context, done: HashSet::new(), items: Vec::new() };
    for item in &context.package.declarations {
        match *item {
            Item::Type(id) => order.visit(id),
            Item::Const(at) => {
                let constant = &context.package.consts[at];
                constant.ty.for_each_named(&mut |id, _| order.visit(id));
                order.items.push(*item);
            }
            Item::Service(_) | Item::Callbacks(_) | Item::Module(_) => order.items.push(*item),
        }
    }
    order.items
}

struct Order<'a> {
    context: &'a Context<'a>,
    done: HashSet<TypeId>,
    items: Vec<Item>,
}

impl Order<'_> {
    fn visit(&mut self, id: TypeId) {
        if !self.done.insert(id) {
            return;
        }
        let declaration = self.context.model.declaration(id);
        if declaration.package != self.context.id {
            return;
        }
        if let DeclarationKind::Alias(target)
        | DeclarationKind::Newtype(target)
        | DeclarationKind::Ext(Ext { target, .. }) = &declaration.kind
            && declaration.cycle.is_none()
        {
            target.for_each_named(&mut |id, _| self.visit(id));
        }
        self.items.push(Item::Type(id));
    }
}

pub(super) fn constant(context: &Context<'_>, at: usize) -> view::Item {
    let constant = &context.package.consts[at];
    let name = &context.consts[at];
    let value = Text::from(values::default(context, &constant.ty, &constant.value));
    view::Item::Statement {
        text: value.after(&format!("{name} = ")).print(0),
        docs: docs::docstring(&constant.docs, constant.deprecated.as_deref()),
    }
}

pub(super) fn newtype(context: &Context<'_>, id: TypeId, declared: &Declaration, target: &Type) -> view::Item {
    if declared.cycle.is_some() || !context.is_distinct(target) {
        return alias(context, id, declared, target);
    }
    let name = context.type_name(id);
    let mut target = types::text(context, target, Place::Wire);
    if declared.extras.sensitive {
        target = types::sensitive(target);
    } else if target.flat().starts_with("_p.Annotated[") {
        // Pyright takes no other form with notes for a class.
        target = Text::subscript("_p.Base", [target]);
    }
    let text = Text::call(&format!("{name} = _p.NewType"), [format!("\"{name}\"").into(), target]).print(0);
    view::Item::Statement { text, docs: docs::docstring(&declared.docs, declared.deprecated.as_deref()) }
}

pub(super) fn alias(context: &Context<'_>, id: TypeId, declared: &Declaration, target: &Type) -> view::Item {
    let target = types::text(context, target, Place::Wire);
    let target = if declared.extras.sensitive { types::sensitive(target) } else { target };
    assigned(context, id, declared, target)
}

/// An extension type: the class that it is mapped to, or its target.
pub(super) fn extension(
    context: &Context<'_>,
    id: TypeId,
    declared: &Declaration,
    ext: &Ext,
    file: &mut Items,
) -> view::Item {
    let target = types::text(context, &ext.target, Place::Wire);
    let mut arguments = vec![Text::from(ext.code.to_string())];
    let mut shown = target.clone();
    if let Some(path) = &ext.py {
        arguments.push(target);
        let (module, class) = path.rsplit_once('.').unwrap_or(("builtins", path));
        let module = file.import(module);
        shown = format!("{module}.{class}").into();
        if context.model.without_alias(&ext.target).kind != TypeKind::String {
            let suffix = names::single(class, Kind::Module);
            arguments.push(format!("encode={module}.encode_{suffix}").into());
            arguments.push(format!("decode={module}.decode_{suffix}").into());
        }
    }
    arguments.extend(ext.write.then(|| "write=True".into()));
    let target = Text::subscript("_p.Annotated", [shown, Text::call("_p.Extension", arguments)]);
    assigned(context, id, declared, target)
}

fn assigned(context: &Context<'_>, id: TypeId, declared: &Declaration, target: Text) -> view::Item {
    let name = context.type_name(id);
    // What names itself is named before it is there.
    let target = match declared.cycle {
        Some(_) => Text::subscript("_p.Recursive", [literals::string(&target.flat()).into()]),
        None => target,
    };
    let text = Text::Assignment {
        before: format!("{name}: "),
        annotation: Box::new("_p.TypeAlias".into()),
        value: Box::new(target),
    }
    .print(0);
    view::Item::Statement { text, docs: docs::docstring(&declared.docs, declared.deprecated.as_deref()) }
}
