//! A service as Rust source says it: what is read, and what is refused with which words.
#![cfg(feature = "rust")]

use procwire_idl::rust::service::{Arguments, Parameters, Presence, Response, Service};

fn read(source: &str) -> syn::Result<Service> {
    let item = syn::parse_str(source).expect("the test's source is Rust");
    Service::read(&item, &Arguments::default())
}

fn mistakes(source: &str) -> Vec<String> {
    match read(source) {
        Ok(_) => Vec::new(),
        Err(error) => error.into_iter().map(|one| one.to_string()).collect(),
    }
}

/// The one mistake of a trait with `function` in it.
fn mistake(function: &str) -> String {
    let mut found = mistakes(&format!("trait Trading {{ {function} }}"));
    assert_eq!(found.len(), 1, "{function}: {found:?}");
    found.remove(0)
}

fn response(function: &str) -> Response {
    let service = read(&format!("trait Trading {{ {function} }}"));
    service.expect("a right method").methods[0].response
}

#[test]
fn the_response_kind_follows_from_the_signature() {
    for (function, kind) in [
        ("async fn a(&self) -> Result<u8, Error>;", Response::Result),
        ("async fn a(&self) -> procwire::Result<u8>;", Response::Result),
        ("async fn a(&self);", Response::None),
        ("#[procwire(ack)] async fn a(&self) -> Result<(), Error>;", Response::Ack),
        ("fn a(&self) -> impl Stream<Item = Result<u8, Error>>;", Response::Stream),
    ] {
        assert_eq!(response(function), kind, "{function}");
    }
}

#[test]
fn the_answer_and_the_declared_error_are_found_in_each_spelling_of_result() {
    use quote::ToTokens;
    for (output, answer, throws) in [
        ("Result<u8, Error>", "u8", None),
        ("Result<u8, procwire::Error<Bad>>", "u8", Some("Bad")),
        ("core::result::Result<(), ::procwire::Error<a::Bad>>", "()", Some("a :: Bad")),
        ("procwire::Result<u8>", "u8", None),
        ("procwire::Result<u8, Bad>", "u8", Some("Bad")),
    ] {
        let service = read(&format!("trait T {{ async fn a(&self) -> {output}; }}"));
        let outcome = &service.expect("a right method").methods[0].outcome;
        assert_eq!(outcome.answer.to_token_stream().to_string(), answer);
        let found = outcome.throws.as_ref().map(|ty| ty.to_token_stream().to_string());
        assert_eq!(found.as_deref(), throws, "{output}");
    }
}

#[test]
fn parameters_keep_their_wire_names_and_presence() {
    let service = read(
        r#"trait Trading {
            async fn place(&self, order: Order, #[procwire(wire = "dryRun", default = false)] dry_run: bool,
                #[procwire(optional)] depth: Option<u8>, r#type: u8, cx: &Context);
        }"#,
    )
    .expect("a right method");
    let Parameters::Named(parameters) = &service.methods[0].parameters else {
        panic!("named parameters were read as something else");
    };
    let wires: Vec<_> = parameters.iter().map(|one| one.wire.as_str()).collect();
    assert_eq!(wires, ["order", "dryRun", "depth", "type"]);
    assert!(matches!(parameters[0].presence, Presence::Required));
    assert!(matches!(parameters[1].presence, Presence::Default(_)));
    assert!(matches!(parameters[2].presence, Presence::Optional(_)));
}

#[test]
fn an_event_is_a_function_without_receiver() {
    let service = read("trait T { #[procwire(event)] fn progress(job: Uuid, percent: u8); }");
    let service = service.expect("a right event");
    assert_eq!(service.events[0].wire, "progress");
    assert_eq!(service.events[0].parameters.all().len(), 2);
    assert!(service.methods.is_empty());
}

#[test]
fn all_mistakes_of_a_trait_are_reported_at_once() {
    let found = mistakes(
        "trait Trading<T> {
            fn a(&self) -> u8;
            async fn b(&self) -> u8;
            async fn c(x: u8);
            async fn d(&self, x: &str);
            #[procwire(evnt)] async fn e(&self);
            type X;
            #[procwire(event)] async fn f() -> u8;
        }",
    );
    assert_eq!(found.len(), 9, "{found:#?}");
}

#[test]
fn a_mistake_says_what_would_be_right() {
    for (function, part) in [
        ("fn a(&self) -> u8;", "write `async fn a`, or return `impl Stream<"),
        ("fn a(&self);", "write `async fn a`"),
        ("async fn a(&self) -> u8;", "so this is `Result<u8, procwire::Error>`"),
        ("async fn a(x: u8);", "does not take `&self`"),
        ("async fn a(&mut self);", "a method takes `&self`"),
        ("async fn a(&self, x: &str);", "`String` instead of `&str`"),
        ("async fn a(&self, (x, y): (u8, u8));", "a parameter has a name"),
        ("async fn a(&self, x: impl Into<u8>);", "one type"),
        ("async fn a<T>(&self);", "no parameters of its own"),
        ("async fn a(&self) {}", "no body"),
        ("fn a(&self) -> impl Stream<Item = u8>;", "so this is `Result<u8, procwire::Error>`"),
        ("fn a(&self) -> impl Iterator<Item = u8>;", "a stream is `impl Stream<"),
        ("async fn a(&self) -> impl Stream<Item = Result<u8, Error>>;", "a plain `fn`"),
        ("#[procwire(evnet)] async fn a(&self);", "did you mean `event`?"),
        ("#[procwire(purple)] async fn a(&self);", "the options here are `ack`, `answer`, `event`"),
        ("#[procwire(ack)] async fn a(&self);", "that returns a `Result`"),
        ("#[procwire(wire = 3)] async fn a(&self);", "`wire = \"x\"`"),
        ("#[procwire(wire = \"\")] async fn a(&self);", "at least one letter"),
        ("#[procwire(wire = \"$health\")] async fn a(&self);", "runtime's own name"),
        ("#[procwire(raw)] async fn a(&self, x: Bytes);", "one `#[procwire(bare)]` parameter"),
        ("#[procwire(raw)] async fn a(&self, #[procwire(bare)] x: u8);", "is `procwire::Bytes`"),
        ("#[procwire(raw)] async fn a(&self) -> Result<u8, Error>;", "answers with `procwire::Bytes`"),
        ("#[procwire(raw)] fn a(&self) -> impl Stream<Item = Result<(), Error>>;", "the items of a raw stream"),
        ("async fn a(&self, #[procwire(bare)] x: u8, y: u8);", "so it is the only one"),
        ("async fn a(&self, #[procwire(optional)] x: u8);", "is an `Option<…>`"),
        ("async fn a(&self, #[procwire(optional, default = 1)] x: Option<u8>);", "exclude each other"),
        ("async fn a(&self, #[procwire(defualt = 1)] x: u8);", "did you mean `default`?"),
        ("async fn a(&self, x: u8, #[procwire(wire = \"x\")] y: u8);", "same name on the wire as `x`"),
        ("async fn a(&self); #[procwire(wire = \"a\")] async fn b(&self);", "same name on the wire as `a`"),
        ("#[procwire(event)] fn a(&self);", "no receiver"),
        ("#[procwire(event)] fn a() -> u8;", "returns nothing"),
        ("#[procwire(event, ack)] fn a();", "not answered"),
        ("const X: u8;", "methods and events only"),
        ("#[cfg(unix)] async fn a(&self);", "none of them has a `cfg`"),
    ] {
        let message = mistake(function);
        assert!(message.contains(part), "{function}: {message}");
    }
}
