//! The service that both programs of a tarpc pair share.
// The macro's client, requests and responses are public and undocumented.
#![allow(missing_docs)]

pub mod parent;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tokio::net::UnixStream;
use tokio_util::codec::{Framed, LengthDelimitedCodec};

/// The small record.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Small {
    pub id: u64,
    pub name: String,
    pub score: f64,
}

/// A record with one field of bytes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Bulk {
    pub data: Bytes,
}

#[tarpc::service]
pub trait Echo {
    async fn small(record: Small) -> Small;
    async fn bulk(record: Bulk) -> Bulk;
}

/// The frames of both codecs; 10 MB do not fit into the default limit of 8 MB.
#[must_use]
pub fn framed(stream: UnixStream) -> Framed<UnixStream, LengthDelimitedCodec> {
    let codec = LengthDelimitedCodec::builder()
        .max_frame_length(64 << 20)
        .new_codec();
    Framed::new(stream, codec)
}
