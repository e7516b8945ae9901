//! `ipcgen watch`: builds, and builds again whenever a schema changes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use clap::Args;
use notify_debouncer_full::notify::{EventKind, RecommendedWatcher, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, Debouncer, RecommendedCache, new_debouncer};
use procwire_codegen::{Schema, settings_file};

use crate::job::{Job, Wanted};
use crate::output::{self, Color, Outcome};

/// Changes that follow each other this fast are one: an editor writes a file in several steps.
const QUIET: Duration = Duration::from_millis(20);

/// Build, and build again when a schema, something that it imports, or ipc.toml changes
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  ipcgen watch trading.ipc --lang rust --out src/generated\n  ipcgen watch      # what `[build]` in ipc.toml says\n\nWhere something is wrong it is told, and what was generated last stays as it is. Ctrl-C ends it."
)]
pub struct Watch {
    #[command(flatten)]
    wanted: Wanted,
}

/// Why the loop goes on.
enum Wake {
    /// Something below a watched folder changed; these are the files.
    Changed(BTreeSet<PathBuf>),
    /// The user has had enough.
    End,
}

impl Watch {
    pub fn run(&self, color: Color) -> Result<Outcome, String> {
        let (wake, woken) = channel();
        end_on_signals(&wake)?;
        let mut folders = Folders::new(wake)?;
        // What cannot be done at all ends the command at once; later it may only be so for a moment.
        self.wanted.jobs()?;
        loop {
            let begun = Instant::now();
            let files = self.build(color);
            if folders.add(&files)? && has_changed(&files) {
                continue;
            }
            let count = files.iter().filter(|file| file.path.is_file()).count();
            let plural = if count == 1 { "" } else { "s" };
            output::notice(&format!("watching {count} file{plural} ({} ms)", begun.elapsed().as_millis()));
            if !wait(&woken, &files) {
                return Ok(Outcome::Clean);
            }
        }
    }

    /// Builds everything once, and tells what is wrong. The answer is what was read.
    fn build(&self, color: Color) -> Vec<Read> {
        let mut found = settings_of(self.wanted.schema.as_deref());
        let jobs = match self.wanted.jobs() {
            Ok(jobs) => jobs,
            Err(error) => {
                output::complain(&error);
                return found;
            }
        };
        for job in jobs {
            if let Err(error) = build(&job, color, &mut found) {
                output::complain(&error);
            }
        }
        found
    }
}

/// A file that was read, or looked for.
#[derive(Debug, PartialEq, Eq)]
struct Read {
    path: PathBuf,
    /// What it held; `None` where there was none, or where that is not known.
    text: Option<String>,
}

/// The settings that hold for a schema, or here.
fn settings_of(schema: Option<&Path>) -> Vec<Read> {
    let path = settings_file(schema.unwrap_or(Path::new("any.ipc")));
    path.map(|path| read(&path, std::fs::read_to_string(&path).ok()).collect()).unwrap_or_default()
}

fn build(job: &Job, color: Color, found: &mut Vec<Read>) -> Result<(), String> {
    let schema = match procwire_codegen::load(&job.schema) {
        Ok(schema) => schema,
        Err(error) => {
            found.extend(read(&job.schema, None));
            return Err(error.to_string());
        }
    };
    found.extend(files_of(&schema));
    output::diagnostics(&schema.diagnostics, &schema.sources, color);
    let Some(model) = &schema.model else {
        return Ok(());
    };
    let mut made = Vec::new();
    for (language, out) in &job.outputs {
        match language.generate(model, &schema.sources) {
            Ok(files) => made.push((files, out)),
            Err(found) => {
                output::diagnostics(&found, &schema.sources, color);
                return Ok(());
            }
        }
    }
    for (files, out) in made {
        for path in files.write_to(out).map_err(|error| error.to_string())?.written {
            output::notice(&format!("wrote {}", path.display()));
        }
    }
    Ok(())
}

fn files_of(schema: &Schema) -> impl Iterator<Item = Read> {
    schema.files.iter().flat_map(|path| {
        let name = path.display().to_string();
        let text = schema.sources.files().find(|(_, file)| file.name() == name).map(|(_, file)| file.text().to_owned());
        read(path, text)
    })
}

/// A path as events name it: without links, as far as it leads anywhere.
fn absolute(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut folders = absolute.ancestors().skip(1);
    let there = folders.find_map(|folder| Some((folder, folder.canonicalize().ok()?)));
    match there {
        Some((folder, real)) => real.join(absolute.strip_prefix(folder).unwrap_or(&absolute)),
        None => absolute,
    }
}

/// A file and, where that is a link, what it leads to.
fn read(path: &Path, text: Option<String>) -> impl Iterator<Item = Read> {
    let link = absolute(path);
    let real = path.canonicalize().ok().filter(|real| *real != link);
    let target = real.map(|path| Read { path, text: None });
    std::iter::once(Read { path: link, text }).chain(target)
}

/// Whether a file is not what it was when it was read. What changes before its folder is watched would else be missed.
fn has_changed(files: &[Read]) -> bool {
    let known = files.iter().filter_map(|file| Some((&file.path, file.text.as_ref()?)));
    known.into_iter().any(|(path, text)| std::fs::read_to_string(path).ok().as_ref() != Some(text))
}

/// Waits until one of the files changes; false where the user ends it.
fn wait(woken: &Receiver<Wake>, files: &[Read]) -> bool {
    let is_ours = |path: &PathBuf| {
        // A folder that comes or goes may hold what is imported.
        files.iter().any(|file| file.path == *path || file.path.starts_with(path))
    };
    loop {
        match woken.recv() {
            Ok(Wake::Changed(paths)) if paths.iter().any(is_ours) => return true,
            Ok(Wake::Changed(_)) => {}
            Ok(Wake::End) | Err(_) => return false,
        }
    }
}

/// The watched folders. Folders and not files, since an editor may put another file in the place of one.
struct Folders {
    debouncer: Debouncer<RecommendedWatcher, RecommendedCache>,
    watched: BTreeSet<PathBuf>,
}

impl Folders {
    fn new(wake: Sender<Wake>) -> Result<Self, String> {
        let told = move |result: DebounceEventResult| {
            let Ok(events) = result else { return };
            // Reading a file is an event, too.
            let changes = events.into_iter().filter(|event| !matches!(event.kind, EventKind::Access(_)));
            let paths: BTreeSet<PathBuf> = changes.flat_map(|event| event.event.paths).collect();
            // Where nobody listens, the command is at its end.
            let _ = wake.send(Wake::Changed(paths));
        };
        let debouncer = new_debouncer(QUIET, None, told).map_err(|error| format!("cannot watch files: {error}"))?;
        Ok(Self { debouncer, watched: BTreeSet::new() })
    }

    /// Watches the folders of files, those that are not there by the nearest that is; tells whether one is new.
    fn add(&mut self, files: &[Read]) -> Result<bool, String> {
        let folders = files.iter().filter_map(|file| file.path.ancestors().skip(1).find(|folder| folder.is_dir()));
        let new: BTreeSet<PathBuf> =
            folders.filter(|folder| !self.watched.contains(*folder)).map(Path::to_owned).collect();
        for folder in &new {
            let watching = self.debouncer.watch(folder, RecursiveMode::NonRecursive);
            watching.map_err(|error| format!("cannot watch `{}`: {error}", folder.display()))?;
        }
        let is_new = !new.is_empty();
        self.watched.extend(new);
        Ok(is_new)
    }
}

/// Ctrl-C ends the loop between two builds, so that no file is left half-written beside its place.
#[cfg(unix)]
fn end_on_signals(wake: &Sender<Wake>) -> Result<(), String> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    let mut signals =
        Signals::new([SIGINT, SIGTERM, SIGHUP]).map_err(|error| format!("cannot take signals: {error}"))?;
    let wake = wake.clone();
    std::thread::spawn(move || {
        if signals.forever().next().is_some() {
            let _ = wake.send(Wake::End);
        }
    });
    Ok(())
}

/// Elsewhere the system ends the process.
#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "the other one fails")]
fn end_on_signals(_: &Sender<Wake>) -> Result<(), String> {
    Ok(())
}
