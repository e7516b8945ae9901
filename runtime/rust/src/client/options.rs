//! What a call's own builder collects for it.

use std::time::Duration;

use super::beside::Beside;
use crate::connection::{MetadataValue, Trace};

/// What the caller says about one call.
#[derive(Debug, Default)]
pub struct CallOptions {
    pub(super) timeout: Option<Duration>,
    pub(super) retries: u32,
    pub(super) beside: Option<Box<Beside>>,
}

impl CallOptions {
    /// How long it may take.
    pub fn timeout(&mut self, limit: Duration) {
        self.timeout = Some(limit);
    }

    /// How often it may be sent again.
    pub fn retries(&mut self, times: u32) {
        self.retries = times;
    }

    /// A key of the user's beside the request.
    pub fn metadata(&mut self, key: impl Into<String>, value: impl Into<MetadataValue>) {
        self.beside.get_or_insert_default().metadata.insert(key, value);
    }

    /// The trace that it belongs to.
    pub fn trace(&mut self, trace: Trace) {
        self.beside.get_or_insert_default().trace = Some(trace);
    }
}
