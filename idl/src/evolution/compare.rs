//! Types: what a reader of one version makes of a writer of the other.

use std::collections::{HashMap, HashSet, VecDeque};
use std::ptr;

use super::held::Held;
use super::interface::{Fallback, Field, Form, Interface, Kind, Type};
use super::variants::Variants;
use super::verdict::{Change, Effect, Outcome, Rule};
use crate::model::IntType;

/// Who writes what is compared. Callbacks turn the two round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Writer {
    /// A request.
    Parent,
    /// An answer, an error, an event.
    Worker,
}

impl Writer {
    /// The one who answers.
    pub(super) fn other(self) -> Self {
        match self {
            Self::Parent => Self::Worker,
            Self::Worker => Self::Parent,
        }
    }
}

/// Compares types, and keeps what it found.
pub(super) struct Comparer<'a> {
    pub old: &'a Interface,
    pub new: &'a Interface,
    pub changes: Vec<Change>,
    /// Where a change stands in `changes`: the same type may travel in several positions.
    found: HashMap<(Rule, String, String), usize>,
    /// Pairs of records and enums that are compared or wait for it, by who writes them.
    seen: HashSet<(usize, usize, Writer)>,
    /// Those that wait, with the place of the first mention.
    waiting: VecDeque<(usize, usize, String, Writer)>,
    /// Pairs that are being compared: a newtype may hold a list of itself.
    active: HashSet<(*const Type, *const Type, Writer)>,
    /// How many pairs of types may still be compared, where that is bounded.
    budget: Option<usize>,
    /// The budget is used up.
    pub is_entangled: bool,
}

/// How many pairs of types are compared of a schema that another process sent, and how deep they may nest.
const BUDGET: usize = 100_000;
const DEPTH: usize = 256;

/// The two outcomes of a change: old writer and new reader, new writer and old reader.
pub(super) type Outcomes = (Outcome, Outcome);

pub(super) fn breaks(why: &str) -> Outcome {
    Outcome::Breaks(why.to_owned())
}

pub(super) fn behaviour(what: &str) -> Outcome {
    Outcome::Behaviour(what.to_owned())
}

impl<'a> Comparer<'a> {
    pub(super) fn new(old: &'a Interface, new: &'a Interface) -> Self {
        Self {
            old,
            new,
            changes: Vec::new(),
            found: HashMap::new(),
            seen: HashSet::new(),
            waiting: VecDeque::new(),
            active: HashSet::new(),
            budget: None,
            is_entangled: false,
        }
    }

    /// One that gives up where two schemas are made to be compared for ever.
    pub(super) fn bounded(old: &'a Interface, new: &'a Interface) -> Self {
        Self { budget: Some(BUDGET), ..Self::new(old, new) }
    }

    /// One for a part, within what is left of the budget.
    pub(super) fn part(&self) -> Self {
        Self { budget: self.budget, ..Self::new(self.old, self.new) }
    }

    /// Takes what a part has used.
    pub(super) fn join(&mut self, part: &Self) {
        self.budget = part.budget;
        self.is_entangled |= part.is_entangled;
    }

    /// Notes a change at a place in a type that `writer` writes.
    pub(super) fn note(&mut self, rule: Rule, place: &str, message: String, writer: Writer, outcomes: Outcomes) {
        let effect = |outcome| match outcome {
            Outcome::Fine => Effect::Fine,
            Outcome::Behaviour(what) => Effect::Behaviour(what),
            Outcome::Breaks(why) => Effect::Wire(why),
        };
        let (old_to_new, new_to_old) = (effect(outcomes.0), effect(outcomes.1));
        // The old parent writes for the new worker, and reads what the new worker wrote.
        let (old_parent, new_parent) = match writer {
            Writer::Parent => (old_to_new, new_to_old),
            Writer::Worker => (new_to_old, old_to_new),
        };
        self.effect(rule, place, message, old_parent, new_parent);
    }

    /// Notes a change with what it does to an old parent and to a new one.
    pub(super) fn effect(&mut self, rule: Rule, place: &str, message: String, old_parent: Effect, new_parent: Effect) {
        let key = (rule, place.to_owned(), message.clone());
        let at = *self.found.entry(key).or_insert_with(|| {
            self.changes.push(Change {
                rule,
                place: place.to_owned(),
                message,
                old_parent_new_worker: Effect::Fine,
                new_parent_old_worker: Effect::Fine,
            });
            self.changes.len() - 1
        });
        let change = &mut self.changes[at];
        if old_parent > change.old_parent_new_worker {
            change.old_parent_new_worker = old_parent;
        }
        if new_parent > change.new_parent_old_worker {
            change.new_parent_old_worker = new_parent;
        }
    }

    /// Compares two types at a place.
    pub(super) fn types(&mut self, old: &'a Type, new: &'a Type, place: &str, writer: Writer) {
        let (before, after) = (Held::of(self.old, old), Held::of(self.new, new));
        if *before.ty == Type::Unknown || *after.ty == Type::Unknown {
            return;
        }
        if let Some(left) = &mut self.budget {
            if *left == 0 || self.active.len() == DEPTH {
                self.is_entangled = true;
                return;
            }
            *left -= 1;
        }
        let pair = (ptr::from_ref(before.ty), ptr::from_ref(after.ty), writer);
        if self.active.insert(pair) {
            self.held(&before, &after, place, writer);
            self.active.remove(&pair);
        }
    }

    fn held(&mut self, before: &Held<'a>, after: &Held<'a>, place: &str, writer: Writer) {
        if let Some((message, outcomes)) = before.constraints.compare(&after.constraints) {
            self.note(Rule::ConstraintChanged, place, message, writer, outcomes);
        }
        if let Some((message, outcomes)) = before.extension(after) {
            self.note(Rule::TypeChanged, place, message, writer, outcomes);
        }
        let (old, new) = (before.ty, after.ty);
        match (old, new) {
            (Type::Nullable(old), Type::Nullable(new)) => self.types(old, new, place, writer),
            (Type::Nullable(inner), new) if *new != Type::Any && *new != Type::Unit => {
                self.note(
                    Rule::NullabilityChanged,
                    place,
                    "nil is no longer taken".to_owned(),
                    writer,
                    (breaks("nil is refused"), Outcome::Fine),
                );
                self.types(inner, new, place, writer);
            }
            (old, Type::Nullable(inner)) if *old != Type::Any && *old != Type::Unit => {
                self.note(
                    Rule::NullabilityChanged,
                    place,
                    "nil is taken now".to_owned(),
                    writer,
                    (Outcome::Fine, breaks("nil is refused")),
                );
                self.types(old, inner, place, writer);
            }
            (Type::List(old), Type::List(new)) => self.types(old, new, &format!("{place}[]"), writer),
            (Type::Map(old_key, old_value), Type::Map(new_key, new_value)) => {
                self.types(old_key, new_key, &format!("{place}{{key}}"), writer);
                self.types(old_value, new_value, &format!("{place}{{}}"), writer);
            }
            (Type::Tuple(old), Type::Tuple(new)) if old.len() == new.len() => {
                for (at, (old, new)) in old.iter().zip(new).enumerate() {
                    self.types(old, new, &format!("{place}.{at}"), writer);
                }
            }
            (Type::Named(old), Type::Named(new)) => self.queue(*old, *new, place, writer),
            (old, new) => {
                if let Some(outcomes) = scalars(self.old, old, self.new, new) {
                    let message = format!("{} became {}", name(self.old, old), name(self.new, new));
                    self.note(Rule::TypeChanged, place, message, writer, outcomes);
                }
            }
        }
    }

    /// Notes that two records or enums are to be compared. They are no recursion: a schema may chain any number.
    pub(super) fn queue(&mut self, old: usize, new: usize, place: &str, writer: Writer) {
        if self.seen.insert((old, new, writer)) {
            self.waiting.push_back((old, new, place.to_owned(), writer));
        }
    }

    /// Compares all that waits.
    pub(super) fn finish(&mut self) {
        while let Some((old, new, place, writer)) = self.waiting.pop_front() {
            self.named(old, new, &place, writer);
        }
    }

    fn named(&mut self, old: usize, new: usize, place: &str, writer: Writer) {
        let (before, after) = (&self.old.types[old], &self.new.types[new]);
        match (&before.kind, &after.kind) {
            (Kind::Record { strict: was, fields: old, .. }, Kind::Record { strict: is, fields: new, reserved }) => {
                self.strictness(*was, *is, "field", &after.name, writer);
                self.fields(old, new, reserved, &after.name, (*was, *is), writer);
            }
            (
                Kind::Enum { strict: was, form: old_form, variants: old, .. },
                Kind::Enum { strict: is, form: new_form, variants: new, reserved },
            ) => {
                if !self.forms(old_form, new_form, &after.name, writer) {
                    return;
                }
                self.strictness(*was, *is, "variant", &after.name, writer);
                let new = Variants { all: new, reserved, form: new_form };
                self.variants(old, &new, &after.name, (*was, *is), writer);
            }
            _ => {
                let message = format!("`{}` became `{}`, which looks different on the wire", before.name, after.name);
                let other = "a value of another type is refused";
                self.note(Rule::TypeChanged, place, message, writer, (breaks(other), breaks(other)));
            }
        }
    }

    /// A writer writes only what it knows, so what it adds or drops tells of refusals; here it is what an open type sends
    /// on without knowing it.
    fn strictness(&mut self, was: bool, is: bool, what: &str, place: &str, writer: Writer) {
        if was != is {
            let message = if is { "is strict now" } else { "is no longer strict" };
            let refused = || behaviour("a variant that was received unknown, and is sent on, is refused");
            let outcome = if is && what == "variant" { refused() } else { Outcome::Fine };
            self.note(Rule::StrictnessChanged, place, message.to_owned(), writer, (outcome, Outcome::Fine));
        }
    }

    /// Compares the entries of a map; `strict` says whether the old and the new reader refuse others.
    pub(super) fn fields(
        &mut self,
        old: &'a [Field],
        new: &'a [Field],
        reserved: &[String],
        place: &str,
        strict: (bool, bool),
        writer: Writer,
    ) {
        let gone: Vec<&Field> = old.iter().filter(|field| find(new, &field.name).is_none()).collect();
        let added: Vec<&Field> = new.iter().filter(|field| find(old, &field.name).is_none()).collect();
        let is_renamed = gone.len() == 1
            && added.len() == 1
            && !gone[0].is_needed()
            && !added[0].is_needed()
            && name(self.old, &gone[0].ty) == name(self.new, &added[0].ty);
        let unknown = |is_strict: bool, otherwise: Outcome| {
            if is_strict { breaks("a field that it does not know is refused") } else { otherwise }
        };
        for before in old {
            let path = format!("{place}.{}", before.name);
            let Some(after) = find(new, &before.name) else {
                if is_renamed {
                    let message =
                        format!("was renamed to `{}`; `@wire(\"{}\")` keeps the name", added[0].name, before.name);
                    let lost = || behaviour("what was written under the other name is passed over");
                    let outcomes = (unknown(strict.1, lost()), unknown(strict.0, lost()));
                    self.note(Rule::FieldRenamed, &path, message, writer, outcomes);
                    continue;
                }
                let lost = behaviour("what the other side writes is passed over");
                let absent = if before.is_needed() { breaks("it is missing") } else { Outcome::Fine };
                let message = removed(&before.name, reserved);
                self.note(Rule::FieldRemoved, &path, message, writer, (unknown(strict.1, lost), absent));
                continue;
            };
            self.presence(before, after, &path, writer);
        }
        for after in added.iter().filter(|_| !is_renamed) {
            let path = format!("{place}.{}", after.name);
            let absent = if after.is_needed() { breaks("it is missing") } else { Outcome::Fine };
            let kind = if after.is_needed() { "must be there" } else { "may be absent" };
            let outcomes = (absent, unknown(strict.0, Outcome::Fine));
            self.note(Rule::FieldAdded, &path, format!("was added, and {kind}"), writer, outcomes);
        }
    }

    fn presence(&mut self, before: &'a Field, after: &'a Field, path: &str, writer: Writer) {
        if before.may_be_left_out != after.may_be_left_out || before.default.is_some() != after.default.is_some() {
            let left_out = |writer: &Field, reader: &Field| {
                if writer.may_be_left_out && reader.is_needed() {
                    breaks("it is missing where it is left out")
                } else {
                    Outcome::Fine
                }
            };
            let outcomes = (left_out(before, after), left_out(after, before));
            let message = format!("{}, and {} now", presence(before, "was"), presence(after, "is"));
            self.note(Rule::PresenceChanged, path, message, writer, outcomes);
        } else if let (Some(Fallback::Value(old)), Some(Fallback::Value(new))) = (&before.default, &after.default)
            && old != new
        {
            let other = || behaviour("where it is absent the reader takes its own default");
            let message = format!("the default {old} became {new}");
            self.note(Rule::DefaultChanged, path, message, writer, (other(), other()));
        }
        let (old, new) = (Held::of(self.old, &before.ty).ty, Held::of(self.new, &after.ty).ty);
        match (old, new) {
            // A field that takes absence takes nil, too.
            (Type::Nullable(inner), new) if !after.is_needed() && !matches!(new, Type::Nullable(_)) => {
                self.types(inner, new, path, writer);
            }
            (old, Type::Nullable(inner)) if !before.is_needed() && !matches!(old, Type::Nullable(_)) => {
                self.types(old, inner, path, writer);
            }
            _ => self.types(&before.ty, &after.ty, path, writer),
        }
    }
}

/// What is to be said of something that is gone.
pub(super) fn removed(name: &str, reserved: &[String]) -> String {
    let is_reserved = reserved.iter().any(|reserved| reserved == name);
    let rest = if is_reserved { "" } else { "; its name has to become `reserved`" };
    format!("was removed{rest}")
}

fn find<'a>(fields: &'a [Field], name: &str) -> Option<&'a Field> {
    fields.iter().find(|field| field.name == name)
}

fn presence(field: &Field, verb: &str) -> String {
    match &field.default {
        _ if field.may_be_left_out => format!("{verb} optional"),
        Some(Fallback::Value(default)) => format!("{verb} {default} where absent"),
        Some(Fallback::Unknown) => format!("{verb} its default where absent"),
        None => format!("{verb} required"),
    }
}

/// Whether nil is a value of the type.
pub(super) fn takes_nil(interface: &Interface, ty: &Type) -> bool {
    matches!(Held::of(interface, ty).ty, Type::Nullable(_) | Type::Unit | Type::Any | Type::Unknown)
}

/// Whether only its program knows the type.
pub(super) fn is_unknown(interface: &Interface, ty: &Type) -> bool {
    *Held::of(interface, ty).ty == Type::Unknown
}

/// Types that are not alike; `None` where both read and write the same.
fn scalars(old_interface: &Interface, old: &Type, new_interface: &Interface, new: &Type) -> Option<Outcomes> {
    let other = || breaks("a value of another type is refused");
    Some(match (old, new) {
        (Type::Any, Type::Any) | (Type::Unit, Type::Unit) => return None,
        // Whoever reads any value takes these as well.
        (_, Type::Any) => (behaviour("it is read as any value"), other()),
        (Type::Any, _) => (other(), behaviour("it is read as any value")),
        (Type::Int(old), Type::Int(new)) => return ranges(*old, *new),
        (Type::Int(_), Type::Float(_)) => (Outcome::Fine, breaks("fractions are refused")),
        (Type::Float(_), Type::Int(_)) => (breaks("fractions are refused"), Outcome::Fine),
        (Type::Float(old), Type::Float(new)) if old != new => {
            let narrow = || breaks("a number that is too large for f32 is refused");
            if *new { (narrow(), Outcome::Fine) } else { (Outcome::Fine, narrow()) }
        }
        // A reader of unit takes whatever comes.
        (Type::Unit, new) => {
            (if takes_nil(new_interface, new) { Outcome::Fine } else { breaks("nil is refused") }, Outcome::Fine)
        }
        (old, Type::Unit) => {
            (Outcome::Fine, if takes_nil(old_interface, old) { Outcome::Fine } else { breaks("nil is refused") })
        }
        (Type::Named(id), Type::String) if is_names(old_interface, *id) => (Outcome::Fine, names(old_interface, *id)),
        (Type::String, Type::Named(id)) if is_names(new_interface, *id) => (names(new_interface, *id), Outcome::Fine),
        (Type::Timestamp(old), Type::Timestamp(new)) if old != new => {
            let cut = || behaviour("what is finer than the language's own type is cut off");
            if *old { (cut(), Outcome::Fine) } else { (Outcome::Fine, cut()) }
        }
        (Type::Tuple(old), Type::Tuple(new)) if old.len() != new.len() => {
            (breaks("a tuple of another length is refused"), breaks("a tuple of another length is refused"))
        }
        (old, new) if old == new => return None,
        _ => (other(), other()),
    })
}

/// Whether a declared type is a string with a closed or open set of values.
fn is_names(interface: &Interface, id: usize) -> bool {
    matches!(interface.types[id].kind, Kind::Enum { form: Form::Name, .. })
}

fn names(interface: &Interface, id: usize) -> Outcome {
    match interface.types[id].kind {
        Kind::Enum { strict: true, .. } => breaks("a variant that it does not know is refused"),
        _ => behaviour("it arrives as an unknown variant"),
    }
}

pub(super) fn ranges(old: IntType, new: IntType) -> Option<Outcomes> {
    let (old, new) = (old.range(), new.range());
    let fits = |inner: (i128, i128), outer: (i128, i128)| outer.0 <= inner.0 && inner.1 <= outer.1;
    let outcome = |fits| if fits { Outcome::Fine } else { breaks("a number out of its range is refused") };
    (old != new).then(|| (outcome(fits(old, new)), outcome(fits(new, old))))
}

/// A type for a message.
fn name(interface: &Interface, ty: &Type) -> String {
    let list = |types: &[Type]| types.iter().map(|ty| name(interface, ty)).collect::<Vec<_>>().join(", ");
    match ty {
        Type::Bool => "bool".to_owned(),
        Type::String => "string".to_owned(),
        Type::Int(int) => int.name().to_owned(),
        Type::Float(true) => "f32".to_owned(),
        Type::Float(false) => "f64".to_owned(),
        Type::Bytes => "bytes".to_owned(),
        Type::Timestamp(precise) => format!("timestamp{}", if *precise { " @precise" } else { "" }),
        Type::Constrained(inner, constraints) => format!("{}{constraints}", name(interface, inner)),
        Type::Duration => "duration".to_owned(),
        Type::Uuid => "uuid".to_owned(),
        Type::Any => "any".to_owned(),
        Type::Unit => "()".to_owned(),
        Type::Unknown => "unknown".to_owned(),
        Type::List(inner) => format!("list<{}>", name(interface, inner)),
        Type::Tuple(types) => format!("({}{})", list(types), if types.len() == 1 { "," } else { "" }),
        Type::Map(key, value) => format!("map<{}, {}>", name(interface, key), name(interface, value)),
        Type::Nullable(inner) => format!("{}?", name(interface, inner)),
        Type::Named(id) => interface.types[*id].name.clone(),
    }
}
