//! `ipcgen breaking`: what a change of a schema breaks, and who has to be upgraded first.

use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;
use procwire_codegen::Schema;
use procwire_idl::evolution::{Change, Comparison, Effect, Interface, Order, Pair, compare};

use crate::json::Json;
use crate::output::{self, Color, Outcome};

/// Tell what a change of a schema breaks, and who has to be upgraded first
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  ipcgen breaking trading.ipc --against git:main\n  ipcgen breaking trading.ipc --against released/trading.ipc\n\nExits with 1 where an old parent and a new worker, or a new parent and an old worker, do not understand each other."
)]
pub struct Breaking {
    /// The schema as it is now
    schema: PathBuf,
    /// The schema as it was: `git:REF`, a file, or a folder that holds a file of the same name
    #[arg(long, value_name = "OLD")]
    against: String,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

impl Breaking {
    pub fn run(&self, color: Color) -> Result<Outcome, String> {
        let new = procwire_codegen::load(&self.schema).map_err(|error| error.to_string())?;
        let old = self.old()?;
        let (Some(old_model), Some(new_model)) = (&old.model, &new.model) else {
            for schema in [&old, &new] {
                output::diagnostics(&schema.diagnostics, &schema.sources, color);
            }
            return Err("a schema with errors cannot be compared".to_owned());
        };
        let comparison = compare(&Interface::from(old_model), &Interface::from(new_model));
        if self.json {
            output::result(&json(&comparison).to_json())?;
        } else {
            output::result(&text(&comparison))?;
        }
        Ok(if comparison.order() == Order::Any { Outcome::Clean } else { Outcome::Found })
    }

    fn old(&self) -> Result<Schema, String> {
        if let Some(reference) = self.against.strip_prefix("git:") {
            return self.committed(reference);
        }
        let path = Path::new(&self.against);
        let path = match self.schema.file_name() {
            Some(name) if path.is_dir() => path.join(name),
            _ => path.to_owned(),
        };
        procwire_codegen::load(path).map_err(|error| error.to_string())
    }

    /// The file as a commit has it.
    fn committed(&self, reference: &str) -> Result<Schema, String> {
        if reference.is_empty() || reference.starts_with('-') {
            return Err(format!("`{reference}` is no commit: write `git:main`, a tag, or a hash"));
        }
        let name = self.schema.file_name().unwrap_or_default().to_string_lossy();
        let folder = self.schema.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
        let mut git = Command::new("git");
        git.arg("-C").arg(folder).args(["show", "--no-textconv", &format!("{reference}:./{name}")]);
        let shown = git.output().map_err(|error| format!("git does not start: {error}"))?;
        if !shown.status.success() {
            let why = String::from_utf8_lossy(&shown.stderr);
            return Err(format!("git has no {} at `{reference}`: {}", self.schema.display(), why.trim()));
        }
        let text = String::from_utf8(shown.stdout)
            .map_err(|_| format!("{} at `{reference}` is not UTF-8", self.schema.display()))?;
        Ok(Schema::of_text(&format!("{} ({reference})", self.schema.display()), &text))
    }
}

fn text(comparison: &Comparison) -> String {
    let mut lines = Vec::new();
    for change in &comparison.changes {
        lines.push(format!("{}: {} [{}]", change.place, change.message, change.rule.name()));
        let effects = PAIRS.iter().filter_map(|(pair, name)| Some((name, effect(change.effect(*pair))?)));
        lines.extend(effects.map(|(name, effect)| format!("  {name}: {effect}")));
    }
    let breaking = comparison.changes.iter().filter(|change| change.order() != Order::Any).count();
    let plural = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    lines.push(match (comparison.changes.len(), breaking) {
        (0, _) => "nothing changed on the wire".to_owned(),
        (all, 0) => format!("{}, none of which breaks", plural(all, "change")),
        (all, breaking) => {
            let verb = if breaking == 1 { "breaks" } else { "break" };
            format!("{}, {breaking} of which {verb}: {}", plural(all, "change"), comparison.order())
        }
    });
    lines.join("\n") + "\n"
}

const PAIRS: [(Pair, &str); 2] =
    [(Pair::OldParentNewWorker, "old parent, new worker"), (Pair::NewParentOldWorker, "new parent, old worker")];

fn effect(effect: &Effect) -> Option<String> {
    match effect {
        Effect::Fine => None,
        Effect::Behaviour(what) => Some(format!("behaves differently: {what}")),
        Effect::Wire(why) => Some(format!("breaks on the wire: {why}")),
        Effect::Handshake(why) => Some(format!("breaks at the start: {why}")),
    }
}

fn json(comparison: &Comparison) -> Json {
    let order = |order| {
        Json::text(match order {
            Order::Any => "any",
            Order::ParentFirst => "parent-first",
            Order::WorkerFirst => "worker-first",
            Order::Together => "together",
        })
    };
    let effect = |effect: &Effect| {
        let (category, why) = match effect {
            Effect::Fine => ("fine", None),
            Effect::Behaviour(what) => ("behaviour", Some(what)),
            Effect::Wire(why) => ("wire", Some(why)),
            Effect::Handshake(why) => ("handshake", Some(why)),
        };
        Json::Object(vec![
            ("category", Json::text(category)),
            ("breaks", Json::Bool(effect.is_break())),
            ("why", Json::option(why.map(String::as_str))),
        ])
    };
    let change = |change: &Change| {
        Json::Object(vec![
            ("rule", Json::text(change.rule.name())),
            ("place", Json::text(&change.place)),
            ("message", Json::text(&change.message)),
            ("old_parent_new_worker", effect(&change.old_parent_new_worker)),
            ("new_parent_old_worker", effect(&change.new_parent_old_worker)),
            ("order", order(change.order())),
        ])
    };
    Json::Object(vec![
        ("order", order(comparison.order())),
        ("changes", Json::list(comparison.changes.iter().map(change))),
    ])
}
