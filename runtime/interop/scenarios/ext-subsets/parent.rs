//! Whatever subset of the extensions one side knows, what both know is in force, and nothing else is needed.

use futures_util::FutureExt;
use procwire::{Code, Limits};
use procwire_interop::back::{Answers, BackClient, EXTENSIONS, extensions};
use procwire_interop::scenario::{Outcome, check, command, failure, say, worker};

const ITEMS: u32 = 100;

pub async fn run() -> Outcome {
    for side in ["parent", "worker"] {
        for subset in 0..1_u32 << EXTENSIONS.len() {
            let known = EXTENSIONS.iter().enumerate().filter(|(bit, _)| subset & (1 << bit) != 0);
            served(side, &known.map(|(_, (name, _))| *name).collect::<Vec<_>>()).await?;
        }
    }
    Ok(())
}

/// Says what of these is in force with a worker where one side knows no others.
async fn served(side: &str, names: &[&str]) -> Outcome {
    let all = EXTENSIONS.map(|(name, _)| name);
    let (ours, theirs) = if side == "parent" { (names, &all[..]) } else { (&all[..], names) };
    let mut limits = Limits::default();
    limits.window = 160;
    let mut command = command(&worker());
    command.env("OFFERS", theirs.join(","));
    let builder = BackClient::builder().callbacks(Answers::default()).extensions(extensions(ours)).limits(limits);
    let back = builder.spawn(command).await?;

    let mut found = Vec::new();
    // A socket that was inherited has no name.
    if !std::fs::read_to_string("/proc/net/unix")?.contains(&format!("/procwire-{}-", back.peer().pid())) {
        found.push("fd");
    }
    if works(back.depth(0).metadata("a", "b").await, "")? {
        found.push("meta");
    }
    if works(back.position("a".to_owned()).await, "trading.Position")? {
        found.push("callbacks");
    }
    if waits_for_its_reader(&back, names.contains(&"credit")).await? {
        found.push("credit");
    }
    check(back.peer().extensions() == extensions(&found), format!("{:?} is said", back.peer().extensions()))?;
    say(format!("{side} knows {}: {}", listed(names), listed(&found)));
    back.shutdown().await?;
    Ok(())
}

fn listed(names: &[&str]) -> String {
    if names.is_empty() { "nothing".to_owned() } else { names.join("+") }
}

/// Whether a call succeeded; where it did not, that is for want of an extension.
fn works<E: std::fmt::Debug>(
    outcome: Result<u32, procwire::Error<E>>,
    named: &str,
) -> Result<bool, Box<dyn std::error::Error>> {
    if outcome.is_ok() {
        return Ok(true);
    }
    let failure = failure(outcome)?;
    check(failure.code() == Code::Unsupported && failure.message().contains(named), &failure)?;
    Ok(false)
}

/// Whether a stream that nobody reads stops.
async fn waits_for_its_reader(back: &BackClient, expected: bool) -> Result<bool, Box<dyn std::error::Error>> {
    let mut seen = back.events().seen();
    let mut items = back.fill(ITEMS).await?;
    check(items.next().await.ok_or("no item")?? == 0, "another item came first")?;
    let mut told = if expected {
        for _ in 0..20 {
            check(back.depth(0).await? == 0, "another depth")?;
        }
        seen.next().now_or_never().flatten()
    } else {
        seen.next().await
    };
    let waits = told.is_none();
    for at in 1..ITEMS {
        check(items.next().await.ok_or("too few items")?? == at, "an item is missing")?;
    }
    check(items.next().await.is_none(), "there are more items")?;
    if told.is_none() {
        told = seen.next().await;
    }
    check(told.is_some_and(|seen| seen.text == "filled"), "another event")?;
    Ok(waits)
}
