//! `known-gaps.txt`: a line for each scenario and pair that cannot run, with the reason.

use std::path::Path;

/// The gaps that are known.
pub struct Gaps(Vec<Gap>);

struct Gap {
    scenario: String,
    pair: String,
    reason: String,
}

impl Gaps {
    /// Reads lines of the form `scenario pair: reason`.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
        let gap = |(_, line): (usize, &str)| {
            let (case, reason) = line.split_once(": ")?;
            let (scenario, pair) = case.split_once(' ')?;
            Some(Gap { scenario: scenario.to_owned(), pair: pair.to_owned(), reason: reason.to_owned() })
        };
        lines
            .map(|line| {
                gap(line).ok_or_else(|| format!("{}:{}: expected `scenario pair: reason`", path.display(), line.0 + 1))
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Why this pair does not run, if it does not.
    pub fn reason(&self, scenario: &str, pair: &str) -> Option<&str> {
        let gap = self.0.iter().find(|gap| gap.scenario == scenario && gap.pair == pair)?;
        Some(&gap.reason)
    }

    /// Scenarios that are listed and do not exist.
    pub fn unknown(&self, scenarios: &[String]) -> Vec<String> {
        self.0.iter().map(|gap| gap.scenario.clone()).filter(|name| !scenarios.contains(name)).collect()
    }
}
