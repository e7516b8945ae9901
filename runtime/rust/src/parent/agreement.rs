//! Whether a child serves what this program calls.

use std::time::Duration;

use crate::client::RemoteMethod;
use crate::control::Init;
use crate::service::{Response, ServiceDescriptor};

/// What a child means by a timeout of 0.
pub(crate) const FOR_EVER: Duration = Duration::from_secs(30 * 365 * 24 * 3600);

/// The numbers under which a child serves one service, in the order of the descriptor.
#[derive(Debug, Default)]
pub(crate) struct Resolved {
    pub(crate) methods: Vec<RemoteMethod>,
    pub(crate) events: Vec<Option<u16>>,
}

/// Finds each method and event of the service. The error names everything that does not fit, at once.
///
/// What came later than the service itself may be missing, and anything may where the user said so: it fails when it is
/// used.
pub(crate) fn resolve(init: &Init, service: &ServiceDescriptor, allow_missing: bool) -> Result<Resolved, Vec<String>> {
    let mut resolved = Resolved::default();
    let mut mismatches = Vec::new();
    for method in service.methods {
        let Some(found) = init.methods.get(method.name) else {
            if allow_missing || method.since.is_some() {
                resolved.methods.push(RemoteMethod { id: None, timeout: None });
                continue;
            }
            let names = init.methods.keys().map(String::as_str);
            mismatches.push(missing("method", service.name, method.name, names));
            continue;
        };
        let expected = method.response;
        if found.response != expected {
            mismatches.push(format!(
                "method `{}.{}` {}, this program expects that it {}",
                service.name,
                method.name,
                answers(found.response),
                answers(expected)
            ));
        }
        if found.raw && !method.raw {
            mismatches.push(format!(
                "method `{}.{}` carries raw bytes, this program expects MsgPack",
                service.name, method.name
            ));
        }
        let announced = found.timeout.map(|timeout| if timeout.is_zero() { FOR_EVER } else { timeout });
        let timeout = announced.or(method.timeout);
        resolved.methods.push(RemoteMethod { id: Some(found.id), timeout });
    }
    for event in service.events {
        let Some(found) = init.events.get(event.name) else {
            if allow_missing || event.since.is_some() {
                resolved.events.push(None);
                continue;
            }
            let names = init.events.keys().map(String::as_str);
            mismatches.push(missing("event", service.name, event.name, names));
            continue;
        };
        resolved.events.push(Some(found.id));
    }
    if mismatches.is_empty() { Ok(resolved) } else { Err(mismatches) }
}

fn answers(kind: Response) -> &'static str {
    match kind {
        Response::Result => "answers with a result",
        Response::Stream => "answers with a stream",
        Response::Ack => "answers with an ack",
        Response::None => "does not answer",
    }
}

fn missing<'a>(what: &str, service: &str, name: &str, known: impl Iterator<Item = &'a str>) -> String {
    match nearest(name, known) {
        Some(near) => format!("{what} `{service}.{name}` is not there, but `{near}` is"),
        None => format!("{what} `{service}.{name}` is not there"),
    }
}

/// The known name that a person most likely meant.
fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let bare = |text: &str| -> String {
        text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
    };
    let wanted = bare(name);
    let mut near: Vec<&str> = known
        .filter(|known| {
            let known = bare(known);
            known == wanted || distance_is_small(&known, &wanted)
        })
        .collect();
    near.sort_unstable();
    near.first().copied()
}

/// One letter changed, added or left out.
fn distance_is_small(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let (short, long) = (short.as_bytes(), long.as_bytes());
    if short.len() < 3 || long.len() - short.len() > 1 {
        return false;
    }
    let same = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let rest = if short.len() == long.len() { same + 1 } else { same };
    short[rest.min(short.len())..] == long[(same + 1).min(long.len())..]
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::codec::Message;
    use crate::control::{Event, Method};
    use crate::service::{EventDescriptor, MethodDescriptor};

    const fn method(name: &'static str, response: Response) -> MethodDescriptor {
        MethodDescriptor {
            name,
            response,
            raw: false,
            request: <u32 as Message>::shape,
            answer: <u32 as Message>::shape,
            throws: None,
            timeout: None,
            idempotent: false,
            since: None,
            reserved: &[],
        }
    }

    static DESK: ServiceDescriptor = ServiceDescriptor {
        name: "Desk",
        methods: &[
            method("place", Response::Result),
            method("quotes", Response::Stream),
            method("log", Response::None),
        ],
        events: &[EventDescriptor {
            name: "filled",
            raw: false,
            payload: <u32 as Message>::shape,
            since: None,
            reserved: &[],
        }],
        callbacks: &[],
        reserved: &[],
    };

    fn announced(methods: &[(&str, u16, Response)], events: &[(&str, u16)]) -> Init {
        let methods = methods.iter().map(|&(name, id, response)| {
            let timeout = Some(Duration::from_millis(u64::from(id)));
            (name.to_owned(), Method { id, response, raw: false, timeout, fingerprint: None })
        });
        let event = |&(name, id): &(&str, u16)| (name.to_owned(), Event { id, fingerprint: None });
        let events: HashMap<String, Event> = events.iter().map(event).collect();
        Init { pipe: "/s".into(), methods: methods.collect(), events, ..Init::default() }
    }

    #[test]
    fn ids_follow_the_order_of_the_descriptor() {
        let init = announced(
            &[
                ("log", 3, Response::None),
                ("place", 9, Response::Result),
                ("quotes", 5, Response::Stream),
                ("more", 6, Response::Ack),
            ],
            &[("filled", 3), ("other", 4)],
        );
        let resolved = resolve(&init, &DESK, false).unwrap();
        assert_eq!(resolved.methods.iter().map(|method| method.id).collect::<Vec<_>>(), [Some(9), Some(5), Some(3)]);
        assert_eq!(resolved.methods[0].timeout, Some(Duration::from_millis(9)));
        assert_eq!(resolved.events, [Some(3)]);
    }

    #[test]
    fn every_mismatch_is_named_at_once() {
        let mut init =
            announced(&[("Place", 1, Response::Result), ("quotes", 2, Response::Ack), ("log", 3, Response::None)], &[]);
        init.methods.get_mut("log").unwrap().raw = true;
        let mismatches = resolve(&init, &DESK, false).unwrap_err();
        assert_eq!(
            mismatches,
            [
                "method `Desk.place` is not there, but `Place` is",
                "method `Desk.quotes` answers with an ack, this program expects that it answers with a stream",
                "method `Desk.log` carries raw bytes, this program expects MsgPack",
                "event `Desk.filled` is not there",
            ]
        );
    }

    #[test]
    fn what_may_be_missing_has_no_id() {
        let resolved = resolve(&announced(&[("place", 1, Response::Result)], &[]), &DESK, true).unwrap();
        assert_eq!(resolved.methods.iter().map(|method| method.id).collect::<Vec<_>>(), [Some(1), None, None]);
        assert_eq!(resolved.events, [None]);
        assert!(resolve(&announced(&[("place", 1, Response::Stream)], &[]), &DESK, true).is_err());
    }

    #[test]
    fn one_letter_is_near_and_two_are_not() {
        let near = |name: &'static str, known: &'static str| nearest(name, [known].into_iter()).is_some();
        assert!(near("quotes", "quote"));
        assert!(near("qotes", "quotes"));
        assert!(near("quotes", "quotas"));
        assert!(near("client_ref", "clientRef"));
        assert!(!near("quotes", "quoted_by"));
        assert!(!near("a", "b"));
    }
}
