//! A connection driven by any bytes: what its peer sends, in pieces and batches, and what its user does meanwhile.
//!
//! Whatever they are, it neither panics nor hangs and holds no more than its limits say; every call has one outcome, what
//! it sends is what the protocol allows at that moment, it ends where the protocol says so and nowhere else, its counters
//! say what happened, and nothing of it is left behind. The fuzz target `connection` looks for bytes that show otherwise.

mod choices;
mod peer;
mod sent;
mod serving;
mod user;

use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::net::UnixStream;
use tokio::time::{sleep, timeout};

use self::choices::Choices;
use self::peer::Peer;
use self::sent::Sent;
use self::serving::{ANSWERED, BACK, LOST, SERVICE};
use self::user::User;
use super::support::{Choice, End, announced, remote, wanted};
use crate::codec::Writer;
use crate::connection::extensions::WINDOW;
use crate::connection::{CloseReason, Extensions, Limits, Outcome, Role, Shared, Takes};
use crate::error::{Code, Failure};
use crate::service::{Callbacks, Emitter, Handlers, Services};

/// Times that both ends have their turn before an end is asked for.
const ROUNDS: usize = 200;
/// More than any item or answer of these tests costs.
const LONGEST: usize = 64 << 10;

/// Runs what `data` says.
///
/// # Panics
///
/// Where something does not hold.
pub fn connection(data: &[u8]) {
    ignore_broken_pipes();
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().start_paused(true).build().expect("a runtime");
    let shared = runtime.block_on(async {
        let mut choices = Choices::new(data);
        let mut run = Run::begin(&mut choices);
        while !choices.is_over() {
            run.step(&mut choices).await;
            run.settle().await;
            run.holds();
        }
        run.end().await
    });
    drop(runtime);
    assert_eq!(shared.strong_count(), 0, "something of the connection is left");
}

/// One connection while an input lasts.
struct Run {
    end: End,
    shared: Arc<Shared>,
    peer: Peer,
    user: User,
    emitter: Emitter,
    handlers: Handlers,
    /// Handlers run in tasks of their own.
    parallel: bool,
    /// It was told to close.
    closed: bool,
}

impl Run {
    fn begin(choices: &mut Choices<'_>) -> Self {
        let (role, extensions) = (choices.byte(), Extensions::of_bits(choices.byte()));
        let parallel = role & 2 != 0;
        let narrow = role & 4 != 0;
        let role = if role & 1 == 0 { Role::Child } else { Role::Parent };
        let limits = limits(choices);
        let (limit, window) = (limits.payload, choices.one_of(&[1 << 20, 1000, 0, 5000]));
        let (one, other) = UnixStream::pair().expect("two sockets");
        if narrow {
            rustix::net::sockopt::set_socket_send_buffer_size(&other, 2048).expect("a small buffer");
        }
        let mut choice = Choice { limits, parallel, extensions: Some(extensions), ..Choice::default() };
        let callbacks = wanted(&[ANSWERED.service(), LOST.service()]);
        let handlers = choice.handlers.clone();
        let (end, remote, in_force) = if role == Role::Child {
            choice.callbacks = callbacks;
            let end = End::new(other, role, Some(SERVICE.clone()), choice);
            let remote = Callbacks::outside(&end.connection).remote(ANSWERED.service());
            (end, remote, None)
        } else {
            let extensions = extensions.consistent();
            let services =
                Services::new(std::slice::from_ref(&*SERVICE)).expect("one service").with_callbacks(&callbacks);
            handlers.add_bound(&ANSWERED).expect("handlers that fit");
            if extensions.contains(Extensions::CALLBACKS) {
                handlers.expect(announced(&services)).expect("nothing is required");
            }
            choice.extensions = Some(extensions);
            choice.peer = Takes { window: Some(window), ..Takes::default() };
            let end = End::new(other, role, None, choice);
            let events = services.events().map(|(id, _)| Some(id)).collect();
            let remote = remote(&end.connection, SERVICE.service(), events);
            (end, remote, Some(extensions))
        };
        // What a child hears of its parent's window, it hears in `hello`.
        let window = if role == Role::Child { WINDOW } else { window };
        let sent = Sent::new(role, limit, extensions, in_force, window);
        let shared = Arc::clone(end.connection.shared());
        BACK.set(Some(remote.clone()));
        Self {
            peer: Peer::new(one.into_std().expect("a socket"), role, sent),
            user: User::new(remote),
            emitter: Emitter::of(Arc::clone(&shared)),
            handlers,
            parallel,
            closed: false,
            shared,
            end,
        }
    }

    async fn step(&mut self, choices: &mut Choices<'_>) {
        let Self { peer, user, shared, .. } = self;
        match choices.byte() % 24 {
            0..=7 => {
                let frame = peer.frame(choices);
                peer.send(&frame);
            }
            8 => {
                let count = choices.short() % 2048;
                peer.send(choices.bytes(count.into()));
            }
            9 => {
                let (frame, cut) = (peer.frame(choices), choices.byte());
                peer.send_part(&frame, cut);
            }
            10 if shared.role == Role::Child => peer.greet(choices),
            10..=13 => user.call(choices),
            14 => user.drop_one(choices.byte()),
            15 => user.take(choices.byte(), choices.byte()),
            16 => sleep(choices.time()).await,
            17 => {
                peer.read(1 + usize::from(choices.byte()) * 16);
            }
            18 => while peer.read(LONGEST) {},
            19 => user.subscribe(choices.byte()),
            20 if shared.role == Role::Child => {
                let event = usize::from(choices.byte() % 2);
                // It is refused where the write queue is full or the connection over.
                let _ = self.emitter.emit(SERVICE.service(), event, Writer::nil).send_now();
            }
            20 => {
                for events in &mut user.events {
                    let _ = events.next().now_or_never();
                }
            }
            21 => self.life(choices.byte()),
            22 => {
                if !self.handlers.remove("back.result") && shared.role == Role::Parent {
                    self.handlers.add_bound(&ANSWERED).expect("the same handlers as before");
                }
            }
            _ => {
                // Several frames in one write.
                let frames: Vec<u8> = (0..=choices.byte() % 8).flat_map(|_| peer.frame(choices)).collect();
                peer.send(&frames);
            }
        }
    }

    /// What is seldom.
    fn life(&mut self, what: u8) {
        match what % 6 {
            0 => self.end.connection.drain(),
            1 => self.end.connection.refuse_calls(Failure::new(Code::Unavailable, "it is refused")),
            2 => self.end.connection.cancel_handlers(),
            3 => self.peer.shut(),
            4 => {
                self.closed = true;
                self.end.connection.close(Failure::new(Code::Unavailable, "it is over"));
            }
            _ => self.user.take_all(),
        }
    }

    /// Lets everything have its turn that can.
    async fn settle(&mut self) {
        for _ in 0..3 {
            self.peer.flush();
            // Time stands still until all tasks wait.
            sleep(Duration::from_millis(1)).await;
        }
    }

    /// What holds at every moment.
    fn holds(&self) {
        let limits = &self.shared.limits;
        let (running, waiting) = self.shared.load();
        let nested = self.shared.nested.load(Ordering::SeqCst);
        assert!(waiting <= limits.waiting_requests, "{waiting} requests wait");
        assert!(running <= limits.handlers + nested, "{running} handlers run, {nested} of them nested");
        let counts = self.end.connection.counts();
        let told = counts.requests_without_id + counts.requests_dropped + counts.late_frames + counts.events_unheard;
        assert!(told <= counts.frames_read, "{counts:?}");
        assert!(counts.frames_read <= self.peer.sent.frames, "{counts:?}, {} were sent", self.peer.sent.frames);
        assert!(self.peer.read <= counts.frames_written, "{counts:?}, {} were read", self.peer.read);
        let window = self.shared.own_window();
        let most = window.map_or(limits.stream_queue.max(limits.stream_pause), |window| window as usize) + LONGEST;
        for call in self.shared.lock().calls.iter_mut() {
            if let Outcome::Stream(items) = &call.outcome {
                assert!(items.cost() <= most, "a stream holds {} bytes", items.cost());
            }
        }
    }

    /// Lets both ends finish what they have, closes the connection, and looks at what is left.
    async fn end(mut self) -> Weak<Shared> {
        self.user.take_all();
        self.peer.send(&[]);
        for _ in 0..ROUNDS {
            self.settle().await;
            let mut quiet = true;
            while self.peer.read(LONGEST) {
                quiet = false;
            }
            if quiet && self.peer.is_done() {
                break;
            }
        }
        let sent = &self.peer.sent;
        let open = !self.end.driver.is_finished();
        if open {
            let counts = self.end.connection.counts();
            assert!(!sent.must_close || !self.peer.is_done(), "what the peer sent closes no connection");
            if self.peer.is_done() && !sent.must_close {
                assert_eq!(counts.frames_read, sent.frames, "frames that were read");
            }
            if self.shared.queued() == 0 {
                assert_eq!(counts.frames_written, self.peer.read, "frames that were written");
            }
        }
        let (faults, shut) = (sent.must_close || sent.may_close, self.peer.quiet);
        let Self { end, shared, peer, mut user, parallel, closed, .. } = self;
        drop(peer);
        let ended = timeout(Duration::from_secs(60), end.driver).await.expect("the driver hangs");
        let mut ended = ended.expect("the driver panicked");
        let right = match ended.reason() {
            CloseReason::Protocol(_) => faults,
            CloseReason::Ended | CloseReason::Truncated | CloseReason::Broken(_) => open || shut || closed,
            CloseReason::Local(_) => closed,
        };
        assert!(right, "the connection ended by itself: {}", ended.reason());
        ended.fail_calls(&Failure::new(Code::Unavailable, "it is over"));
        user.ends().await;
        user.fails_at_once().await;
        // Handlers that never end are dropped with their connection, those in tasks of their own with the runtime.
        if timeout(Duration::from_secs(2), ended.settle()).await.is_ok() || !parallel {
            drop(ended);
            assert_eq!(shared.lock().calls.len(), 0, "calls are left");
            assert_eq!(shared.live.load(Ordering::SeqCst), 0, "handlers are left");
        }
        BACK.set(None);
        Arc::downgrade(&shared)
    }
}

/// The protocol's limits, or some that are soon reached.
fn limits(choices: &mut Choices<'_>) -> Limits {
    let small = choices.short();
    let bit = |at: u32| small & 1 << at != 0;
    let mut limits = Limits { payload: if bit(0) { 300 } else { 1 << 20 }, ..Limits::default() };
    if bit(1) {
        limits.handlers = 2;
    }
    if bit(2) {
        limits.waiting_requests = 2;
    }
    if bit(3) {
        limits.waiting_bytes = 100;
    }
    if bit(4) {
        limits.write_queue = 2000;
    }
    if bit(5) {
        limits.unwritten_answers = 4000;
    }
    if bit(6) {
        limits.stream_pause = 500;
    }
    if bit(7) {
        limits.stream_queue = 3000;
    }
    if bit(8) {
        limits.window = if bit(9) { 0 } else { 2000 };
    }
    if bit(10) {
        limits.events = 2;
    }
    if bit(11) {
        limits.check_sent = true;
    }
    if bit(12) {
        limits.cancel_grace = Duration::ZERO;
    }
    limits
}

/// Whatever was found once, or leads somewhere.
#[cfg(test)]
#[test]
fn the_kept_inputs_hold() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/corpus/connection");
    let mut inputs: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    inputs.sort_unstable();
    assert!(inputs.len() >= 500, "{} inputs", inputs.len());
    for path in inputs {
        let data = std::fs::read(&path).unwrap();
        let held = std::panic::catch_unwind(|| connection(&data));
        assert!(held.is_ok(), "{}", path.display());
    }
}

/// Rust's own `main` ignores SIGPIPE, and a fuzzer's does not: a write to an end that is gone is to fail, and no more.
fn ignore_broken_pipes() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        signal_hook::flag::register(signal_hook::consts::SIGPIPE, std::sync::Arc::default())
            .expect("a handler of a signal");
    });
}
