//! What the spans of one run have to be.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value as Json;

/// What came of one run.
pub struct Spans {
    pub all: Vec<Json>,
    /// What the first process printed, and what all of them complained of.
    pub printed: String,
    pub complained: String,
}

type Case = (&'static str, fn(&Spans));

/// Each looks at one thing.
pub const CASES: &[Case] = &[
    ("the_calls_go_as_they_do_without_spans", the_calls_go_as_they_do_without_spans),
    ("one_trace_spans_three_processes_and_callbacks", one_trace_spans_three_processes_and_callbacks),
    ("every_span_has_the_attributes_of_the_conventions", every_span_has_the_attributes_of_the_conventions),
    ("a_declared_error_is_named_on_its_whole_way", a_declared_error_is_named_on_its_whole_way),
    ("calls_without_a_value_have_spans", calls_without_a_value_have_spans),
    ("the_first_messages_of_a_stream_are_events", the_first_messages_of_a_stream_are_events),
    ("a_stream_that_is_left_is_no_error", a_stream_that_is_left_is_no_error),
    ("no_value_stands_in_a_span", no_value_stands_in_a_span),
];

fn text<'a>(span: &'a Json, key: &str) -> &'a str {
    span[key].as_str().unwrap_or_else(|| panic!("{key} of {span:#}"))
}

fn attribute<'a>(span: &'a Json, key: &str) -> &'a Json {
    &span["attributes"][key]
}

/// A span in short, such as `middle SERVER Chain/total`.
fn short(span: &Json) -> String {
    format!("{} {} {}", text(span, "service"), text(span, "kind"), text(span, "name"))
}

impl Spans {
    /// The spans of the trace whose first span has this name, each with how deep it is, parents before children.
    fn trace(&self, root: &str) -> Vec<(usize, &Json)> {
        let roots: Vec<&Json> = self.all.iter().filter(|span| text(span, "parent").is_empty()).collect();
        let found: Vec<&&Json> = roots.iter().filter(|span| text(span, "name") == root).collect();
        let [root] = found.as_slice() else {
            let names: Vec<_> = roots.iter().map(|span| short(span)).collect();
            panic!("not one trace `{root}`: {names:?}\n{}", self.complained);
        };
        let mut children: HashMap<&str, Vec<&Json>> = HashMap::new();
        for span in self.all.iter().filter(|span| text(span, "trace") == text(root, "trace")) {
            children.entry(text(span, "parent")).or_default().push(span);
        }
        let (mut all, mut open) = (Vec::new(), vec![(0, **root)]);
        while let Some((depth, span)) = open.pop() {
            all.push((depth, span));
            let mut below = children.remove(text(span, "span")).unwrap_or_default();
            below.sort_by_key(|span| std::cmp::Reverse(short(span)));
            open.extend(below.into_iter().map(|span| (depth + 1, span)));
        }
        children.remove("");
        assert!(children.is_empty(), "spans without their parents: {children:#?}");
        all
    }

    /// The trace as lines, indented.
    fn shape(&self, root: &str) -> String {
        let line = |(depth, span): &(usize, &Json)| format!("{:1$}{2}\n", "", 2 * depth, short(span));
        self.trace(root).iter().map(line).collect()
    }

    /// The spans of calls alone.
    fn calls(&self) -> impl Iterator<Item = &Json> {
        self.all.iter().filter(|span| text(span, "scope") == "procwire")
    }
}

fn the_calls_go_as_they_do_without_spans(spans: &Spans) {
    assert_eq!(spans.printed, "total: 6\nRefused.Denied\nmany: 200\n", "{}", spans.complained);
}

fn one_trace_spans_three_processes_and_callbacks(spans: &Spans) {
    assert_eq!(
        spans.shape("total"),
        "\
first INTERNAL total
  first CLIENT Chain/total
    middle SERVER Chain/total
      middle CLIENT Chain/total
        last SERVER Chain/total
          last INTERNAL add up
            last CLIENT desk/Steps
              middle SERVER desk/Steps
                middle CLIENT desk/Steps
                  first SERVER desk/Steps
                    first INTERNAL look up
"
    );
    // Every trace is whole, and none is another's.
    let traces: BTreeSet<&str> = spans.all.iter().map(|span| text(span, "trace")).collect();
    assert_eq!(traces.len(), 5);
    let found: usize = ["total", "check", "tell", "many", "left"].map(|root| spans.trace(root).len()).iter().sum();
    assert_eq!(found, spans.all.len());
}

fn every_span_has_the_attributes_of_the_conventions(spans: &Spans) {
    assert!(spans.calls().count() >= 20);
    for span in spans.calls() {
        let method = attribute(span, "rpc.method").as_str();
        assert_eq!(method, Some(text(span, "name")), "{span:#}");
        assert_eq!(attribute(span, "rpc.system.name"), "procwire", "{span:#}");
        assert_eq!(attribute(span, "network.transport"), "unix", "{span:#}");
        assert!(attribute(span, "rpc.status_code").is_string(), "{span:#}");
        // A parent knows its worker by name.
        let server = match (text(span, "service"), text(span, "kind"), method.is_some_and(|m| m.starts_with("Chain"))) {
            ("first", "CLIENT", true) => Json::from("middle"),
            ("middle", "CLIENT", true) => Json::from("last"),
            _ => Json::Null,
        };
        assert_eq!(attribute(span, "server.address"), &server, "{span:#}");
        assert_eq!(span["dropped"], 0, "{span:#}");
        let is_well = attribute(span, "error.type").is_null();
        assert_eq!(text(span, "status"), if is_well { "UNSET" } else { "ERROR" }, "{span:#}");
    }
}

fn a_declared_error_is_named_on_its_whole_way(spans: &Spans) {
    let trace = spans.trace("check");
    assert_eq!(
        spans.shape("check"),
        "\
first INTERNAL check
  first CLIENT Chain/check
    middle SERVER Chain/check
      middle CLIENT desk/Check
        first SERVER desk/Check
"
    );
    for (_, span) in &trace[1..] {
        assert_eq!(attribute(span, "rpc.status_code"), "declared", "{span:#}");
        assert_eq!(attribute(span, "error.type"), "Refused.Denied", "{span:#}");
        assert_eq!(text(span, "status"), "ERROR");
        assert_eq!(text(span, "message"), "Refused.Denied");
    }
}

fn calls_without_a_value_have_spans(spans: &Spans) {
    assert_eq!(
        spans.shape("tell"),
        "\
first INTERNAL tell
  first CLIENT Chain/tell
    middle SERVER Chain/tell
      middle CLIENT desk/Audit
        first SERVER desk/Audit
      middle INTERNAL prepare
        middle CLIENT desk/Warm
          first SERVER desk/Warm
"
    );
    for (_, span) in &spans.trace("tell") {
        if text(span, "kind") != "INTERNAL" {
            assert_eq!(attribute(span, "rpc.status_code"), "ok", "{span:#}");
        }
    }
}

fn the_first_messages_of_a_stream_are_events(spans: &Spans) {
    for (root, count, events) in [("total", 3, 3), ("many", 200, 128)] {
        let trace = spans.trace(root);
        let streams: Vec<_> =
            trace.iter().filter(|(_, span)| !attribute(span, "procwire.stream.messages").is_null()).collect();
        assert_eq!(streams.len(), 4, "{root}: {}", spans.shape(root));
        for (_, span) in streams {
            assert_eq!(attribute(span, "procwire.stream.messages"), count, "{span:#}");
            let found = span["events"].as_array().expect("events");
            assert_eq!(found.len(), events, "{}", short(span));
            let direction = if text(span, "kind") == "CLIENT" { "RECEIVED" } else { "SENT" };
            for (at, event) in found.iter().enumerate() {
                assert_eq!(event["name"], "rpc.message");
                assert_eq!(event["rpc.message.type"], direction);
                assert_eq!(event["rpc.message.id"], at + 1);
                // A step is a map of a number and a text: 19 bytes, and more with numbers above 127.
                let size = event["rpc.message.uncompressed_size"].as_u64();
                assert!(size.is_some_and(|size| (19..24).contains(&size)), "{event}");
            }
        }
    }
}

fn a_stream_that_is_left_is_no_error(spans: &Spans) {
    let trace = spans.trace("left");
    assert_eq!(trace.len(), 6, "{}", spans.shape("left"));
    for (_, span) in trace.iter().filter(|(_, span)| text(span, "kind") != "INTERNAL") {
        assert_eq!(attribute(span, "rpc.status_code"), "cancelled", "{span:#}");
        assert!(attribute(span, "error.type").is_null() && text(span, "status") == "UNSET", "{span:#}");
    }
}

fn no_value_stands_in_a_span(spans: &Spans) {
    let all = Json::from(spans.all.clone()).to_string();
    assert!(!all.contains("a secret") && all.contains("Chain/tell"));
}
