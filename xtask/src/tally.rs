//! What the output of test runs says: of cargo, vitest and pytest.

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: usize,
    pub failed: usize,
    pub ignored: usize,
    /// The names of those that failed.
    pub failures: Vec<String>,
}

impl Tally {
    pub fn read(output: &str) -> Self {
        let mut tally = Self::default();
        for line in output.lines() {
            if let Some(counts) = counts(line) {
                counts.split([';', '.', ',', '|']).for_each(|part| tally.count(part));
            } else if let Some(name) = failure(line) {
                tally.failures.push(name.trim_end().to_owned());
            } else if line.starts_with("error: test failed, to rerun pass")
                && tally.failures.is_empty()
                && tally.failed == 0
            {
                // A test binary that dies (abort, signal) prints no result line.
                tally.failures.push(line.to_owned());
            }
        }
        tally
    }

    /// `12 passed`, also with more behind it.
    fn count(&mut self, part: &str) {
        let mut words = part.split_whitespace();
        let (Some(number), Some(what)) = (words.next().and_then(|word| word.parse::<usize>().ok()), words.next())
        else {
            return;
        };
        match what {
            "passed" => self.passed += number,
            "failed" | "error" | "errors" => self.failed += number,
            "ignored" | "skipped" | "todo" | "xfailed" | "deselected" => self.ignored += number,
            _ => {}
        }
    }
}

/// The counts in a line that sums up a run.
fn counts(line: &str) -> Option<&str> {
    let line = line.trim_start();
    if let Some(counts) = line.strip_prefix("test result: ") {
        let (_, counts) = counts.split_once(". ")?;
        return Some(counts);
    }
    // vitest: `Tests  1 failed | 11 passed | 2 skipped (14)`
    if let Some(counts) = line.strip_prefix("Tests  ") {
        return Some(counts);
    }
    // pytest: `== 3 failed, 12 passed in 0.12s ==`, without the rules where it is told to be quiet
    let counts = line.trim_matches('=').trim();
    let (number, _) = counts.split_once(' ')?;
    let is_sum =
        number.parse::<usize>().is_ok() && counts.contains(" in ") && line.trim_end().ends_with(['s', '=', ')']);
    is_sum.then_some(counts)
}

/// The name of a test that failed.
fn failure(line: &str) -> Option<&str> {
    if let Some(test) = line.strip_prefix("test ") {
        return test.strip_suffix(" ... FAILED");
    }
    // pytest: `FAILED tests/test_frame.py::test_header - AssertionError: …`
    for prefix in ["FAILED ", "ERROR "] {
        if let Some(test) = line.strip_prefix(prefix) {
            return Some(test.split(" - ").next().unwrap_or(test));
        }
    }
    // vitest: ` FAIL  tests/frame.test.ts > header > is read`
    line.strip_prefix(" FAIL  ").or_else(|| line.strip_prefix("FAIL  "))
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn result_lines_of_all_binaries_are_added_up() {
        let tally = Tally::read(
            "running 2 tests\ntest a ... ok\ntest b::c ... FAILED\n\
             test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
             test result: ok. 40 passed; 0 failed; 3 ignored; 0 measured; 0 filtered out; finished in 0.10s\n",
        );
        assert_eq!((tally.passed, tally.failed, tally.ignored), (41, 1, 3));
        assert_eq!(tally.failures, ["b::c"]);
    }

    #[test]
    fn a_binary_that_dies_is_named() {
        let tally = Tally::read("running 1 test\nerror: test failed, to rerun pass `-p x --lib`\n");
        assert_eq!((tally.passed, tally.failed), (0, 0));
        assert_eq!(tally.failures.len(), 1);
    }

    #[test]
    fn vitest_is_understood() {
        let tally = Tally::read(
            " FAIL  tests/frame.test.ts > header > is read\nAssertionError: expected 1 to be 2\n\n \
             Test Files  1 failed | 1 passed (2)\n      Tests  1 failed | 11 passed | 2 skipped | 1 todo (15)\n",
        );
        assert_eq!((tally.passed, tally.failed, tally.ignored), (11, 1, 3));
        assert_eq!(tally.failures, ["tests/frame.test.ts > header > is read"]);
    }

    #[test]
    fn pytest_is_understood() {
        let tally = Tally::read(
            "FAILED tests/test_frame.py::test_bad - assert 1 == 2\nERROR tests/test_frame.py::test_worse - ValueError: x\n\
             ========== 1 failed, 9 passed, 2 skipped, 1 xfailed, 1 error in 0.64s ==========\n",
        );
        assert_eq!((tally.passed, tally.failed, tally.ignored), (9, 2, 3));
        assert_eq!(tally.failures, ["tests/test_frame.py::test_bad", "tests/test_frame.py::test_worse"]);
        let quiet = Tally::read("40 passed in 61.20s (0:01:01)\n");
        assert_eq!((quiet.passed, quiet.failed), (40, 0));
    }
}
