//! Where a blank stands between two parts of a line.

use super::token::{Kind, Token};
use super::tree::Node;

/// What a part ends or begins with.
fn last<'a>(node: &Node<'a>) -> Token<'a> {
    match node {
        Node::Token(token) => *token,
        Node::Group(group) => Token { kind: Kind::Mark, text: group.close, newlines: 0, spaced: false },
    }
}

fn first<'a>(node: &Node<'a>) -> Token<'a> {
    match node {
        Node::Token(token) => *token,
        Node::Group(group) => group.open,
    }
}

/// Whether a blank stands in front of the part at `at`.
pub(super) fn is_spaced(nodes: &[Node<'_>], at: usize) -> bool {
    let Some(before) = at.checked_sub(1) else {
        return false;
    };
    let (left, right) = (last(&nodes[before]), first(&nodes[at]));
    if left.is_comment() || right.is_comment() {
        return true;
    }
    if right.kind == Kind::Mark {
        match right.text {
            "," | ";" | "?" | ":" | "<" | ">" | "." | "*" | "..=" | ".." => return false,
            "(" => return !left.is("<") && !is_call(nodes, at),
            // The braces of an import stand behind a dot.
            "{" => return !left.is("."),
            _ => {}
        }
    }
    if left.kind == Kind::Mark {
        match left.text {
            "<" | "." | "@" | "..=" | ".." => return false,
            "," | ":" | "->" | "=" | "|" | "?" | ">" | ")" | "]" | "}" | "*" => return true,
            _ => {}
        }
    }
    let is_known = |token: &Token<'_>| token.kind != Kind::Mark || matches!(token.text, "=" | "|" | "->" | "@" | "[");
    // A mark that the language does not know stands in an annotation's tokens, as its author wrote it.
    if is_known(&left) && is_known(&right) { true } else { right.spaced }
}

/// Whether the parentheses at `at` belong to the word in front of them: parameters, elements, arguments of an
/// annotation. Behind a kind of response they are a tuple.
pub(super) fn is_call(nodes: &[Node<'_>], at: usize) -> bool {
    let word = |at: usize| match nodes.get(at) {
        Some(Node::Token(token)) if token.kind == Kind::Word => Some(token.text),
        _ => None,
    };
    let Some(name) = at.checked_sub(1).and_then(word) else {
        return false;
    };
    let behind_arrow = at >= 2 && matches!(&nodes[at - 2], Node::Token(token) if token.is("->"));
    !(behind_arrow && matches!(name, "stream" | "ack" | "result"))
}
