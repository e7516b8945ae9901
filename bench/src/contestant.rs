//! Who takes part.

use bench_load::{Flavor, Workload};

/// A pair of programs and how they are run.
#[derive(Debug)]
pub struct Contestant {
    /// The key in the results.
    pub id: &'static str,
    /// The name in the tables.
    pub name: &'static str,
    /// The parent.
    pub parent: Parent,
    /// The worker's program.
    pub worker: &'static str,
    /// Both sides' runtime.
    pub flavor: Flavor,
    workloads: Workloads,
}

/// The parent's program.
#[derive(Clone, Copy, Debug)]
pub enum Parent {
    /// One of ours, by its name.
    Rust(&'static str),
    /// The script that drives the real `@procwire/core`.
    Node,
}

#[derive(Clone, Copy, Debug)]
enum Workloads {
    All,
    /// Requests carry `MsgPack` only.
    NoRaw,
    /// No streams, no raw payloads.
    Calls,
    /// One call at a time.
    OneAtATime,
}

impl Contestant {
    /// Whether it can do this.
    pub fn takes(&self, workload: Workload) -> bool {
        match self.workloads {
            Workloads::All => true,
            Workloads::NoRaw => workload != Workload::LargeRaw,
            Workloads::Calls => !matches!(workload, Workload::LargeRaw | Workload::Stream),
            Workloads::OneAtATime => {
                !matches!(workload, Workload::Kilo(64 | 256) | Workload::Cpu | Workload::Idle | Workload::Peak)
            }
        }
    }

    /// Whether its parent is the Node script.
    pub fn under_node(&self) -> bool {
        matches!(self.parent, Parent::Node)
    }
}

const fn rust(
    id: &'static str,
    name: &'static str,
    (parent, worker): (&'static str, &'static str),
    flavor: Flavor,
    workloads: Workloads,
) -> Contestant {
    Contestant { id, name, parent: Parent::Rust(parent), worker, flavor, workloads }
}

const fn node(id: &'static str, name: &'static str, worker: &'static str, workloads: Workloads) -> Contestant {
    Contestant { id, name, parent: Parent::Node, worker, flavor: Flavor::CurrentThread, workloads }
}

use Flavor::{CurrentThread, MultiThread};
use Workloads::{All, Calls, NoRaw, OneAtATime};

const OURS: (&str, &str) = ("procwire-parent", "procwire-worker");
const BINCODE: (&str, &str) = ("tarpc-bincode-parent", "tarpc-worker");
const MSGPACK: (&str, &str) = ("tarpc-msgpack-parent", "tarpc-worker");
const TONIC: (&str, &str) = ("tonic-parent", "tonic-worker");

/// All of them, in the order of the tables.
pub const CONTESTANTS: &[Contestant] = &[
    rust("raw-blocking", "raw socket, blocking", ("raw-blocking-parent", "raw-blocking-worker"), CurrentThread, All),
    rust("raw-tokio", "raw socket, tokio", ("raw-tokio-parent", "raw-tokio-worker"), CurrentThread, All),
    rust("procwire", "**procwire**", OURS, CurrentThread, All),
    rust("procwire-multi", "**procwire**, multi-thread", OURS, MultiThread, All),
    rust(
        "procwire-blocking",
        "**procwire**, blocking parent",
        ("procwire-blocking-parent", "procwire-worker"),
        CurrentThread,
        OneAtATime,
    ),
    rust("tarpc-bincode", "tarpc, bincode", BINCODE, CurrentThread, Calls),
    rust("tarpc-bincode-multi", "tarpc, bincode, multi-thread", BINCODE, MultiThread, Calls),
    rust("tarpc-msgpack", "tarpc, MsgPack", MSGPACK, CurrentThread, Calls),
    rust("tarpc-msgpack-multi", "tarpc, MsgPack, multi-thread", MSGPACK, MultiThread, Calls),
    rust("tonic", "tonic", TONIC, CurrentThread, NoRaw),
    rust("tonic-multi", "tonic, multi-thread", TONIC, MultiThread, NoRaw),
    rust("capnp", "capnp-rpc", ("capnp-parent", "capnp-worker"), CurrentThread, Calls),
    node("node-procwire", "**procwire** worker", "procwire-worker", All),
    node("node-published", "`procwire-client` 2.0.0", "bench-published", NoRaw),
];
