//! The examples of the catalogue do what they are there for.

use procwire_idl::catalog::{EARLIER, LIBRARY, entry};
use procwire_idl::diagnostic::{Code, Diagnostics};
use procwire_idl::lint::{self, Level, Named, Renamed};
use procwire_idl::source::{FileId, SourceMap};
use procwire_idl::{Library, Loaded, Source, Unreadable, load, render};

/// What the examples import.
struct Examples;

impl Library for Examples {
    fn read(&mut self, path: &str) -> Result<Source, Unreadable> {
        let (name, text) = LIBRARY.iter().find(|(name, _)| *name == path).ok_or(Unreadable::Missing)?;
        Ok(Source { name: (*name).to_owned(), text: (*text).to_owned() })
    }
}

fn compile(name: &str, text: &str) -> (SourceMap, Loaded) {
    let mut sources = SourceMap::new();
    let root = sources.add(name, text);
    let loaded = load(&mut sources, root, name, &mut Examples);
    (sources, loaded)
}

/// What the rule of a code finds in a clean schema, if the code is a rule's.
fn linted(code: Code, text: &str) -> Option<Vec<Code>> {
    lint::rule(code.as_str())?;
    let (sources, loaded) = compile("linted.ipc", text);
    let shown = render::human(&loaded.diagnostics, &sources, false);
    let model = loaded.model.unwrap_or_else(|| panic!("{shown}"));
    let level = |rule: &lint::Rule| if rule.code == code { Level::Warn } else { Level::Off };
    if code == Code::RemovedWithoutReserved {
        let (_, earlier) = compile("earlier.ipc", EARLIER);
        let earlier = earlier.model.expect("an earlier version");
        return Some(codes(&lint::lint_against(&sources, FileId::default(), &earlier, &model, level)));
    }
    Some(codes(&lint::lint(&sources, FileId::default(), &model, level, &words)))
}

/// What the generators tell, of one word.
fn words(named: Named, name: &str) -> Vec<Renamed> {
    let is_kept = name == "class" && !matches!(named, Named::Type | Named::Variant | Named::Const);
    is_kept.then(|| Renamed { language: "Python", annotation: "py", name: "class_".to_owned() }).into_iter().collect()
}

fn codes(diagnostics: &Diagnostics) -> Vec<Code> {
    diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
}

#[test]
fn each_failing_example_has_just_its_problem() {
    for code in Code::ALL {
        if let Some(found) = linted(*code, entry(*code).failing) {
            assert!(!found.is_empty(), "{code}");
            continue;
        }
        let (sources, loaded) = compile("failing.ipc", entry(*code).failing);
        let found = codes(&loaded.diagnostics);
        let shown = render::human(&loaded.diagnostics, &sources, false);
        assert!(!found.is_empty() && found.iter().all(|found| found == code), "{code}:\n{shown}");
        assert!(loaded.model.is_none(), "{code}");
    }
}

#[test]
fn each_mended_example_is_clean() {
    for code in Code::ALL {
        let (sources, loaded) = compile("mended.ipc", entry(*code).mended);
        let shown = render::human(&loaded.diagnostics, &sources, false);
        assert!(loaded.model.is_some() && loaded.diagnostics.is_empty(), "{code}:\n{shown}");
        assert_eq!(linted(*code, entry(*code).mended).unwrap_or_default(), [], "{code}");
    }
}

#[test]
fn each_entry_reads_as_text() {
    for code in Code::ALL {
        let entry = entry(*code);
        assert!(!entry.title.ends_with('.') && entry.why.ends_with('.'), "{code}");
        assert!(!entry.title.contains("  ") && !entry.why.contains("  "), "{code}");
        assert_eq!(Code::from_name(code.as_str()), Some(*code));
    }
}
