//! UUIDs: sixteen bytes, or the text of 36 letters.

use procwire_idl::shape::Shape;
use uuid::Uuid;

use super::error::{DecodeError, Reason};
use super::message::Message;
use super::reader::Reader;
use super::refine::AsText;
use super::writer::Writer;

impl Message for Uuid {
    fn encode(&self, w: &mut Writer) {
        w.bin(self.as_bytes());
    }

    fn decode(r: &mut Reader<'_>) -> Result<Self, DecodeError> {
        if r.is_str() {
            let text = r.str()?;
            // The other forms that the crate takes, such as one in braces, are not the wire's.
            return match Self::try_parse(text) {
                Ok(uuid) if text.len() == 36 => Ok(uuid),
                _ => Err(DecodeError::new(Reason::Value, "expected a UUID of 36 letters, got another text")),
            };
        }
        let bytes = r.bin().map_err(|error| match error.reason() {
            Reason::Type => r.unexpected("uuid"),
            _ => error,
        })?;
        Self::from_slice(bytes).map_err(|_| {
            DecodeError::new(Reason::Value, format!("expected a UUID of 16 bytes, got {} bytes", bytes.len()))
        })
    }

    fn shape() -> &'static Shape {
        &Shape::Uuid
    }
}

impl AsText for Uuid {
    fn encode_text(&self, w: &mut Writer) {
        w.str(self.hyphenated().encode_lower(&mut [0; 36]));
    }
}
