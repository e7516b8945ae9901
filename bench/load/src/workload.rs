use std::fmt;
use std::str::FromStr;

/// One thing that a pair of processes is made to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Workload {
    /// One small record echoed at a time.
    Small,
    /// 1 KB echoed, so many calls at once.
    Kilo(usize),
    /// 10 MB echoed as a field of a record, one at a time.
    Large,
    /// 10 MB echoed as the payload itself, one at a time.
    LargeRaw,
    /// One stream of small records from the worker.
    Stream,
    /// Small records echoed, 64 at once, for the processor time of both processes.
    Cpu,
    /// A worker that has answered one call and waits for the next.
    Idle,
    /// 1 GB echoed in 10 MB messages, for the worker's peak memory.
    Peak,
}

impl Workload {
    /// All of them, in the order of the tables.
    pub const ALL: [Self; 10] = [
        Self::Small,
        Self::Kilo(1),
        Self::Kilo(64),
        Self::Kilo(256),
        Self::Large,
        Self::LargeRaw,
        Self::Stream,
        Self::Cpu,
        Self::Idle,
        Self::Peak,
    ];

    /// The numbers that the tables show.
    #[must_use]
    pub fn metrics(self) -> &'static [Metric] {
        match self {
            Self::Small => &[Metric::P50, Metric::P99],
            Self::Kilo(_) => &[Metric::CallsPerSecond],
            Self::Large | Self::LargeRaw => &[Metric::MegabytesPerSecond],
            Self::Stream => &[Metric::ItemsPerSecond],
            Self::Cpu => &[Metric::CpuPerMillion],
            Self::Idle | Self::Peak => &[Metric::Megabytes],
        }
    }
}

impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Small => f.write_str("small"),
            Self::Kilo(in_flight) => write!(f, "kilo:{in_flight}"),
            Self::Large => f.write_str("large"),
            Self::LargeRaw => f.write_str("large-raw"),
            Self::Stream => f.write_str("stream"),
            Self::Cpu => f.write_str("cpu"),
            Self::Idle => f.write_str("idle"),
            Self::Peak => f.write_str("peak"),
        }
    }
}

impl FromStr for Workload {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|workload| workload.to_string() == text)
            .ok_or_else(|| anyhow::anyhow!("unknown workload `{text}`"))
    }
}

/// What a number of a row says, with its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Metric {
    /// Median round trip, microseconds.
    P50,
    /// 99th percentile of the round trip, microseconds.
    P99,
    /// Calls answered in a second.
    CallsPerSecond,
    /// Payload echoed in a second, counted once, in millions of bytes.
    MegabytesPerSecond,
    /// Stream items taken in a second.
    ItemsPerSecond,
    /// Processor seconds of parent and worker for a million calls.
    CpuPerMillion,
    /// Millions of bytes.
    Megabytes,
}

impl Metric {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::P50,
        Self::P99,
        Self::CallsPerSecond,
        Self::MegabytesPerSecond,
        Self::ItemsPerSecond,
        Self::CpuPerMillion,
        Self::Megabytes,
    ];
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::P50 => "p50_us",
            Self::P99 => "p99_us",
            Self::CallsPerSecond => "calls_per_s",
            Self::MegabytesPerSecond => "mb_per_s",
            Self::ItemsPerSecond => "items_per_s",
            Self::CpuPerMillion => "cpu_s_per_million",
            Self::Megabytes => "mb",
        })
    }
}

impl FromStr for Metric {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|metric| metric.to_string() == text)
            .ok_or_else(|| anyhow::anyhow!("unknown metric `{text}`"))
    }
}
