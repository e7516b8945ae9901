//! What a comparison says.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt;

/// All changes between two versions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// What changed on the wire, or in what the wire means.
    pub changes: Vec<Change>,
}

impl Comparison {
    /// Whether a pair of programs of these versions breaks.
    #[must_use]
    pub fn breaks(&self, pair: Pair) -> bool {
        self.changes.iter().any(|change| change.effect(pair).is_break())
    }

    /// Who has to be upgraded first.
    #[must_use]
    pub fn order(&self) -> Order {
        Order::of(self.breaks(Pair::OldParentNewWorker), self.breaks(Pair::NewParentOldWorker))
    }
}

/// Names of members on the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Members {
    /// Of methods.
    pub methods: BTreeSet<String>,
    /// Of events.
    pub events: BTreeSet<String>,
    /// Paths of callbacks.
    pub callbacks: BTreeSet<String>,
}

/// Two schemas whose types are nested into each other so often that comparing them has no end in sight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entangled;

impl fmt::Display for Entangled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the schemas are too entangled to compare")
    }
}

impl Error for Entangled {}

/// One change.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What kind of change it is.
    pub rule: Rule,
    /// Where: `Order.note`, `OrderType.Limit.price`, `Trading.place(order)`.
    pub place: String,
    /// What was changed, in a sentence.
    pub message: String,
    /// What it does to an old parent with a new worker.
    pub old_parent_new_worker: Effect,
    /// What it does to a new parent with an old worker.
    pub new_parent_old_worker: Effect,
}

impl Change {
    /// What the change does to a pair.
    #[must_use]
    pub fn effect(&self, pair: Pair) -> &Effect {
        match pair {
            Pair::OldParentNewWorker => &self.old_parent_new_worker,
            Pair::NewParentOldWorker => &self.new_parent_old_worker,
        }
    }

    /// Who has to be upgraded first for this change alone.
    #[must_use]
    pub fn order(&self) -> Order {
        Order::of(self.old_parent_new_worker.is_break(), self.new_parent_old_worker.is_break())
    }
}

/// A parent and a worker of different versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pair {
    /// The worker was upgraded first.
    OldParentNewWorker,
    /// The parent was upgraded first.
    NewParentOldWorker,
}

/// What a change does to a pair of programs; of several effects the gravest counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Nothing that anybody notices.
    #[default]
    Fine,
    /// Everything is read, but something means or does something else; says what.
    Behaviour(String),
    /// Some payloads are refused; says which.
    Wire(String),
    /// The parent refuses to start the worker; says why.
    Handshake(String),
}

impl Effect {
    /// Whether something fails.
    #[must_use]
    pub fn is_break(&self) -> bool {
        matches!(self, Self::Wire(_) | Self::Handshake(_))
    }
}

/// In which order two programs can be upgraded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// In any.
    Any,
    /// The parent first.
    ParentFirst,
    /// The worker first.
    WorkerFirst,
    /// None helps: both at once.
    Together,
}

impl Order {
    fn of(breaks_old_parent: bool, breaks_old_worker: bool) -> Self {
        match (breaks_old_parent, breaks_old_worker) {
            (false, false) => Self::Any,
            (true, false) => Self::ParentFirst,
            (false, true) => Self::WorkerFirst,
            (true, true) => Self::Together,
        }
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Any => "in any order",
            Self::ParentFirst => "upgrade the parent first",
            Self::WorkerFirst => "upgrade the worker first",
            Self::Together => "no order of upgrades helps",
        })
    }
}

/// What the reader of one version makes of what the writer of the other wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It reads the same.
    Fine,
    /// It reads something else; says what.
    Behaviour(String),
    /// It refuses some values; says which.
    Breaks(String),
}

macro_rules! rules {
    ($($variant:ident $name:literal $about:literal,)+) => {
        /// The kinds of change.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Rule {
            $(#[doc = $about] $variant,)+
        }

        impl Rule {
            /// Every rule.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name, as a configuration writes it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// What the rule is about, in a phrase.
            #[must_use]
            pub fn about(self) -> &'static str {
                match self { $(Self::$variant => $about),+ }
            }
        }
    };
}

rules! {
    FieldAdded "field-added" "a field or parameter was added",
    FieldRemoved "field-removed" "a field or parameter was removed",
    FieldRenamed "field-renamed" "an optional field was renamed on the wire",
    PresenceChanged "presence-changed" "a field may be left out now, or no longer",
    NullabilityChanged "nullability-changed" "a type takes nil now, or no longer",
    DefaultChanged "default-changed" "a default has another value",
    TypeChanged "type-changed" "a type became another",
    StrictnessChanged "strictness-changed" "a type refuses what it does not know now, or no longer",
    FormChanged "form-changed" "an enum looks different on the wire",
    VariantAdded "variant-added" "a variant was added",
    VariantRemoved "variant-removed" "a variant was removed",
    VariantChanged "variant-changed" "a variant carries something else",
    NumberChanged "number-changed" "a variant has another number",
    MethodAdded "method-added" "a method was added",
    MethodRemoved "method-removed" "a method was removed",
    EventAdded "event-added" "an event was added",
    EventRemoved "event-removed" "an event was removed",
    ResponseChanged "response-changed" "a method answers in another way",
    CodecChanged "codec-changed" "a payload is raw now, or no longer",
    ParametersChanged "parameters-changed" "named parameters became a bare one, or the other way round",
    AnswerChanged "answer-changed" "a method answers something where it answered nothing, or the other way round",
    ThrowsChanged "throws-changed" "a method declares other errors",
    ConstraintChanged "constraint-changed" "a constraint was tightened or loosened",
    RetryChanged "retry-changed" "an error's variant is worth another try now, or no longer",
    TimeoutChanged "timeout-changed" "a call has another deadline",
    IdempotentChanged "idempotent-changed" "a method may be sent again now, or no longer",
    CallbackAdded "callback-added" "a callback was added",
    CallbackRemoved "callback-removed" "a callback was removed",
    RequirementChanged "requirement-changed" "a callback is required now, or no longer",
}
