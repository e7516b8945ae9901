//! Which declared types travel, and in which direction.

use std::collections::HashSet;

use crate::model::{Field, Model, Parameters, Type, TypeId};

/// The declared types that are reached.
#[derive(Default)]
pub(super) struct Travel {
    /// From an answer, an error or an event: what a worker writes.
    pub from_worker: HashSet<TypeId>,
    /// From anywhere.
    pub any: HashSet<TypeId>,
}

impl Travel {
    pub(super) fn of(model: &Model) -> Self {
        let mut travel = Self::default();
        for service in model.packages.iter().flat_map(|package| &package.services) {
            for method in &service.methods {
                each(&method.parameters, &mut |ty| reach(model, ty, &mut travel.any));
                if let Some(answer) = &method.answer {
                    reach(model, answer, &mut travel.from_worker);
                }
                for error in method.throws.iter().copied() {
                    declared(model, error, &mut travel.from_worker);
                }
            }
            for event in &service.events {
                each(&event.parameters, &mut |ty| reach(model, ty, &mut travel.from_worker));
            }
        }
        // A callback goes the other way: the worker writes what it takes.
        for method in model.packages.iter().flat_map(|package| &package.callbacks).flat_map(|block| &block.methods) {
            each(&method.parameters, &mut |ty| reach(model, ty, &mut travel.from_worker));
            if let Some(answer) = &method.answer {
                reach(model, answer, &mut travel.any);
            }
            for error in method.throws.iter().copied() {
                declared(model, error, &mut travel.any);
            }
        }
        travel.any.extend(&travel.from_worker);
        travel
    }
}

/// Calls `visit` with the types of parameters.
pub(super) fn each(parameters: &Parameters, visit: &mut impl FnMut(&Type)) {
    match parameters {
        Parameters::None => {}
        Parameters::Bare(ty) => visit(ty),
        Parameters::Named(fields) => fields.iter().for_each(|Field { ty, .. }| visit(ty)),
    }
}

fn reach(model: &Model, ty: &Type, reached: &mut HashSet<TypeId>) {
    let mut named = Vec::new();
    ty.for_each_named(&mut |id, _| named.push(id));
    for id in named {
        declared(model, id, reached);
    }
}

fn declared(model: &Model, id: TypeId, reached: &mut HashSet<TypeId>) {
    let mut next = vec![id];
    while let Some(id) = next.pop() {
        if reached.insert(id) {
            model.declaration(id).for_each_type(&mut |ty| ty.for_each_named(&mut |id, _| next.push(id)));
        }
    }
}
