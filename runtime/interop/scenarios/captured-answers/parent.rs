//! Answers and events as the published child was seen to send them are understood, and the requests are those that the
//! published parent was seen to send.

use procwire::Bytes;
use procwire_interop::scenario::{Outcome, failure, say, show, spawn, start};

pub async fn run() -> Outcome {
    let desk = spawn().await?;
    let (mut ticks, mut noted) = (desk.events().tick(), desk.events().noted());
    say(show(&desk.add(2, 3).await?));
    say(show(&desk.blob(Bytes::from_static(b"abc")).await?));
    say(failure(desk.fail("text".to_owned()).await)?.message());
    let error = failure(desk.fail("map".to_owned()).await)?;
    let code = error.data().and_then(|data| data.get("code")).ok_or("the error lost its code")?;
    say(format!("{}, {}", error.message(), show(code)));
    let mut items = desk.count(2).await?;
    while let Some(item) = items.next().await {
        say(show(&item?));
    }
    let mut items = desk.count(2).await?;
    say(show(&items.next().await.ok_or("no item")??));
    say(failure(items.next().await.ok_or("no error")?)?.message());
    desk.poke("hi".to_owned()).await?;
    say(show(&desk.touch("hi".to_owned()).await?));
    say(show(&desk.mirror(Bytes::from_static(&[0xc1, 0xff])).await?));
    desk.note("n".to_owned()).await?;
    say(show(&ticks.next().await));
    let call = start(&desk, |desk| async move { desk.wait("a".to_owned()).await });
    // The call has to be under way before it is left.
    tokio::task::yield_now().await;
    call.abort();
    say(show(&noted.next().await));
    desk.shutdown().await?;
    Ok(())
}
