//! Everything that expanded code may name. Not public API, and frozen once released: what has to change becomes
//! `stub_v2` beside it.

pub use bytes::Bytes;
pub use futures_core::Stream;
pub use procwire_idl::shape;
pub use procwire_idl::shape::{
    BoundShape, ConstrainedShape, EnumShape, ExtShape, FieldShape, NewtypeShape, PresenceShape, RangeShape,
    RecordShape, RepresentationShape, Shape, ShapeFn, VariantDataShape, VariantShape,
};
pub use tokio::process::Command;

pub use crate::client::{
    Call, CallOptions, Calling, Client, Events, Remote, StreamCall, Streaming, read_item, read_payload,
};
pub use crate::codec::constraint::{Length, Number, Pattern, Range};
pub use crate::codec::expand::{
    ByMessage, Candidate, Codec, ConstShape, Own, Pick, candidate, check_element, check_field, check_in,
    check_optional, default_field, field, lacks_data, optional_field, pick, present, read_with, refuses, required,
    required_tuple, tuple_field, unit_variant, unknown_number, unknown_variant, which, write_optional,
};
pub use crate::codec::refine::{
    BoxOf, ByDisplay, ByText, Checked, ExtOf, ListOf, MapOf, Mapped, OptionOf, Redacted, Sensitive, TupleOf,
};
pub use crate::codec::{DecodeError, EncodeError, Mark, Message, Place, Reader, Reason, UnknownVariant, Walk, Writer};
pub use crate::connection::EventContext;
pub use crate::error::{Code, Declared, Error, Failure, NoError, Throws};
pub use crate::service::{
    AlreadyBound, Answer, Bound, Context, EmitFuture, Emitter, EventDescriptor, Incoming, Job, MethodDescriptor,
    RawAnswer, Response, Serves, ServiceDescriptor, Sink, error_shape, items, none, stream, unary, unary_raw,
    unary_with,
};
