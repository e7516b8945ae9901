//! One version of the rows of `evolution/`: `evolution old|new worker|parent|starter types|SERVICE [WORKER…]`.

use procwire_interop::evolution::{services, types};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let command = || {
        let mut worker = std::process::Command::new(words[3]);
        worker.args(&words[4..]);
        worker
    };
    match &words[..] {
        ["old", "worker", "types"] => Ok(types::old::serve().await?),
        ["new", "worker", "types"] => Ok(types::new::serve().await?),
        ["old", "worker", service] => Ok(services::old::serve(service).await?),
        ["new", "worker", service] => Ok(services::new::serve(service).await?),
        ["old", "parent", "types", _, ..] => types::old::call(command()).await,
        ["new", "parent", "types", _, ..] => types::new::call(command()).await,
        [version, "starter", service, _, ..] => {
            let outcome = match (*version, *service) {
                ("old", "types") => types::old::start(command()).await,
                (_, "types") => types::new::start(command()).await,
                ("old", _) => services::old::start(service, command()).await,
                _ => services::new::start(service, command()).await,
            };
            println!("{outcome}");
            Ok(())
        }
        [version, "parent", service, _, ..] => {
            let outcome = match *version {
                "old" => services::old::call(service, command()).await,
                _ => services::new::call(service, command()).await,
            };
            println!("{outcome}");
            Ok(())
        }
        _ => Err("the arguments are: old|new worker|parent|starter types|SERVICE [WORKER…]".into()),
    }
}
