//! The rules of `ipcgen breaking`, each with a change that it is about.

use procwire_idl::compile_text;
use procwire_idl::evolution::Rule;

use super::super::breaking;
use crate::approvals::SOURCE_RULE;

/// What a rule is about, and a change that it tells of.
pub struct Change {
    /// Its name.
    pub name: &'static str,
    /// What it is about, in a phrase.
    pub about: &'static str,
    /// The declarations before.
    old: &'static str,
    /// The declarations after.
    new: &'static str,
}

/// What stands around the declarations of an example.
const HEAD: &str = "ipc 1;\npackage example;\n";

/// Every rule.
pub fn all() -> impl Iterator<Item = Change> {
    let source = Change {
        name: SOURCE_RULE,
        about: "code that uses what is generated no longer fits",
        old: "record Order { id: u32 }\nservice Orders { place(order: Order); }\n",
        new: "record Order { id: u64 }\nservice Orders { place(order: Order); }\n",
    };
    let rules = Rule::ALL.iter().map(|rule| {
        let (old, new) = example(*rule);
        Change { name: rule.name(), about: rule.about(), old, new }
    });
    rules.chain([source])
}

/// The rule of a name.
pub fn find(name: &str) -> Option<Change> {
    all().find(|change| change.name == name)
}

impl Change {
    /// The schema before.
    pub fn before(&self) -> String {
        format!("{HEAD}{}", self.old)
    }

    /// The schema after.
    pub fn after(&self) -> String {
        format!("{HEAD}{}", self.new)
    }

    /// What `ipcgen breaking` says of the example.
    pub fn told(&self) -> String {
        let model = |text: String| compile_text("example.ipc", &text).1.model;
        model(self.before()).zip(model(self.after())).map(|(old, new)| breaking::told(&old, &new)).unwrap_or_default()
    }
}

/// Declarations before and after a change.
fn example(rule: Rule) -> (&'static str, &'static str) {
    match rule {
        Rule::FieldAdded => (
            "record Order { id: u64 }\nservice Orders { place(order: Order); }\n",
            "record Order { id: u64, price: string }\nservice Orders { place(order: Order); }\n",
        ),
        Rule::FieldRemoved => (
            "record Order { id: u64, price: string }\nservice Orders { place(order: Order); }\n",
            "record Order { id: u64, reserved \"price\" }\nservice Orders { place(order: Order); }\n",
        ),
        Rule::FieldRenamed => (
            "record Order { note?: string }\nservice Orders { place(order: Order); }\n",
            "record Order { memo?: string, reserved \"note\" }\nservice Orders { place(order: Order); }\n",
        ),
        Rule::PresenceChanged => (
            "record Order { note: string }\nservice Orders { place(order: Order); }\n",
            "record Order { note?: string }\nservice Orders { place(order: Order); }\n",
        ),
        Rule::NullabilityChanged => (
            "record Order { notes: list<string> }\nservice Orders { place(order: Order); }\n",
            "record Order { notes: list<string?> }\nservice Orders { place(order: Order); }\n",
        ),
        Rule::DefaultChanged => (
            "record Order { count: u32 = 1 }\nservice Orders { place(order: Order); }\n",
            "record Order { count: u32 = 2 }\nservice Orders { place(order: Order); }\n",
        ),
        Rule::TypeChanged => (
            "record Order { count: u32 }\nservice Orders { place(order: Order); }\n",
            "record Order { count: u64 }\nservice Orders { place(order: Order); }\n",
        ),
        Rule::StrictnessChanged => (
            "enum Side { Buy, Sell }\nservice Orders { place(side: Side); }\n",
            "strict enum Side { Buy, Sell }\nservice Orders { place(side: Side); }\n",
        ),
        Rule::FormChanged => (
            "enum Side @tag(\"side\") { Buy, Sell }\nservice Orders { place(side: Side); }\n",
            "enum Side @tag(\"kind\") { Buy, Sell }\nservice Orders { place(side: Side); }\n",
        ),
        Rule::VariantAdded => (
            "enum Side { Buy, Sell }\nservice Orders { place(side: Side); }\n",
            "enum Side { Buy, Sell, Hold }\nservice Orders { place(side: Side); }\n",
        ),
        Rule::VariantRemoved => (
            "enum Side { Buy, Sell, Hold }\nservice Orders { place(side: Side); }\n",
            "enum Side { Buy, Sell, reserved \"Hold\" }\nservice Orders { place(side: Side); }\n",
        ),
        Rule::VariantChanged => (
            "enum Kind { Market, Limit(u64) }\nservice Orders { place(kind: Kind); }\n",
            "enum Kind { Market, Limit { price: u64 } }\nservice Orders { place(kind: Kind); }\n",
        ),
        Rule::NumberChanged => (
            "enum Side @repr(u8) { Buy = 0, Sell = 1 }\nservice Orders { place(side: Side); }\n",
            "enum Side @repr(u8) { Buy = 1, Sell = 0 }\nservice Orders { place(side: Side); }\n",
        ),
        Rule::MethodAdded => ("service Orders { place(); }\n", "service Orders { place(); cancel(); }\n"),
        Rule::MethodRemoved => {
            ("service Orders { place(); cancel(); }\n", "service Orders { place(); reserved method \"cancel\"; }\n")
        }
        Rule::EventAdded => ("service Orders { place(); }\n", "service Orders { place(); event filled(); }\n"),
        Rule::EventRemoved => (
            "service Orders { place(); event filled(); }\n",
            "service Orders { place(); reserved event \"filled\"; }\n",
        ),
        Rule::ResponseChanged => ("service Orders { all() -> u64; }\n", "service Orders { all() -> stream u64; }\n"),
        Rule::CodecChanged => {
            ("service Files { put(bytes) -> bytes; }\n", "service Files { @codec(raw) put(bytes) -> bytes; }\n")
        }
        Rule::ParametersChanged => ("service Orders { cancel(u64); }\n", "service Orders { cancel(id: u64); }\n"),
        Rule::AnswerChanged => ("service Orders { place(); }\n", "service Orders { place() -> u64; }\n"),
        Rule::ThrowsChanged => {
            ("service Orders { place(); }\n", "error Refused { SoldOut }\nservice Orders { place() throws Refused; }\n")
        }
        Rule::ConstraintChanged => (
            "record Order { count: u32 @range(1..=100) }\nservice Orders { place(order: Order); }\n",
            "record Order { count: u32 @range(1..=10) }\nservice Orders { place(order: Order); }\n",
        ),
        Rule::RetryChanged => (
            "error Refused { Busy }\nservice Orders { place() throws Refused; }\n",
            "error Refused { @retry Busy }\nservice Orders { place() throws Refused; }\n",
        ),
        Rule::TimeoutChanged => {
            ("service Orders { @timeout(5s) place(); }\n", "service Orders { @timeout(1s) place(); }\n")
        }
        Rule::IdempotentChanged => ("service Orders { place(); }\n", "service Orders { @idempotent place(); }\n"),
        Rule::CallbackAdded => (
            "service Orders { place(); }\n",
            "service Orders { place(); }\ncallbacks desk { Ask(); }\nmodule Desk { provides Orders; requires desk.Ask; }\n",
        ),
        Rule::CallbackRemoved => (
            "service Orders { place(); }\ncallbacks desk { Ask(); Tell(); }\nmodule Desk { provides Orders; requires desk.*; }\n",
            "service Orders { place(); }\ncallbacks desk { Ask(); reserved \"Tell\"; }\nmodule Desk { provides Orders; requires desk.*; }\n",
        ),
        Rule::RequirementChanged => (
            "service Orders { place(); }\ncallbacks desk { Ask(); }\nmodule Desk { provides Orders; optional desk.Ask; }\n",
            "service Orders { place(); }\ncallbacks desk { Ask(); }\nmodule Desk { provides Orders; requires desk.Ask; }\n",
        ),
        _ => ("", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_example_is_a_change_of_its_rule() {
        for change in all() {
            let told = change.told();
            assert!(told.contains(&format!("[{}]", change.name)), "{}: {told}", change.name);
        }
    }
}
