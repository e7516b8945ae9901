//! A stream that fails gives the items before the error.

use procwire::{Declared, Error};
use procwire_interop::scenario::{Outcome, check, say, show, spawn};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    for how in ["text", "declared"] {
        let mut stream = desk.count(3).fail(how.to_owned()).await?;
        let mut items = 0;
        let message = loop {
            match stream.next().await.ok_or("the stream ended without its error")? {
                Ok(_) => items += 1,
                Err(Error::Declared(trouble)) => break format!("Trouble.{}", trouble.variant()),
                Err(Error::Failure(failure)) => break failure.message().to_owned(),
            }
        };
        say(format!("{items} items, then {message}"));
        check(stream.next().await.is_none(), "something came after the error")?;
    }
    say(show(&desk.add(2, 3).await?));
    desk.shutdown().await?;
    Ok(())
}
