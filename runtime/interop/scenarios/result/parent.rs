//! Every type of value goes there and back in a call with one answer.

use procwire_interop::Everything;
use procwire_interop::scenario::{Outcome, say, show, spawn};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    say(show(&desk.add(2, 3).await?));
    say(show(&desk.add(i32::MIN, 0).await?));
    let everything = Everything {
        text: "hi \u{1f600}".to_owned(),
        count: -7,
        ratio: 0.5,
        ok: true,
        tags: vec!["x".to_owned(), String::new()],
        wide: (1 << 53) - 1,
        note: None,
    };
    say(show(&desk.echo(everything.clone()).await?));
    let noted = Everything { note: Some("noted".to_owned()), ratio: 2.0, ..everything };
    say(show(&desk.echo(noted).await?));
    desk.shutdown().await?;
    Ok(())
}
