//! The worker of the scenarios: `interop-worker <scenario>`.

use procwire::Worker;
use procwire_interop::{Desk, InteropEmit};

#[path = "../../scenarios/between/worker.rs"]
mod between;
#[path = "../../scenarios/ext-abort/worker.rs"]
mod ext_abort;
#[path = "../../scenarios/ext-base/worker.rs"]
mod ext_base;
#[path = "../../scenarios/ext-blocking/worker.rs"]
mod ext_blocking;
#[path = "../../scenarios/ext-callbacks/worker.rs"]
mod ext_callbacks;
#[path = "../../scenarios/ext-handlers/worker.rs"]
mod ext_handlers;
#[path = "../../scenarios/ext-metadata/worker.rs"]
mod ext_metadata;
#[path = "../../scenarios/ext-nested/worker.rs"]
mod ext_nested;
#[path = "../../scenarios/ext-race-hello/worker.rs"]
mod ext_race_hello;
#[path = "../../scenarios/ext-race-retry/worker.rs"]
mod ext_race_retry;
#[path = "../../scenarios/ext-race-shutdown/worker.rs"]
mod ext_race_shutdown;
#[path = "../../scenarios/ext-subsets/worker.rs"]
mod ext_subsets;
#[path = "../../scenarios/ext-tracebacks/worker.rs"]
mod ext_tracebacks;
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
        Some("between") => return between::serve().await,
        Some("ext-abort") => return ext_abort::serve().await,
        Some("ext-base") => return ext_base::serve().await,
        Some("ext-blocking") => return ext_blocking::serve().await,
        Some("ext-callbacks") => return ext_callbacks::serve().await,
        Some("ext-handlers") => return ext_handlers::serve().await,
        Some("ext-metadata") => return ext_metadata::serve().await,
        Some("ext-nested") => return ext_nested::serve().await,
        Some("ext-subsets") => return ext_subsets::serve().await,
        Some("ext-tracebacks") => return ext_tracebacks::serve().await,
        Some("ext-race-hello") => return ext_race_hello::serve().await,
        Some("ext-race-retry") => return ext_race_retry::serve().await,
        Some("ext-race-shutdown") => return ext_race_shutdown::serve().await,
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
