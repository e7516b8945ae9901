//! Between this parent and its worker stands a program on the published packages, which hands its environment on.

use procwire::Extensions;
use procwire_interop::InteropClient;
use procwire_interop::back::{Answers, BackClient};
use procwire_interop::scenario::{Outcome, check, command, failure, say, show, worker};

pub async fn run() -> Outcome {
    for auth in ["auth", "none"] {
        let middle = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/between/middle.mjs");
        let line = [["node", middle, auth].map(str::to_owned).to_vec(), worker()].concat();
        let back = BackClient::builder().callbacks(Answers::default()).spawn(command(&line)).await?;
        let desk = InteropClient::attach(&back)?;
        let pid = desk.pid().await?;
        check(pid != back.peer().pid(), "nobody is between")?;
        let environment = std::fs::read_to_string(format!("/proc/{pid}/environ"))?;
        check(environment.split('\0').any(|one| one.starts_with("PROCWIRE_FD=")), "nothing is inherited")?;
        let named = std::fs::read_to_string("/proc/net/unix")?.contains(&format!("/procwire-{pid}-"));
        check(named, "its worker has no path")?;
        check(back.peer().extensions() == Extensions::NONE, format!("{:?}", back.peer().extensions()))?;

        say(show(&desk.add(2, 3).await?));
        let mut seen = back.events().seen();
        let mut items = back.fill(3).await?;
        while let Some(item) = items.next().await {
            say(item?);
        }
        say(seen.next().await.ok_or("no event")?.text);
        let callback = failure(back.position("a".to_owned()).await)?;
        check(callback.message().contains("trading.Position"), &callback)?;
        say(format!("a callback: {}", callback.code()));
        let metadata = failure(back.depth(0).metadata("a", "b").await)?;
        say(format!("metadata: {}", metadata.code()));
        back.shutdown().await?;
    }
    Ok(())
}
