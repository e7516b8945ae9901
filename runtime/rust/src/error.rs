//! What a call may end in instead of a value.

mod origin;
pub(crate) mod payload;

use std::fmt;
use std::time::Duration;

use crate::codec::{Message, Value, Writer};

#[cfg(test)]
pub(crate) use origin::TRACEBACK;
pub(crate) use origin::{last_panic, traced, watch_panics, with_traceback};
pub(crate) use payload::{read_error, write_error, write_failure};

/// A result whose error is the one of a call.
pub type Result<T, E = NoError> = std::result::Result<T, Error<E>>;

/// Why a call failed: an error that the method declares, or any other failure.
#[derive(Clone, PartialEq)]
pub enum Error<E = NoError> {
    /// An error of the method's `throws`.
    Declared(E),
    /// Any other failure.
    Failure(Failure),
}

impl<E> Error<E> {
    /// A failure with a code and a sentence.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self::Failure(Failure::new(code, message))
    }

    /// A failure of a handler, from anything that prints. Where that is more than a text, the caller hears of its type:
    /// see [`Failure::class`].
    #[must_use]
    #[track_caller]
    pub fn failed<D: fmt::Display>(error: D) -> Self {
        let mut failure = Failure::new(Code::Failed, error.to_string());
        failure.0.origin = Some(origin::Origin::here());
        let class = std::any::type_name::<D>();
        if matches!(class.trim_start_matches('&'), "str" | "alloc::string::String") || class.contains("fmt::Arguments")
        {
            return Self::Failure(failure);
        }
        let class = Value::Map(vec![(Value::String("class".to_owned()), Value::String(class.to_owned()))]);
        Self::Failure(failure.with_data(class))
    }

    /// The failure, where it is no declared error.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Declared(_) => None,
            Self::Failure(failure) => Some(failure),
        }
    }

    /// The code of the failure; `None` for a declared error.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        self.failure().map(Failure::code)
    }

    /// The same error of a call that declares several, of which this is one: `place().await.map_err(Error::widen)?`.
    #[must_use]
    pub fn widen<F: From<E>>(self) -> Error<F> {
        match self {
            Self::Declared(error) => Error::Declared(error.into()),
            Self::Failure(failure) => Error::Failure(failure),
        }
    }

    /// How long to wait before the call is worth another try; `None` where the schema says of no such thing (`@retry`).
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration>
    where
        E: Throws,
    {
        match self {
            Self::Declared(error) => error.wait(),
            Self::Failure(_) => None,
        }
    }

    /// Whether the call is worth another try.
    #[must_use]
    pub fn is_retryable(&self) -> bool
    where
        E: Throws,
    {
        self.retry_after().is_some()
    }

    /// The declared error, or the failure.
    pub fn into_declared(self) -> std::result::Result<E, Failure> {
        match self {
            Self::Declared(error) => Ok(error),
            Self::Failure(failure) => Err(failure),
        }
    }
}

impl<E: fmt::Display> fmt::Display for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Declared(error) => error.fmt(f),
            Self::Failure(failure) => failure.fmt(f),
        }
    }
}

impl<E: fmt::Debug> fmt::Debug for Error<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Declared(error) => error.fmt(f),
            Self::Failure(failure) => failure.fmt(f),
        }
    }
}

impl<E: std::error::Error + 'static> std::error::Error for Error<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Declared(error) => error.source(),
            Self::Failure(_) => None,
        }
    }
}

impl<E: Declared> From<E> for Error<E> {
    fn from(error: E) -> Self {
        Self::Declared(error)
    }
}

impl<E> From<Failure> for Error<E> {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl<E: Declared> From<Error> for Error<E> {
    fn from(error: Error) -> Self {
        match error {
            Error::Declared(never) => match never {},
            Error::Failure(failure) => Self::Failure(failure),
        }
    }
}

/// A failure that no `throws` declares: a code, a sentence, and sometimes a value.
#[derive(Clone, PartialEq)]
pub struct Failure(Box<Parts>);

#[derive(Clone)]
struct Parts {
    code: Code,
    message: String,
    data: Option<Value>,
    /// Where it was made, which a peer may ask for.
    origin: Option<origin::Origin>,
}

impl PartialEq for Parts {
    fn eq(&self, other: &Self) -> bool {
        (self.code, &self.message, &self.data) == (other.code, &other.message, &other.data)
    }
}

impl Failure {
    /// A failure with a code and a sentence.
    #[cold]
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self(Box::new(Parts { code, message: message.into(), data: None, origin: None }))
    }

    /// The same failure with a value that the caller gets too.
    #[must_use]
    pub fn with_data(mut self, data: Value) -> Self {
        self.0.data = Some(data);
        self
    }

    /// What kind of failure it is.
    #[must_use]
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// What was wrong, in a sentence.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What came with it; for an error of an unknown form, the whole of it.
    #[must_use]
    pub fn data(&self) -> Option<&Value> {
        self.0.data.as_ref()
    }

    /// The type of the error that a handler failed with, where the peer says one.
    #[must_use]
    pub fn class(&self) -> Option<&str> {
        self.data()?.get("class")?.as_str()
    }

    /// Where the handler failed, for people, where this side asked to be told ([`ClientBuilder::tracebacks`]) and the peer
    /// knows.
    ///
    /// [`ClientBuilder::tracebacks`]: crate::ClientBuilder::tracebacks
    #[must_use]
    pub fn traceback(&self) -> Option<&str> {
        self.data()?.get("traceback")?.as_str()
    }

    /// What came with it, taken out.
    #[must_use]
    pub fn into_data(self) -> Option<Value> {
        self.0.data
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code, self.0.message)
    }
}

impl fmt::Debug for Failure {
    /// As a sentence, since a `main` that returns an error shows it so.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)?;
        match &self.0.data {
            Some(data) => write!(f, " ({data:?})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Failure {}

/// What kind of failure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Code {
    /// A handler failed with an error that its method does not declare.
    Failed,
    /// A panic, an answer that cannot be encoded, or an answer of the wrong kind.
    Internal,
    /// The call was aborted.
    Cancelled,
    /// The call took longer than it may.
    DeadlineExceeded,
    /// The peer has no such method.
    NotFound,
    /// The request does not decode.
    InvalidArgument,
    /// The peer is gone or going.
    Unavailable,
    /// A limit was reached.
    ResourceExhausted,
    /// The peer cannot do this.
    Unsupported,
}

impl Code {
    /// Every code.
    pub const ALL: [Self; 9] = [
        Self::Failed,
        Self::Internal,
        Self::Cancelled,
        Self::DeadlineExceeded,
        Self::NotFound,
        Self::InvalidArgument,
        Self::Unavailable,
        Self::ResourceExhausted,
        Self::Unsupported,
    ];

    /// The code as it is on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Internal => "internal",
            Self::Cancelled => "cancelled",
            Self::DeadlineExceeded => "deadline_exceeded",
            Self::NotFound => "not_found",
            Self::InvalidArgument => "invalid_argument",
            Self::Unavailable => "unavailable",
            Self::ResourceExhausted => "resource_exhausted",
            Self::Unsupported => "unsupported",
        }
    }

    /// The code with this text on the wire.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == text)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The error of a method that declares none. It has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoError {}

impl fmt::Display for NoError {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}

impl std::error::Error for NoError {}

/// A type that a method may name after `throws`; `#[procwire(error)]` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no declared error",
    label = "not derived with `#[procwire(error)]`",
    note = "add `#[derive(procwire::Message)]` and `#[procwire(error)]` to it; it is an enum"
)]
pub trait Declared: Message + std::error::Error + Send + Sync + 'static {
    /// The name of the type in the schema.
    const NAME: &'static str;

    /// The wire name of the variant.
    fn variant(&self) -> &str;

    /// Variants that the type does not know are kept.
    #[doc(hidden)]
    const OPEN: bool = false;

    /// The name of the type in the schema that the value is of, where this one stands for several.
    #[doc(hidden)]
    fn origin(&self) -> &'static str {
        Self::NAME
    }

    /// Whether there is a variant of this wire name.
    #[doc(hidden)]
    #[must_use]
    fn knows(_name: &[u8]) -> bool {
        false
    }

    /// How long to wait before the call is worth another try, where it is (`@retry`).
    fn retry(&self) -> Option<Duration> {
        None
    }
}

/// What stands in the place of a method's declared error: a [`Declared`] type or [`NoError`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no declared error",
    label = "not derived with `#[procwire(error)]`",
    note = "add `#[derive(procwire::Message)]` and `#[procwire(error)]` to it; it is an enum"
)]
pub trait Throws: Sized + Send + 'static {
    /// The text beside the value, such as `TradeError.UnknownSymbol`.
    #[doc(hidden)]
    fn summary(&self) -> String;

    /// Writes the value.
    #[doc(hidden)]
    fn write(&self, writer: &mut Writer);

    /// Reads the value from the `data` of an error; `None` where it is none.
    #[doc(hidden)]
    fn read(data: &bytes::Bytes) -> Option<Self>;

    /// How long to wait before the call is worth another try, where it is.
    #[doc(hidden)]
    fn wait(&self) -> Option<Duration>;
}

impl<E: Declared> Throws for E {
    fn summary(&self) -> String {
        format!("{}.{}", self.origin(), self.variant())
    }

    fn write(&self, writer: &mut Writer) {
        self.encode(writer);
    }

    fn read(data: &bytes::Bytes) -> Option<Self> {
        payload::decode_whole(data).ok()
    }

    fn wait(&self) -> Option<Duration> {
        self.retry()
    }
}

impl Throws for NoError {
    fn summary(&self) -> String {
        match *self {}
    }

    fn write(&self, _: &mut Writer) {
        match *self {}
    }

    fn read(_: &bytes::Bytes) -> Option<Self> {
        None
    }

    fn wait(&self) -> Option<Duration> {
        match *self {}
    }
}
