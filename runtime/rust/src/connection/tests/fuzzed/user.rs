//! What a user does with one end of a connection: calls, streams and subscriptions, each in a task of its own.

use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::choices::Choices;
use crate::client::{Events, Remote, StreamCall};
use crate::codec::{Message as _, Value, Writer};
use crate::error::{Error, NoError};
use crate::service::Response;

/// Items that a stream without an end may bring before it is left.
const MOST: usize = 200;

/// Everything that one end's user has under way.
pub(super) struct User {
    remote: Remote,
    tasks: Vec<JoinHandle<()>>,
    /// Those of streams: each permit takes an item, and without a sender items are taken as they come.
    permits: Vec<mpsc::UnboundedSender<()>>,
    pub(super) events: Vec<Events<Value>>,
}

impl User {
    pub(super) fn new(remote: Remote) -> Self {
        Self { remote, tasks: Vec::new(), permits: Vec::new(), events: Vec::new() }
    }

    /// Starts a call of any kind.
    pub(super) fn call(&mut self, choices: &mut Choices<'_>) {
        let methods = self.remote.service().methods;
        let index = usize::from(choices.byte()) % methods.len();
        let argument = choices.byte();
        let limit = choices.one_of(&[None, Some(20), Some(2000), None]).map(Duration::from_millis);
        let named = choices.flag();
        let remote = self.remote.clone();
        let write = move |writer: &mut Writer| Value::Int(argument.into()).encode(writer);
        let payload = Bytes::from(vec![argument; usize::from(argument)]);
        match (methods[index].response, methods[index].raw) {
            (Response::Stream, false) => {
                self.open(move |remote| remote.stream::<Value, NoError>(index, write), limit);
            }
            (Response::Stream, true) => self.open(move |remote| remote.stream_raw(index, payload), limit),
            (_, false) => self.tasks.push(tokio::spawn(async move {
                let mut call = remote.call::<Value, NoError>(index, write);
                if let Some(limit) = limit {
                    call = call.timeout(limit);
                }
                if named {
                    call = call.metadata("key", "value");
                }
                outcome(call.await);
            })),
            (_, true) => self.tasks.push(tokio::spawn(async move {
                outcome(remote.call_raw::<Bytes, NoError>(index, payload).await);
            })),
        }
    }

    fn open<T: Send + 'static>(
        &mut self,
        ask: impl FnOnce(&Remote) -> StreamCall<'_, T, NoError> + Send + 'static,
        limit: Option<Duration>,
    ) {
        let (permit, mut permits) = mpsc::unbounded_channel();
        let remote = self.remote.clone();
        self.permits.push(permit);
        self.tasks.push(tokio::spawn(async move {
            let mut call = ask(&remote);
            if let Some(limit) = limit {
                call = call.timeout(limit);
            }
            let mut items = match call.await {
                Ok(items) => items,
                Err(error) => return outcome(Err::<(), _>(error)),
            };
            for _ in 0..MOST {
                permits.recv().await;
                match items.next().await {
                    Some(Ok(_)) => {}
                    Some(Err(error)) => {
                        outcome(Err::<(), _>(error));
                        // After the one error of a stream there is nothing.
                        assert!(items.next().await.is_none(), "an item after an error");
                        return;
                    }
                    None => {
                        assert!(items.next().await.is_none(), "an item after the end");
                        return;
                    }
                }
            }
        }));
    }

    /// Drops a call, which aborts it.
    pub(super) fn drop_one(&mut self, which: u8) {
        if !self.tasks.is_empty() {
            let index = usize::from(which) % self.tasks.len();
            self.tasks[index].abort();
        }
    }

    /// Takes some items of a stream.
    pub(super) fn take(&mut self, which: u8, count: u8) {
        if !self.permits.is_empty() {
            let index = usize::from(which) % self.permits.len();
            for _ in 0..count % 32 {
                // Its stream may be over.
                let _ = self.permits[index].send(());
            }
        }
    }

    /// Lets every stream be taken as it comes.
    pub(super) fn take_all(&mut self) {
        self.permits.clear();
    }

    pub(super) fn subscribe(&mut self, event: u8) {
        let events = self.remote.service().events.len();
        if events > 0 && self.events.len() < 8 {
            self.events.push(self.remote.events(usize::from(event) % events));
        }
    }

    /// Everything that was begun has its outcome, once the connection is over.
    pub(super) async fn ends(&mut self) {
        for task in self.tasks.drain(..) {
            let ended = tokio::time::timeout(Duration::from_secs(60), task).await;
            let ended = ended.expect("a call hangs after its connection is over");
            assert!(ended.is_ok() || ended.is_err_and(|error| error.is_cancelled()), "a call panicked");
        }
        for events in &mut self.events {
            let ended = tokio::time::timeout(Duration::from_secs(60), async { while events.next().await.is_some() {} });
            ended.await.expect("a subscription hangs after its connection is over");
        }
        self.events.clear();
    }

    /// A call that is made after the end fails at once.
    pub(super) async fn fails_at_once(&self) {
        let late = self.remote.call::<Value, NoError>(0, Writer::nil);
        let ended = tokio::time::timeout(Duration::from_secs(2), late.into_future()).await;
        assert!(matches!(ended, Ok(Err(_))), "a call over a connection that is over: {ended:?}");
    }
}

/// Whatever a call ends in has words.
fn outcome<T>(outcome: Result<T, Error>) {
    if let Err(error) = outcome {
        assert!(!error.to_string().is_empty(), "an error without words");
    }
}
