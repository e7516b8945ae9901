//! What a listener can know of an event besides its payload.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use super::counters::Counters;
use super::meta::{self, Meta, Metadata, Trace};
use crate::frame::{Flags, Header, WireError};

/// What came beside an event; empty where its sender said nothing. Cloning is cheap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventContext {
    meta: Option<Arc<Meta>>,
}

impl EventContext {
    /// The keys of the sender.
    #[must_use]
    pub fn metadata(&self) -> &Metadata {
        static NOTHING: Metadata = Metadata::new();
        self.meta.as_ref().map_or(&NOTHING, |meta| &meta.user)
    }

    /// The trace that the event belongs to.
    #[must_use]
    pub fn trace(&self) -> Option<&Trace> {
        self.meta.as_ref()?.trace()
    }

    /// The context of an event, and where its payload proper lies; nothing where its metadata does not decode, which is
    /// counted.
    pub(super) fn of(
        header: Header,
        memory: &Bytes,
        range: Range<usize>,
        counters: &Counters,
    ) -> Result<Option<(Self, Range<usize>)>, WireError> {
        if !header.flags.contains(Flags::META) {
            return Ok(Some((Self::default(), range)));
        }
        let (beside, payload) = meta::split(header, memory, range)?;
        let Ok(meta) = Meta::decode(&memory[beside]) else {
            counters.events_undecodable.one();
            return Ok(None);
        };
        Ok(Some((Self { meta: Some(Arc::new(meta)) }, payload)))
    }
}
