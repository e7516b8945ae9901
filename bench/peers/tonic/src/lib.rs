//! The service that both programs of a tonic pair share.

/// What tonic and prost generate.
#[allow(missing_docs, clippy::pedantic)]
pub mod echo {
    tonic::include_proto!("echo");
}

/// 10 MB do not fit into the default limit of 4 MB.
pub const LIMIT: usize = 64 << 20;
