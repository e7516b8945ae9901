//! `known-gaps.txt`: a line for each scenario and pair that cannot run, with the reason.

use std::path::Path;

use super::pattern::matches;

/// The gaps that are known.
pub struct Gaps(Vec<Gap>);

struct Gap {
    /// Either may hold `*` for any part.
    scenario: String,
    pair: String,
}

impl Gaps {
    /// Reads lines of the form `scenario pair: reason`.
    pub fn read(path: &Path) -> Result<Self, String> {
        let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
        let gap = |line: &str| {
            let (case, reason) = line.split_once(": ")?;
            let (scenario, pair) = case.split_once(' ')?;
            (!reason.trim().is_empty()).then(|| Gap { scenario: scenario.to_owned(), pair: pair.to_owned() })
        };
        lines
            .map(|(index, line)| {
                gap(line).ok_or_else(|| format!("{}:{}: expected `scenario pair: reason`", path.display(), index + 1))
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether this pair cannot run.
    pub fn hold(&self, scenario: &str, pair: &str) -> bool {
        self.0.iter().any(|gap| gap.covers(scenario, pair))
    }

    /// Gaps that are none of these cases.
    pub fn unknown(&self, cases: &[(String, String)]) -> Vec<String> {
        let unknown = self.0.iter().filter(|gap| !cases.iter().any(|(scenario, pair)| gap.covers(scenario, pair)));
        unknown.map(|gap| format!("{} {}", gap.scenario, gap.pair)).collect()
    }
}

impl Gap {
    fn covers(&self, scenario: &str, pair: &str) -> bool {
        matches(&self.scenario, scenario) && matches(&self.pair, pair)
    }
}
