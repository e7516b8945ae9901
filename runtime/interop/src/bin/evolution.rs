//! `evolution old|new worker`, or `evolution old|new parent WORKER…`: one version of the rows of `evolution/rows.json`.

use procwire_interop::evolution::{new, old};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match &words[..] {
        ["old", "worker"] => Ok(old::serve().await?),
        ["new", "worker"] => Ok(new::serve().await?),
        [version, "parent", program, rest @ ..] => {
            let mut worker = std::process::Command::new(program);
            worker.args(rest);
            if *version == "old" { old::call(worker).await } else { new::call(worker).await }
        }
        _ => Err("the arguments are: old|new worker, or old|new parent WORKER…".into()),
    }
}
