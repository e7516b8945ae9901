//! Calls that the handler of another call makes: they end with it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::super::calls::Outcome;
use super::super::served::ServedCall;
use super::{Shared, wake};
use crate::error::{Code, Failure};

/// The calls that one handler made and that have not ended.
#[derive(Debug, Default)]
pub(crate) struct Nested {
    calls: Mutex<Calls>,
}

#[derive(Debug, Default)]
struct Calls {
    /// The handler's own call was aborted.
    over: bool,
    /// By connection and request id; a handler may call several peers.
    made: HashMap<(usize, u32), Weak<Shared>>,
}

/// A call that was made for another one; forgotten by that when this goes.
#[derive(Debug)]
pub(crate) struct Made {
    scope: Arc<ServedCall>,
    key: (usize, u32),
}

impl Made {
    /// Notes that the handler of `scope` made the call `request` on `shared`.
    pub(crate) fn note(scope: &Arc<ServedCall>, shared: &Arc<Shared>, request: u32) -> Self {
        let key = (Arc::as_ptr(shared) as usize, request);
        let over = {
            let mut calls = scope.nested().lock();
            calls.made.insert(key, Arc::downgrade(shared));
            calls.over
        };
        if over {
            shared.cancel_call(request);
        }
        Self { scope: Arc::clone(scope), key }
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        self.scope.nested().lock().made.remove(&self.key);
    }
}

impl Nested {
    fn lock(&self) -> std::sync::MutexGuard<'_, Calls> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Aborts all of them, and those that are still to come.
    pub(crate) fn abort(&self) {
        let calls: Vec<_> = {
            let mut calls = self.lock();
            calls.over = true;
            calls.made.iter().map(|((_, request), shared)| (*request, Weak::clone(shared))).collect()
        };
        for (request, shared) in calls {
            if let Some(shared) = shared.upgrade() {
                shared.cancel_call(request);
            }
        }
    }
}

impl Shared {
    /// Ends a call of this side because the one that it was made for is aborted.
    fn cancel_call(&self, request: u32) {
        let mut guard = self.lock();
        let state = &mut *guard;
        let Some(call) = state.calls.get(request) else { return };
        let over = match &call.outcome {
            Outcome::Pending => false,
            Outcome::Stream(items) => items.ended(),
            _ => true,
        };
        if over {
            return;
        }
        let sent = call.sent;
        let failure = Failure::new(Code::Cancelled, "the call that this one was made for was aborted");
        let caller = Self::fail_call(call, failure);
        let driver = if sent && state.closed.is_none() { self.append_abort(state, request) } else { None };
        drop(guard);
        wake(driver);
        wake(caller);
    }
}
