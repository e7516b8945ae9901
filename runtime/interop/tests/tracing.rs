//! One trace over three processes and callbacks between them: a parent in Node, its worker in Rust, whose worker is in
//! Python. Each has the SDK of its language, and exports over OTLP to a receiver that reads it by the official definitions.

#[path = "tracing/http.rs"]
mod http;
#[path = "tracing/judge.rs"]
mod judge;
#[path = "tracing/middle.rs"]
mod middle;
#[path = "runner/typescript.rs"]
mod typescript;

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::json;

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some(middle::ROLE) {
        return match middle::serve() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        };
    }
    let arguments = Arguments::from_args();
    // All look at the same spans, which only one run makes.
    let spans = Arc::new(std::sync::OnceLock::new());
    let trials = judge::CASES.iter().map(|&(name, judge)| {
        let spans = Arc::clone(&spans);
        Trial::test(name, move || {
            let spans: &Result<judge::Spans, String> = spans.get_or_init(run);
            judge(spans.as_ref().map_err(|error| Failed::from(error.as_str()))?);
            Ok(())
        })
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

/// A process that ends with what holds it.
struct Kept(Child);

impl Drop for Kept {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs the three processes, and gives the spans that the receiver has then.
fn run() -> Result<judge::Spans, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    typescript::build(root)?;
    let python = root.join("../python");
    let interpreter = python.join(".venv/bin/python");
    let path = format!("{}:{}", python.join("src").display(), root.join("python").display());
    let text = |error: std::io::Error| error.to_string();

    let mut receiver = Command::new(&interpreter);
    receiver.arg(root.join("python/tracing_receiver.py")).stdout(Stdio::piped());
    let mut receiver = Kept(receiver.spawn().map_err(text)?);
    let mut line = String::new();
    let said = receiver.0.stdout.take().ok_or("no pipe")?;
    BufReader::new(said).read_line(&mut line).map_err(text)?;
    let port = line.trim().strip_prefix("listening ").ok_or_else(|| format!("the receiver says {line:?}"))?;
    let endpoint = format!("http://127.0.0.1:{port}");

    let own = std::env::current_exe().map_err(text)?;
    let last = root.join("python/tracing_worker.py");
    let parent = Command::new("node")
        .arg(root.join("dist/typescript/tracing.js"))
        .env("INTEROP_WORKER", json!([own, middle::ROLE, interpreter, last]).to_string())
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)
        .env("PYTHONPATH", path)
        // A proxy of this machine has no business here.
        .env("NO_PROXY", "127.0.0.1")
        .env("no_proxy", "127.0.0.1")
        .stdin(Stdio::null())
        .output()
        .map_err(text)?;
    let printed = String::from_utf8_lossy(&parent.stdout).into_owned();
    let complained = String::from_utf8_lossy(&parent.stderr).into_owned();
    if !parent.status.success() {
        return Err(format!("the parent ended with {}: {printed}{complained}", parent.status));
    }
    let told = http::get(&endpoint, "/spans")?;
    let all = serde_json::from_slice(&told).map_err(|error| error.to_string())?;
    Ok(judge::Spans { all, printed, complained })
}
