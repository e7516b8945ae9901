//! Pairs by chance, from a seed: a form of a generated model, and the same with something in it changed.

use std::collections::BTreeSet;

use procwire_idl::evolution::{Interface, Kind, Method, Named, Node, Payload, Type};
use procwire_idl::model::{PackageId, Response};

use crate::generated;

/// How many pairs are made.
const PAIRS: usize = 60;

/// Xorshift: the same numbers everywhere.
struct Chance(u64);

impl Chance {
    fn next(&mut self, count: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % count
    }
}

pub fn pairs() -> Vec<(String, Interface, Interface)> {
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    let mut pairs = Vec::new();
    while pairs.len() < PAIRS {
        let choices: Vec<u8> = (0..120).map(|_| u8::try_from(chance.next(256)).unwrap_or_default()).collect();
        let old = Interface::of_package(&generated::model(&choices), PackageId(0));
        let form = Node::from(&old);
        if old.types.is_empty() || form.json().len() > 1_500 || !is_one_worker(&old) {
            continue;
        }
        let mut changed = form.clone();
        for _ in 0..=chance.next(3) {
            mutate(&mut changed, &mut chance);
        }
        if changed == form {
            continue;
        }
        if let Ok(new) = Interface::try_from(&changed)
            && is_one_worker(&new)
        {
            pairs.push((format!("random {}", pairs.len()), old, new));
        }
    }
    pairs
}

/// Forms that were changed at any number of places, each beside what it was.
pub fn broken(count: usize) -> impl Iterator<Item = (Interface, Node)> {
    let mut chance = Chance(0x2545_f491_4f6c_dd1d);
    std::iter::repeat_with(move || {
        let choices: Vec<u8> = (0..200).map(|_| u8::try_from(chance.next(256)).unwrap_or_default()).collect();
        let interface = Interface::of_package(&generated::model(&choices), PackageId(0));
        let mut form = Node::from(&interface);
        for _ in 0..=chance.next(6) {
            mutate(&mut form, &mut chance);
        }
        (interface, form)
    })
    .take(count)
}

/// Whether no two members share a name, as those of a worker do not.
fn is_one_worker(interface: &Interface) -> bool {
    let methods: BTreeSet<&str> = interface.methods.iter().map(|method| method.name.as_str()).collect();
    let events: BTreeSet<&str> = interface.events.iter().map(|event| event.name.as_str()).collect();
    methods.len() == interface.methods.len() && events.len() == interface.events.len()
}

/// Changes one node.
fn mutate(form: &mut Node, chance: &mut Chance) {
    let count = count(form);
    let mut at = chance.next(count);
    change(form, &mut at, chance);
}

fn count(node: &Node) -> usize {
    1 + match node {
        Node::List(items) => items.iter().map(count).sum(),
        Node::Map(entries) => entries.iter().map(|(_, value)| count(value)).sum(),
        _ => 0,
    }
}

/// Walks to the node of this number, and answers whether it was there.
fn change(node: &mut Node, at: &mut usize, chance: &mut Chance) -> bool {
    const NAMES: [&str; 8] = ["u8", "i64", "string", "f64", "a", "unknown", "any", "name"];
    if *at == 0 {
        match node {
            Node::Null => *node = Node::Int(3),
            Node::Bool(value) => *value = !*value,
            Node::Int(number) => *number = i64::try_from(chance.next(9)).unwrap_or_default(),
            Node::Text(text) => NAMES[chance.next(NAMES.len())].clone_into(text),
            Node::List(items) if !items.is_empty() => {
                let index = chance.next(items.len());
                if chance.next(2) == 0 {
                    items.remove(index);
                } else {
                    items.reverse();
                }
            }
            Node::List(_) => {}
            Node::Map(entries) => {
                let index = chance.next(entries.len().max(1));
                match chance.next(3) {
                    0 if index < entries.len() => _ = entries.remove(index),
                    1 => entries.push(("strict".to_owned(), Node::Bool(true))),
                    _ => entries.push(("optional".to_owned(), Node::Bool(true))),
                }
            }
        }
        return true;
    }
    *at -= 1;
    match node {
        Node::List(items) => items.iter_mut().any(|item| change(item, at, chance)),
        Node::Map(entries) => entries.iter_mut().any(|(_, value)| change(value, at, chance)),
        _ => false,
    }
}

/// Forms that are taken, and that no comparison gets to the end of.
pub fn entangled() -> Vec<(&'static str, Interface)> {
    let doubled = |at: usize| Type::Tuple(vec![Type::Named(at + 1), Type::Named(at + 1)]);
    vec![
        ("tuples of tuples", chain(30, &doubled)),
        ("lists of lists", chain(300, &|at| Type::List(Box::new(Type::Named(at + 1))))),
    ]
}

fn chain(length: usize, step: &dyn Fn(usize) -> Type) -> Interface {
    let kind = |at: usize| Kind::Transparent(if at + 1 == length { Type::Bool } else { step(at) });
    let method = Method {
        service: "S".to_owned(),
        name: "a".to_owned(),
        response: Response::Result,
        request: Payload::Values(vec![Type::Named(0)]),
        answer: Type::Unit,
        throws: Vec::new(),
        reserved: Vec::new(),
        timeout: None,
        idempotent: false,
        since: false,
        raw: false,
    };
    Interface {
        types: (0..length).map(|at| Named { name: format!("T{at}"), kind: kind(at) }).collect(),
        methods: vec![method],
        ..Interface::default()
    }
}
