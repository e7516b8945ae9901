//! A worker that ends before it is ready fails the start.

use procwire_interop::InteropClient;
use procwire_interop::scenario::{Outcome, check, command, say};

pub async fn run() -> Outcome {
    let line = ["sh", "-c", "echo no model file >&2; exit 3"].map(str::to_owned);
    let error = InteropClient::spawn(command(&line)).await.err().ok_or("it started")?;
    let text = error.to_string();
    check(text.contains("no model file") && text.contains('3'), text)?;
    say("the start failed");
    let error = InteropClient::spawn(command(&["/nonexistent/worker".to_owned()])).await.err();
    check(error.ok_or("it started")?.to_string().contains("/nonexistent/worker"), "the program is not named")?;
    say("the start failed");
    Ok(())
}
