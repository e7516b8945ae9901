//! Rendering: diagnostics as text for people. The only place that names annotate-snippets.

use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Patch, Renderer, Snippet};

use crate::diagnostic::{Diagnostic, Diagnostics, Label, Severity};
use crate::source::{SourceFile, SourceMap, Span};

/// Places further apart than this are shown as snippets of their own; what a snippet costs grows with its size.
const FAR_APART: usize = 16 * 1024;
/// A line longer than this is not shown, only named.
const LONG_LINE: usize = 4 * 1024;

/// Diagnostics for people, in rustc's look, each with the source lines; empty if there is none. With `color`, ANSI
/// escapes are written.
#[must_use]
pub fn human(diagnostics: &Diagnostics, sources: &SourceMap, color: bool) -> String {
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let mut text = String::new();
    for diagnostic in diagnostics {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&renderer.render(&report(diagnostic, sources)));
        text.push('\n');
    }
    text
}

fn report<'a>(diagnostic: &'a Diagnostic, sources: &'a SourceMap) -> Vec<Group<'a>> {
    let level = match diagnostic.severity {
        Severity::Warning => Level::WARNING,
        Severity::Error => Level::ERROR,
    };
    let mut main = Group::with_title(level.primary_title(&diagnostic.message).id(diagnostic.code.as_str()));
    let mut labels: Vec<(&Label, AnnotationKind)> = vec![(&diagnostic.primary, AnnotationKind::Primary)];
    labels.extend(diagnostic.secondary.iter().map(|label| (label, AnnotationKind::Context)));
    while let Some((first, _)) = labels.first() {
        let Some(file) = sources.get(first.span.file) else {
            labels.remove(0);
            continue;
        };
        let anchor = first.span;
        let (near, far): (Vec<_>, Vec<_>) = labels.into_iter().partition(|(label, _)| is_near(anchor, label.span));
        main = snippet(main, file, &near);
        labels = far;
    }
    for note in &diagnostic.notes {
        main = main.element(Level::NOTE.message(note));
    }
    let mut groups = vec![main];
    if let Some(fix) = &diagnostic.fix
        && let Some(file) = sources.get(fix.span.file)
    {
        let title = Group::with_title(Level::HELP.secondary_title(&fix.text));
        if let Some(lines) = lines(file, fix.span.start as usize, fix.span.end as usize) {
            let span = within(file, fix.span, &lines);
            let patched = Snippet::source(&file.text()[lines.clone()])
                .line_start(line_of(file, lines.start))
                .path(file.name())
                .patch(Patch::new(span, &fix.replacement));
            groups.push(title.element(patched));
        } else {
            groups.push(title);
        }
    }
    groups
}

fn is_near(anchor: Span, other: Span) -> bool {
    let distance = anchor.start.abs_diff(other.start).max(anchor.end.abs_diff(other.end));
    anchor.file == other.file && (distance as usize) < FAR_APART
}

fn snippet<'a>(group: Group<'a>, file: &'a SourceFile, labels: &[(&'a Label, AnnotationKind)]) -> Group<'a> {
    let start = labels.iter().map(|(label, _)| label.span.start).min().unwrap_or(0);
    let end = labels.iter().map(|(label, _)| label.span.end).max().unwrap_or(0);
    let Some(window) = lines(file, start as usize, end as usize) else {
        let place = file.line_column(start);
        let origin = Origin::path(file.name()).line(place.line as usize).char_column(place.column as usize);
        return group.element(origin);
    };
    let annotations = labels.iter().map(|(label, kind)| -> Annotation<'a> {
        let annotation = kind.span(within(file, label.span, &window));
        if label.text.is_empty() { annotation } else { annotation.label(&label.text) }
    });
    group.element(
        Snippet::source(&file.text()[window.clone()])
            .line_start(line_of(file, window.start))
            .path(file.name())
            .annotations(annotations),
    )
}

/// The whole lines that hold a range of bytes, without the last line end; `None` if they are too long to be shown. No
/// more than that is looked at, since a hostile file may be one line.
fn lines(file: &SourceFile, start: usize, end: usize) -> Option<Range<usize>> {
    let bytes = file.text().as_bytes();
    let start = start.min(bytes.len());
    let end = end.clamp(start, bytes.len());
    if end - start > FAR_APART {
        return None;
    }
    let least = start.saturating_sub(LONG_LINE);
    let most = (end + LONG_LINE).min(bytes.len());
    let from = match bytes[least..start].iter().rposition(|byte| *byte == b'\n') {
        Some(at) => least + at + 1,
        None if least == 0 => 0,
        None => return None,
    };
    let to = match bytes[end..most].iter().position(|byte| *byte == b'\n') {
        Some(at) => end + at,
        None if most == bytes.len() => most,
        None => return None,
    };
    // A byte order mark takes no column.
    let mark = '\u{feff}'.len_utf8();
    let from = if from == 0 && file.text().starts_with('\u{feff}') { mark.min(start) } else { from };
    Some(from..to)
}

fn line_of(file: &SourceFile, at: usize) -> usize {
    file.line_column(u32::try_from(at).unwrap_or(u32::MAX)).line as usize
}

/// A span as a range inside a window, on the borders of characters.
fn within(file: &SourceFile, span: Span, window: &Range<usize>) -> Range<usize> {
    let text = file.text();
    let mut start = (span.start as usize).clamp(window.start, window.end);
    let mut end = (span.end as usize).clamp(start, window.end);
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    while !text.is_char_boundary(end) {
        end += 1;
    }
    start - window.start..end - window.start
}
