//! Who takes part.

use bench_load::{Flavor, Workload};

/// A pair of programs and how they are run.
#[derive(Clone, Copy, Debug)]
pub struct Contestant {
    /// The key in the results.
    pub id: &'static str,
    /// The name in the tables.
    pub name: &'static str,
    /// The table that it stands in.
    pub language: Language,
    /// The parent.
    pub parent: Program,
    /// The worker.
    pub worker: Program,
    /// The runtime of both sides, where they are Rust.
    pub flavor: Flavor,
    /// One of several forms of the same programs, or nothing.
    pub variant: &'static str,
    /// Its streams have so many times fewer items, or a round would take minutes.
    pub fewer_items: u32,
    workloads: Workloads,
}

/// What a table compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Language {
    /// Rust pairs.
    Rust,
    /// Rust workers under the real `@procwire/core`.
    UnderNode,
    /// Pairs of Node programs.
    #[value(name = "typescript")]
    TypeScript,
    /// Pairs of Python programs.
    Python,
    /// Ours, with another language on either side.
    Mixed,
}

impl Language {
    /// All of them, in the order of the tables.
    pub const ALL: [Self; 5] = [Self::Rust, Self::UnderNode, Self::TypeScript, Self::Python, Self::Mixed];

    /// The table's title.
    pub fn title(self) -> &'static str {
        match self {
            Self::Rust => "Rust pair",
            Self::UnderNode => "Under the real Node parent",
            Self::TypeScript => "Node pair",
            Self::Python => "Python pair",
            Self::Mixed => "Two languages, parent and worker",
        }
    }
}

/// One side's program, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// A binary of this workspace.
    Rust(&'static str),
    /// A script of `peers/node`.
    Node(&'static str),
    /// A script of `peers/python`.
    Python(&'static str),
    /// The parent itself, once more.
    Same,
}

#[derive(Clone, Copy, Debug)]
enum Workloads {
    All,
    /// Requests carry `MsgPack` only, or another codec only.
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

    /// Whether the tables of these languages need it. Pairs of two languages are held against each language's own pair.
    pub fn is_of(&self, languages: &[Language]) -> bool {
        let alone = matches!(self.id, "procwire" | "ts-procwire" | "py-procwire");
        languages.contains(&self.language) || alone && languages.contains(&Language::Mixed)
    }

    /// How many milliseconds it warms up at least: V8 has to compile its hot functions first, and Python to specialise.
    pub fn least_warm_up(&self) -> u64 {
        let of = |program| match program {
            Program::Rust(_) | Program::Same => 0,
            Program::Node(_) => 800,
            Program::Python(_) => 200,
        };
        of(self.parent).max(of(self.worker))
    }

    const fn new(language: Language, id: &'static str, name: &'static str, parent: Program, worker: Program) -> Self {
        let (flavor, variant, fewer_items, workloads) = (Flavor::CurrentThread, "", 1, Workloads::All);
        Self { id, name, language, parent, worker, flavor, variant, fewer_items, workloads }
    }

    const fn multi_thread(mut self) -> Self {
        self.flavor = Flavor::MultiThread;
        self
    }

    const fn variant(mut self, variant: &'static str) -> Self {
        self.variant = variant;
        self
    }

    const fn fewer_items(mut self, times: u32) -> Self {
        self.fewer_items = times;
        self
    }

    const fn only(mut self, workloads: Workloads) -> Self {
        self.workloads = workloads;
        self
    }
}

use Workloads::{Calls, NoRaw, OneAtATime};

const fn rust(id: &'static str, name: &'static str, parent: &'static str, worker: &'static str) -> Contestant {
    Contestant::new(Language::Rust, id, name, Program::Rust(parent), Program::Rust(worker))
}

const fn under_node(id: &'static str, name: &'static str, worker: &'static str) -> Contestant {
    Contestant::new(Language::UnderNode, id, name, Program::Node("published-parent"), Program::Rust(worker))
}

const fn node(id: &'static str, name: &'static str, parent: &'static str, worker: &'static str) -> Contestant {
    Contestant::new(Language::TypeScript, id, name, Program::Node(parent), Program::Node(worker))
}

const fn python(id: &'static str, name: &'static str, parent: &'static str, worker: &'static str) -> Contestant {
    Contestant::new(Language::Python, id, name, Program::Python(parent), Program::Python(worker))
}

const fn mixed(id: &'static str, name: &'static str, parent: Program, worker: Program) -> Contestant {
    Contestant::new(Language::Mixed, id, name, parent, worker)
}

const RUST_PARENT: Program = Program::Rust("procwire-parent");
const RUST_WORKER: Program = Program::Rust("procwire-worker");
const NODE_PARENT: Program = Program::Node("ours/procwire-parent");
const NODE_WORKER: Program = Program::Node("ours/procwire-worker");
const PYTHON_PARENT: Program = Program::Python("procwire_parent");
const PYTHON_WORKER: Program = Program::Python("procwire_worker");

/// All of them, in the order of the tables.
pub const CONTESTANTS: &[Contestant] = &[
    rust("raw-blocking", "raw socket, blocking", "raw-blocking-parent", "raw-blocking-worker"),
    rust("raw-tokio", "raw socket, tokio", "raw-tokio-parent", "raw-tokio-worker"),
    rust("procwire", "**procwire**", "procwire-parent", "procwire-worker"),
    rust("procwire-multi", "**procwire**, multi-thread", "procwire-parent", "procwire-worker").multi_thread(),
    rust("procwire-blocking", "**procwire**, blocking parent", "procwire-blocking-parent", "procwire-worker")
        .only(OneAtATime),
    rust("tarpc-bincode", "tarpc, bincode", "tarpc-bincode-parent", "tarpc-worker").only(Calls),
    rust("tarpc-bincode-multi", "tarpc, bincode, multi-thread", "tarpc-bincode-parent", "tarpc-worker")
        .multi_thread()
        .only(Calls),
    rust("tarpc-msgpack", "tarpc, MsgPack", "tarpc-msgpack-parent", "tarpc-worker").only(Calls),
    rust("tarpc-msgpack-multi", "tarpc, MsgPack, multi-thread", "tarpc-msgpack-parent", "tarpc-worker")
        .multi_thread()
        .only(Calls),
    rust("tonic", "tonic", "tonic-parent", "tonic-worker").only(NoRaw),
    rust("tonic-multi", "tonic, multi-thread", "tonic-parent", "tonic-worker").multi_thread().only(NoRaw),
    rust("capnp", "capnp-rpc", "capnp-parent", "capnp-worker").only(Calls),
    under_node("node-procwire", "**procwire** worker", "procwire-worker"),
    under_node("node-published", "`procwire-client` 2.0.0", "bench-published").only(NoRaw),
    node("ts-raw", "raw socket, `net`", "raw-parent", "raw-worker"),
    node("ts-procwire", "**procwire**", "ours/procwire-parent", "ours/procwire-worker"),
    node("ts-published", "`@procwire/core` and `/client`", "published-parent", "published-worker").fewer_items(2),
    node("ts-fork-json", "`child_process`, json", "fork-parent", "fork-worker")
        .variant("json")
        .only(NoRaw)
        .fewer_items(5),
    node("ts-fork-advanced", "`child_process`, advanced", "fork-parent", "fork-worker")
        .variant("advanced")
        .only(NoRaw)
        .fewer_items(5),
    node("ts-grpc", "grpc-js", "grpc-parent", "grpc-worker").only(NoRaw).fewer_items(5),
    python("py-raw", "raw socket, blocking", "raw_parent", "raw_worker"),
    python("py-procwire", "**procwire**, asyncio", "procwire_parent", "procwire_worker").fewer_items(2),
    python("py-procwire-uvloop", "**procwire**, uvloop", "procwire_parent", "procwire_worker")
        .variant("uvloop")
        .fewer_items(2),
    python("py-procwire-inline", "**procwire**, asyncio, inline handlers", "procwire_parent", "procwire_worker")
        .variant("inline")
        .fewer_items(2),
    python(
        "py-procwire-sync",
        "**procwire**, blocking parent, inline handlers",
        "procwire_sync_parent",
        "procwire_worker",
    )
    .variant("inline")
    .fewer_items(2)
    .only(OneAtATime),
    python(
        "py-procwire-sync-uvloop",
        "**procwire**, blocking parent, inline handlers, uvloop",
        "procwire_sync_parent",
        "procwire_worker",
    )
    .variant("inline uvloop")
    .fewer_items(2)
    .only(OneAtATime),
    Contestant::new(
        Language::Python,
        "py-pipe",
        "`multiprocessing.Pipe`",
        Program::Python("pipe_parent"),
        Program::Same,
    )
    .fewer_items(5)
    .only(OneAtATime),
    python("py-grpc-aio", "grpcio, asyncio", "grpc_aio_parent", "grpc_aio_worker").only(NoRaw).fewer_items(50),
    python("py-grpc-sync", "grpcio, threads", "grpc_sync_parent", "grpc_sync_worker").only(NoRaw).fewer_items(50),
    mixed("rust-ts", "Rust and TypeScript", RUST_PARENT, NODE_WORKER),
    mixed("ts-rust", "TypeScript and Rust", NODE_PARENT, RUST_WORKER),
    mixed("rust-py", "Rust and Python", RUST_PARENT, PYTHON_WORKER).fewer_items(2),
    mixed("py-rust", "Python and Rust", PYTHON_PARENT, RUST_WORKER).fewer_items(2),
    mixed("ts-py", "TypeScript and Python", NODE_PARENT, PYTHON_WORKER).fewer_items(2),
    mixed("py-ts", "Python and TypeScript", PYTHON_PARENT, NODE_WORKER).fewer_items(2),
];
