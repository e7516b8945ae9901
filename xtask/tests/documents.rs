//! What the protocol's page shows as JSON is JSON, as it stands on the wire.

use std::path::Path;

#[test]
fn the_json_of_the_protocol_is_control_lines() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime/PROTOCOL.md");
    let page = std::fs::read_to_string(page).unwrap();
    let lines: Vec<&str> = page.lines().map(str::trim).filter(|line| line.starts_with("{\"jsonrpc\"")).collect();
    assert!(!lines.is_empty());
    let inline = page.split('`').filter(|span| span.starts_with("{\"jsonrpc\""));
    for line in lines.into_iter().chain(inline) {
        let line: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"));
        assert_eq!(line["jsonrpc"], "2.0");
        assert!(line["method"].as_str().is_some_and(|method| method.starts_with('$')), "{line}");
    }
}
