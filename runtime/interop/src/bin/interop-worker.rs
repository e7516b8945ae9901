//! The worker of the scenarios: `interop-worker <scenario>`.

use procwire::Worker;
use procwire_interop::{Desk, InteropEmit};

#[path = "../../scenarios/missing-method/worker.rs"]
mod missing_method;
#[path = "../../scenarios/print-before/worker.rs"]
mod print_before;
#[path = "../../scenarios/two-services/worker.rs"]
mod two_services;

#[tokio::main(flavor = "current_thread")]
async fn main() -> procwire::Result<()> {
    match std::env::args().nth(1).as_deref() {
        Some("missing-method") => return missing_method::serve().await,
        Some("two-services") => return two_services::serve().await,
        Some("print-before") => print_before::print(),
        _ => {}
    }
    let worker = Worker::new(Desk::default());
    let handle = worker.handle();
    tokio::spawn(async move {
        handle.ready().await;
        handle.events().hello("ready".to_owned()).await.ok();
    });
    worker.serve().await
}
