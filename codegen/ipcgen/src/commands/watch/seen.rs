//! What was read for a build, or looked for: a change of it may change all else.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use procwire_codegen::{Schema, settings_file};

/// Files by their paths as events name them: without links, as far as they lead anywhere.
#[derive(Debug, Default)]
pub(super) struct Seen {
    files: HashMap<PathBuf, State>,
    /// Folders without their links.
    real: HashMap<PathBuf, PathBuf>,
}

/// What is known of a file.
#[derive(Debug)]
enum State {
    /// It held this.
    Held(String),
    /// It was not there, or could not be read.
    Missing,
    /// It is what a link leads to.
    Unknown,
}

impl Seen {
    /// The settings that hold for a schema, or here.
    pub(super) fn settings(schema: Option<&Path>) -> Self {
        let mut seen = Self::default();
        if let Some(path) = settings_file(schema.unwrap_or(Path::new("any.ipc"))) {
            let state = fs::read_to_string(&path).map_or(State::Missing, State::Held);
            seen.add(&path, state);
        }
        seen
    }

    /// A file that was looked for in vain. It may be there by now, which then is a change.
    pub(super) fn missed(&mut self, path: &Path) {
        self.add(path, State::Missing);
    }

    /// All files of a schema as they were when it was read.
    pub(super) fn schema(&mut self, schema: &Schema) {
        let texts: HashMap<&str, &str> = schema.sources.files().map(|(_, file)| (file.name(), file.text())).collect();
        for path in &schema.files {
            match texts.get(path.display().to_string().as_str()) {
                Some(text) => self.add(path, State::Held((*text).to_owned())),
                // The settings' file is known already.
                None if self.knows(path) => {}
                None => self.missed(path),
            }
        }
    }

    /// A file and, where that is a link, what it leads to.
    fn add(&mut self, path: &Path, state: State) {
        let link = self.absolute(path);
        if path.is_symlink()
            && let Ok(real) = path.canonicalize()
        {
            self.files.insert(real, State::Unknown);
        }
        self.files.insert(link, state);
    }

    fn knows(&mut self, path: &Path) -> bool {
        let path = self.absolute(path);
        self.files.contains_key(&path)
    }

    fn absolute(&mut self, path: &Path) -> PathBuf {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let (Some(folder), Some(name)) = (absolute.parent(), absolute.file_name()) else {
            return absolute;
        };
        if let Some(real) = self.real.get(folder) {
            return real.join(name);
        }
        let mut folders = absolute.ancestors().skip(1);
        let there = folders.find_map(|folder| Some((folder, folder.canonicalize().ok()?)));
        let Some((above, real)) = there else { return absolute };
        let real = real.join(folder.strip_prefix(above).unwrap_or(folder));
        let file = real.join(name);
        self.real.insert(folder.to_owned(), real);
        file
    }

    /// The folders that the files lie in; of those that are not there the nearest that is.
    pub(super) fn folders(&self) -> BTreeSet<PathBuf> {
        let parents: BTreeSet<&Path> = self.files.keys().filter_map(|file| file.parent()).collect();
        let there = parents.into_iter().filter_map(|folder| folder.ancestors().find(|folder| folder.is_dir()));
        there.map(Path::to_owned).collect()
    }

    /// Whether a file is not what it was when it was read.
    pub(super) fn has_changed(&self) -> bool {
        self.files.iter().any(|(path, state)| match state {
            State::Held(text) => fs::read_to_string(path).ok().as_ref() != Some(text),
            State::Missing => path.exists(),
            State::Unknown => false,
        })
    }

    /// Whether a change of a path may be one of these files. A folder that comes or goes may hold what is imported.
    pub(super) fn concerns(&self, path: &Path) -> bool {
        self.files.contains_key(path) || self.files.keys().any(|file| file.starts_with(path))
    }

    /// How many of the files are there.
    pub(super) fn count(&self) -> usize {
        self.files.values().filter(|state| !matches!(state, State::Missing)).count()
    }
}
