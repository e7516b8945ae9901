//! What follows calls: spans, with the feature `opentelemetry`, and otherwise types without content whose functions do
//! nothing, so that nothing of it is compiled.

#[cfg(not(feature = "opentelemetry"))]
mod nothing;
#[cfg(feature = "opentelemetry")]
mod spans;
#[cfg(feature = "opentelemetry")]
mod tracing;

use crate::error::{Code, Error, Failure, Throws};

#[cfg(not(feature = "opentelemetry"))]
pub(crate) use nothing::{ClientSpan, Follow, ServerSpan};
#[cfg(feature = "opentelemetry")]
pub(crate) use spans::{ClientSpan, Follow, ServerSpan};
#[cfg(feature = "opentelemetry")]
pub use tracing::Tracing;

/// How a call ended that did not end well.
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "opentelemetry"), expect(dead_code, reason = "nobody follows calls"))]
pub(crate) struct Ending {
    /// The code of its error, or `declared`.
    pub(crate) code: &'static str,
    /// What tells errors of this code apart, where that is more: `TradeError.Halted`.
    pub(crate) kind: Option<String>,
    pub(crate) message: String,
}

/// Makes an ending of an error, whatever the call declares.
pub(crate) type Describe<E> = fn(&Error<E>) -> Ending;

impl Ending {
    /// The end of a call whose caller left.
    pub(crate) fn left() -> Self {
        Self { code: Code::Cancelled.as_str(), kind: None, message: String::new() }
    }

    pub(crate) fn failure(failure: &Failure) -> Self {
        Self { code: failure.code().as_str(), kind: None, message: failure.message().to_owned() }
    }

    pub(crate) fn error<E: Throws>(error: &Error<E>) -> Self {
        match error {
            Error::Declared(declared) => {
                let kind = declared.summary();
                Self { code: "declared", message: kind.clone(), kind: Some(kind) }
            }
            Error::Failure(failure) => Self::failure(failure),
        }
    }
}
