//! The first frame of a parent to a child that can do more than the base protocol.

use std::collections::BTreeSet;

use bytes::Bytes;

use super::extensions::{Extensions, Takes};
use crate::codec::{DecodeError, Message, Reader, Writer};
use crate::frame::{Flags, Header, WireError, id};

/// What a parent says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hello {
    /// What is in force.
    pub(crate) extensions: Extensions,
    /// What the parent takes.
    pub(crate) takes: Takes,
    /// The paths that have a handler.
    pub(crate) paths: BTreeSet<String>,
}

impl Hello {
    /// The whole frame.
    pub(crate) fn frame(&self) -> Vec<u8> {
        let Self { extensions, takes, paths } = self;
        let answers = extensions.contains(Extensions::CALLBACKS);
        // Nothing here is nested too deeply to be written.
        let mut writer = Writer::new();
        let _ = writer.map(2 + usize::from(answers) + usize::from(takes.tracebacks));
        writer.str("ext");
        let _ = writer.array(extensions.names().count());
        extensions.names().for_each(|name| writer.str(name));
        writer.leave();
        writer.str("limits");
        let limits = [("payload", takes.payload), ("window", takes.window)];
        let _ = writer.map(limits.iter().filter(|(_, limit)| limit.is_some()).count());
        for (name, limit) in limits {
            if let Some(limit) = limit {
                writer.str(name);
                writer.uint(u64::from(limit));
            }
        }
        writer.leave();
        if answers {
            writer.str("callbacks");
            let _ = writer.array(paths.len());
            for path in paths {
                writer.str(path);
            }
            writer.leave();
        }
        if takes.tracebacks {
            writer.str("errors");
            let _ = writer.map(1);
            writer.str("traceback");
            writer.bool(true);
            writer.leave();
        }
        writer.leave();
        let payload = writer.finish().map(crate::codec::Encoded::into_bytes).unwrap_or_default();
        let length = u32::try_from(payload.len()).unwrap_or(u32::MAX);
        let header = Header { id: id::HELLO, flags: Flags::NONE, request: 0, length };
        [&header.encode()[..], &payload].concat()
    }

    pub(crate) fn decode(header: Header, payload: &Bytes) -> Result<Self, WireError> {
        if header.flags != Flags::NONE || header.request != 0 {
            return Err(WireError::Hello("has flags or a request id, which must be 0"));
        }
        Self::read(payload).map_err(|_| WireError::Hello("is not the map that it must be"))
    }

    fn read(payload: &Bytes) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(payload);
        let (mut extensions, mut takes, mut paths) = (Extensions::NONE, Takes::default(), BTreeSet::new());
        for _ in 0..reader.map()? {
            match reader.key()? {
                b"ext" => {
                    let names = texts(&mut reader)?;
                    extensions = Extensions::named(names.iter().map(String::as_str));
                }
                b"limits" => {
                    for _ in 0..reader.map()? {
                        match reader.key()? {
                            b"payload" => takes.payload = Some(u32::decode(&mut reader)?),
                            b"window" => takes.window = Some(u32::decode(&mut reader)?),
                            _ => reader.skip()?,
                        }
                    }
                    reader.leave();
                }
                b"errors" => {
                    for _ in 0..reader.map()? {
                        match reader.key()? {
                            b"traceback" => takes.tracebacks = bool::decode(&mut reader)?,
                            _ => reader.skip()?,
                        }
                    }
                    reader.leave();
                }
                b"callbacks" => paths = texts(&mut reader)?.into_iter().collect(),
                _ => reader.skip()?,
            }
        }
        reader.leave();
        reader.finish()?;
        Ok(Self { extensions, takes, paths })
    }
}

fn texts(reader: &mut Reader<'_>) -> Result<Vec<String>, DecodeError> {
    let mut texts = Vec::new();
    for _ in 0..reader.array()? {
        texts.push(reader.str()?.to_owned());
    }
    reader.leave();
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Decoder;

    #[test]
    fn a_hello_is_read_as_it_was_written() {
        for extensions in [Extensions::NONE, Extensions::ALL, Extensions::CREDIT] {
            let hello = Hello {
                extensions,
                takes: Takes { payload: Some(1024), window: None, tracebacks: extensions == Extensions::CREDIT },
                paths: match extensions {
                    Extensions::ALL => ["trading.DataFetch".to_owned()].into(),
                    _ => BTreeSet::new(),
                },
            };
            let mut decoder = Decoder::new(1024);
            decoder.push(&hello.frame());
            let frame = decoder.next_frame().unwrap().unwrap();
            assert_eq!(Hello::decode(frame.header, &frame.payload), Ok(hello));
        }
    }
}
