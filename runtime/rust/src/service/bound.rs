//! A service together with the object that serves it.

use std::fmt;
use std::sync::Arc;

use super::{Incoming, Job, ServiceDescriptor};
use crate::error::Failure;

/// What `#[procwire::service]` implements on a type for each service that the type serves.
///
/// The tag is a type of the expansion's own, so that one type can serve several services.
#[diagnostic::on_unimplemented(
    message = "`{Self}` serves no service",
    label = "no `#[procwire::service] impl … for {Self}`"
)]
pub trait Serves<Tag>: Send + Sync + 'static {
    /// Binds this object to the service.
    fn bind(this: Arc<Self>) -> Bound;
}

/// A service that is ready to be served.
#[derive(Clone)]
pub struct Bound {
    service: &'static ServiceDescriptor,
    target: Arc<dyn Dispatch>,
}

impl fmt::Debug for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bound").field("service", &self.service.name).finish_non_exhaustive()
    }
}

impl Bound {
    /// Joins an object, its service and the function that picks the method.
    pub fn of<S: Send + Sync + 'static>(
        this: Arc<S>,
        service: &'static ServiceDescriptor,
        dispatch: fn(&Arc<S>, Incoming<'_>) -> Result<Job, Failure>,
    ) -> Self {
        Self { service, target: Arc::new(Target { this, dispatch }) }
    }

    /// What is served.
    #[must_use]
    pub fn service(&self) -> &'static ServiceDescriptor {
        self.service
    }

    pub(crate) fn dispatch(&self, call: Incoming<'_>) -> Result<Job, Failure> {
        self.target.dispatch(call)
    }
}

/// The tag of what is bound already, as `Trading::service(desk)` gives it.
#[derive(Debug)]
pub struct AlreadyBound;

impl Serves<AlreadyBound> for Bound {
    fn bind(this: Arc<Self>) -> Bound {
        Self::clone(&this)
    }
}

trait Dispatch: Send + Sync {
    fn dispatch(&self, call: Incoming<'_>) -> Result<Job, Failure>;
}

struct Target<S> {
    this: Arc<S>,
    dispatch: fn(&Arc<S>, Incoming<'_>) -> Result<Job, Failure>,
}

impl<S: Send + Sync> Dispatch for Target<S> {
    fn dispatch(&self, call: Incoming<'_>) -> Result<Job, Failure> {
        (self.dispatch)(&self.this, call)
    }
}
