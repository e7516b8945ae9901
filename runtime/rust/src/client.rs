//! The caller's side of a service: calls, streams and events of one peer.

mod beside;
mod call;
mod events;
mod options;
mod remote;
mod retries;
mod streaming;

pub use call::{Call, Calling};
pub use events::{Events, EventsWithContext};
pub use options::CallOptions;
pub use remote::{Client, Remote, read_item, read_payload};
pub use streaming::{StreamCall, Streaming};

pub(crate) use remote::{RemoteMethod, rpc_name};
