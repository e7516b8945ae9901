//! `ipcgen watch`: builds, and builds again whenever a schema changes.

mod folders;
mod seen;

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use clap::Args;
use procwire_codegen::Again;
use procwire_idl::{Texts, Trees};

use self::folders::Folders;
use self::seen::Seen;
use crate::job::{Job, Language, Wanted};
use crate::output::{self, Color, Outcome};

/// Changes that follow each other this fast are one: an editor writes a file in several steps.
const QUIET: Duration = Duration::from_millis(10);
/// So long at most it waits for quiet.
const RESTLESS: Duration = Duration::from_millis(200);
/// Texts that no tree is made of any more may lie about up to this size, and up to that of those that are in use.
const WASTE: usize = 16 * 1024 * 1024;

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
    /// Something changed, and nobody knows what.
    Lost,
    /// The user has had enough.
    End,
}

/// What is known from the last time, by schema.
#[derive(Default)]
struct Known<'t> {
    trees: HashMap<PathBuf, Trees<'t>>,
    made: HashMap<(PathBuf, Language), Again>,
}

impl Watch {
    pub fn run(&self, color: Color) -> Result<Outcome, String> {
        let (wake, woken) = channel();
        end_on_signals(&wake)?;
        let mut folders = Folders::new(wake)?;
        // What cannot be done at all ends the command at once; later it may only be so for a moment.
        self.wanted.jobs()?;
        loop {
            // Texts only ever come to it, so that it is begun anew once most of them are old.
            let texts = Texts::new();
            let mut known = Known::default();
            while texts.size() <= WASTE + 2 * known.trees.values().map(Trees::size).sum::<usize>() {
                if !self.round(color, &texts, &mut known, &mut folders, &woken)? {
                    return Ok(Outcome::Clean);
                }
            }
        }
    }

    /// Builds, and waits for a change; false where the user ends it.
    fn round<'t>(
        &self,
        color: Color,
        texts: &'t Texts,
        known: &mut Known<'t>,
        folders: &mut Folders,
        woken: &Receiver<Wake>,
    ) -> Result<bool, String> {
        let begun = Instant::now();
        let seen = self.build(color, texts, known);
        // What changes before its folder is watched would else be missed.
        if folders.watch(seen.folders())? && seen.has_changed() {
            return Ok(true);
        }
        let count = seen.count();
        let plural = if count == 1 { "" } else { "s" };
        output::notice(&format!("watching {count} file{plural} ({} ms)", begun.elapsed().as_millis()));
        Ok(wait(woken, &seen))
    }

    /// Builds everything once, and tells what is wrong. The answer is what was read.
    fn build<'t>(&self, color: Color, texts: &'t Texts, known: &mut Known<'t>) -> Seen {
        let mut seen = Seen::settings(self.wanted.schema.as_deref());
        let jobs = match self.wanted.jobs() {
            Ok(jobs) => jobs,
            Err(error) => {
                output::complain(&error);
                return seen;
            }
        };
        for job in jobs {
            if let Err(error) = build(&job, color, texts, known, &mut seen) {
                output::complain(&error);
            }
        }
        seen
    }
}

fn build<'t>(job: &Job, color: Color, texts: &'t Texts, known: &mut Known<'t>, seen: &mut Seen) -> Result<(), String> {
    let trees = known.trees.entry(job.schema.clone()).or_insert_with(|| Trees::new(texts));
    let schema = match procwire_codegen::load_again(&job.schema, trees) {
        Ok(schema) => schema,
        Err(error) => {
            seen.missed(&job.schema);
            return Err(error.to_string());
        }
    };
    seen.schema(&schema);
    output::diagnostics(&schema.diagnostics, &schema.sources, color);
    let Some(model) = &schema.model else {
        return Ok(());
    };
    let mut made = Vec::new();
    for (language, out) in &job.outputs {
        let again = known.made.entry((job.schema.clone(), *language)).or_default();
        match language.generate_again(model, &schema.sources, again) {
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

/// Waits until one of the files changes and it is quiet then; false where the user ends it.
fn wait(woken: &Receiver<Wake>, seen: &Seen) -> bool {
    let concerns = |wake: &Wake| match wake {
        Wake::Changed(paths) => paths.iter().any(|path| seen.concerns(path)),
        Wake::Lost => true,
        Wake::End => false,
    };
    loop {
        match woken.recv() {
            Ok(Wake::End) | Err(_) => return false,
            Ok(wake) if concerns(&wake) => break,
            Ok(_) => {}
        }
    }
    let begun = Instant::now();
    while begun.elapsed() < RESTLESS {
        match woken.recv_timeout(QUIET) {
            Ok(Wake::End) => return false,
            Ok(_) => {}
            Err(_) => break,
        }
    }
    true
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
