//! `ipcgen call`, `inspect` and `breaking --against bin:` with real workers: of TypeScript and Python, and one of the
//! published packages, which knows nothing of schemas. `call_rust` has one in Rust.
#![cfg(unix)]

#[path = "../../../runtime/interop/tests/runner/typescript.rs"]
mod typescript;

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository")
}

fn python(script: &Path) -> String {
    format!("{} {}", root().join("runtime/python/.venv/bin/python").display(), script.display())
}

/// What a run ended with.
struct Run {
    status: Option<i32>,
    out: String,
    err: String,
}

/// The worker of `interop.ipc` in TypeScript and Python.
fn interop() -> [String; 2] {
    let root = root().join("runtime/interop");
    typescript::build(&root).unwrap_or_else(|error| panic!("{error}"));
    [root.join("dist/typescript/worker.js").display().to_string(), python(&root.join("python/worker.py"))]
}

/// The one that the published packages serve.
fn published() -> String {
    root().join("runtime/interop/node/child.mjs").display().to_string()
}

fn ipcgen(folder: &Path, arguments: &[&str], input: &[u8]) -> Run {
    let mut child = command(folder, arguments).stdin(Stdio::piped()).spawn().expect("ipcgen runs");
    // Where nothing is read, it may be gone already.
    let _ = child.stdin.take().expect("standard input").write_all(input);
    let output = child.wait_with_output().expect("an end");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Run { status: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let root = root();
    let paths = [root.join("runtime/python/src"), root.join("runtime/interop/python")];
    let mut command = Command::new(env!("CARGO_BIN_EXE_ipcgen"));
    let python_path: OsString = std::env::join_paths(paths).expect("paths");
    command.args(arguments).current_dir(folder).env("PYTHONPATH", python_path);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn call(arguments: &[&str]) -> Run {
    let all: Vec<&str> = ["call"].into_iter().chain(arguments.iter().copied()).collect();
    ipcgen(Path::new("."), &all, b"")
}

#[test]
fn values_of_every_type_go_through_workers_of_each_language() {
    for worker in interop() {
        let run = call(&[&worker, "add", r#"{"a":1,"b":2}"#]);
        assert_eq!((run.status, run.out.as_str()), (Some(0), "{\"sum\":3}\n"), "{worker}: {}", run.err);
        let request =
            r#"{"text":"é","count":-7,"ratio":0.5,"ok":true,"tags":["a"],"wide":18446744073709551615,"note":null}"#;
        let run = call(&[&worker, "echo", request]);
        assert_eq!(run.out.trim_end(), request, "{worker}: {}", run.err);
        let run = call(&[&worker, "moment", r#"{"at":"2026-11-21T15:00:00.5Z"}"#]);
        assert_eq!(run.out, "{\"at\":\"2026-11-21T15:00:00.5Z\"}\n", "{worker}: {}", run.err);
        let run = call(&[&worker, "blob", r#"{"data":"aGk="}"#]);
        assert_eq!(run.out, "{\"data\":\"aGk=\",\"length\":2}\n", "{worker}: {}", run.err);
        let odd = r#"{"side":"Buy","shapes":[{"type":"Circle","radius":1.0,"filled":true},{"type":"Line","value":[1,2]}],"names":{"a":1},"limit":9}"#;
        let run = call(&[&worker, "odd", odd]);
        assert_eq!(run.status, Some(0), "{worker}: {}", run.err);
        assert!(run.out.contains(r#""shapes":[{"type":"Circle","radius":1.0,"filled":true}"#), "{}", run.out);
    }
}

#[test]
fn streams_are_lines_and_errors_of_the_schema_are_json() {
    for worker in interop() {
        let run = call(&[&worker, "count", r#"{"n":3}"#]);
        let lines: Vec<&str> = run.out.lines().collect();
        assert_eq!((run.status, lines.len()), (Some(0), 3), "{worker}: {}", run.err);
        assert!(lines[2].starts_with("{\"i\":2,"), "{}", run.out);
        let run = call(&[&worker, "fail", r#"{"how":"declared"}"#]);
        assert_eq!(run.status, Some(1), "{worker}: {}", run.err);
        assert_eq!(run.err, "{\"error\":\"Trouble\",\"data\":{\"type\":\"OutOfLuck\",\"tries\":3}}\n");
        let run = call(&[&worker, "add", r#"{"a":1,"b":"two"}"#]);
        assert_eq!(run.status, Some(2));
        assert!(
            run.err
                .contains("the request of `add`: b: expected an integer from -2147483648 to 2147483647, got \"two\"")
        );
        let run = call(&[&worker, "add", r#"{"a":1}"#]);
        assert!(run.err.contains("the request of `add`: the field `b` is missing"), "{}", run.err);
        let run = call(&[&worker, "ad"]);
        assert!(
            run.status == Some(2) && run.err.contains("the worker has no method `ad`; it has `add`"),
            "{}",
            run.err
        );
    }
}

#[test]
fn a_request_comes_on_standard_input_and_raw_bytes_are_bytes() {
    for worker in interop() {
        let run = ipcgen(Path::new("."), &["call", &worker, "add"], br#"{"a":20,"b":22}"#);
        assert_eq!((run.status, run.out.as_str()), (Some(0), "{\"sum\":42}\n"), "{worker}: {}", run.err);
        let run = ipcgen(Path::new("."), &["call", &worker, "mirror", "--raw"], b"as it is");
        assert_eq!((run.status, run.out.as_str()), (Some(0), "as it is"), "{worker}: {}", run.err);
        let run = ipcgen(Path::new("."), &["call", &worker, "add", "--raw"], b"as it is");
        assert!(run.status == Some(2) && run.err.contains("leave out `--raw`"), "{}", run.err);
    }
}

#[test]
fn a_worker_of_the_published_packages_is_called_without_types() {
    let run = call(&[&published(), "add", r#"{"a":1,"b":2}"#]);
    assert_eq!((run.status, run.out.as_str()), (Some(0), "{\"sum\":3}\n"), "{}", run.err);
    let run = call(&[&published()]);
    assert!(run.out.contains("method add -> result\n") && run.out.contains("method count -> stream\n"), "{}", run.out);
    let run = ipcgen(Path::new("."), &["inspect", &published()], b"");
    assert!(run.status == Some(2) && run.err.contains("does not know its schema"), "{}", run.err);
    let run = call(&[&published(), "add", r#"{"a":1,"b":2}"#, "--metadata", "tenant=acme"]);
    assert!(run.status == Some(2) && run.err.contains("takes no metadata"), "{}", run.err);
}

#[test]
fn a_script_answers_what_a_worker_asks() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("a file");
    let worker = python(&root().join("runtime/interop/scenarios/ext-callbacks/worker.py"));
    write(
        "answers.json",
        r#"{"trading.DataFetch": [{"at":1,"close":20}, {"at":2,"close":22}],
            "trading.Position": {"$each": [7, {"$error": {"type":"Denied","why":"no"}}, {"$fail": "not today"}]}}"#,
    );
    let call = |arguments: &[&str]| {
        let all: Vec<&str> = ["call", &worker].into_iter().chain(arguments.iter().copied()).collect();
        ipcgen(folder.path(), &all, b"")
    };
    let script = ["--callbacks", "answers.json"];
    let run = call(&[&["total", r#"{"symbol":"A","count":2}"#][..], &script].concat());
    assert_eq!((run.status, run.out.as_str()), (Some(0), "42\n"), "{}", run.err);
    let run = call(&[&["pass_on", r#"{"symbol":"A","count":2}"#][..], &script].concat());
    assert_eq!(run.out, "{\"at\":1,\"close\":20}\n{\"at\":2,\"close\":22}\n", "{}", run.err);
    let run = call(&[&["position", r#"{"account":"x"}"#][..], &script].concat());
    assert_eq!(run.out, "7\n", "{}", run.err);
    write("answers.json", r#"{"trading.Position": {"$error": {"type":"Denied","why":"no"}}}"#);
    let run = call(&[&["position", r#"{"account":"x"}"#][..], &script].concat());
    assert_eq!(run.err, "{\"error\":\"Refused\",\"data\":{\"type\":\"Denied\",\"why\":\"no\"}}\n");
    assert_eq!(run.status, Some(1));
    write("answers.json", r#"{"trading.Position": "seven"}"#);
    let run = call(&[&["position", r#"{"account":"x"}"#][..], &script].concat());
    assert!(run.status == Some(2) && run.err.contains("expected an integer from 0 to 4294967295"), "{}", run.err);
    write("answers.json", r#"{"trading.Position": {"$eror": 1}}"#);
    let run = call(&[&["position", r#"{"account":"x"}"#][..], &script].concat());
    assert!(run.err.contains("answers.json: trading.Position: there is no `$eror`"), "{}", run.err);
    let run = call(&[]);
    assert!(run.out.contains("callback trading.DataFetch(symbol: string, count: u32) -> stream Candle"), "{}", run.out);
}

#[test]
fn ctrl_c_aborts_the_call_and_ends_the_worker() {
    for worker in interop() {
        let mut child =
            command(Path::new("."), &["call", &worker, "forever", r#"{"gate":"never"}"#, "--timeout", "1h"])
                .stdin(Stdio::null())
                .spawn()
                .expect("ipcgen runs");
        let mut out = BufReader::new(child.stdout.take().expect("standard output"));
        let mut line = String::new();
        out.read_line(&mut line).expect("an item");
        assert!(line.starts_with("{\"i\":0"), "{line}");
        let id = Pid::from_raw(i32::try_from(child.id()).expect("a process")).expect("a process");
        kill_process(id, Signal::INT).expect("a signal");
        let output = child.wait_with_output().expect("an end");
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), err.as_str()), (Some(130), ""), "{worker}");
    }
}

#[test]
fn what_a_worker_speaks_compiles_and_is_compared() {
    let folder = tempfile::tempdir().expect("a folder");
    let now = root().join("runtime/interop/interop.ipc");
    let text = fs::read_to_string(&now).expect("a schema");
    fs::write(folder.path().join("newer.ipc"), text.replace("data: bytes", "data: string")).expect("a schema");
    for worker in interop() {
        let run = ipcgen(folder.path(), &["inspect", &worker], b"");
        assert_eq!(run.status, Some(0), "{}", run.err);
        fs::write(folder.path().join("worker.ipc"), &run.out).expect("a schema");
        let run = ipcgen(folder.path(), &["check", "worker.ipc"], b"");
        assert_eq!(run.status, Some(0), "{}", run.err);
        let run = ipcgen(folder.path(), &["inspect", &worker, "--format", "json"], b"");
        let form: serde_json::Value = serde_json::from_str(&run.out).expect("JSON");
        assert_eq!((&form["ipc"], &form["package"]), (&1.into(), &"interop".into()));

        let old = format!("bin:{worker}");
        let run = ipcgen(folder.path(), &["breaking", &now.display().to_string(), "--against", &old], b"");
        assert_eq!((run.status, run.out.as_str()), (Some(0), "nothing changed\n"), "{worker}: {}", run.err);
        let run = ipcgen(folder.path(), &["breaking", "newer.ipc", "--against", &old], b"");
        assert_eq!(run.status, Some(1), "{worker}: {}", run.err);
        assert!(run.out.contains("bytes became string"), "{}", run.out);
        let run = ipcgen(folder.path(), &["breaking", "newer.ipc", "--against", &old, "--fail-on", "source"], b"");
        assert!(run.status == Some(2) && run.err.contains("with a schema file or `git:REF`"), "{}", run.err);
    }
}

#[test]
fn what_does_not_start_is_told() {
    let run = call(&["./there-is-none", "quote"]);
    assert!(run.status == Some(2) && run.err.contains("`./there-is-none` does not start"), "{}", run.err);
    let run = call(&["true", "quote"]);
    assert!(run.status == Some(2) && run.err.contains("it ended before it was ready"), "{}", run.err);
}
