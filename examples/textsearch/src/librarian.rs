//! The service itself.

use std::path::Path;
use std::sync::Arc;

use futures_util::stream::{self, Stream, StreamExt, TryStreamExt};
use procwire::{Context, Error};
use tokio::sync::watch;
use tokio::task::spawn_blocking;

use crate::files::{self, Found, TextFile};
use crate::search::Search;
use crate::{Hit, Level, Plan, SearchError, Summary, TextSearch, TextSearchEmit};

/// How often the reading tells of its progress.
const REPORTS: usize = 4;

/// Knows the text files of one folder.
#[derive(Debug)]
pub struct Librarian {
    index: watch::Sender<Index>,
}

#[derive(Clone, Debug)]
enum Index {
    Missing,
    Reading,
    Ready(Arc<Vec<TextFile>>),
}

impl Librarian {
    /// One that knows nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self { index: watch::Sender::new(Index::Missing) }
    }
}

impl Default for Librarian {
    fn default() -> Self {
        Self::new()
    }
}

#[procwire::service]
impl TextSearch for Librarian {
    async fn index(&self, folder: String, skip: Vec<String>, cx: &Context) -> Result<Plan, Error<SearchError>> {
        let found = files::list(Path::new(&folder), &skip)
            .map_err(|error| SearchError::NoFolder { folder, reason: error.to_string() })?;
        let plan = Plan { files: count(found.len()), bytes: found.iter().map(|file| file.bytes).sum() };
        let (index, events) = (self.index.clone(), cx.events());
        index.send_replace(Index::Reading);
        // The acknowledgement goes out now; events need no call that is under way.
        tokio::spawn(async move {
            let total = found.len();
            let mut files = Vec::with_capacity(total);
            let mut done = 0;
            for part in parts(found) {
                done += part.len();
                let read = spawn_blocking(|| part.into_iter().filter_map(files::read).collect::<Vec<_>>());
                files.extend(read.await.unwrap_or_default());
                events.progress(count(done), count(total)).await.ok();
            }
            index.send_replace(Index::Ready(Arc::new(files)));
        });
        Ok(plan)
    }

    fn search(
        &self,
        pattern: String,
        ignore_case: bool,
        limit: Option<u32>,
    ) -> impl Stream<Item = Result<Hit, Error<SearchError>>> {
        let index = self.index.subscribe();
        let search = async move { Search::new(ready(index).await?, &pattern, ignore_case).map_err(Error::Declared) };
        let limit = limit.map_or(usize::MAX, |limit| limit as usize);
        // Nothing is searched before the parent takes it.
        stream::once(search).map_ok(|hits| stream::iter(hits.map(Ok))).try_flatten().take(limit)
    }

    async fn summary(&self, file: String) -> Result<Summary, Error<SearchError>> {
        let files = ready(self.index.subscribe()).await?;
        let Some(found) = files.iter().find(|known| known.name == file) else {
            return Err(SearchError::UnknownFile(file).into());
        };
        let text = &found.text;
        Ok(Summary {
            lines: count(text.lines().count()),
            words: count(text.split_whitespace().count()),
            bytes: text.len() as u64,
            longest_line: count(text.lines().map(|line| line.chars().count()).max().unwrap_or(0)),
            modified: found.modified,
        })
    }

    async fn log(&self, level: Level, text: String) {
        eprintln!("worker: {level:?}: {text}");
    }
}

/// The index, once it is read.
async fn ready(mut index: watch::Receiver<Index>) -> Result<Arc<Vec<TextFile>>, Error<SearchError>> {
    let state = index.wait_for(|index| !matches!(index, Index::Reading)).await;
    match state.as_deref() {
        Ok(Index::Ready(files)) => Ok(Arc::clone(files)),
        _ => Err(SearchError::NoIndex.into()),
    }
}

/// The files in as many parts as there are reports, none of them empty.
fn parts(mut files: Vec<Found>) -> Vec<Vec<Found>> {
    let size = files.len().div_ceil(REPORTS).max(1);
    let mut parts = Vec::new();
    while !files.is_empty() {
        let rest = files.split_off(size.min(files.len()));
        parts.push(std::mem::replace(&mut files, rest));
    }
    parts
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
