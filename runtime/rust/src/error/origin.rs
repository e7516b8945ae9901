//! Where an error or a panic of a handler came from, for a peer that asks to be told.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::cell::Cell;
use std::fmt::Write;
use std::panic::{self, Location};
use std::sync::{Arc, Once};

use super::{Code, Error, Failure};
use crate::codec::Value;

/// Bytes of a traceback that a peer is told.
pub(crate) const TRACEBACK: usize = 16_384;
const LEFT_OUT: &str = "\n[...]\n";

/// Where an error was made.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    location: &'static Location<'static>,
    /// Where `RUST_BACKTRACE` asks for one.
    backtrace: Option<Arc<Backtrace>>,
}

impl Origin {
    #[track_caller]
    pub(super) fn here() -> Self {
        let backtrace = Backtrace::capture();
        let is_captured = backtrace.status() == BacktraceStatus::Captured;
        Self { location: Location::caller(), backtrace: is_captured.then(|| Arc::new(backtrace)) }
    }

    fn text(&self, failure: &Failure) -> String {
        let class = failure.class().map(|class| format!("{class}: ")).unwrap_or_default();
        let mut text = format!("{class}{}\n    at {}", failure.message(), self.location);
        if let Some(backtrace) = &self.backtrace {
            let _ = write!(text, "\n{backtrace}");
        }
        text
    }
}

/// The error with where it came from, if that is known and nothing is declared of it.
pub(crate) fn traced<E>(error: &Error<E>) -> Option<Failure> {
    let Error::Failure(failure) = error else { return None };
    let origin = failure.0.origin.as_ref().filter(|_| failure.code() == Code::Failed)?;
    Some(with_traceback(failure.clone(), &origin.text(failure)))
}

/// A failure whose data has a traceback, too.
pub(crate) fn with_traceback(failure: Failure, text: &str) -> Failure {
    let mut entries = match failure.data() {
        Some(Value::Map(entries)) => entries.clone(),
        None => Vec::new(),
        Some(_) => return failure,
    };
    entries.push((Value::String("traceback".to_owned()), Value::String(bounded(text))));
    failure.with_data(Value::Map(entries))
}

/// The text without its middle, where it is longer than a peer is told.
fn bounded(text: &str) -> String {
    if text.len() <= TRACEBACK {
        return text.to_owned();
    }
    let half = (TRACEBACK - LEFT_OUT.len()) / 2;
    let (mut head, mut tail) = (half, text.len() - half);
    while !text.is_char_boundary(head) {
        head -= 1;
    }
    while !text.is_char_boundary(tail) {
        tail += 1;
    }
    [&text[..head], LEFT_OUT, &text[tail..]].concat()
}

thread_local! {
    /// Where this thread panicked last.
    static PANICKED: Cell<Option<String>> = const { Cell::new(None) };
}

/// Notes from now on where threads panic. The hook that was there before is called as well.
pub(crate) fn watch_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let mut text = info.to_string();
            let backtrace = Backtrace::capture();
            if backtrace.status() == BacktraceStatus::Captured {
                let _ = write!(text, "\n{backtrace}");
            }
            let _ = PANICKED.try_with(|panicked| panicked.set(Some(text)));
            before(info);
        }));
    });
}

/// Where this thread panicked last, once.
pub(crate) fn last_panic() -> Option<String> {
    PANICKED.try_with(Cell::take).ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_loses_its_middle() {
        let text = format!("begin{}end", "é".repeat(TRACEBACK));
        let bounded = bounded(&text);
        assert!(bounded.len() <= TRACEBACK && bounded.len() > TRACEBACK - 8, "{}", bounded.len());
        assert!(bounded.starts_with("beginé") && bounded.contains("é\n[...]\né") && bounded.ends_with("éend"));
    }

    #[test]
    fn an_error_knows_where_it_was_made() {
        let error: Error = Error::failed(std::fmt::Error);
        let failure = traced(&error).unwrap();
        assert_eq!(failure.class(), Some("core::fmt::Error"));
        let traceback = failure.traceback().unwrap();
        assert!(traceback.starts_with("core::fmt::Error: an error occurred"), "{traceback}");
        assert!(traceback.contains(concat!("at ", file!(), ":")), "{traceback}");
        assert_eq!(Error::<crate::NoError>::Failure(failure), error_with(&error));
        let text: Error = Error::failed("it broke");
        assert!(traced(&text).unwrap().traceback().unwrap().starts_with("it broke\n    at "));
        assert!(traced(&Error::<crate::NoError>::new(Code::Failed, "chosen")).is_none());
    }

    fn error_with(error: &Error) -> Error {
        Error::Failure(traced(error).unwrap())
    }
}
