//! The worker: a parent starts it.

use procwire::Worker;
use textsearch::Librarian;

#[tokio::main(flavor = "current_thread")]
async fn main() -> procwire::Result<()> {
    let worker = Worker::new(Librarian::new());
    let handle = worker.handle();
    worker.serve().await?;
    let counts = handle.counts();
    eprintln!("worker: {} frames read, {} frames written", counts.frames_read, counts.frames_written);
    Ok(())
}
