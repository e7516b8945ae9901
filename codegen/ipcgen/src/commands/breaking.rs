//! `ipcgen breaking`: what a change of a schema breaks, and who has to be upgraded first.

use std::path::{Path, PathBuf};

use clap::Args;
use procwire_codegen::Schema;
use procwire_idl::evolution::{
    Change, Comparison, Effect, Interface, Members, Node, Order, Pair, SourceChange, compare, compare_members,
    compare_source,
};
use procwire_idl::model::Model;

use super::inspect;
use super::located::located;
use crate::approvals::{self, Approval, Category, SOURCE_RULE};
use crate::commit;
use crate::findings::{self, Finding, Format};
use crate::json::Json;
use crate::output::{self, Color, Outcome};
use crate::settings::Settings;

/// Tell what a change of a schema breaks, and who has to be upgraded first
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  ipcgen breaking trading.ipc --against git:main\n  ipcgen breaking trading.ipc --against released/trading.ipc --fail-on wire,handshake,source\n  ipcgen breaking trading.ipc --against bin:./old-worker   # what is running out there\n\nOf a worker the source categories cannot be told: that needs its schema file. Exits with 1 where something breaks that is not approved in `ipc.toml`. By default that is where an old parent and a new worker, or a new parent and an old worker, do not understand each other."
)]
pub struct Breaking {
    /// The schema as it is now
    schema: PathBuf,
    /// The schema as it was: `git:REF`, a file, a folder that holds a file of the same name, or `bin:WORKER`, a program that
    /// says its schema itself; or what `ipc.toml` says
    #[arg(long, value_name = "OLD")]
    against: Option<String>,
    /// What counts as a break
    #[arg(long, value_enum, value_name = "CATEGORY", value_delimiter = ',')]
    fail_on: Vec<Category>,
    /// How to print what changed
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    format: Format,
    /// The same as `--format json`
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

/// What is to be told.
struct Report {
    comparison: Comparison,
    /// Changes of source code.
    source: Vec<SourceChange>,
    fail_on: Vec<Category>,
    approvals: Vec<Approval>,
    today: String,
}

/// What becomes of one change.
enum Verdict<'a> {
    /// It breaks nothing that counts.
    Fine,
    /// It breaks something.
    Breaks,
    /// It would, and somebody wants that.
    Approved(&'a Approval),
    /// It breaks, and the approval has ended.
    Expired(&'a Approval),
}

impl Report {
    fn counts(&self, category: Category) -> bool {
        self.fail_on.contains(&category)
    }

    fn change(&self, change: &Change) -> Verdict<'_> {
        let counts = PAIRS.iter().any(|(pair, _)| match change.effect(*pair) {
            Effect::Fine => false,
            Effect::Behaviour(_) => self.counts(Category::Behaviour),
            Effect::Wire(_) => self.counts(Category::Wire),
            Effect::Handshake(_) => self.counts(Category::Handshake),
        });
        self.verdict(counts, change.rule.name(), &change.place)
    }

    fn source(&self, change: &SourceChange) -> Verdict<'_> {
        self.verdict(self.counts(Category::Source), SOURCE_RULE, &change.place)
    }

    fn verdict(&self, counts: bool, rule: &str, place: &str) -> Verdict<'_> {
        if !counts {
            return Verdict::Fine;
        }
        let mut covering = self.approvals.iter().filter(|approval| approval.covers(rule, place));
        let first = covering.next();
        let valid = first.into_iter().chain(covering).find(|approval| !approval.is_expired(&self.today));
        match (valid, first) {
            (Some(approval), _) => Verdict::Approved(approval),
            (None, Some(approval)) => Verdict::Expired(approval),
            (None, None) => Verdict::Breaks,
        }
    }

    /// How many changes break, and are not approved.
    fn breaks(&self) -> usize {
        let changes = self.comparison.changes.iter().map(|change| self.change(change));
        let source = self.source.iter().map(|change| self.source(change));
        changes.chain(source).filter(|verdict| matches!(verdict, Verdict::Breaks | Verdict::Expired(_))).count()
    }
}

impl Breaking {
    pub fn run(&self, color: Color) -> Result<Outcome, String> {
        let settings = Settings::of(&self.schema)?.breaking;
        let against = self.against.as_deref().or(settings.against.as_deref()).ok_or(
            "with what is it compared? say `--against git:main`, a file or a folder, or `against` under `[breaking]` of ipc.toml",
        )?;
        let new = procwire_codegen::load(&self.schema).map_err(|error| error.to_string())?;
        let fail_on = [&self.fail_on, &settings.fail_on].into_iter().find(|categories| !categories.is_empty());
        let fail_on = fail_on.cloned().unwrap_or_else(|| vec![Category::Wire, Category::Handshake]);
        let old = match against.strip_prefix("bin:") {
            Some(worker) => {
                if fail_on.contains(&Category::Source) {
                    return Err(NO_SOURCE.to_owned());
                }
                Old::Worker(inspect::interface(worker)?)
            }
            None => Old::Schema(Box::new(earlier(&self.schema, against)?)),
        };
        let Some(new_model) = &new.model else {
            output::diagnostics(&new.diagnostics, &new.sources, color);
            return Err(WITH_ERRORS.to_owned());
        };
        let (comparison, source) = match &old {
            Old::Worker(interface) => {
                // In the form that the worker's own took, so that what is lost in it is no change.
                let new = Interface::try_from(&Node::from(&Interface::from(new_model)));
                let new = new.map_err(|error| format!("the schema has no form to compare: {error}"))?;
                // A worker may say something that has no end; that is found out before all is compared.
                let members = Members {
                    methods: interface.methods.iter().map(|method| method.name.clone()).collect(),
                    events: interface.events.iter().map(|event| event.name.clone()).collect(),
                    callbacks: interface.callbacks.iter().map(|callback| callback.method.name.clone()).collect(),
                };
                compare_members(interface, &new, &members).map_err(|error| error.to_string())?;
                (compare(interface, &new), Vec::new())
            }
            Old::Schema(old) => {
                let Some(old_model) = &old.model else {
                    output::diagnostics(&old.diagnostics, &old.sources, color);
                    return Err(WITH_ERRORS.to_owned());
                };
                (
                    compare(&Interface::from(old_model), &Interface::from(new_model)),
                    compare_source(old_model, new_model),
                )
            }
        };
        let report = Report { comparison, source, fail_on, approvals: settings.approved, today: approvals::today() };
        let found = || {
            let spot = |place: &str| located(new_model, place);
            findings_of(&report, |finding, place, level, message| finding.at(spot(place), &new.sources, level, message))
        };
        match if self.json { Format::Json } else { self.format } {
            Format::Text => output::result(&text(&report))?,
            Format::Json => output::result(&json(&report).to_json())?,
            Format::Sarif => output::result(&findings::sarif(&found()).to_json())?,
            Format::Github => output::result(&findings::github(&found()))?,
        }
        Ok(if report.breaks() == 0 { Outcome::Clean } else { Outcome::Found })
    }
}

/// The version that is compared with.
enum Old {
    Schema(Box<Schema>),
    /// What a worker says of itself.
    Worker(Interface),
}

const WITH_ERRORS: &str = "a schema with errors cannot be compared";
const NO_SOURCE: &str = "a worker says what it speaks, and not what code that is made of its schema looks like: compare `source` with a schema file or `git:REF`";

/// An earlier version of a schema, by what `--against` says.
pub fn earlier(schema: &Path, against: &str) -> Result<Schema, String> {
    if let Some(reference) = against.strip_prefix("git:") {
        return commit::schema(schema, reference);
    }
    let path = Path::new(against);
    let path = match schema.file_name() {
        Some(name) if path.is_dir() => path.join(name),
        _ => path.to_owned(),
    };
    procwire_codegen::load(path).map_err(|error| error.to_string())
}

/// What is said of two versions where nothing is set.
pub fn told(old: &Model, new: &Model) -> String {
    text(&Report {
        comparison: compare(&Interface::from(old), &Interface::from(new)),
        source: compare_source(old, new),
        fail_on: vec![Category::Wire, Category::Handshake],
        approvals: Vec::new(),
        today: String::new(),
    })
}

/// The changes that somebody has to look at: those that break as errors, those that are approved or change what happens
/// as notes.
fn findings_of(report: &Report, place: impl Fn(Finding, &str, &'static str, String) -> Finding) -> Vec<Finding> {
    let level = |verdict: &Verdict<'_>| match verdict {
        Verdict::Breaks | Verdict::Expired(_) => "error",
        Verdict::Approved(_) | Verdict::Fine => "note",
    };
    let changes = report.comparison.changes.iter().map(|change| {
        let verdict = report.change(change);
        let effects =
            PAIRS.iter().filter_map(|(pair, name)| Some(format!("; {name}: {}", effect(change.effect(*pair))?)));
        let message = format!("{}: {}{}", change.place, change.message, effects.collect::<String>());
        let finding = Finding::of_rule(change.rule.name(), change.rule.about(), "what a change of a schema breaks");
        place(finding, &change.place, level(&verdict), message)
    });
    let source = report.source.iter().map(|change| {
        let message = format!("{}: {} ({})", change.place, change.message, languages(change));
        let about = "code that uses what is generated no longer fits";
        let finding = Finding::of_rule(SOURCE_RULE, about, "what a change of a schema breaks");
        place(finding, &change.place, level(&report.source(change)), message)
    });
    changes.chain(source).collect()
}

fn languages(change: &SourceChange) -> String {
    change.languages.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn text(report: &Report) -> String {
    let comparison = &report.comparison;
    let mut lines = Vec::new();
    for change in &comparison.changes {
        lines.push(format!("{}: {} [{}]", change.place, change.message, change.rule.name()));
        let effects = PAIRS.iter().filter_map(|(pair, name)| Some((name, effect(change.effect(*pair))?)));
        lines.extend(effects.map(|(name, effect)| format!("  {name}: {effect}")));
        lines.extend(approval(&report.change(change)));
    }
    for change in &report.source {
        lines.push(format!("{}: {} [{SOURCE_RULE}]", change.place, change.message));
        lines.push(format!("  source code: {}", languages(change)));
        lines.extend(approval(&report.source(change)));
    }
    let plural = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    let breaking = report.breaks();
    lines.push(match (comparison.changes.len() + report.source.len(), breaking) {
        (0, _) => "nothing changed".to_owned(),
        (all, 0) => format!("{}, none of which breaks what counts: {}", plural(all, "change"), comparison.order()),
        (all, breaking) => {
            let verb = if breaking == 1 { "breaks" } else { "break" };
            format!("{}, {breaking} of which {verb}: {}", plural(all, "change"), comparison.order())
        }
    });
    lines.join("\n") + "\n"
}

fn approval(verdict: &Verdict<'_>) -> Option<String> {
    match verdict {
        Verdict::Fine | Verdict::Breaks => None,
        Verdict::Approved(approval) => Some(format!("  approved: {}", approval.reason)),
        Verdict::Expired(approval) => {
            let day = approval.expires.as_deref().unwrap_or_default();
            Some(format!("  was approved until {day}: {}", approval.reason))
        }
    }
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

fn json(report: &Report) -> Json {
    let comparison = &report.comparison;
    let verdict = |verdict: Verdict<'_>| {
        let (name, approval) = match verdict {
            Verdict::Fine => ("fine", None),
            Verdict::Breaks => ("breaks", None),
            Verdict::Approved(approval) => ("approved", Some(approval)),
            Verdict::Expired(approval) => ("expired", Some(approval)),
        };
        [
            ("verdict", Json::text(name)),
            ("reason", Json::option(approval.map(|approval| approval.reason.as_str()))),
            ("expires", Json::option(approval.and_then(|approval| approval.expires.as_deref()))),
        ]
    };
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
        let mut fields = vec![
            ("rule", Json::text(change.rule.name())),
            ("place", Json::text(&change.place)),
            ("message", Json::text(&change.message)),
            ("old_parent_new_worker", effect(&change.old_parent_new_worker)),
            ("new_parent_old_worker", effect(&change.new_parent_old_worker)),
            ("order", order(change.order())),
        ];
        fields.extend(verdict(report.change(change)));
        Json::Object(fields)
    };
    let source = |change: &SourceChange| {
        let mut fields = vec![
            ("rule", Json::text(SOURCE_RULE)),
            ("place", Json::text(&change.place)),
            ("message", Json::text(&change.message)),
            ("languages", Json::list(change.languages.iter().map(|language| Json::text(language.name())))),
        ];
        fields.extend(verdict(report.source(change)));
        Json::Object(fields)
    };
    Json::Object(vec![
        ("order", order(comparison.order())),
        ("breaks", Json::number(u32::try_from(report.breaks()).unwrap_or(u32::MAX))),
        ("changes", Json::list(comparison.changes.iter().map(change))),
        ("source", Json::list(report.source.iter().map(source))),
    ])
}
