//! Finding a pattern in a text, by sets of places: no engine, no backtracking. Schemas are checked with it.

use super::{Class, Node};

/// The most work that a schema is worth: steps of the pattern times characters, and again for each loop around them.
const WORK: usize = 20_000_000;

/// Whether a text has what a pattern looks for; `None` where it would take too long to tell.
pub(super) fn is_found(node: &Node, steps: u64, text: &str) -> Option<bool> {
    let text: Vec<char> = text.chars().collect();
    let places = (text.len() + 1).checked_pow(1 + loops(node))?;
    if usize::try_from(steps).ok()?.checked_mul(places)? > WORK {
        return None;
    }
    let finder = Finder { text: &text };
    // It may begin everywhere.
    let ends = finder.behind(node, vec![true; text.len() + 1]);
    Some(ends.contains(&true))
}

/// How many loops without an end stand inside of each other.
fn loops(node: &Node) -> u32 {
    match node {
        Node::Any(nodes) | Node::All(nodes) => nodes.iter().map(loops).max().unwrap_or(0),
        Node::Repeat(inside, _, most) => loops(inside) + u32::from(most.is_none()),
        Node::Class(_) | Node::Start | Node::End | Node::Boundary => 0,
    }
}

/// For each place of the text whether it was reached; one more than there are characters.
type Places = Vec<bool>;

struct Finder<'t> {
    text: &'t [char],
}

impl Finder<'_> {
    /// Where a part may end that begins at one of some places.
    fn behind(&self, node: &Node, from: Places) -> Places {
        match node {
            Node::Any(branches) => {
                let mut ends = vec![false; from.len()];
                for branch in branches {
                    join(&mut ends, &self.behind(branch, from.clone()));
                }
                ends
            }
            Node::All(nodes) => nodes.iter().fold(from, |from, node| self.behind(node, from)),
            Node::Repeat(inside, least, most) => {
                let mut at = from;
                for _ in 0..*least {
                    at = self.behind(inside, at);
                }
                let mut ends = at.clone();
                let mut left = most.map_or(u32::MAX, |most| most - least);
                while left > 0 {
                    at = self.behind(inside, at);
                    // What was reached before leads nowhere else.
                    for (new, known) in at.iter_mut().zip(&ends) {
                        *new &= !known;
                    }
                    if !at.contains(&true) {
                        break;
                    }
                    join(&mut ends, &at);
                    left -= 1;
                }
                ends
            }
            Node::Class(class) => {
                let mut ends = vec![false; from.len()];
                for (at, _) in from.iter().enumerate().filter(|(_, reached)| **reached) {
                    if self.text.get(at).is_some_and(|character| class.has(*character)) {
                        ends[at + 1] = true;
                    }
                }
                ends
            }
            Node::Start => only(from, |at| at == 0),
            Node::End => only(from, |at| at == self.text.len()),
            Node::Boundary => only(from, |at| {
                let before = at.checked_sub(1).and_then(|before| self.text.get(before));
                before.is_some_and(|c| is_word(*c)) != self.text.get(at).is_some_and(|c| is_word(*c))
            }),
        }
    }
}

/// Those of some places that fit.
fn only(mut from: Places, fits: impl Fn(usize) -> bool) -> Places {
    for (at, reached) in from.iter_mut().enumerate() {
        *reached &= fits(at);
    }
    from
}

impl Class {
    fn has(&self, character: char) -> bool {
        self.ranges.iter().any(|(low, high)| (*low..=*high).contains(&character)) != self.negated
    }
}

fn join(all: &mut Places, more: &Places) {
    for (all, more) in all.iter_mut().zip(more) {
        *all |= more;
    }
}

fn is_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}
