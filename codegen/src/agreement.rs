//! What a generated file says of its schema: the interchange form, and the fingerprints of what it declares.
//!
//! PROTOCOL.md says what both are. They are made here, so that a program that starts need not read its own form.

use std::collections::HashMap;
use std::fmt::Write as _;

use procwire_idl::evolution::{Interface, Node, canonical};
use procwire_idl::model::{Model, PackageId};
use sha2::{Digest as _, Sha256};

/// The schema of a package's file.
pub(crate) struct Agreement {
    /// The package's name.
    pub package: String,
    /// The fingerprint of the whole.
    pub fingerprint: String,
    /// The form as JSON: ASCII without backticks, `$` and escaped quotes, a type or member a line where it can be.
    pub form: String,
    fingerprints: HashMap<(Kind, String, String), String>,
}

/// What has a fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Method,
    Event,
    Callback,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Method => "method",
            Self::Event => "event",
            Self::Callback => "callback",
        }
    }
}

/// How wide the lines of a form are.
const WIDTH: usize = 120;

impl Agreement {
    /// That of a package; `None` where it has nothing that a program serves or calls.
    pub(crate) fn of(model: &Model, id: PackageId) -> Option<Self> {
        let package = &model.packages[id.0 as usize];
        if package.services.is_empty() && package.callbacks.is_empty() && package.modules.is_empty() {
            return None;
        }
        let interface = Interface::of_package(model, id);
        let methods = interface
            .methods
            .iter()
            .map(|method| (Kind::Method, &method.service, &method.name, method.canonical(&interface)));
        let events = interface
            .events
            .iter()
            .map(|event| (Kind::Event, &event.service, &event.name, event.canonical(&interface)));
        let callbacks = interface.callbacks.iter().map(|callback| {
            let method = &callback.method;
            (Kind::Callback, &method.service, &method.name, method.canonical(&interface))
        });
        let (mut fingerprints, mut all) = (HashMap::new(), Vec::new());
        for (kind, service, name, text) in methods.chain(events).chain(callbacks) {
            let fingerprint = text.map(|text| hash(&text));
            all.push((kind.name(), name.as_str(), fingerprint.clone()));
            if let Some(fingerprint) = fingerprint {
                // What the package declares itself stands before what its modules name of others.
                fingerprints.entry((kind, service.clone(), name.clone())).or_insert(fingerprint);
            }
        }
        Some(Self {
            package: package.dotted_name(),
            fingerprint: hash(&canonical(all)),
            form: Node::from(&interface).json_within(WIDTH),
            fingerprints,
        })
    }

    /// The fingerprint of a member by its service, or namespace, and its name on the wire.
    pub(crate) fn fingerprint(&self, kind: Kind, service: &str, wire: &str) -> Option<&str> {
        self.fingerprints.get(&(kind, service.to_owned(), wire.to_owned())).map(String::as_str)
    }
}

/// The first 16 hex digits.
fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(8).fold(String::new(), |mut out, byte| {
        _ = write!(out, "{byte:02x}");
        out
    })
}
