//! One search through the files, a hit at a time.

use std::sync::Arc;

use regex_lite::{Regex, RegexBuilder};

use crate::files::TextFile;
use crate::{Hit, SearchError};

/// A search that goes on as far as somebody takes its hits.
#[derive(Debug)]
pub struct Search {
    files: Arc<Vec<TextFile>>,
    pattern: Regex,
    /// Where to look next: a file, a line in it, and the byte where that line starts.
    file: usize,
    line: u32,
    start: usize,
    hits: u32,
    is_done: bool,
}

impl Search {
    pub fn new(files: Arc<Vec<TextFile>>, pattern: &str, ignore_case: bool) -> Result<Self, SearchError> {
        let pattern = RegexBuilder::new(pattern)
            .case_insensitive(ignore_case)
            .build()
            .map_err(|error| SearchError::BadPattern { pattern: pattern.to_owned(), reason: error.to_string() })?;
        Ok(Self { files, pattern, file: 0, line: 0, start: 0, hits: 0, is_done: false })
    }
}

impl Iterator for Search {
    type Item = Hit;

    fn next(&mut self) -> Option<Hit> {
        while let Some(file) = self.files.get(self.file) {
            for text in file.text[self.start..].split_inclusive('\n') {
                self.start += text.len();
                self.line += 1;
                if self.pattern.is_match(text) {
                    self.hits += 1;
                    let text = text.trim_end().to_owned();
                    return Some(Hit { file: file.name.clone(), line: self.line, text });
                }
            }
            (self.file, self.line, self.start) = (self.file + 1, 0, 0);
        }
        self.is_done = true;
        None
    }
}

impl Drop for Search {
    /// A stream that is left early, or has reached its limit, is dropped, and so ends the work.
    fn drop(&mut self) {
        if !self.is_done {
            eprintln!("worker: the search for `{}` stopped after {} hits", self.pattern, self.hits);
        }
    }
}
