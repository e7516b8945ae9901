//! How a worker starts: what it announces, whom it lets in, and what it says where it cannot.

use std::io::{Read, Write};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Stdio;

use libtest_mimic::Trial;

use crate::raw::{Raw, Wire, role, wait};
use crate::trials;

const TOKEN: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const AUTHENTICATE: u16 = 0xFFFE;

pub fn tests() -> Vec<Trial> {
    trials![
        init_announces_a_private_socket_and_ids_from_one,
        a_private_folder_is_below_the_preferred_one,
        a_folder_that_is_missing_is_passed_over,
        nothing_is_left_on_disk_once_the_parent_is_connected,
        an_end_before_the_connection_leaves_nothing_behind,
        the_socket_takes_one_parent_only,
        prints_before_the_start_do_no_harm,
        a_wrong_token_and_a_silent_stray_shut_nobody_out,
        what_the_parent_said_in_the_environment_is_for_nobody_else,
        two_services_with_one_name_are_refused,
        a_person_who_starts_a_worker_is_told_what_it_is,
        events_can_be_sent_as_soon_as_the_parent_is_there,
    ]
}

fn init_announces_a_private_socket_and_ids_from_one() {
    let worker = Raw::start(&mut role("both"));
    let init = worker.hear("$init");
    assert_eq!(init["jsonrpc"], "2.0");
    let params = &init["params"];
    assert_eq!(params["version"], "1.0.0");
    let methods = &params["schema"]["methods"];
    let events = &params["schema"]["events"];
    let fp = &methods["echo"]["fp"];
    assert_eq!(methods["echo"], serde_json::json!({ "id": 1, "response": "result", "fp": fp }));
    assert_eq!(fp.as_str().map(str::len), Some(16));
    assert_eq!(params["ipc"]["fingerprint"].as_str().map(str::len), Some(16));
    assert_eq!(params["ipc"]["tool"], concat!("procwire ", env!("CARGO_PKG_VERSION")));
    assert_eq!(methods["count"]["response"], "stream");
    assert_eq!(methods["log"]["response"], "none");
    let mut ids: Vec<u64> = [methods, events]
        .into_iter()
        .flat_map(|entries| entries.as_object().unwrap().iter())
        .filter(|(name, _)| !name.starts_with('$'))
        .map(|(_, entry)| entry)
        .map(|entry| entry["id"].as_u64().unwrap())
        .collect();
    ids.sort_unstable();
    assert_eq!(ids, (1..=u64::try_from(ids.len()).unwrap()).collect::<Vec<_>>());
    assert_eq!(methods["$health"], serde_json::json!({ "id": 65518, "response": "result" }));
    assert_eq!(methods["$schema"], serde_json::json!({ "id": 65517, "response": "result" }));
    assert_eq!(params["ext"], serde_json::json!(["fd", "meta", "callbacks", "credit"]));
    assert_eq!(params["limits"], serde_json::json!({ "payload": 1 << 30, "window": 1 << 20 }));
    assert_eq!(params["schema"].get("callbacks"), None, "there are none");
    let path = Path::new(params["pipe"].as_str().unwrap());
    assert!(path.as_os_str().len() < 108);
    assert!(path.metadata().unwrap().file_type().is_socket());
    let folder = path.parent().unwrap();
    assert_eq!(folder.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    let name = folder.file_name().unwrap().to_str().unwrap();
    let random = name.strip_prefix(&format!("procwire-{}-", worker.child.id())).unwrap();
    assert_eq!(random.len(), 32);
    assert_eq!(path.file_name().unwrap(), "s");
}

fn a_private_folder_is_below_the_preferred_one() {
    let base = tempfile::tempdir().unwrap();
    let worker = Raw::start(role("probe").env("XDG_RUNTIME_DIR", base.path()).env("TMPDIR", "/tmp"));
    assert!(worker.connect().path.starts_with(base.path()));
}

fn a_folder_that_is_missing_is_passed_over() {
    let base = tempfile::tempdir().unwrap();
    let mut command = role("probe");
    command.env("XDG_RUNTIME_DIR", base.path().join("missing")).env("TMPDIR", base.path().join("x".repeat(200)));
    let worker = Raw::start(&mut command);
    assert!(worker.connect().path.starts_with("/tmp"));
}

fn nothing_is_left_on_disk_once_the_parent_is_connected() {
    let base = tempfile::tempdir().unwrap();
    let worker = Raw::start(role("probe").env("XDG_RUNTIME_DIR", base.path()));
    let mut wire = worker.connect();
    wire.call("echo", 1, b"\xa2hi");
    assert_eq!(wire.frame().payload, b"\xa2hi");
    assert_eq!(base.path().read_dir().unwrap().count(), 0);
}

fn an_end_before_the_connection_leaves_nothing_behind() {
    let base = tempfile::tempdir().unwrap();
    for by_shutdown in [false, true] {
        let mut worker = Raw::start(role("probe").env("XDG_RUNTIME_DIR", base.path()));
        worker.hear("$init");
        if by_shutdown {
            worker.say(r#"{"jsonrpc":"2.0","method":"$shutdown","params":{}}"#);
        } else {
            drop(worker.child.stdin.take());
        }
        assert!(worker.wait().success());
        assert_eq!(base.path().read_dir().unwrap().count(), 0);
    }
}

fn the_socket_takes_one_parent_only() {
    let worker = Raw::start(&mut role("probe"));
    let mut wire = worker.connect();
    wire.call("echo", 1, b"\xa1a");
    assert_eq!(wire.frame().payload, b"\xa1a");
    assert!(UnixStream::connect(&wire.path).is_err());
}

fn prints_before_the_start_do_no_harm() {
    let worker = Raw::start(&mut role("prints-first"));
    assert_eq!(worker.lines.recv().unwrap(), "a whole line");
    let mut wire = worker.connect();
    wire.call("print", 1, b"\x01");
    assert_eq!(wire.frame().payload, b"\xc0");
    worker.hear_error("xxxxx");
}

fn a_wrong_token_and_a_silent_stray_shut_nobody_out() {
    let worker = Raw::start(role("probe").env("PROCWIRE_TOKEN", TOKEN));
    let init = worker.hear("$init");
    let _silent = Wire::connect(&init);
    let mut wrong = Wire::connect(&init);
    wrong.send(AUTHENTICATE, 0, 0, TOKEN.to_uppercase().as_bytes());
    assert!(wrong.next().is_none());
    let mut eager = Wire::connect(&init);
    eager.call("echo", 1, b"\xa1a");
    assert!(eager.next().is_none());
    let mut wire = Wire::connect(&init);
    wire.send(AUTHENTICATE, 0, 0, TOKEN.as_bytes());
    wire.call("echo", 1, b"\xa1a");
    assert_eq!(wire.frame().payload, b"\xa1a");
}

fn what_the_parent_said_in_the_environment_is_for_nobody_else() {
    let mut command = role("probe");
    command.env("PROCWIRE_TOKEN", TOKEN).env("PROCWIRE_LATER", "1").env("OTHER", "1");
    let worker = Raw::start(&mut command);
    let mut wire = worker.connect();
    wire.send(AUTHENTICATE, 0, 0, TOKEN.as_bytes());
    wire.call("environment", 1, b"\x80");
    let payload = wire.frame().payload;
    let names = String::from_utf8_lossy(&payload);
    assert!(names.contains("OTHER"));
    assert!(!names.contains("PROCWIRE_"));
}

fn two_services_with_one_name_are_refused() {
    let mut worker = Raw::start(&mut role("rivals"));
    let error = worker.hear("$error");
    let message = error["params"]["message"].as_str().unwrap();
    for part in ["Probe", "Rival", "echo"] {
        assert!(message.contains(part), "{message}");
    }
    assert_eq!(worker.wait().code(), Some(1));
}

fn a_person_who_starts_a_worker_is_told_what_it_is() {
    let mut command = role("both");
    command.env_remove("PROCWIRE_MODULE_NAME");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    assert_eq!(wait(&mut child).code(), Some(2));
    let mut told = String::new();
    child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
    for part in ["a worker", "Probe and Audit", "start that program instead"] {
        assert!(told.contains(part), "{told}");
    }
    let mut printed = String::new();
    child.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
    assert_eq!(printed, "");
}

fn events_can_be_sent_as_soon_as_the_parent_is_there() {
    let mut worker = Raw::start(&mut role("ticker"));
    let mut wire = worker.connect();
    for number in 0..5000_u32 {
        let frame = wire.frame();
        assert_eq!((frame.flags, frame.request), (0x01, 0));
        let last = u32::from(*frame.payload.last().unwrap());
        assert_eq!(last, number & 0xFF);
    }
    wire.stream.flush().unwrap();
    drop(wire);
    assert!(worker.wait().success());
}
