//! With the raw codec the payload is the bytes themselves, also where they are none.

use procwire::Bytes;
use procwire_interop::scenario::{Outcome, say, show, spawn};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    say(show(&desk.mirror(Bytes::from_static(&[0xc1, 0xff])).await?));
    say(show(&desk.mirror(Bytes::new()).await?));
    desk.shutdown().await?;
    Ok(())
}
