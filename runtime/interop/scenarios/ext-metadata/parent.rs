//! Keys, trace and deadline reach the handler; trace and deadline reach the callbacks that it makes, and the keys do not.
//! What goes beside an event reaches its listeners.

use std::time::Duration;

use procwire::{EventContext, MetadataValue, Trace};
use procwire_interop::back::{Answers, BackClient, BackOn as _, Said};
use procwire_interop::scenario::{Outcome, command, failure, say, worker};

const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

fn tell(all: &[Said]) {
    for (index, Said { keys, traceparent, timed }) in all.iter().enumerate() {
        let keys: Vec<String> = keys.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let trace = traceparent.as_deref().unwrap_or("no trace");
        let timed = if *timed { "timed" } else { "not timed" };
        say(format!("{index}: [{}] {trace} {timed}", keys.join(" ")));
    }
}

fn beside(cx: &EventContext) {
    let key = |(key, value): (&str, &MetadataValue)| match value {
        MetadataValue::Text(text) => format!("{key}={text}"),
        MetadataValue::Bytes(_) => format!("{key}=bytes"),
    };
    let keys: Vec<String> = cx.metadata().iter().map(key).collect();
    let trace = cx.trace().and_then(|trace| trace.traceparent.as_deref()).unwrap_or("no trace");
    say(format!("event: [{}] {trace}", keys.join(" ")));
}

pub async fn run() -> Outcome {
    let builder = BackClient::builder().callbacks(Answers::default()).on_seen_with_context(|_, cx| beside(cx));
    let back = builder.spawn(command(&worker())).await?;
    let limit = Duration::from_secs(30);
    tell(&back.context().await?);
    let all = back.context().metadata("tenant", "acme").metadata("key", vec![0, 255]).trace(Trace::new(TRACE));
    tell(&all.timeout(limit).await?);
    tell(&back.context().timeout(limit).await?);
    tell(&back.context().trace(Trace::new("nonsense")).await?);
    say(failure(back.context().metadata("big", "x".repeat(9000)).await)?.code());
    back.shutdown().await?;
    Ok(())
}
