use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// Counts what many callers do at once. Each has a line of its own, so that counting costs nothing.
#[derive(Debug)]
pub struct Meter {
    counts: Vec<Count>,
    stop: AtomicBool,
}

#[derive(Debug, Default)]
#[repr(align(64))]
struct Count(AtomicU64);

impl Meter {
    /// For so many callers.
    #[must_use]
    pub fn new(callers: usize) -> Self {
        Self { counts: (0..callers).map(|_| Count::default()).collect(), stop: AtomicBool::new(false) }
    }

    /// One more call of this caller was answered.
    pub fn count(&self, caller: usize) {
        self.add(caller, 1);
    }

    /// So many more calls of this caller were answered.
    pub fn add(&self, caller: usize, calls: u64) {
        self.counts[caller].0.fetch_add(calls, Relaxed);
    }

    /// The answered calls of all callers.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.counts.iter().map(|count| count.0.load(Relaxed)).sum()
    }

    /// Ends the callers' loops.
    pub fn stop(&self) {
        self.stop.store(true, Relaxed);
    }

    /// Whether the callers shall end.
    #[must_use]
    pub fn stopped(&self) -> bool {
        self.stop.load(Relaxed)
    }
}

/// The median and the 99th percentile, in microseconds.
#[must_use]
pub fn latencies(mut samples: Vec<Duration>) -> (f64, f64) {
    samples.sort_unstable();
    let at = |hundredths: usize| {
        samples.get(samples.len() * hundredths / 100).map_or(f64::NAN, |sample| sample.as_secs_f64() * 1e6)
    };
    (at(50), at(99))
}

/// Repeats a blocking step for as long as the warm-up and then the measuring last; gives the steps and the seconds
/// of the second part, with each step's time.
pub fn paced<E>(
    warm_up: Duration,
    measure: Duration,
    mut step: impl FnMut() -> Result<(), E>,
) -> Result<(Vec<Duration>, f64), E> {
    let begin = Instant::now();
    while begin.elapsed() < warm_up {
        step()?;
    }
    let mut samples = Vec::with_capacity(1 << 16);
    let begin = Instant::now();
    let mut before = begin;
    loop {
        step()?;
        let now = Instant::now();
        samples.push(now - before);
        before = now;
        if now - begin >= measure {
            return Ok((samples, (now - begin).as_secs_f64()));
        }
    }
}
