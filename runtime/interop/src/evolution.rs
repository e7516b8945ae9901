//! Two versions of what two programs say to each other, served and called: what `ipcgen breaking` says of their
//! difference is held against what happens.

/// What came of a start, as the other languages print it.
macro_rules! started {
    ($spawned:expr) => {
        match $spawned {
            Err(error) => format!("refused {error}"),
            Ok(client) => match client.shutdown().await {
                Ok(()) => "ok".to_owned(),
                Err(error) => format!("failed {error}"),
            },
        }
    };
}

pub mod services;
pub mod types;

use procwire::{Code, Error};

/// What came of a call, as the other languages print it.
fn outcome<T, E: procwire::Throws + std::fmt::Display>(result: Result<T, Error<E>>) -> String {
    match result {
        Ok(_) => "ok".to_owned(),
        Err(error) => format!("{} {error}", error.code().map_or("declared", Code::as_str)),
    }
}
