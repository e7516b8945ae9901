//! The generator beside protoc with prost and tonic, and what its code costs a user's compiler.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::signal::{Signal, killpg};
use nix::sys::time::TimeVal;
use nix::unistd::Pid;
use tempfile::TempDir;

use crate::programs::Programs;
use crate::results::{Key, Results};
use crate::shapes::{self, Size};

/// The section's name in the results.
pub const MODE: &str = "generator";
/// The section of the compile times.
pub const COMPILE: &str = "compile";
/// Wall time.
pub const SECONDS: &str = "s";
/// Processor time, which other work on the machine does not lengthen.
const CPU_SECONDS: &str = "cpu s";
/// The peers' names.
pub const PROTOC: &str = "protoc + prost + tonic";
/// TypeScript of protoc, by `protoc-gen-es`.
pub const PROTOC_ES: &str = "protoc + protoc-gen-es";
/// Python of protoc, with its type stubs.
pub const PROTOC_PYTHON: &str = "protoc, Python and stubs";
/// Ours, by language.
pub const OURS: [&str; 3] = ["ipcgen", "ipcgen, TypeScript", "ipcgen, Python"];
/// Theirs, by language.
pub const THEIRS: [&str; 3] = [PROTOC, PROTOC_ES, PROTOC_PYTHON];
/// How long a generator may take; what takes longer is counted as this.
const PATIENCE: Duration = Duration::from_secs(60);
/// Peak memory, in millions of bytes.
pub const MEGABYTES: &str = "mb";
/// The sizes: so many records of eight fields, and a tenth as many methods.
pub const RECORDS: [usize; 3] = [100, 1_000, 10_000];

/// All generators on all sizes, in rounds.
pub fn run(programs: &Programs, rounds: usize, results: &mut Results) -> Result<()> {
    let folder = TempDir::new()?;
    let ours = programs.path("ipcgen");
    let protoc = protoc_bin_vendored::protoc_bin_path()?;
    let es = programs.node_module("protoc-gen-es");
    for round in 0..rounds {
        eprintln!("generator: round {} of {rounds}", round + 1);
        for records in RECORDS {
            let size = Size { records, methods: records / 10 };
            let schema = folder.path().join("shapes.ipc");
            fs::write(&schema, shapes::ipc(size))?;
            let proto = folder.path().join("shapes.proto");
            fs::write(&proto, shapes::proto(size))?;
            let out = |name: &str| {
                let out = folder.path().join(format!("{name}-{round}-{records}"));
                fs::create_dir(&out).map(|()| out)
            };
            for (contestant, language) in OURS.into_iter().zip(["rust", "typescript", "python"]) {
                let build = ["build".as_ref(), "--lang".as_ref(), language.as_ref(), "--out".as_ref()];
                let out = out(language)?;
                let arguments: Vec<&OsStr> = build.into_iter().chain([out.as_os_str(), schema.as_os_str()]).collect();
                take(contestant, &ours, &arguments, records, results);
            }
            let prost_out = out("prost")?;
            let arguments = [proto.as_os_str(), prost_out.as_os_str()];
            take(PROTOC, &programs.path("bench-prost"), &arguments, records, results);
            let python_out = out("protoc-python")?;
            let arguments =
                [option("-I", folder.path()), option("--python_out=", &python_out), option("--pyi_out=", &python_out)];
            let arguments: Vec<&OsStr> = arguments.iter().map(AsRef::as_ref).chain([proto.as_os_str()]).collect();
            take(PROTOC_PYTHON, &protoc, &arguments, records, results);
            // It takes minutes, so once is enough.
            if round == 0 {
                let es_out = out("protoc-es")?;
                match &es {
                    Ok(plugin) => {
                        let arguments = [
                            option("-I", folder.path()),
                            option("--plugin=protoc-gen-es=", plugin),
                            option("--es_out=", &es_out),
                            "--es_opt=target=ts".into(),
                        ];
                        let arguments: Vec<&OsStr> =
                            arguments.iter().map(AsRef::as_ref).chain([proto.as_os_str()]).collect();
                        take(PROTOC_ES, &protoc, &arguments, records, results);
                    }
                    Err(reason) => results.note(format!("{PROTOC_ES}: {reason}")),
                }
            }
        }
    }
    Ok(())
}

fn option(name: &str, path: &Path) -> OsString {
    let mut option = OsString::from(name);
    option.push(path);
    option
}

fn take(contestant: &str, program: &Path, arguments: &[&OsStr], records: usize, results: &mut Results) {
    match measured(program, arguments) {
        Ok((seconds, megabytes)) => {
            if seconds >= PATIENCE.as_secs_f64() {
                results.note(format!("{contestant}, {records} records: not done after {} s", PATIENCE.as_secs()));
            }
            results.add(Key::new(MODE, contestant, &records, &SECONDS), seconds);
            results.add(Key::new(MODE, contestant, &records, &MEGABYTES), megabytes);
        }
        Err(error) => results.note(format!("{contestant}, {records} records: {error:#}")),
    }
}

/// Runs this program again as `measured`, so that the peak memory is of that one command and its children.
fn measured(program: &Path, arguments: &[&OsStr]) -> Result<(f64, f64)> {
    let output = Command::new(std::env::current_exe()?)
        .arg("measured")
        .arg(program)
        .args(arguments)
        .stderr(Stdio::piped())
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{}", said.trim_end());
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The other side of that: runs the command and prints its seconds and its peak memory.
pub fn measure(command: &[String]) -> Result<()> {
    let (program, arguments) = command.split_first().context("the command is missing")?;
    let begin = Instant::now();
    // A group of its own, so that what a generator has started ends with it.
    let mut child = Command::new(program)
        .args(arguments)
        .process_group(0)
        .stdin(Stdio::null())
        .spawn()
        .with_context(|| format!("cannot run {program}"))?;
    let group = Pid::from_raw(i32::try_from(child.id())?);
    let (done, is_done) = std::sync::mpsc::channel::<()>();
    let guard = std::thread::spawn(move || {
        let is_late = is_done.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout);
        if is_late {
            let _ = killpg(group, Signal::SIGKILL);
        }
        is_late
    });
    let status = child.wait()?;
    let seconds = begin.elapsed().as_secs_f64();
    drop(done);
    let is_late = guard.join().unwrap_or(false);
    ensure!(status.success() || is_late, "{program}: {status}");
    // Kibibytes, the largest of the command and of the processes that it waited for.
    let peak = getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss();
    println!("{}", serde_json::to_string(&(seconds, peak as f64 * 1024.0 / 1e6))?);
    Ok(())
}

/// Builds a user's crate with 100 records and 20 methods, with our generated code and with serde's derive.
pub fn compile(programs: &Programs, rounds: usize, results: &mut Results) -> Result<()> {
    let size = Size { records: 100, methods: 20 };
    let folder = TempDir::new()?;
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("../runtime/rust").canonicalize()?;
    let ours = folder.path().join("ours");
    let dependencies = format!("procwire = {{ path = {:?} }}\n", runtime.display().to_string());
    write_crate(&ours, &dependencies, &shapes::ours(size))?;
    let schema = folder.path().join("shapes.ipc");
    fs::write(&schema, shapes::ipc(size))?;
    let status = Command::new(programs.path("ipcgen"))
        .args(["build", "--lang", "rust", "--out"])
        .arg(ours.join("src"))
        .arg(&schema)
        .stdout(Stdio::null())
        .status()
        .context("ipcgen was not built")?;
    ensure!(status.success(), "ipcgen failed");
    let serde = folder.path().join("serde");
    let dependencies = "serde = { version = \"1\", features = [\"derive\"] }\nrmp-serde = \"1\"\n";
    write_crate(&serde, dependencies, &shapes::serde(size))?;
    for (profile, arguments) in [("debug", &["build"][..]), ("release", &["build", "--release"])] {
        for round in 0..=rounds {
            for (contestant, path) in [("procwire", &ours), ("serde + rmp-serde", &serde)] {
                let (seconds, cpu) = build(path, arguments)?;
                // The first round builds the dependencies too.
                if round > 0 {
                    eprintln!("compile: {contestant}, {profile}: {seconds:.2} s");
                    results.add(Key::new(COMPILE, contestant, &profile, &SECONDS), seconds);
                    results.add(Key::new(COMPILE, contestant, &profile, &CPU_SECONDS), cpu);
                }
            }
        }
    }
    Ok(())
}

fn write_crate(folder: &Path, dependencies: &str, main: &str) -> Result<()> {
    fs::create_dir_all(folder.join("src"))?;
    let manifest = format!(
        "[package]\nname = \"user\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n{dependencies}\
         tokio = {{ version = \"1\", features = [\"macros\", \"process\", \"rt\"] }}\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::write(folder.join("src/main.rs"), main)?;
    Ok(())
}

/// Wall and processor seconds.
fn build(folder: &Path, arguments: &[&str]) -> Result<(f64, f64)> {
    let main = folder.join("src/main.rs");
    fs::write(&main, fs::read(&main)?)?;
    let cpu = children_cpu()?;
    let begin = Instant::now();
    let output = Command::new("cargo")
        .args(arguments)
        .arg("--quiet")
        .current_dir(folder)
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env("RUSTFLAGS", "-Awarnings")
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{} does not build: {}", folder.display(), said.trim_end());
    Ok((begin.elapsed().as_secs_f64(), children_cpu()? - cpu))
}

fn children_cpu() -> Result<f64> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let seconds = |time: TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    Ok(seconds(usage.user_time()) + seconds(usage.system_time()))
}
