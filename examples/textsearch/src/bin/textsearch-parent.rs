//! A parent in Rust: `textsearch-parent <folder>` starts the worker beside it and asks it for this and that.

use std::env::current_exe;
use std::error::Error;
use std::process::Command;
use std::time::Instant;

use textsearch::{Level, SearchError, TextSearchClient};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: textsearch-parent <folder>")?;
    let trace = Trace(Instant::now());

    trace.call("starts the worker", "");
    let library = TextSearchClient::spawn(Command::new(current_exe()?.with_file_name("textsearch-worker"))).await?;
    trace.answer("is ready");

    trace.call("log(Info, ..)", "none");
    library.log(Level::Info, "the Rust parent is here".to_owned()).await?;

    trace.call("summary(\"README.md\")", "result");
    match library.summary("README.md".to_owned()).await {
        Err(procwire::Error::Declared(SearchError::NoIndex)) => trace.answer("declared error: NoIndex"),
        other => return Err(format!("expected SearchError::NoIndex, got {other:?}").into()),
    }

    trace.call("index(folder)", "ack");
    let mut progress = library.events().progress();
    let plan = library.index(folder).skip(["target", "node_modules", ".git"].map(str::to_owned).to_vec()).await?;
    trace.answer(&format!("acknowledged: {} files, {} bytes", plan.files, plan.bytes));
    while let Some(event) = progress.next().await {
        trace.event(&format!("progress: {} of {} files", event.done, event.total));
        if event.done == event.total {
            break;
        }
    }

    trace.call("search(\"procwire\", limit = 3)", "stream");
    let mut hits = library.search("procwire".to_owned()).ignore_case(true).limit(3).await?;
    while let Some(hit) = hits.next().await {
        let hit = hit?;
        trace.answer(&format!("item: {}:{}: {:.50}", hit.file, hit.line, hit.text));
    }
    trace.answer("end");

    trace.call("summary(\"README.md\")", "result");
    let summary = library.summary("README.md".to_owned()).await?;
    trace.answer(&format!("result: {} lines, {} words", summary.lines, summary.words));

    trace.call("search(\"(\")", "stream");
    let mut hits = library.search("(".to_owned()).await?;
    match hits.next().await {
        Some(Err(procwire::Error::Declared(SearchError::BadPattern { reason, .. }))) => {
            trace.answer(&format!("declared error: BadPattern, {reason}"));
        }
        other => return Err(format!("expected SearchError::BadPattern, got {other:?}").into()),
    }

    trace.call("search(\"e\")", "stream");
    let mut hits = library.search("e".to_owned()).await?;
    hits.next().await.ok_or("nothing holds an e")??;
    trace.answer("item, and many more to come");
    drop(hits);
    trace.call("abort", "");
    // The connection is as good as before.
    library.summary("README.md".to_owned()).await?;

    trace.call("shutdown", "");
    library.shutdown().await?;
    trace.answer("has ended");
    let counts = library.peer().counts();
    println!("rust parent: {} frames read, {} frames written", counts.frames_read, counts.frames_written);
    Ok(())
}

/// Prints who speaks to whom, and when.
struct Trace(Instant);

impl Trace {
    fn call(&self, text: &str, kind: &str) {
        self.line("rust parent ──▶ worker", &format!("{text:<30}  {kind}"));
    }

    fn answer(&self, text: &str) {
        self.line("rust parent ◀── worker", text);
    }

    fn event(&self, text: &str) {
        self.line("rust parent ◀╌╌ worker", text);
    }

    fn line(&self, who: &str, text: &str) {
        println!("{:8.1} ms  {who}  {}", self.0.elapsed().as_secs_f64() * 1e3, text.trim_end());
    }
}
