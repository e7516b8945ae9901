//! The payload of an error frame: always MsgPack, written as a map, read from anything.

use bytes::Bytes;

use super::{Code, Error, Failure, Throws};
use crate::codec::{DecodeError, Message, Reader, Value, Writer, from_bytes};

/// The code of an error that the method declares.
pub(crate) const DECLARED: &str = "declared";

pub(super) fn decode_whole<T: Message>(data: &Bytes) -> Result<T, DecodeError> {
    from_bytes(data)
}

pub(crate) fn write_error<E: Throws>(error: &Error<E>, writer: &mut Writer) {
    match error {
        Error::Declared(declared) => {
            if writer.map(3) {
                head(writer, DECLARED, &declared.summary());
                writer.str("data");
                declared.write(writer);
                writer.leave();
            }
        }
        Error::Failure(failure) => write_failure(failure, writer),
    }
}

pub(crate) fn write_failure(failure: &Failure, writer: &mut Writer) {
    let data = failure.data();
    if writer.map(2 + usize::from(data.is_some())) {
        head(writer, failure.code().as_str(), failure.message());
        if let Some(data) = data {
            writer.str("data");
            data.encode(writer);
        }
        writer.leave();
    }
}

fn head(writer: &mut Writer, code: &str, message: &str) {
    writer.str("code");
    writer.str(code);
    writer.str("message");
    writer.str(message);
}

/// What a map of ours holds.
struct Parts<'a> {
    code: &'a str,
    message: &'a str,
    data: Option<Bytes>,
}

pub(crate) fn read_error<E: Throws>(payload: &Bytes) -> Error<E> {
    let parts = read_parts(payload);
    match &parts {
        Ok(Some(Parts { code: DECLARED, data: Some(data), .. })) => match E::read(data) {
            Some(declared) => Error::Declared(declared),
            None => Error::Failure(free_form(payload)),
        },
        Ok(Some(Parts { code, message, data })) => match Code::from_wire(code) {
            Some(code) => {
                let mut failure = Failure::new(code, *message);
                if let Some(value) = data.as_ref().and_then(|data| from_bytes::<Value>(data).ok()) {
                    failure = failure.with_data(value);
                }
                Error::Failure(failure)
            }
            None => Error::Failure(free_form(payload)),
        },
        Ok(None) | Err(_) => Error::Failure(free_form(payload)),
    }
}

/// The parts of a map with a code and a message; `None` for any other value.
fn read_parts(payload: &Bytes) -> Result<Option<Parts<'_>>, DecodeError> {
    let mut reader = Reader::new(payload);
    if !reader.is_map() {
        return Ok(None);
    }
    let (mut code, mut message, mut data) = (None, None, None);
    for _ in 0..reader.map()? {
        match reader.key()? {
            b"code" if reader.is_str() => code = Some(reader.str()?),
            b"message" if reader.is_str() => message = Some(reader.str()?),
            b"data" => {
                let start = reader.place();
                reader.skip()?;
                data = Some(reader.since(start));
            }
            _ => reader.skip()?,
        }
    }
    reader.leave();
    reader.finish()?;
    Ok(match (code, message) {
        (Some(code), Some(message)) => Some(Parts { code, message, data }),
        _ => None,
    })
}

/// An error of a form that is not ours, such as a text: `failed`, with all of it in `data`.
fn free_form(payload: &Bytes) -> Failure {
    let value = match from_bytes::<Value>(payload) {
        Ok(value) => value,
        Err(error) => {
            let message = format!("the peer failed with an error that does not decode: {error}");
            return Failure::new(Code::Failed, message);
        }
    };
    let message = match text(payload) {
        Some(text) => text,
        None => "the peer failed with a value that has no message".to_owned(),
    };
    Failure::new(Code::Failed, message).with_data(value)
}

/// The payload's text, or that of its `message`.
fn text(payload: &Bytes) -> Option<String> {
    let mut reader = Reader::new(payload);
    if reader.is_str() {
        return reader.str().ok().map(str::to_owned);
    }
    if reader.is_map() {
        for _ in 0..reader.map().ok()? {
            if reader.key().ok()? == b"message" && reader.is_str() {
                return reader.str().ok().map(str::to_owned);
            }
            reader.skip().ok()?;
        }
    }
    None
}
