//! What a parent answers when its child calls back.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::{Bound, Response, Served, Serves, ServiceDescriptor};
use crate::error::{Code, Error, Failure};

/// The handlers of a child's callbacks, by their paths. They may be added and removed while the child runs; clones stand
/// for the same handlers.
#[derive(Clone, Default)]
pub struct Handlers {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    by_path: Mutex<HashMap<&'static str, Served>>,
    /// What the child announced, by id; nothing before it did.
    announced: OnceLock<HashMap<u16, Announced>>,
}

/// One callback as the child announced it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Announced {
    pub(crate) path: String,
    pub(crate) response: Response,
    pub(crate) raw: bool,
    pub(crate) required: bool,
}

impl fmt::Debug for Handlers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.paths()).finish()
    }
}

impl Handlers {
    /// Answers all callbacks of one more namespace; what answered one of them before does so no more.
    ///
    /// Fails with `invalid_argument` where the child expects another kind of answer.
    pub fn add<Tag>(&self, service: impl Serves<Tag>) -> Result<(), Error> {
        self.add_bound(&Serves::bind(Arc::new(service)))
    }

    pub(crate) fn add_bound(&self, bound: &Bound) -> Result<(), Error> {
        let clashes: Vec<String> = self
            .inner
            .announced
            .get()
            .into_iter()
            .flat_map(HashMap::values)
            .filter_map(|one| one.clash(bound.service()))
            .collect();
        if !clashes.is_empty() {
            return Err(Error::new(Code::InvalidArgument, clashes.join("; ")));
        }
        let mut by_path = self.lock();
        for index in 0..bound.service().methods.len() {
            let served = Served::new(bound.clone(), index);
            by_path.insert(served.method.name, served);
        }
        Ok(())
    }

    /// Takes away the handler of one path; calls that run go on. False where there was none.
    #[must_use = "false says that there was no handler"]
    pub fn remove(&self, path: &str) -> bool {
        self.lock().remove(path).is_some()
    }

    /// The paths that have a handler.
    #[must_use]
    pub fn paths(&self) -> BTreeSet<String> {
        self.lock().keys().map(|path| (*path).to_owned()).collect()
    }

    /// What the child expects, or everything that does not fit it.
    pub(crate) fn expect(&self, announced: HashMap<u16, Announced>) -> Result<(), Vec<String>> {
        let mut mismatches: Vec<String> = {
            let by_path = self.lock();
            let fits = |one: &Announced| match by_path.get(one.path.as_str()) {
                Some(served) => one.clash(served.bound.service()),
                None if one.required => Some(format!("callback `{}` has no handler here", one.path)),
                None => None,
            };
            announced.values().filter_map(fits).collect()
        };
        mismatches.sort_unstable();
        if !mismatches.is_empty() {
            return Err(mismatches);
        }
        let _ = self.inner.announced.set(announced);
        Ok(())
    }

    /// The handler of a callback by its id.
    pub(crate) fn of(&self, id: u16) -> Option<Served> {
        let announced = self.inner.announced.get()?.get(&id)?;
        self.lock().get(announced.path.as_str()).cloned()
    }

    /// The service that answers a path, and the index there.
    pub(crate) fn of_path(&self, path: &str) -> Option<(&'static ServiceDescriptor, usize)> {
        self.lock().get(path).map(|served| (served.bound.service(), served.index))
    }

    /// The callback that has this id.
    pub(crate) fn announced(&self, id: u16) -> Option<&Announced> {
        self.inner.announced.get()?.get(&id)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<&'static str, Served>> {
        self.inner.by_path.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Announced {
    /// In what a handler differs from what the child expects.
    fn clash(&self, service: &'static ServiceDescriptor) -> Option<String> {
        let Self { path, response, raw, .. } = self;
        let method = service.methods.iter().find(|method| method.name == path)?;
        if method.response != *response {
            let (theirs, ours) = (response.as_str(), method.response.as_str());
            return Some(format!(
                "callback `{path}` is expected to answer with {theirs}, its handler here answers with {ours}"
            ));
        }
        let carries = |raw: bool| if raw { "raw bytes" } else { "MsgPack" };
        (method.raw != *raw).then(|| {
            format!("callback `{path}` carries {}, its handler here takes {}", carries(*raw), carries(method.raw))
        })
    }
}

/// The failure of a callback that cannot be made.
pub(crate) fn not_announced(path: &str) -> Failure {
    let message = format!("this worker did not announce the callback `{path}`; its builder has to be told of it");
    Failure::new(Code::Unsupported, message)
}
