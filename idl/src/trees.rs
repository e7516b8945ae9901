//! Syntax trees of many files: parsed by several threads, and kept for the next time.

use std::cell::{Cell, OnceCell};
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::ast::File;
use crate::diagnostic::Diagnostics;
use crate::source::{FileId, SourceFile};
use crate::{limits, parse};

/// From so many bytes on it is worth a second thread.
const WORTH_A_THREAD: usize = 64 * 1024;
/// More threads than this wait for the memory's allocator.
const THREADS: usize = 8;

/// A file that was parsed, with what is wrong in it.
#[derive(Clone, Debug)]
pub(crate) struct Parsed<'a> {
    pub tree: File<'a>,
    pub diagnostics: Diagnostics,
}

/// What counts as an item of a file.
pub(crate) fn items(tree: &File<'_>) -> usize {
    tree.items.len() + tree.imports.len()
}

/// Parses files, in their order. Where they have more items than a schema may have, the answer ends soon after the file
/// that brought them.
pub(crate) fn parse<'a>(files: &[(FileId, &'a SourceFile)]) -> Vec<Parsed<'a>> {
    let bytes: usize = files.iter().map(|(_, source)| source.text().len()).sum();
    let found = AtomicUsize::new(0);
    let enough = || found.load(Ordering::Relaxed) > limits::ITEMS;
    in_threads(files, bytes, enough, |(id, source)| {
        let mut diagnostics = Diagnostics::new();
        let tree = parse::file(*id, source, &mut diagnostics);
        found.fetch_add(items(&tree), Ordering::Relaxed);
        Parsed { tree, diagnostics }
    })
}

/// What `work` makes of each of the things, in their order; once it is `enough`, of no more. Each thread takes the next
/// thing, so that one that is large holds up nobody.
fn in_threads<T: Sync, R: Send>(
    things: &[T],
    bytes: usize,
    enough: impl Fn() -> bool + Sync,
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let processors = || thread::available_parallelism().map_or(1, Into::into);
    let count = if bytes < WORTH_A_THREAD { 1 } else { processors().min(THREADS).min(things.len()) };
    if count < 2 {
        return things.iter().take_while(|_| !enough()).map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let share = || {
        let mut done = Vec::new();
        // It is asked before the next one is taken: what was taken is made, and nothing is left out in between.
        while !enough() {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(thing) = things.get(at) else { break };
            done.push((at, work(thing)));
        }
        done
    };
    let mut all: Vec<Option<R>> = things.iter().map(|_| None).collect();
    thread::scope(|scope| {
        let others: Vec<_> = (1..count).map(|_| scope.spawn(share)).collect();
        let mut put = |done: Vec<(usize, R)>| done.into_iter().for_each(|(at, made)| all[at] = Some(made));
        put(share());
        for other in others {
            match other.join() {
                Ok(done) => put(done),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    all.into_iter().map_while(|made| made).collect()
}

/// The texts that kept trees are slices of. Each stays until all of them go.
#[derive(Debug, Default)]
pub struct Texts {
    /// Each twice as long as the one before it, so that none ever moves.
    chunks: [OnceCell<Box<[OnceCell<SourceFile>]>>; CHUNKS],
    count: Cell<usize>,
    size: Cell<usize>,
}

const CHUNKS: usize = 24;
const FIRST_CHUNK: usize = 64;

impl Texts {
    /// No text yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many bytes the texts have.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size.get()
    }

    /// A copy that stays; none where there are half a billion.
    fn keep(&self, source: &SourceFile) -> Option<&SourceFile> {
        let count = self.count.get();
        let chunk = (count / FIRST_CHUNK + 1).ilog2() as usize;
        let begins = FIRST_CHUNK * ((1 << chunk) - 1);
        let slots = self.chunks.get(chunk)?;
        let slots = slots.get_or_init(|| (0..FIRST_CHUNK << chunk).map(|_| OnceCell::new()).collect());
        self.count.set(count + 1);
        self.size.set(self.size.get() + source.text().len());
        Some(slots[count - begins].get_or_init(|| source.clone()))
    }
}

/// The trees of one schema, for the next time that it is loaded.
#[derive(Debug)]
pub struct Trees<'a> {
    texts: &'a Texts,
    known: HashMap<FileId, (&'a SourceFile, Parsed<'a>)>,
}

impl<'a> Trees<'a> {
    /// No tree yet; their texts will be kept in `texts`.
    #[must_use]
    pub fn new(texts: &'a Texts) -> Self {
        Self { texts, known: HashMap::new() }
    }

    /// The tree of a file, where it is what it was.
    pub(crate) fn get(&self, id: FileId, source: &SourceFile) -> Option<&File<'a>> {
        let (before, parsed) = self.known.get(&id)?;
        (before.text() == source.text()).then_some(&parsed.tree)
    }

    /// Copies of the trees of files, as [`parse`] gives them; only those that changed are parsed.
    pub(crate) fn parse(&mut self, files: &[(FileId, &SourceFile)]) -> Vec<Parsed<'a>> {
        let changed = files.iter().filter(|(id, source)| self.get(*id, source).is_none());
        let changed: Vec<_> = changed.filter_map(|(id, source)| Some((*id, self.texts.keep(source)?))).collect();
        for ((id, source), parsed) in changed.iter().zip(parse(&changed)) {
            self.known.insert(*id, (source, parsed));
        }
        self.known.retain(|id, _| (id.0 as usize) < files.len());
        let bytes = files.iter().map(|(_, source)| source.text().len()).sum();
        let copies = in_threads(
            files,
            bytes,
            || false,
            |(id, source)| {
                let (before, parsed) = self.known.get(id)?;
                (before.text() == source.text()).then(|| parsed.clone())
            },
        );
        copies.into_iter().map_while(|parsed| parsed).collect()
    }

    /// How many bytes of the texts are those of trees.
    #[must_use]
    pub fn size(&self) -> usize {
        self.known.values().map(|(source, _)| source.text().len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;
    use crate::{NoLibrary, load, load_again};

    fn sources(count: usize, text: impl Fn(usize) -> String) -> SourceMap {
        let mut sources = SourceMap::new();
        for at in 0..count {
            sources.add(format!("{at}.ipc"), text(at));
        }
        sources
    }

    fn names(parsed: &[Parsed<'_>]) -> Vec<String> {
        let items = parsed.iter().flat_map(|parsed| &parsed.tree.items);
        items.map(|item| item.name.text.to_owned()).collect()
    }

    /// Two hundred of them are worth a second thread.
    fn large(at: usize) -> String {
        format!("ipc 1;\npackage p{at};\nrecord R{at} {{ id: u8 }}\n// {}\n", "-".repeat(1024))
    }

    #[test]
    fn files_come_back_in_their_order_whichever_thread_parsed_them() {
        let sources = sources(200, large);
        let files: Vec<_> = sources.files().collect();
        assert_eq!(names(&parse(&files)), (0..200).map(|at| format!("R{at}")).collect::<Vec<_>>());
    }

    #[test]
    fn once_it_is_enough_no_more_is_made_and_nothing_is_left_out_in_between() {
        let things: Vec<usize> = (0..10_000).collect();
        for bytes in [0, WORTH_A_THREAD] {
            let made = AtomicUsize::new(0);
            let enough = || made.load(Ordering::Relaxed) >= 100;
            let done = in_threads(&things, bytes, enough, |thing| {
                made.fetch_add(1, Ordering::Relaxed);
                *thing
            });
            assert!((100..100 + THREADS).contains(&done.len()), "{}", done.len());
            assert_eq!(done, things[..done.len()]);
        }
    }

    #[test]
    fn what_changed_is_parsed_and_the_rest_is_what_it_was() {
        let texts = Texts::new();
        let mut trees = Trees::new(&texts);
        let before = sources(200, large);
        trees.parse(&before.files().collect::<Vec<_>>());
        let size = texts.size();
        assert_eq!(size, trees.size());
        let after = sources(200, |at| if at == 7 { large(1007) } else { large(at) });
        let parsed = trees.parse(&after.files().collect::<Vec<_>>());
        let expected = |at: usize| if at == 7 { "R1007".to_owned() } else { format!("R{at}") };
        assert_eq!(names(&parsed), (0..200).map(expected).collect::<Vec<_>>());
        assert_eq!(texts.size(), size + large(1007).len(), "one text was added");
        assert_eq!(trees.size(), size - large(7).len() + large(1007).len());
    }

    #[test]
    fn a_mistake_is_told_again_and_again() {
        let texts = Texts::new();
        let mut trees = Trees::new(&texts);
        let (wrong, right) = ("ipc 1;\npackage a;\nrecord R {", "ipc 1;\npackage a;\nrecord R { }");
        for text in [wrong, wrong, right, right, wrong] {
            let mut sources = SourceMap::new();
            let root = sources.add("a.ipc", text);
            let fresh = load(&mut sources.clone(), root, "a.ipc", &mut NoLibrary);
            let again = load_again(&mut sources, root, "a.ipc", &mut NoLibrary, &mut trees);
            assert_eq!(fresh.diagnostics, again.diagnostics);
            assert_eq!(fresh.diagnostics.is_empty(), text == right);
            assert_eq!(again.model.is_some(), text == right);
        }
    }
}
