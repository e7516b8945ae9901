//! `[breaking]` of `ipc.toml`: what a schema is compared with, what counts as a break, and which breaks are approved.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use procwire_idl::evolution::Rule;
use toml::{Table, Value};

/// The rule under which changes of source code are approved.
pub const SOURCE_RULE: &str = "source-changed";

/// What `[breaking]` says.
#[derive(Clone, Debug, Default)]
pub struct Breaking {
    /// What is compared with, as `--against` takes it.
    pub against: Option<String>,
    /// The categories that count; none where the usual ones do.
    pub fail_on: Vec<Category>,
    /// The breaks that are wanted.
    pub approved: Vec<Approval>,
}

/// In which sense a change breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Category {
    /// Some payloads are refused
    Wire,
    /// A parent refuses to start a worker
    Handshake,
    /// Code that uses what is generated no longer compiles or passes its type checker
    Source,
    /// Everything is read, and something behaves differently
    Behaviour,
}

/// A break that is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// The name of the rule.
    pub rule: String,
    /// The place as the command prints it; one `*` at the end stands for anything.
    pub place: String,
    /// Why.
    pub reason: String,
    /// The last day on which it counts, as `2027-01-31`.
    pub expires: Option<String>,
}

impl Approval {
    pub fn covers(&self, rule: &str, place: &str) -> bool {
        let matches = match self.place.strip_suffix('*') {
            Some(beginning) => place.starts_with(beginning),
            None => self.place == place,
        };
        self.rule == rule && matches
    }

    /// Whether its last day is behind `today`.
    pub fn is_expired(&self, today: &str) -> bool {
        self.expires.as_deref().is_some_and(|last| last < today)
    }
}

impl Breaking {
    /// Reads the table; a path in it is below the folder of its file.
    pub fn read(table: &Table, folder: &Path) -> Result<Self, String> {
        let mut settings = Self::default();
        for (key, value) in table {
            match (key.as_str(), value) {
                ("against", Value::String(against)) if against.starts_with("git:") => {
                    settings.against = Some(against.clone());
                }
                ("against", Value::String(against)) => {
                    settings.against = Some(folder.join(against).display().to_string());
                }
                ("fail-on", Value::Array(names)) => {
                    for name in names {
                        let category =
                            name.as_str().and_then(|name| <Category as clap::ValueEnum>::from_str(name, false).ok());
                        settings.fail_on.push(category.ok_or(
                            "[breaking] fail-on: the categories are \"wire\", \"handshake\", \"source\" and \"behaviour\"",
                        )?);
                    }
                }
                ("approved", Value::Array(approvals)) => {
                    for approval in approvals {
                        let table = approval.as_table().ok_or("write `[[breaking.approved]]` above each approval")?;
                        settings.approved.push(approval_of(table)?);
                    }
                }
                ("against", _) => return Err("[breaking] against: a text such as \"git:main\"".to_owned()),
                ("fail-on", _) => return Err("[breaking] fail-on: a list such as [\"wire\", \"handshake\"]".to_owned()),
                ("approved", _) => return Err("write `[[breaking.approved]]` above each approval".to_owned()),
                _ => {
                    return Err(format!(
                        "[breaking]: there is no `{key}`; there are `against`, `fail-on` and `approved`"
                    ));
                }
            }
        }
        Ok(settings)
    }
}

fn approval_of(table: &Table) -> Result<Approval, String> {
    let text = |key: &str| match table.get(key) {
        Some(Value::String(text)) if !text.trim().is_empty() => Ok(text.clone()),
        _ => Err(format!("[[breaking.approved]]: `{key}` is missing; an approval has `rule`, `place` and `reason`")),
    };
    if let Some(other) = table.keys().find(|key| !["rule", "place", "reason", "expires"].contains(&key.as_str())) {
        return Err(format!(
            "[[breaking.approved]]: there is no `{other}`; there are `rule`, `place`, `reason` and `expires`"
        ));
    }
    let rule = text("rule")?;
    if rule != SOURCE_RULE && Rule::ALL.iter().all(|known| known.name() != rule) {
        return Err(format!(
            "[[breaking.approved]]: there is no rule `{rule}`; `ipcgen breaking` prints them in brackets"
        ));
    }
    let expires = match table.get("expires") {
        None => None,
        Some(Value::String(date)) if is_date(date) => Some(date.clone()),
        Some(Value::Datetime(date)) if is_date(&date.to_string()) => Some(date.to_string()),
        Some(_) => return Err("[[breaking.approved]] expires: a day such as \"2027-01-31\"".to_owned()),
    };
    Ok(Approval { rule, place: text("place")?, reason: text("reason")?, expires })
}

fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = |from: usize, to: usize| bytes[from..to].iter().all(u8::is_ascii_digit);
    bytes.len() == 10
        && digits(0, 4)
        && bytes[4] == b'-'
        && digits(5, 7)
        && bytes[7] == b'-'
        && digits(8, 10)
        && ("01"..="12").contains(&&text[5..7])
        && ("01"..="31").contains(&&text[8..10])
}

/// The day it is, in UTC, as `2026-11-21`.
pub fn today() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs());
    date(i64::try_from(seconds / 86_400).unwrap_or(0))
}

/// The date of a day after 1970-01-01, by the proleptic Gregorian calendar: Howard Hinnant's `civil_from_days`.
fn date(days: i64) -> String {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Breaking, String> {
        Breaking::read(&text.parse().expect("TOML"), Path::new("settings"))
    }

    #[test]
    fn days_have_their_dates() {
        for (days, expected) in
            [(0, "1970-01-01"), (11_016, "2000-02-29"), (20_778, "2026-11-21"), (47_540, "2100-02-28")]
        {
            assert_eq!(date(days), expected);
        }
    }

    #[test]
    fn an_approval_covers_its_rule_at_its_place() {
        let text =
            "[[approved]]\nrule = \"field-removed\"\nplace = \"Order.*\"\nreason = \"unused\"\nexpires = 2027-01-31\n";
        let approval = read(text).expect("settings").approved.remove(0);
        assert!(approval.covers("field-removed", "Order.memo"));
        assert!(!approval.covers("field-removed", "Quote.memo"));
        assert!(!approval.covers("field-added", "Order.memo"));
        assert!(!approval.is_expired("2027-01-31"));
        assert!(approval.is_expired("2027-02-01"));
    }

    #[test]
    fn a_path_is_below_the_folder_of_the_settings() {
        let against = |text: &str| read(text).expect("settings").against;
        assert_eq!(against("against = \"old.ipc\"").as_deref(), Some("settings/old.ipc"));
        assert_eq!(against("against = \"git:main\"").as_deref(), Some("git:main"));
    }

    #[test]
    fn mistakes_are_told() {
        for (text, said) in [
            ("againts = \"git:main\"", "there is no `againts`"),
            ("fail-on = [\"wires\"]", "the categories are"),
            ("[[approved]]\nrule = \"field-removed\"", "`place` is missing"),
            ("[[approved]]\nrule = \"field-gone\"\nplace = \"x\"\nreason = \"y\"", "there is no rule `field-gone`"),
            (
                "[[approved]]\nrule = \"field-removed\"\nplace = \"x\"\nreason = \"y\"\nexpires = \"soon\"",
                "a day such as",
            ),
        ] {
            let problem = read(text).expect_err(text);
            assert!(problem.contains(said), "{problem}");
        }
    }
}
