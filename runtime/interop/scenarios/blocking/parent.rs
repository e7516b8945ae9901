//! A parent without a runtime calls, streams, hears events and leaves, with the same client.

use procwire::blocking;
use procwire_interop::scenario::{Outcome, check, command, failure, say, show, worker};
use procwire_interop::{InteropClient, Trouble};

pub async fn run() -> Outcome {
    // The runtime of this program is of no use to that thread.
    let thread = tokio::task::spawn_blocking(|| parent().map_err(|error| error.to_string()));
    Ok(thread.await.map_err(|_| "the parent panicked")??)
}

fn parent() -> Outcome {
    let desk: InteropClient = blocking::spawn(command(&worker()))?;
    say(show(&desk.add(2, 3).wait()?));
    for item in desk.count(2).wait()? {
        say(show(&item?));
    }
    let trouble = match desk.fail("declared".to_owned()).wait() {
        Err(procwire::Error::Declared(trouble)) => trouble,
        other => return Err(format!("{other:?}").into()),
    };
    check(trouble == Trouble::OutOfLuck { tries: 3 }, trouble)?;
    say("Trouble.OutOfLuck");
    let mut ticks = desk.events().tick();
    desk.emit(2, 1).wait()?;
    for _ in 0..3 {
        say(show(&ticks.wait_next()));
    }
    say(failure(desk.fail("text".to_owned()).wait())?.message());
    blocking::shutdown(&desk)?;
    Ok(())
}
