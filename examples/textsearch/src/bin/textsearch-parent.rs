//! A parent in Rust: `textsearch-parent <folder> [worker] [arguments]` starts the worker (the one beside it if none is
//! named) and asks it for this and that.

use std::env::current_exe;
use std::error::Error;
use std::process::Command;
use std::time::Instant;

use textsearch::{Level, SearchError, TextSearchClient};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("usage: textsearch-parent FOLDER [WORKER [ARGUMENTS]]")?;
    let worker = arguments.next().map_or_else(|| beside("textsearch-worker"), |worker| Ok(worker.into()))?;
    let mut command = Command::new(worker);
    command.args(arguments);
    let trace = Trace(Instant::now());

    let library = TextSearchClient::spawn(command).await?;
    trace.line("spawn", "", "is ready");

    library.log(Level::Info, "a parent in Rust is here".to_owned()).await?;
    trace.line("log(Info, \"..\")", "none", "");

    match library.summary("README.md".to_owned()).await {
        Err(procwire::Error::Declared(SearchError::NoIndex)) => {
            trace.line("summary(\"README.md\")", "result", "declared error: NoIndex");
        }
        other => return Err(format!("expected SearchError::NoIndex, got {other:?}").into()),
    }

    let mut progress = library.events().progress();
    let plan = library
        .index(folder)
        .skip(["target", "node_modules", ".git", ".venv", "dist"].map(str::to_owned).to_vec())
        .await?;
    trace.line("index(folder)", "ack", &format!("{} files, {} bytes", plan.files, plan.bytes));
    while let Some(event) = progress.next().await {
        trace.line("", "event", &format!("progress: {} of {} files", event.done, event.total));
        if event.done == event.total {
            break;
        }
    }

    let mut hits = library.search("procwire".to_owned()).ignore_case(true).limit(3).await?;
    let mut found = Vec::new();
    while let Some(hit) = hits.next().await {
        let hit = hit?;
        found.push(format!("{}:{}", hit.file, hit.line));
    }
    trace.line("search(\"procwire\", limit 3)", "stream", &format!("{}; end", found.join(", ")));

    let summary = library.summary("README.md".to_owned()).await?;
    let figures = format!("{} lines, {} words", summary.lines, summary.words);
    trace.line("summary(\"README.md\")", "result", &figures);

    let mut hits = library.search("(".to_owned()).await?;
    match hits.next().await {
        Some(Err(procwire::Error::Declared(SearchError::BadPattern { .. }))) => {
            trace.line("search(\"(\")", "stream", "declared error: BadPattern");
        }
        other => return Err(format!("expected SearchError::BadPattern, got {other:?}").into()),
    }

    let mut hits = library.search("e".to_owned()).await?;
    let hit = hits.next().await.ok_or("nothing holds an e")??;
    drop(hits);
    trace.line("search(\"e\")", "stream", &format!("{}:{}; abort", hit.file, hit.line));
    // The connection is as good as before.
    library.summary("README.md".to_owned()).await?;

    library.shutdown().await?;
    trace.line("shutdown", "", "has ended");
    let counts = library.peer().counts();
    println!("parent: {} frames read, {} frames written", counts.frames_read, counts.frames_written);
    Ok(())
}

/// A program in the folder of this one.
fn beside(name: &str) -> std::io::Result<std::ffi::OsString> {
    Ok(current_exe()?.with_file_name(name).into_os_string())
}

/// Prints what was asked, and what came of it.
struct Trace(Instant);

impl Trace {
    fn line(&self, call: &str, kind: &str, answer: &str) {
        let line = format!("{:8.1} ms  {call:<32}{kind:<8}{answer}", self.0.elapsed().as_secs_f64() * 1e3);
        println!("{}", line.trim_end());
    }
}
