//! Types that contain themselves: aliases in a circle, and types of which no finite value exists.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{
    Declaration, DeclarationKind, Ext, Field, Model, Presence, Type, TypeId, TypeKind, VariantData, components,
};

/// Where a circle may close.
const WAYS_OUT: &str = "a type may contain itself in a list, a map, one of an enum's variants, or a record's field that \
                        is optional or nullable; through `?`, newtype and alias alone it has no end";

/// How many members of a circle are shown beside the first.
const SHOWN: usize = 4;

/// Checks every declared type.
///
/// The answer marks those that are only another name for themselves, so that later checks leave them alone.
pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) -> Vec<bool> {
    let circles = alias_circles(model, diagnostics);
    let mut told = hollow(model, &circles, diagnostics);
    for (at, circle) in circles.iter().enumerate() {
        told[at] |= circle;
    }
    bottomless(model, &told, diagnostics);
    told
}

/// Calls `tell` for each circle of a graph once, with its first member and some of the others; marks all members.
fn circles(model: &Model, edges: &[Vec<u32>], told: &mut [bool], mut tell: impl FnMut(&Declaration, &[&Declaration])) {
    let component = components(edges);
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); edges.len()];
    for (at, number) in component.iter().enumerate() {
        members[*number as usize].push(at);
    }
    for at in 0..edges.len() {
        let members = &members[component[at] as usize];
        let reaches_itself = members.len() > 1 || edges[at].iter().any(|target| *target as usize == at);
        if !reaches_itself {
            continue;
        }
        told[at] = true;
        if members[0] == at {
            let others: Vec<&Declaration> = members[1..].iter().take(SHOWN).map(|other| &model.types[*other]).collect();
            tell(&model.types[at], &others);
        }
    }
}

fn with_others(diagnostic: Diagnostic, others: &[&Declaration]) -> Diagnostic {
    others
        .iter()
        .fold(diagnostic, |diagnostic, other| diagnostic.secondary(other.span, format!("by way of `{}`", other.name)))
}

/// Aliases that stand for each other, at any depth: no language can write such a type.
fn alias_circles(model: &Model, diagnostics: &mut Diagnostics) -> Vec<bool> {
    let is_alias = |id: TypeId| matches!(model.declaration(id).kind, DeclarationKind::Alias(_));
    let edges: Vec<Vec<u32>> = model
        .types
        .iter()
        .map(|declaration| {
            let mut targets = Vec::new();
            if let DeclarationKind::Alias(target) = &declaration.kind {
                target.for_each_named(&mut |id, _| {
                    if is_alias(id) {
                        targets.push(id.0);
                    }
                });
            }
            targets
        })
        .collect();
    let mut told = vec![false; model.types.len()];
    circles(model, &edges, &mut told, |first, others| {
        let message = format!("the alias `{}` stands for itself", first.name);
        let diagnostic = Diagnostic::error(Code::AliasCycle, first.span, message)
            .note("a `newtype` or a `record` may contain itself");
        diagnostics.push(with_others(diagnostic, others));
    });
    told
}

/// Types that contain themselves through `?`, newtype and alias alone: nothing on the wire would be read on the way.
fn hollow(model: &Model, aliases: &[bool], diagnostics: &mut Diagnostics) -> Vec<bool> {
    let edges: Vec<Vec<u32>> = model
        .types
        .iter()
        .zip(aliases)
        .map(|(declaration, told)| match &declaration.kind {
            DeclarationKind::Newtype(target)
            | DeclarationKind::Alias(target)
            | DeclarationKind::Ext(Ext { target, .. })
                if !told =>
            {
                let mut target = target;
                while let TypeKind::Nullable(inner) = &target.kind {
                    target = inner;
                }
                if let TypeKind::Named(id) = target.kind { vec![id.0] } else { Vec::new() }
            }
            _ => Vec::new(),
        })
        .collect();
    let mut told = vec![false; model.types.len()];
    circles(model, &edges, &mut told, |first, others| {
        let message = format!("`{}` is only another name for itself", first.name);
        let diagnostic = Diagnostic::error(Code::InfiniteType, first.span, message).note(WAYS_OUT);
        diagnostics.push(with_others(diagnostic, others));
    });
    told
}

/// A type has a finite value if all of some other types have one: a record of its required fields, an enum of the data
/// of any of its variants. `needs` of a node is how many are still open.
struct Graph {
    needs: Vec<u32>,
    /// For each declaration, the nodes that wait for it.
    waiting: Vec<Vec<u32>>,
    /// The declaration whose value a node makes.
    makes: Vec<u32>,
}

impl Graph {
    fn add(&mut self, makes: usize, needs: &[TypeId]) {
        let node = u32::try_from(self.needs.len()).unwrap_or(u32::MAX);
        self.needs.push(u32::try_from(needs.len()).unwrap_or(u32::MAX));
        self.makes.push(u32::try_from(makes).unwrap_or(u32::MAX));
        for need in needs {
            self.waiting[need.0 as usize].push(node);
        }
    }

    fn solve(mut self) -> Vec<bool> {
        let mut finite = vec![false; self.waiting.len()];
        let mut ready: Vec<u32> =
            (0..).zip(&self.needs).filter(|(_, needs)| **needs == 0).map(|(node, _)| node).collect();
        while let Some(node) = ready.pop() {
            let made = self.makes[node as usize] as usize;
            if std::mem::replace(&mut finite[made], true) {
                continue;
            }
            for waiting in std::mem::take(&mut self.waiting[made]) {
                let needs = &mut self.needs[waiting as usize];
                *needs -= 1;
                if *needs == 0 {
                    ready.push(waiting);
                }
            }
        }
        finite
    }
}

fn bottomless(model: &Model, told: &[bool], diagnostics: &mut Diagnostics) {
    let count = model.types.len();
    let mut graph = Graph { needs: Vec::new(), waiting: vec![Vec::new(); count], makes: Vec::new() };
    let mut edges: Vec<Vec<u32>> = vec![Vec::new(); count];
    for (at, declaration) in model.types.iter().enumerate() {
        for needs in needs_of(declaration) {
            edges[at].extend(needs.iter().map(|id| id.0));
            graph.add(at, &needs);
        }
    }
    let finite = graph.solve();
    // Only the circles themselves are told, not each type that contains one.
    for (at, edges) in edges.iter_mut().enumerate() {
        edges.retain(|target| !finite[at] && !finite[*target as usize] && !told[at] && !told[*target as usize]);
    }
    let mut bottomless = vec![false; count];
    circles(model, &edges, &mut bottomless, |first, others| {
        let message = format!("`{}` has no finite value, since each contains another one", first.name);
        let diagnostic = Diagnostic::error(Code::InfiniteType, first.span, message).note(WAYS_OUT);
        diagnostics.push(with_others(diagnostic, others));
    });
}

/// The sets of types of which one set has to be finite.
fn needs_of(declaration: &Declaration) -> Vec<Vec<TypeId>> {
    match &declaration.kind {
        DeclarationKind::Record(record) => vec![of_fields(&record.fields)],
        DeclarationKind::Newtype(target)
        | DeclarationKind::Alias(target)
        | DeclarationKind::Ext(Ext { target, .. }) => {
            vec![of_types([target])]
        }
        // Without a variant there is no value, but that is a mistake of its own.
        DeclarationKind::Enum(declared) | DeclarationKind::Error(declared) if declared.variants.is_empty() => {
            vec![Vec::new()]
        }
        DeclarationKind::Enum(declared) | DeclarationKind::Error(declared) => declared
            .variants
            .iter()
            .map(|variant| match &variant.data {
                VariantData::Unit => Vec::new(),
                VariantData::Tuple(types) => of_types(types),
                VariantData::Struct(fields) => of_fields(fields),
            })
            .collect(),
    }
}

fn of_fields(fields: &[Field]) -> Vec<TypeId> {
    of_types(fields.iter().filter(|field| field.presence == Presence::Required).map(|field| &field.ty))
}

fn of_types<'m>(types: impl IntoIterator<Item = &'m Type>) -> Vec<TypeId> {
    let mut found = Vec::new();
    for ty in types {
        direct(ty, &mut found);
    }
    found
}

/// The declared types that a value of a type must contain.
fn direct(ty: &Type, found: &mut Vec<TypeId>) {
    match &ty.kind {
        TypeKind::Named(id) => found.push(*id),
        TypeKind::Tuple(elements) => elements.iter().for_each(|element| direct(element, found)),
        _ => {}
    }
}
