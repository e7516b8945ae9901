//! What travels beside a payload: trace context, deadline, depth of nesting, and keys of the user.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use bytes::Bytes;

use crate::codec::{DecodeError, Message, Reader, Writer};
use crate::error::{Code, Failure};
use crate::frame::{Header, WireError};

/// Bytes that metadata may have.
pub(crate) const LIMIT: usize = 8192;
/// Bytes of its length before it.
const PREFIX: usize = size_of::<u16>();

/// The trace that a call belongs to, as the W3C describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// `traceparent`: version, trace, span and flags.
    pub traceparent: Option<String>,
    /// `tracestate`: what vendors add.
    pub tracestate: Option<String>,
    /// `baggage`: keys of the application.
    pub baggage: Option<String>,
}

impl Trace {
    /// A trace of this `traceparent` alone.
    #[must_use]
    pub fn new(traceparent: impl Into<String>) -> Self {
        Self { traceparent: Some(traceparent.into()), ..Self::default() }
    }

    fn is_empty(&self) -> bool {
        self.traceparent.is_none() && self.tracestate.is_none() && self.baggage.is_none()
    }
}

/// One value of a user's metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MetadataValue {
    /// A text.
    Text(String),
    /// Bytes.
    Bytes(Bytes),
}

impl From<&str> for MetadataValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for MetadataValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Bytes> for MetadataValue {
    fn from(bytes: Bytes) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<Vec<u8>> for MetadataValue {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes.into())
    }
}

/// The user's keys beside a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    values: BTreeMap<String, MetadataValue>,
}

impl Metadata {
    pub(crate) const fn new() -> Self {
        Self { values: BTreeMap::new() }
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&MetadataValue> {
        self.values.get(key)
    }

    /// The value of a key, where it is a text.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.get(key)? {
            MetadataValue::Text(text) => Some(text),
            MetadataValue::Bytes(_) => None,
        }
    }

    /// Sets the value of a key.
    pub fn insert(&mut self, key: impl Into<String>, value: impl Into<MetadataValue>) {
        self.values.insert(key.into(), value.into());
    }

    /// Every key with its value, in the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &MetadataValue)> {
        self.values.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// Whether there is no key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

/// All of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Meta {
    pub(crate) trace: Trace,
    /// How long the caller still waits.
    pub(crate) left: Option<Duration>,
    pub(crate) nesting: u32,
    pub(crate) user: Metadata,
}

impl Meta {
    /// The bytes before a payload; `None` where there is nothing to say.
    pub(crate) fn encode(&self) -> Result<Option<Vec<u8>>, Failure> {
        let Self { trace, left, nesting, user } = self;
        let texts = [("tp", &trace.traceparent), ("ts", &trace.tracestate), ("bg", &trace.baggage)];
        let fields = texts.iter().filter(|(_, text)| text.is_some()).count()
            + usize::from(left.is_some())
            + usize::from(*nesting > 0)
            + usize::from(!user.is_empty());
        if fields == 0 {
            return Ok(None);
        }
        // Nothing here is nested too deeply to be written.
        let mut writer = Writer::with_buffer(vec![0; PREFIX]);
        let _ = writer.map(fields);
        for (key, text) in texts {
            if let Some(text) = text {
                writer.str(key);
                writer.str(text);
            }
        }
        if let Some(left) = left {
            writer.str("dl");
            writer.uint(milliseconds(*left));
        }
        if *nesting > 0 {
            writer.str("nd");
            writer.uint(u64::from(*nesting));
        }
        if !user.is_empty() {
            writer.str("u");
            let _ = writer.map(user.values.len());
            for (key, value) in user.iter() {
                writer.str(key);
                match value {
                    MetadataValue::Text(text) => writer.str(text),
                    MetadataValue::Bytes(bytes) => writer.bin(bytes),
                }
            }
            writer.leave();
        }
        writer.leave();
        let wrong = |message: String| Failure::new(Code::InvalidArgument, message);
        let encoded = writer.finish().map_err(|error| wrong(format!("the metadata cannot be encoded: {error}")))?;
        let mut bytes = encoded.buffer;
        let length = bytes.len() - PREFIX;
        match u16::try_from(length) {
            Ok(prefix) if length <= LIMIT => bytes[..PREFIX].copy_from_slice(&prefix.to_be_bytes()),
            _ => return Err(wrong(format!("the metadata has {length} bytes, above the limit of {LIMIT}"))),
        }
        Ok(Some(bytes))
    }

    /// Reads a map that [`split`] found.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let bytes = Bytes::copy_from_slice(bytes);
        let mut reader = Reader::new(&bytes);
        let mut meta = Self::default();
        for _ in 0..reader.map()? {
            match reader.key()? {
                b"tp" => meta.trace.traceparent = Some(reader.str()?.to_owned()).filter(|text| is_traceparent(text)),
                b"ts" => meta.trace.tracestate = Some(reader.str()?.to_owned()),
                b"bg" => meta.trace.baggage = Some(reader.str()?.to_owned()),
                b"dl" => meta.left = Some(Duration::from_millis(u64::decode(&mut reader)?)),
                b"nd" => meta.nesting = u32::decode(&mut reader)?,
                b"u" => {
                    for _ in 0..reader.map()? {
                        let key = reader.str()?.to_owned();
                        let value = if reader.is_str() {
                            MetadataValue::Text(reader.str()?.to_owned())
                        } else {
                            MetadataValue::Bytes(reader.bytes()?)
                        };
                        meta.user.values.insert(key, value);
                    }
                    reader.leave();
                }
                _ => reader.skip()?,
            }
        }
        reader.leave();
        reader.finish()?;
        Ok(meta)
    }

    /// The trace, where there is any.
    pub(crate) fn trace(&self) -> Option<&Trace> {
        Some(&self.trace).filter(|trace| !trace.is_empty())
    }
}

/// Whole milliseconds, rounded down, but never to 0 what is not over.
fn milliseconds(left: Duration) -> u64 {
    let whole = u64::try_from(left.as_millis()).unwrap_or(u64::MAX);
    if left.is_zero() { 0 } else { whole.max(1) }
}

/// Where the metadata of a frame lies, and where its payload proper.
pub(crate) fn split(
    header: Header,
    memory: &Bytes,
    payload: Range<usize>,
) -> Result<(Range<usize>, Range<usize>), WireError> {
    let wrong = WireError::Metadata { payload: header.length };
    let prefix = memory[payload.clone()].first_chunk().ok_or(wrong)?;
    let length = usize::from(u16::from_be_bytes(*prefix));
    let start = payload.start + PREFIX;
    let end = start + length;
    if length > LIMIT || end > payload.end {
        return Err(wrong);
    }
    Ok((start..end, end..payload.end))
}

/// `00-<32 hex>-<16 hex>-<2 hex>`, neither id all zeros; later versions may say more behind it.
fn is_traceparent(text: &str) -> bool {
    let part = |range: Range<usize>| {
        let part = text.get(range)?;
        part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')).then_some(part)
    };
    let dash = |at: usize| text.as_bytes().get(at) == Some(&b'-');
    let is_id = |range: Range<usize>| part(range).is_some_and(|id| id.bytes().any(|byte| byte != b'0'));
    let Some(version) = part(0..2) else { return false };
    let ends = if version == "00" { text.len() == 55 } else { text.len() == 55 || dash(55) };
    version != "ff"
        && dash(2)
        && is_id(3..35)
        && dash(35)
        && is_id(36..52)
        && dash(52)
        && part(53..55).is_some()
        && ends
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn everything_comes_back() {
        let mut meta = Meta {
            trace: Trace {
                traceparent: Some(PARENT.into()),
                tracestate: Some("a=1".into()),
                baggage: Some("b=2".into()),
            },
            left: Some(Duration::from_millis(250)),
            nesting: 3,
            user: Metadata::default(),
        };
        meta.user.insert("tenant", "acme");
        meta.user.insert("key", vec![0, 255]);
        let bytes = meta.encode().unwrap().unwrap();
        assert_eq!(Meta::decode(&bytes[PREFIX..]).unwrap(), meta);
        assert_eq!(Meta::default().encode().unwrap(), None);
    }

    #[test]
    fn what_is_left_is_never_rounded_to_nothing() {
        assert_eq!(milliseconds(Duration::from_nanos(1)), 1);
        assert_eq!(milliseconds(Duration::ZERO), 0);
        assert_eq!(milliseconds(Duration::from_micros(1999)), 1);
    }

    #[test]
    fn too_much_metadata_is_refused_here() {
        let mut meta = Meta::default();
        meta.user.insert("k", "x".repeat(LIMIT));
        let failure = meta.encode().unwrap_err();
        assert_eq!(failure.code(), Code::InvalidArgument);
        assert!(failure.message().ends_with("above the limit of 8192"), "{failure}");
    }

    #[test]
    fn only_a_traceparent_is_one() {
        assert!(is_traceparent(PARENT));
        assert!(is_traceparent(&format!("01{}-more", &PARENT[2..])));
        for wrong in [
            "",
            "00",
            &PARENT[..54],
            &format!("{PARENT}-more"),
            &PARENT.to_uppercase(),
            &format!("ff{}", &PARENT[2..]),
            &PARENT.replace("4bf92f3577b34da6a3ce929d0e0e4736", &"0".repeat(32)),
            &PARENT.replace("00f067aa0ba902b7", &"0".repeat(16)),
            "00-\u{e9}",
        ] {
            assert!(!is_traceparent(wrong), "{wrong}");
        }
    }
}
