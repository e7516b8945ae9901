//! The watched folders. Folders and not files, since an editor may put another file in the place of one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use super::Wake;

/// The folders whose changes wake the loop.
pub(super) struct Folders {
    watcher: RecommendedWatcher,
    /// Each with what tells it from another folder of the same name.
    watched: BTreeMap<PathBuf, (u64, u64)>,
}

impl Folders {
    pub(super) fn new(wake: Sender<Wake>) -> Result<Self, String> {
        let told = move |event: notify::Result<Event>| {
            let what = match event {
                // Reading a file is an event, too.
                Ok(Event { kind: EventKind::Access(_), .. }) => return,
                Ok(event) if event.need_rescan() => Wake::Lost,
                Ok(event) => Wake::Changed(event.paths.into_iter().collect()),
                Err(_) => Wake::Lost,
            };
            // Where nobody listens, the command is at its end.
            let _ = wake.send(what);
        };
        let watcher = notify::recommended_watcher(told).map_err(|error| format!("cannot watch files: {error}"))?;
        Ok(Self { watcher, watched: BTreeMap::new() })
    }

    /// Watches these folders from now on; tells whether one is new.
    pub(super) fn watch(&mut self, folders: BTreeSet<PathBuf>) -> Result<bool, String> {
        let there: BTreeMap<PathBuf, (u64, u64)> = folders
            .into_iter()
            .filter_map(|folder| {
                let identity = identity(&folder.metadata().ok()?);
                Some((folder, identity))
            })
            .collect();
        let new: Vec<&PathBuf> = there
            .iter()
            .filter(|(folder, of)| self.watched.get(*folder) != Some(of))
            .map(|(folder, _)| folder)
            .collect();
        for folder in &new {
            // Another folder may have had this name, and be watched still.
            let _ = self.watcher.unwatch(folder);
            let watching = self.watcher.watch(folder, RecursiveMode::NonRecursive);
            if let Err(error) = watching
                && folder.is_dir()
            {
                return Err(cannot(folder, &error));
            }
        }
        let is_new = !new.is_empty();
        self.watched = there;
        Ok(is_new)
    }
}

fn cannot(folder: &Path, error: &notify::Error) -> String {
    format!("cannot watch `{}`: {error}", folder.display())
}

#[cfg(unix)]
fn identity(of: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;

    (of.dev(), of.ino())
}

/// Elsewhere a folder that is watched keeps its name.
#[cfg(not(unix))]
fn identity(_: &Metadata) -> (u64, u64) {
    (0, 0)
}
