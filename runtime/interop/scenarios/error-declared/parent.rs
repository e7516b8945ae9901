//! An error that the method declares arrives typed.

use procwire::{Declared, Error};
use procwire_interop::Trouble;
use procwire_interop::scenario::{Outcome, check, say, spawn};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    match desk.fail("declared".to_owned()).await {
        Err(Error::Declared(trouble)) => {
            say(format!("Trouble.{}", trouble.variant()));
            check(trouble == Trouble::OutOfLuck { tries: 3 }, &trouble)?;
            say(r#"{"code":"declared","data":{"tries":3,"type":"OutOfLuck"},"message":"Trouble.OutOfLuck"}"#);
        }
        other => return Err(format!("{other:?}").into()),
    }
    desk.shutdown().await?;
    Ok(())
}
