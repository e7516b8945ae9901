//! What a part of an interface needs of its types.

use std::collections::{BTreeMap, HashMap};

use super::interface::{Field, Interface, Kind, Named, Payload, Type};

impl Interface {
    /// The interface without the types that no member reaches; the others keep their order.
    #[must_use]
    pub fn without_idle_types(mut self) -> Self {
        let types = std::mem::take(&mut self.types);
        self.with_types(|id| types[id].clone())
    }

    /// The interface with those types of a numbered store that its members reach, in the order of the store.
    pub(super) fn with_types(mut self, store: impl Fn(usize) -> Named) -> Self {
        let mut reached: BTreeMap<usize, Named> = BTreeMap::new();
        let mut waiting: Vec<usize> = Vec::new();
        self.each_of_members(&mut |id| waiting.push(*id));
        while let Some(id) = waiting.pop() {
            reached.entry(id).or_insert_with(|| {
                let mut named = store(id);
                each_of_kind(&mut named.kind, &mut |id| waiting.push(*id));
                named
            });
        }
        let numbers: HashMap<usize, usize> = reached.keys().enumerate().map(|(number, id)| (*id, number)).collect();
        let mut renumber = |id: &mut usize| *id = numbers[id];
        self.each_of_members(&mut renumber);
        self.types = reached.into_values().collect();
        for named in &mut self.types {
            each_of_kind(&mut named.kind, &mut renumber);
        }
        self
    }

    fn each_of_members(&mut self, visit: &mut impl FnMut(&mut usize)) {
        let callbacks = self.callbacks.iter_mut().map(|callback| &mut callback.method);
        for method in self.methods.iter_mut().chain(callbacks) {
            each_of_payload(&mut method.request, visit);
            each_of_type(&mut method.answer, visit);
            method.throws.iter_mut().for_each(&mut *visit);
        }
        for event in &mut self.events {
            each_of_payload(&mut event.payload, visit);
        }
    }
}

fn each_of_kind(kind: &mut Kind, visit: &mut impl FnMut(&mut usize)) {
    match kind {
        Kind::Record { fields, .. } => each_of_fields(fields, visit),
        Kind::Enum { variants, .. } => {
            for variant in variants {
                each_of_payload(&mut variant.data, visit);
            }
        }
        Kind::Transparent(target) | Kind::Ext { target, .. } => each_of_type(target, visit),
    }
}

fn each_of_fields(fields: &mut [Field], visit: &mut impl FnMut(&mut usize)) {
    for field in fields {
        each_of_type(&mut field.ty, visit);
    }
}

fn each_of_payload(payload: &mut Payload, visit: &mut impl FnMut(&mut usize)) {
    match payload {
        Payload::Fields(fields) => each_of_fields(fields, visit),
        Payload::Values(values) => {
            for value in values {
                each_of_type(value, visit);
            }
        }
    }
}

fn each_of_type(ty: &mut Type, visit: &mut impl FnMut(&mut usize)) {
    match ty {
        Type::Named(id) => visit(id),
        Type::List(inner) | Type::Nullable(inner) | Type::Constrained(inner, _) => each_of_type(inner, visit),
        Type::Map(key, value) => {
            each_of_type(key, visit);
            each_of_type(value, visit);
        }
        Type::Tuple(elements) => {
            for element in elements {
                each_of_type(element, visit);
            }
        }
        _ => {}
    }
}
