//! The child processes of the tests.

use std::process::Command;
use std::sync::Arc;

use procwire::stub_v1::Client;
use procwire::{ClientBuilder, Worker};

use super::desk::{Audit, Desk, Gen, Odd, Stored, Trading, elsewhere};

const ROLE: &str = "PROCWIRE_TEST_ROLE";

/// This program as the worker `role`.
pub fn command(role: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", "child_process", "--nocapture"]).env(ROLE, role);
    command
}

/// A client of the worker `role`, which prints what this program prints, and to nobody.
pub async fn spawn<C: Client>(role: &str) -> C {
    ClientBuilder::<C>::new().on_stderr(|_| {}).spawn(command(role)).await.expect("a worker")
}

/// Serves what the environment asks for, if it does.
pub fn run() {
    let Ok(role) = std::env::var(ROLE) else {
        return;
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(serve(&role)).expect("served");
}

async fn serve(role: &str) -> procwire::Result<()> {
    match role {
        "desk" => Worker::new(Trading::service(Arc::new(Desk::default()))).serve().await,
        "herald" => {
            let worker = Worker::new(Trading::service(Arc::new(Desk::default())));
            let handle = worker.handle();
            tokio::spawn(super::desk::herald(handle));
            worker.serve().await
        }
        "several" => {
            let desk = Arc::new(Desk::default());
            let builder = Worker::builder().service(Trading::service(Arc::clone(&desk)));
            builder.service(Audit::service(desk)).build().serve().await
        }
        "generic" => Worker::new(Gen(Stored)).serve().await,
        "renamed" => Worker::new(elsewhere::Clerk).serve().await,
        "odd" => Worker::new(Odd).serve().await,
        other => panic!("there is no worker {other}"),
    }
}
