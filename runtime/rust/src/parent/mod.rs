//! The side that starts a worker: spawn, handshake, liveness and end.

mod agreement;
mod announced;
mod builder;
mod descriptor;
mod exit;
mod keeper;
pub(crate) mod options;
mod passing;
mod peer;
pub(crate) mod process;
mod reader;
mod schema;
mod spawn_error;
mod start;
mod tail;

pub(crate) use agreement::FOR_EVER;
pub use announced::{Announced, AnnouncedMethod};
pub use builder::ClientBuilder;
pub use exit::Exit;
pub use peer::Peer;
pub(crate) use reader::Mover;
pub use spawn_error::{SpawnError, SpawnErrorKind};
