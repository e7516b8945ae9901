//! `ipcgen call` with a worker in Rust, which is this program: what a parent starts has a name.

use std::process::{Command, Output};

use procwire::{Context, Error, Message, UnknownVariant};

/// What a symbol costs.
#[derive(Clone, Debug, PartialEq, Message)]
pub struct Quote {
    /// The symbol.
    pub symbol: String,
    /// The price.
    pub price: f64,
}

/// Why there is no price.
#[derive(Clone, Debug, PartialEq, Message)]
#[procwire(error)]
pub enum QuoteError {
    /// There is no such symbol.
    Unknown {
        /// The symbol.
        symbol: String,
    },
    /// Another variant.
    #[procwire(unknown)]
    Other(UnknownVariant),
}

/// Prices.
#[procwire::service]
pub trait Quotes {
    /// The price of a symbol.
    async fn quote(&self, symbol: String) -> Result<Quote, Error<QuoteError>>;
    /// Says something by an event.
    async fn tell(&self, text: String) -> Result<(), Error>;
    /// What was said.
    #[procwire(event)]
    fn told(text: String);
}

struct Desk;

#[procwire::service]
impl Quotes for Desk {
    async fn quote(&self, symbol: String) -> Result<Quote, Error<QuoteError>> {
        if symbol.is_empty() {
            return Err(QuoteError::Unknown { symbol }.into());
        }
        Ok(Quote { symbol, price: 101.5 })
    }

    async fn tell(&self, text: String, cx: &Context) -> Result<(), Error> {
        cx.events().told(text).await
    }
}

fn main() -> procwire::Result<()> {
    if std::env::var_os("PROCWIRE_MODULE_NAME").is_some() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::failed)?;
        return runtime.block_on(procwire::Worker::new(Desk).serve());
    }
    let (status, out, err) = call(&["quote", r#"{"symbol":"A"}"#]);
    assert_eq!((status, out.as_str()), (Some(0), "{\"symbol\":\"A\",\"price\":101.5}\n"), "{err}");
    let (status, _, err) = call(&["quote", r#"{"symbol":""}"#]);
    assert_eq!(status, Some(1), "{err}");
    assert!(err.contains(r#""data":{"type":"Unknown","symbol":""}"#), "{err}");
    let (status, out, err) = call(&["tell", r#"{"text":"hello"}"#, "--events"]);
    assert_eq!(status, Some(0), "{err}");
    assert!(out.contains(r#"{"event":"told","data":{"text":"hello"}}"#), "{out}{err}");
    Ok(())
}

/// The status of `ipcgen call` with this worker, and what it printed.
fn call(arguments: &[&str]) -> (Option<i32>, String, String) {
    let worker = std::env::current_exe().expect("this program");
    let mut command = Command::new(env!("CARGO_BIN_EXE_ipcgen"));
    let Output { status, stdout, stderr } = command.arg("call").arg(worker).args(arguments).output().expect("it runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (status.code(), text(stdout), text(stderr))
}
