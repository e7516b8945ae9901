//! Parsing: a text becomes a syntax tree and diagnostics. The only place that names pest's `Rule`.

mod keywords;
mod literal;
mod lower;
mod message;
mod scan;

use pest::Parser as _;
use pest_derive::Parser;

use crate::ast::{File, Name};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::limits;
use crate::nearest::nearest;
use crate::source::{FileId, SourceFile, Span};
use keywords::Keyword;
use scan::Piece;

// The generated parser has public items without docs.
#[allow(missing_docs, clippy::pedantic)]
mod grammar {
    use super::Parser;

    #[derive(Parser)]
    #[grammar = "parse/grammar.pest"]
    pub(super) struct Grammar;
}
use grammar::{Grammar, Rule};

/// Reads a file. There is always a tree; what could not be read is missing in it, and a diagnostic says why.
#[must_use]
pub fn file<'a>(id: FileId, source: &'a SourceFile, diagnostics: &mut Diagnostics) -> File<'a> {
    let text = source.text();
    let mut tree = File { id, ..File::default() };
    if text.len() > limits::FILE_SIZE {
        let message = format!("the file has {} bytes, and {} are the most", text.len(), limits::FILE_SIZE);
        diagnostics.push(Diagnostic::error(Code::Limit, Span::new(id, 0, 0), message));
        return tree;
    }
    let found = scan::scan(id, text, diagnostics);
    tree.docs = found.docs;
    tree.comments = found.comments;
    for piece in found.pieces {
        read(piece, text, &mut tree, diagnostics);
    }
    header(&tree, diagnostics);
    tree
}

/// What a file imports, and the name of its package: all that has to be known before other files are read.
pub(crate) fn imports(id: FileId, text: &str) -> File<'_> {
    let mut tree = File { id, ..File::default() };
    // What is wrong is told when the file is read whole.
    let mut unheard = Diagnostics::new();
    if text.len() > limits::FILE_SIZE || !text.contains("use") {
        return tree;
    }
    for piece in scan::scan(id, text, &mut unheard).pieces {
        if piece.word.is_some_and(|(word, _)| matches!(word, "use" | "package")) {
            read(piece, text, &mut tree, &mut unheard);
        }
    }
    tree
}

/// A byte offset as spans hold it; files are far smaller than 4 GiB.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn read<'a>(piece: Piece<'a>, text: &'a str, tree: &mut File<'a>, diagnostics: &mut Diagnostics) {
    let span = |start: usize, end: usize| Span::new(tree.id, offset(start), offset(end));
    let name = piece.name.map(|(name, at)| Name { text: name, span: span(at, at + name.len()) });
    let head = piece.word.map(|(word, at)| Name { text: word, span: span(at, at + word.len()) });
    // A header that could not be read is there all the same.
    let declared = match head {
        Some(head) if matches!(head.text, "ipc" | "package") => Some(head),
        _ => name,
    };
    // What a broken import would bring is not told to be missing.
    let imported = |tree: &mut File<'a>, start: usize| {
        tree.broken.extend(named_in(&text[start..piece.end], start, tree.id));
    };
    if piece.broken {
        match piece.word {
            Some(("use", start)) => imported(tree, start),
            _ => tree.broken.extend(declared),
        }
        return;
    }
    let source = &text[piece.start..piece.end];
    let Some(Name { text: word, span: word_span }) = head else {
        diagnostics.push(without_word(source, span(piece.start, piece.end)));
        return;
    };
    let rule = match keywords::item(word) {
        Some(Keyword::Edition) => Rule::edition,
        Some(Keyword::Package) => Rule::package,
        Some(Keyword::Import) => Rule::import,
        Some(Keyword::Const) => Rule::constant,
        Some(Keyword::Newtype) => Rule::newtype,
        Some(Keyword::Alias) => Rule::alias,
        Some(Keyword::Ext) => Rule::ext,
        Some(Keyword::Record) => Rule::record,
        Some(Keyword::Variants) => Rule::variants,
        Some(Keyword::Service) => Rule::service,
        Some(Keyword::Callbacks) => Rule::callbacks,
        Some(Keyword::Module) => Rule::module,
        None => {
            let message = format!("expected an item such as `record` or `service`, found `{word}`");
            let mut diagnostic = Diagnostic::error(Code::Syntax, word_span, message);
            if let Some(keyword) = nearest(word, keywords::ITEMS) {
                diagnostic = diagnostic.fix(word_span, keyword, format!("write `{keyword}`"));
            }
            diagnostics.push(diagnostic);
            tree.broken.extend(declared);
            return;
        }
    };
    if let Ok(pairs) = Grammar::parse(rule, source) {
        lower::item(pairs, piece, tree, diagnostics);
    } else {
        match piece.word {
            Some((_, start)) if rule == Rule::import => imported(tree, start),
            _ => tree.broken.extend(declared),
        }
        diagnostics.push(message::explain(rule, source, piece, tree.id, &tree.comments));
    }
}

/// A piece in which no word begins an item: docs, annotations, or marks alone.
fn without_word(source: &str, span: Span) -> Diagnostic {
    let text = source.trim_start();
    let span = Span { start: span.start + offset(source.len() - text.len()), ..span };
    if text.starts_with("///") {
        let line = text.lines().next().unwrap_or(text);
        let span = Span { end: span.start + offset(line.trim_end().len()), ..span };
        return Diagnostic::error(Code::DanglingDoc, span, "a doc comment documents the next item, and there is none")
            .label("nothing follows");
    }
    if text.starts_with(';') {
        let span = Span { end: span.start + 1, ..span };
        return Diagnostic::error(Code::Syntax, span, "`;` ends nothing here").fix(span, "", "remove it");
    }
    let length = text.chars().next().map_or(0, char::len_utf8);
    let found = &text[..length];
    let span = Span { end: span.start + offset(length), ..span };
    let message = format!("expected an item such as `record` or `service`, found `{found}`");
    Diagnostic::error(Code::Syntax, span, message)
}

/// The names that a broken import would bring, so that their uses are not told as well.
fn named_in(source: &str, base: usize, id: FileId) -> Vec<Name<'_>> {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut names = Vec::new();
    let mut at = 0;
    while let Some(start) = source[at..].find(is_letter).map(|found| at + found) {
        let end = source[start..].find(|c| !is_letter(c)).map_or(source.len(), |length| start + length);
        at = end;
        let text = &source[start..end];
        if !matches!(text, "use" | "as") {
            names.push(Name { text, span: Span::new(id, offset(base + start), offset(base + end)) });
        }
    }
    names
}

/// A file begins with `ipc 1;` and `package name;`, in this order, and `tree` tells whether it does. What stands too
/// late or twice was told when it was read.
fn header(tree: &File<'_>, diagnostics: &mut Diagnostics) {
    let start = Span::new(tree.id, 0, 0);
    if tree.edition.is_none() && !tree.broken.iter().any(|name| name.text == "ipc") {
        diagnostics.push(
            Diagnostic::error(Code::Header, start, "the file does not say which edition of the language it is in").fix(
                start,
                "ipc 1;\n",
                "begin the file with `ipc 1;`",
            ),
        );
    }
    if tree.package.is_none() && !tree.broken.iter().any(|name| name.text == "package") {
        let at = tree.edition.map_or(start, |edition| Span { start: edition.end, ..edition });
        diagnostics.push(
            Diagnostic::error(Code::Header, at, "the file does not name its package")
                .note("write `package name;` behind `ipc 1;`"),
        );
    }
}
