//! A worker of ours has no file and no name; behind a shell, where Node cannot tell whose the socket is, it falls back to a
//! path.

use procwire::Extensions;
use procwire_interop::InteropClient;
use procwire_interop::scenario::{Outcome, check, command, say, worker, worker_is_in_node};

pub async fn run() -> Outcome {
    // The shell stays, since it has something to do afterwards.
    let shell = ["sh", "-c", "\"$@\"; exit $?", "sh"].map(str::to_owned).to_vec();
    let cases = [
        ("directly", worker(), Extensions::ALL, "without a name"),
        ("behind a shell", [shell, worker()].concat(), Extensions::ALL, "as it can"),
        ("without fd", worker(), Extensions::ALL.without(Extensions::FD), "by a name"),
    ];
    for (name, line, extensions, how) in cases {
        let desk = InteropClient::builder().extensions(extensions).spawn(command(&line)).await?;
        let (pid, sum) = (desk.pid().await?, desk.add(2, 3).await?.sum);
        let by_name = how == "by a name" || how == "as it can" && worker_is_in_node();
        check(is_named(pid)? == by_name, format!("{name}: not {how}"))?;
        say(format!("{name}: {sum}, {how}"));
        desk.shutdown().await?;
    }
    Ok(())
}

/// Whether a socket of this process has a name, which it keeps when its file is gone.
fn is_named(pid: u32) -> std::io::Result<bool> {
    Ok(std::fs::read_to_string("/proc/net/unix")?.contains(&format!("/procwire-{pid}-")))
}
