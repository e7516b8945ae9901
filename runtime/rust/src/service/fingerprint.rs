//! Fingerprints: a few digits that are equal where two programs mean the same by a method, an event or a callback.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use procwire_idl::evolution;
use sha2::{Digest, Sha256};

use super::ServiceDescriptor;
use super::interface::interface;

/// The first eight bytes of the SHA-256 of a canonical text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fingerprint(u64);

impl Fingerprint {
    fn of(text: &str) -> Self {
        let hash = Sha256::digest(text.as_bytes());
        Self(hash.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
    }

    /// The fingerprint of all that a worker has: what each member is, its name and its fingerprint.
    pub(crate) fn of_all<'m>(members: impl IntoIterator<Item = (&'m str, &'m str, Option<Self>)>) -> Self {
        let members = members.into_iter().map(|(kind, name, one)| (kind, name, one.map(|one| one.to_string())));
        Self::of(&evolution::canonical(members.collect()))
    }

    /// Reads sixteen small hexadecimal digits.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let is_digit = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let fits = text.len() == 16 && text.bytes().all(is_digit);
        fits.then(|| u64::from_str_radix(text, 16).ok().map(Self)).flatten()
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// The fingerprints of one service, in the order of its descriptor. A member with types that only serde describes has
/// none.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fingerprints {
    pub(crate) methods: Vec<Option<Fingerprint>>,
    pub(crate) events: Vec<Option<Fingerprint>>,
}

/// The fingerprints of a service, which are computed once a process.
pub(crate) fn fingerprints(service: &'static ServiceDescriptor) -> Arc<Fingerprints> {
    static KNOWN: OnceLock<Mutex<HashMap<usize, Arc<Fingerprints>>>> = OnceLock::new();
    let mut known = KNOWN.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
    let of = known.entry(std::ptr::from_ref(service).addr()).or_insert_with(|| Arc::new(compute(service)));
    Arc::clone(of)
}

fn compute(service: &'static ServiceDescriptor) -> Fingerprints {
    let interface = interface([service], []);
    let of = |text: Option<String>| text.as_deref().map(Fingerprint::of);
    Fingerprints {
        methods: interface.methods.iter().map(|method| of(method.canonical(&interface))).collect(),
        events: interface.events.iter().map(|event| of(event.canonical(&interface))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::Fingerprint;

    #[test]
    fn fingerprints_are_those_of_the_vectors() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/agreement.json");
        let vectors: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let mut compared = 0;
        for schema in vectors["fingerprints"].as_array().unwrap() {
            let mut members = Vec::new();
            for member in schema["members"].as_array().unwrap() {
                let fingerprint = member["text"].as_str().map(Fingerprint::of);
                assert_eq!(fingerprint, member["fingerprint"].as_str().and_then(Fingerprint::read), "{member}");
                members.push((member["kind"].as_str().unwrap(), member["name"].as_str().unwrap(), fingerprint));
                compared += 1;
            }
            let pair = vectors["pairs"].as_array().unwrap().iter().find(|pair| pair["name"] == schema["pair"]).unwrap();
            assert_eq!(Fingerprint::of_all(members).to_string(), pair["fingerprints"][1].as_str().unwrap());
        }
        assert!(compared > 100, "{compared}");
    }

    #[test]
    fn a_fingerprint_is_sixteen_small_digits() {
        let one = Fingerprint::of("");
        assert_eq!(one.to_string(), "e3b0c44298fc1c14");
        assert_eq!(Fingerprint::read("e3b0c44298fc1c14"), Some(one));
        assert_eq!(Fingerprint::read("00000000000000ff"), Some(Fingerprint(255)));
        for wrong in ["", "e3b0c44298fc1c1", "E3B0C44298FC1C14", "+3b0c44298fc1c14", "e3b0c44298fc1c140"] {
            assert_eq!(Fingerprint::read(wrong), None, "{wrong}");
        }
    }
}
