//! Brackets and elements as lines.

use super::WIDTH;
use super::spacing::{is_call, is_spaced};
use super::token::{Kind, Token};
use super::tree::{Element, File, Group, Line, Node};

const STEP: usize = 2;

/// The whole text.
pub(super) fn file(file: &File<'_>) -> String {
    let mut out = String::new();
    let mut before: Option<(&Element<'_>, bool)> = None;
    for element in &file.elements {
        let mut text = String::new();
        let blank = put_above(&mut text, element, 0);
        text.push_str(&body(element, 0, usize::from(element.semicolon)));
        if element.semicolon {
            text.push(';');
        }
        put_behind(&mut text, element);
        let tall = text.contains('\n');
        if let Some((other, was_tall)) = before {
            let parts = other.is_word("package") || other.is_word("use") != element.is_word("use");
            let header = other.is_word("ipc") && element.is_word("package");
            if blank || !header && (tall || was_tall || parts) {
                out.push('\n');
            }
        }
        before = Some((element, tall));
        out.push_str(&text);
        out.push('\n');
    }
    for (at, line) in file.rest.iter().enumerate() {
        if line.blank && (at > 0 || before.is_some()) {
            out.push('\n');
        }
        out.push_str(&own_line(line.token));
        out.push('\n');
    }
    out
}

/// Puts the comments and docs above an element; tells whether a blank line stands in front of all of it.
fn put_above(out: &mut String, element: &Element<'_>, indent: usize) -> bool {
    for (at, line) in element.above.iter().enumerate() {
        if at > 0 && line.blank {
            out.push('\n');
        }
        if at > 0 {
            push_indent(out, indent);
        }
        out.push_str(&own_line(line.token));
        out.push('\n');
    }
    if element.above.is_empty() {
        return element.blank;
    }
    if element.blank {
        out.push('\n');
    }
    push_indent(out, indent);
    element.above[0].blank
}

fn put_behind(out: &mut String, element: &Element<'_>) {
    for comment in &element.behind {
        out.push(' ');
        out.push_str(comment.text);
    }
}

/// A comment or a doc; a doc's text is parted from its mark by a blank.
fn own_line(token: Token<'_>) -> String {
    let mark = if token.kind == Kind::Doc { "///" } else { "//!" };
    match token.kind {
        Kind::Doc | Kind::FileDoc => {
            let text = &token.text[mark.len()..];
            let blank = if text.is_empty() || text.starts_with([' ', '\t']) { "" } else { " " };
            format!("{mark}{blank}{text}")
        }
        _ => token.text.trim_end().replace("\r\n", "\n"),
    }
}

/// An element's own lines, of which the first is not indented. `behind` columns follow on the last.
fn body(element: &Element<'_>, indent: usize, behind: usize) -> String {
    let annotations = leading_annotations(&element.nodes);
    let (lead, rest) = element.nodes.split_at(annotations.last().copied().unwrap_or(0));
    let breaks = |from: usize| starts_line(&element.nodes, from);
    let inline = annotations.iter().all(|end| !breaks(*end));
    if lead.is_empty() || inline {
        if let Some(text) = flat(&element.nodes).filter(|text| indent + columns(text) + behind <= WIDTH) {
            return text;
        }
        // What is short enough behind an annotation stays there, so that only the block is broken.
        let text = broken(&element.nodes, indent);
        if lead.is_empty() || fits(&text, indent, behind) && !needs_lines(lead) {
            return text;
        }
    }
    let mut out = String::new();
    let mut from = 0;
    for end in annotations.iter().copied() {
        let nodes = &element.nodes[from..end];
        if from > 0 {
            let own_line = !inline && breaks(from);
            if own_line {
                out.push('\n');
                push_indent(&mut out, indent);
            } else {
                out.push(' ');
            }
        }
        out.push_str(&flat(nodes).unwrap_or_else(|| broken(nodes, indent)));
        from = end;
    }
    if inline || breaks(from) {
        out.push('\n');
        push_indent(&mut out, indent);
    } else {
        out.push(' ');
    }
    let column = indent.max(columns(out.rsplit('\n').next().unwrap_or_default()));
    match flat(rest).filter(|text| column + columns(text) + behind <= WIDTH) {
        Some(text) => out.push_str(&text),
        None => out.push_str(&broken(rest, indent)),
    }
    out
}

/// Whether no line is too long; the first is not indented yet, and `behind` columns follow on the last.
fn fits(text: &str, indent: usize, behind: usize) -> bool {
    let count = text.lines().count();
    text.lines().enumerate().all(|(at, line)| {
        let around = if at == 0 { indent } else { 0 } + if at + 1 == count { behind } else { 0 };
        columns(line) + around <= WIDTH
    })
}

/// Where each of the annotations that an element begins with ends.
fn leading_annotations(nodes: &[Node<'_>]) -> Vec<usize> {
    let is_mark = |at: usize, mark| matches!(nodes.get(at), Some(Node::Token(token)) if token.is(mark));
    let mut ends = Vec::new();
    let mut at = 0;
    while is_mark(at, "@") {
        at += 2;
        while is_mark(at, ".") {
            at += 2;
        }
        if matches!(nodes.get(at), Some(Node::Group(group)) if group.open.text == "(") {
            at += 1;
        }
        if at >= nodes.len() {
            break;
        }
        ends.push(at);
    }
    ends
}

/// Whether the author put the part at `at` on a new line.
fn starts_line(nodes: &[Node<'_>], at: usize) -> bool {
    match &nodes[at] {
        Node::Token(token) => token.newlines > 0,
        Node::Group(group) => group.open.newlines > 0,
    }
}

/// The parts on one line; `None` where one of them needs lines of its own.
fn flat(nodes: &[Node<'_>]) -> Option<String> {
    let mut out = String::new();
    for (at, node) in nodes.iter().enumerate() {
        if is_spaced(nodes, at) {
            out.push(' ');
        }
        match node {
            Node::Token(token) => out.push_str(token.text),
            Node::Group(group) => out.push_str(&flat_group(group, is_list(nodes, at), is_call(nodes, at))?),
        }
    }
    Some(out)
}

fn flat_group(group: &Group<'_>, is_list: bool, is_call: bool) -> Option<String> {
    if group_needs_lines(group, is_list) {
        return None;
    }
    let mut out = group.open.text.to_owned();
    let padded = group.open.text == "{" && !group.elements.is_empty() && is_list;
    if padded {
        out.push(' ');
    }
    for (at, element) in group.elements.iter().enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        out.push_str(&flat(&element.nodes)?);
    }
    // The comma makes a tuple of one.
    if group.comma && group.open.text == "(" && group.elements.len() == 1 && !is_call {
        out.push(',');
    }
    if padded {
        out.push(' ');
    }
    out.push_str(group.close);
    Some(out)
}

/// Whether brackets hold what a line each may be given to: fields, variants, members, parameters.
fn is_list(nodes: &[Node<'_>], at: usize) -> bool {
    let Node::Group(group) = &nodes[at] else {
        return false;
    };
    let behind = |back: usize, mark| {
        at.checked_sub(back).is_some_and(|at| matches!(&nodes[at], Node::Token(token) if token.is(mark)))
    };
    match group.open.text {
        "{" => !behind(1, "."),
        // An annotation's arguments, and tuples, have no lines.
        "(" => is_call(nodes, at) && !behind(2, "@") && !behind(2, "."),
        _ => false,
    }
}

fn group_needs_lines(group: &Group<'_>, is_list: bool) -> bool {
    let is_empty = group.elements.is_empty() && group.rest.is_empty();
    !is_empty
        && (group.statements
            || is_list && group.broken
            || !group.rest.is_empty()
            || group
                .elements
                .iter()
                .any(|element| !element.above.is_empty() || !element.behind.is_empty() || needs_lines(&element.nodes)))
}

fn needs_lines(nodes: &[Node<'_>]) -> bool {
    let annotations = leading_annotations(nodes);
    nodes.iter().enumerate().any(|(at, node)| match node {
        Node::Token(_) => false,
        Node::Group(group) => group_needs_lines(group, is_list(nodes, at)),
    }) || annotations.iter().any(|at| starts_line(nodes, *at))
}

/// The parts with a line for each element of those brackets that need it, or else of the outermost list.
fn broken(nodes: &[Node<'_>], indent: usize) -> String {
    let group = |at: usize| match &nodes[at] {
        Node::Group(group) => Some(group),
        Node::Token(_) => None,
    };
    let needs = |at: usize| group(at).is_some_and(|group| group_needs_lines(group, is_list(nodes, at)));
    let is_open = |at: usize, mark| {
        group(at).is_some_and(|group| {
            group.open.text == mark && !group.elements.is_empty() && (mark == "{" || is_list(nodes, at))
        })
    };
    let chosen = if (0..nodes.len()).any(needs) {
        None
    } else {
        (0..nodes.len()).find(|at| is_open(*at, "{")).or_else(|| (0..nodes.len()).find(|at| is_open(*at, "(")))
    };
    let mut out = String::new();
    for (at, node) in nodes.iter().enumerate() {
        if is_spaced(nodes, at) {
            out.push(' ');
        }
        match node {
            Node::Token(token) => out.push_str(token.text),
            Node::Group(group) => {
                let lines = needs(at) || chosen == Some(at);
                let text = if lines { None } else { flat_group(group, is_list(nodes, at), is_call(nodes, at)) };
                match text {
                    Some(text) => out.push_str(&text),
                    None => put_lines(&mut out, group, indent, is_call(nodes, at)),
                }
            }
        }
    }
    out
}

/// Brackets with a line for each element.
fn put_lines(out: &mut String, group: &Group<'_>, indent: usize, is_call: bool) {
    let inner = indent + STEP;
    out.push_str(group.open.text);
    out.push('\n');
    let separator = if group.statements { ';' } else { ',' };
    for (at, element) in group.elements.iter().enumerate() {
        let mut text = String::new();
        let blank = put_above(&mut text, element, inner);
        text.push_str(&body(element, inner, 1));
        let is_last = at + 1 == group.elements.len();
        let ends_all = group.open.text == "{" || is_call || group.comma;
        if !is_last || ends_all {
            text.push(separator);
        }
        put_behind(&mut text, element);
        if blank && at > 0 {
            out.push('\n');
        }
        push_indent(out, inner);
        out.push_str(&text);
        out.push('\n');
    }
    put_rest(out, &group.rest, inner, !group.elements.is_empty());
    push_indent(out, indent);
    out.push_str(group.close);
}

fn put_rest(out: &mut String, rest: &[Line<'_>], indent: usize, follows: bool) {
    for (at, line) in rest.iter().enumerate() {
        if line.blank && (at > 0 || follows) {
            out.push('\n');
        }
        push_indent(out, indent);
        out.push_str(&own_line(line.token));
        out.push('\n');
    }
}

fn columns(text: &str) -> usize {
    text.chars().count()
}

fn push_indent(out: &mut String, indent: usize) {
    out.extend(std::iter::repeat_n(' ', indent));
}
