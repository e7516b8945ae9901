//! Nobody follows calls.

#![expect(clippy::unused_self, reason = "with the feature they look at what they are")]

use super::Ending;
use crate::connection::{ServedCall, Trace};

/// Whether and how calls are followed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Follow(());

impl Follow {
    #[inline]
    pub(crate) fn is_on(&self) -> bool {
        false
    }

    #[inline]
    pub(crate) fn worker(&self, _: &str) -> Self {
        Self(())
    }

    #[inline]
    pub(crate) fn call(&self, _: impl FnOnce() -> String, _: Option<&ServedCall>, _: Option<&Trace>) -> ClientSpan {
        ClientSpan(())
    }

    #[inline]
    pub(crate) fn serve(&self, _: impl FnOnce() -> String, _: Option<&Trace>) -> ServerSpan {
        ServerSpan(())
    }
}

/// A call of this side.
#[derive(Debug, Default)]
pub(crate) struct ClientSpan(());

impl ClientSpan {
    #[inline]
    pub(crate) fn is_on(&self) -> bool {
        false
    }

    #[inline]
    pub(crate) fn trace(&self) -> Option<Trace> {
        None
    }

    #[inline]
    pub(crate) fn message(&self, _: usize) {}

    #[inline]
    pub(crate) fn end(&mut self, _: impl FnOnce() -> Option<Ending>) {}
}

/// Nothing is current.
#[derive(Debug)]
pub(crate) struct Entered;

/// A call of the peer that this side serves.
#[derive(Debug, Default)]
pub(crate) struct ServerSpan(());

impl ServerSpan {
    #[inline]
    pub(crate) fn enter(&self) -> Entered {
        Entered
    }

    #[inline]
    pub(crate) fn message(&self, _: usize) {}

    #[inline]
    pub(crate) fn end(&self, _: impl FnOnce() -> Option<Ending>) {}
}
