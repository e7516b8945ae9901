//! `ipc.toml`: what a project sets for the commands.

use std::collections::BTreeMap;
use std::path::Path;

use procwire_codegen::settings_file;
use procwire_idl::lint::{self, Level, Rule};
use toml::{Table, Value};

use crate::approvals::Breaking;
use crate::job::Build;

/// The settings that hold for a schema: those of the nearest `ipc.toml` in its folder or above.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    levels: BTreeMap<&'static str, Level>,
    /// What `ipcgen build` builds where the command line does not say.
    pub build: Build,
    /// What `ipcgen breaking` compares with, and what it takes.
    pub breaking: Breaking,
}

impl Settings {
    /// Reads the settings of a schema; without a file all is as it comes.
    pub fn of(schema: &Path) -> Result<Self, String> {
        let Some(path) = settings_file(schema) else {
            return Ok(Self::default());
        };
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let folder = path.parent().unwrap_or(Path::new(""));
        Self::read(&text, folder).map_err(|problem| format!("{}: {problem}", path.display()))
    }

    /// Reads the text of a file in a folder.
    fn read(text: &str, folder: &Path) -> Result<Self, String> {
        let table: Table = text.parse().map_err(|error: toml::de::Error| error.to_string().trim_end().to_owned())?;
        let mut settings = Self::default();
        for (section, value) in &table {
            match (section.as_str(), value) {
                ("lint", Value::Table(rules)) => settings.lint(rules)?,
                ("breaking", Value::Table(table)) => settings.breaking = Breaking::read(table, folder)?,
                ("build", Value::Table(table)) => settings.build = Build::read(table, folder)?,
                ("build", _) => return Err("`build` is a table: write `[build]`".to_owned()),
                ("breaking", _) => return Err("`breaking` is a table: write `[breaking]`".to_owned()),
                ("lint", _) => return Err("`lint` is a table: write `[lint]`".to_owned()),
                // The loader reads it, and says what is wrong with it.
                ("root", _) => {}
                _ => {
                    let known = "there are `root`, `[build]`, `[lint]` and `[breaking]`";
                    return Err(format!("there is no section `{section}`; {known}"));
                }
            }
        }
        Ok(settings)
    }

    fn lint(&mut self, rules: &Table) -> Result<(), String> {
        for (name, level) in rules {
            let Some(rule) = lint::rule(name) else {
                let meant = lint::meant(name).map(|meant| format!("; `{meant}` is the nearest")).unwrap_or_default();
                return Err(format!("[lint]: there is no rule `{name}`{meant}"));
            };
            let level = level.as_str().and_then(Level::from_name);
            let level =
                level.ok_or_else(|| format!("[lint] {name}: the levels are \"off\", \"warn\" and \"error\""))?;
            self.levels.insert(rule.code.as_str(), level);
        }
        Ok(())
    }

    /// The level of a rule.
    pub fn level(&self, rule: Rule) -> Level {
        self.levels.get(rule.code.as_str()).copied().unwrap_or(rule.level)
    }
}
