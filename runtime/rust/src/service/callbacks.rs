//! The child's side of callbacks: calling the parent.

use std::sync::{Arc, OnceLock};

use super::{ServiceDescriptor, Services};
use crate::client::{Remote, RemoteMethod};
use crate::connection::{Connection, Extensions, Limits, Role, ServedCall, Shared};
use crate::error::{Code, Failure};

/// Calls the parent. Generated traits give it a method for each namespace of callbacks.
///
/// One that a [`Context`](super::Context) gave makes its calls for the call that is being served: they are aborted with it,
/// and have its trace and what is left of its deadline.
#[derive(Clone, Debug)]
pub struct Callbacks {
    target: Target,
    scope: Option<Arc<ServedCall>>,
}

#[derive(Clone, Debug)]
enum Target {
    Connected(Arc<Shared>),
    /// Filled in when the parent connects.
    Later(Arc<OnceLock<Arc<Shared>>>),
}

impl Callbacks {
    pub(super) fn of(call: &Arc<ServedCall>) -> Self {
        Self { target: Target::Connected(Arc::clone(call.shared())), scope: Some(Arc::clone(call)) }
    }

    /// Those of a connection, outside of handlers.
    #[cfg(any(test, feature = "_fuzzing"))]
    pub(crate) fn outside(connection: &Connection) -> Self {
        Self { target: Target::Connected(Arc::clone(connection.shared())), scope: None }
    }

    /// For the time before the parent connects. Until then callbacks fail with `unavailable`.
    pub(crate) fn detached() -> Self {
        Self { target: Target::Later(Arc::default()), scope: None }
    }

    /// Gives this and all its clones their connection.
    pub(crate) fn attach(&self, connection: &Connection) {
        if let Target::Later(target) = &self.target {
            let _ = target.set(Arc::clone(connection.shared()));
        }
    }

    fn shared(&self) -> Option<&Arc<Shared>> {
        match &self.target {
            Target::Connected(shared) => Some(shared),
            Target::Later(shared) => shared.get(),
        }
    }

    /// The callbacks of one namespace, whose methods are named by their paths.
    #[must_use]
    pub fn remote(&self, service: &'static ServiceDescriptor) -> Remote {
        let (connection, methods) = if let Some(shared) = self.shared() {
            let id = |method: &super::MethodDescriptor| shared.services().callback(method.name);
            let known = |method: &super::MethodDescriptor| RemoteMethod { id: id(method), timeout: method.timeout };
            (Connection::of(Arc::clone(shared)), service.methods.iter().map(known).collect())
        } else {
            let unknown = RemoteMethod { id: Some(u16::MAX), timeout: None };
            (not_connected(), vec![unknown; service.methods.len()])
        };
        Remote::new(connection, service, methods, Vec::new(), Arc::new(())).of_parent().within(self.scope.clone())
    }

    /// Whether the parent had a handler for this path when it connected. It may have got or lost one since.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.shared().and_then(|shared| shared.agreed()).is_some_and(|agreed| agreed.paths.contains(path))
    }
}

/// A connection that is none.
fn not_connected() -> Connection {
    let offers = Extensions::ALL;
    let shared =
        Arc::new(Shared::new(Role::Child, Limits::default(), Services::default(), super::Handlers::default(), offers));
    shared.end(&Failure::new(Code::Unavailable, "no parent is connected yet that could be called"));
    Connection::of(shared)
}
