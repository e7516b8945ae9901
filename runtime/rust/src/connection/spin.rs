//! Looking again for a moment instead of sleeping, where what one waits for has come at once so far.
//!
//! Two processes that call each other on two processors spend most of a call waking each other up. Whoever looks a few
//! more times before it sleeps needs no waking. Between two looks the processor is offered to everybody else, since the
//! peer may need the very same one.

use std::time::{Duration, Instant};

/// A wait up to this long is short: half of it is what waking up takes.
const SHORT: Duration = Duration::from_micros(150);
/// How long to look again before sleeping.
const LONGEST: Duration = Duration::from_micros(50);
/// Short waits in a row before looking again begins.
const WARM: u32 = 8;
/// The same after looking again was in vain; doubled each time until it is not.
const COOL: u32 = 16;
const COLDEST: u32 = 4096;

/// The wait of one connection, and what became of those before.
#[derive(Debug)]
pub(super) struct Spin {
    possible: bool,
    /// When the wait began.
    since: Option<Instant>,
    /// Looking again instead of sleeping.
    active: bool,
    /// Short waits in a row, and how many there must be.
    short: u32,
    needed: u32,
    /// What will be needed after looking in vain.
    after_failure: u32,
    now: fn() -> Instant,
}

impl Spin {
    /// For a connection whose user wants it; with a single processor the peer could not do anything meanwhile.
    pub(super) fn new(wanted: bool) -> Self {
        let possible = wanted && std::thread::available_parallelism().is_ok_and(|count| count.get() > 1);
        Self { possible, since: None, active: false, short: 0, needed: WARM, after_failure: COOL, now: Instant::now }
    }

    /// Whether the next read shall not wait.
    pub(super) fn is_active(&self) -> bool {
        self.active
    }

    /// There is nothing to do: whether to look again. Only where `expects` says that the peer has something to send.
    pub(super) fn begin(&mut self, expects: impl FnOnce() -> bool) -> bool {
        if self.active || !self.possible || !expects() {
            return self.active;
        }
        let now = (self.now)();
        let since = *self.since.get_or_insert(now);
        // A wait that was slept through already is not short any more.
        self.active = self.short >= self.needed && now - since < LONGEST;
        self.active
    }

    /// There was nothing again. The processor is offered to others; false once it is time to sleep.
    pub(super) fn go_on(&mut self) -> bool {
        let now = (self.now)();
        if now - *self.since.get_or_insert(now) >= LONGEST {
            self.active = false;
            self.short = 0;
            self.needed = self.after_failure;
            self.after_failure = (self.after_failure * 2).min(COLDEST);
            return false;
        }
        std::thread::yield_now();
        true
    }

    /// Something is there.
    pub(super) fn found(&mut self) {
        let looked = std::mem::take(&mut self.active);
        let Some(since) = self.since.take() else { return };
        if (self.now)() - since > SHORT {
            self.short = 0;
            return;
        }
        self.short = self.short.saturating_add(1);
        if looked {
            self.needed = WARM;
            self.after_failure = COOL;
        }
    }

    /// Something was sent: the wait for what it brings begins now.
    pub(super) fn sent(&mut self) {
        self.since = None;
    }

    /// Nothing may be read now.
    pub(super) fn stop(&mut self) {
        self.active = false;
        self.since = None;
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    thread_local! {
        static CLOCK: Cell<Instant> = Cell::new(Instant::now());
    }

    fn clock() -> Instant {
        CLOCK.get()
    }

    /// Lets time pass.
    fn pass(time: Duration) {
        CLOCK.set(clock() + time);
    }

    fn possible() -> Spin {
        Spin { possible: true, now: clock, ..Spin::new(false) }
    }

    fn waits(spin: &mut Spin, times: u32) {
        for _ in 0..times {
            assert!(!spin.begin(|| true));
            pass(SHORT);
            spin.found();
        }
    }

    /// Looks until it is time to sleep.
    fn looks_in_vain(spin: &mut Spin) {
        assert!(spin.begin(|| true));
        while spin.go_on() {
            pass(LONGEST / 10);
        }
        assert!(!spin.is_active());
        assert!(!spin.begin(|| true), "it looks twice in one wait");
        spin.stop();
    }

    #[test]
    fn it_looks_again_after_short_waits_only() {
        let mut spin = possible();
        waits(&mut spin, WARM);
        assert!(spin.begin(|| true));
        assert!(spin.begin(|| false), "it goes on once it has begun");
        spin.found();
        assert!(!spin.is_active());
        assert!(spin.begin(|| true));
        // A wait that lasted, whatever it was that lasted.
        pass(2 * SHORT);
        spin.found();
        assert!(!spin.begin(|| true));
    }

    #[test]
    fn what_was_in_vain_is_tried_less_and_less_often() {
        let mut spin = possible();
        waits(&mut spin, WARM);
        for needed in [COOL, 2 * COOL, 4 * COOL] {
            looks_in_vain(&mut spin);
            waits(&mut spin, needed);
        }
        assert!(spin.begin(|| true));
        spin.found();
        looks_in_vain(&mut spin);
        waits(&mut spin, COOL);
        assert!(spin.begin(|| true), "one success makes up for the failures");
    }

    #[test]
    fn it_never_looks_again_unasked() {
        let mut unwanted = Spin { possible: false, ..possible() };
        let mut expects_nothing = possible();
        for _ in 0..2 * WARM {
            assert!(!unwanted.begin(|| true));
            unwanted.found();
            assert!(!expects_nothing.begin(|| false));
            expects_nothing.found();
        }
    }
}
