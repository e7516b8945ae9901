//! The codec: values to MsgPack and back.
//!
//! [`Writer`] and [`Reader`] own the rules of the wire; a [`Message`] says how one type uses them. Expanded code looks
//! like this (through `stub_v1`, and with the field's codec picked, so that types of serde work too):
//!
//! ```
//! use procwire::codec::{DecodeError, Message, Reader, Reason, Writer};
//!
//! fn encode(id: &u64, note: &Option<String>, w: &mut Writer) {
//!     if w.map(1 + usize::from(note.is_some())) {
//!         w.raw(b"\xa2id");
//!         id.encode(w);
//!         if let Some(note) = note {
//!             w.raw(b"\xa4note");
//!             note.encode(w);
//!         }
//!         w.leave();
//!     }
//! }
//!
//! fn decode(r: &mut Reader<'_>) -> Result<u64, DecodeError> {
//!     let mut id = None;
//!     for _ in 0..r.map()? {
//!         match r.key()? {
//!             b"id" => id = Some(u64::decode(r).map_err(|error| error.in_field("id"))?),
//!             other => r.skip_unknown(other)?,
//!         }
//!     }
//!     r.leave();
//!     id.ok_or_else(|| DecodeError::new(Reason::MissingField, "required field is missing").in_field("id"))
//! }
//!
//! let mut w = Writer::new();
//! encode(&7, &Some("x".to_owned()), &mut w);
//! let payload = w.finish()?.into_bytes();
//! let mut r = Reader::new(&payload);
//! assert_eq!(decode(&mut r)?, 7);
//! r.finish()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod buffer;
mod check;
pub(crate) mod constraint;
mod container;
mod error;
#[doc(hidden)]
pub mod expand;
#[cfg(feature = "uuid")]
mod identifier;
pub(crate) mod limits;
mod message;
mod packed;
mod primitive;
mod reader;
pub(crate) mod refine;
mod serde;
mod time;
mod unknown;
mod value;
mod writer;

pub use check::{Check, ConstraintError, Walk};
pub use error::{DecodeError, EncodeError, Reason};
pub use message::{Message, from_bytes, to_bytes};
pub use reader::{Place, Reader, Tag};
pub use time::Timestamp;
pub use unknown::UnknownVariant;
pub use value::Value;
pub use writer::{Encoded, Mark, Writer};
