//! Two versions of a schema, with real processes: which children a parent refuses, and what it asks them before.

#![allow(clippy::float_cmp, reason = "a price comes back as it was sent")]

use std::io::{Read, Write};
use std::os::unix::net::UnixListener;
use std::process::{Command, ExitCode};
use std::time::Duration;

use libtest_mimic::Trial;
use procwire::{ClientBuilder, Result, SpawnError, SpawnErrorKind, Worker};

use crate::parent::on_runtime;
use crate::raw::{Raw, role};
use crate::trials;

/// What a forged worker says of itself: its methods, and how it answers `$schema`.
const METHODS: &str = "PROCESS_TEST_METHODS";
const ANSWER: &str = "PROCESS_TEST_ANSWER";
const NO_FINGERPRINT: &str = "0000000000000000";

/// One version of a service, with its worker.
macro_rules! version {
    ($version:ident, $price:ty, $given:expr) => {
        mod $version {
            use procwire::{Context, Result};

            #[derive(Clone, Debug, PartialEq, procwire::Message)]
            pub struct Order {
                pub symbol: String,
                pub price: $price,
                #[procwire(optional)]
                pub note: Option<String>,
            }

            #[procwire::service]
            pub trait Trading {
                async fn place(&self, order: Order) -> Result<bool>;
                async fn ping(&self) -> Result<u32>;
                #[procwire(timeout = "20s")]
                async fn left(&self) -> Result<bool>;
            }

            pub struct Desk;

            #[procwire::service]
            impl Trading for Desk {
                async fn place(&self, order: Order) -> Result<bool> {
                    Ok(order.price == $given)
                }

                async fn ping(&self) -> Result<u32> {
                    Ok(1)
                }

                async fn left(&self, cx: &Context) -> Result<bool> {
                    Ok(cx.deadline().is_some())
                }
            }
        }
    };
}

version!(old, f64, 1.5);
version!(clashing, String, "1.5");

/// Takes what an old parent sends, and more.
mod compatible {
    use procwire::Result;

    #[derive(Clone, Debug, PartialEq, procwire::Message)]
    pub struct Order {
        #[procwire(optional)]
        pub id: Option<u32>,
        pub price: f64,
        pub symbol: String,
    }

    #[procwire::service]
    pub trait Trading {
        async fn ping(&self) -> Result<u32>;
        async fn place(&self, order: Order) -> Result<bool>;
        async fn left(&self) -> Result<bool>;
    }

    pub struct Desk;

    #[procwire::service]
    impl Trading for Desk {
        async fn ping(&self) -> Result<u32> {
            Ok(2)
        }

        async fn place(&self, order: Order) -> Result<bool> {
            Ok(order.price == 1.5 && order.id.is_none())
        }

        async fn left(&self) -> Result<bool> {
            Ok(false)
        }
    }
}

/// A second service, of which one member has a type that only serde describes.
mod weather {
    use procwire::Result;

    #[derive(serde::Serialize, serde::Deserialize)]
    pub struct Cloud {
        pub height: u32,
    }

    #[procwire::service]
    pub trait Weather {
        async fn degrees(&self) -> Result<f64>;
        async fn cloud(&self) -> Result<Cloud>;
    }

    pub struct Sun;

    #[procwire::service]
    impl Weather for Sun {
        async fn degrees(&self) -> Result<f64> {
            Ok(36.6)
        }

        async fn cloud(&self) -> Result<Cloud> {
            Ok(Cloud { height: 7 })
        }
    }
}

use old::{Trading, TradingClient};
use weather::{Weather, WeatherClient};

#[procwire::module(provides(Trading, Weather))]
struct Floor;

/// What the parent answers, as the worker of the callbacks knows it.
#[procwire::service(callbacks = "back")]
trait BackCallbacks {
    async fn ask(&self, #[procwire(bare)] n: u32) -> Result<u32>;
}

/// The same as another parent knows it.
mod other {
    use procwire::Result;

    #[procwire::service(callbacks = "back")]
    pub trait BackCallbacks {
        async fn ask(&self, #[procwire(bare)] n: String) -> Result<u32>;
    }

    pub struct Answers;

    #[procwire::service]
    impl BackCallbacks for Answers {
        async fn ask(&self, _: String) -> Result<u32> {
            Ok(0)
        }
    }
}

struct Answers;

#[procwire::service]
impl BackCallbacks for Answers {
    async fn ask(&self, n: u32) -> Result<u32> {
        Ok(n)
    }
}

/// The worker of a role.
pub fn worker(role: &str) -> Worker {
    use procwire::stub_v1::Client;
    match role {
        "agreement-old" => Worker::new(old::Desk),
        "agreement-compatible" => Worker::new(compatible::Desk),
        "agreement-clashing" => Worker::new(clashing::Desk),
        "agreement-floor" => Floor::worker(old::Desk, weather::Sun),
        "agreement-other-floor" => Worker::builder().service(weather::Sun).service(clashing::Desk).build(),
        "agreement-calls" => Worker::builder().service(old::Desk).callbacks(BackCallbacksClient::SERVICE).build(),
        other => panic!("no role {other}"),
    }
}

/// A worker that says what it is told to.
pub fn forge() -> ExitCode {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    let listener = UnixListener::bind(&path).unwrap();
    let methods = std::env::var(METHODS).unwrap();
    println!(
        r#"{{"jsonrpc":"2.0","method":"$init","params":{{"pipe":"{}","schema":{{"methods":{methods},"events":{{}}}},"version":"1.0.0","ext":[]}}}}"#,
        path.display()
    );
    let (mut stream, _) = listener.accept().unwrap();
    loop {
        let mut header = [0; 11];
        if stream.read_exact(&mut header).is_err() {
            return ExitCode::SUCCESS;
        }
        let length = u32::from_be_bytes(header[7..].try_into().unwrap());
        let mut payload = vec![0; usize::try_from(length).unwrap()];
        stream.read_exact(&mut payload).unwrap();
        let id = u16::from_be_bytes([header[0], header[1]]);
        let answer = match std::env::var(ANSWER).unwrap().as_str() {
            _ if id != 65517 => continue,
            "silent" => continue,
            "gone" => return ExitCode::FAILURE,
            "huge" => vec![0xc0; (64 << 20) + 1],
            "deep" => vec![0x91; 100_000],
            "garbage" => vec![0xc1, 0xff],
            "nil" => vec![0xc0],
            // {"ipc": 1, "types": [{"name": "A", "is": 0}]}
            "circle" => b"\x82\xa3ipc\x01\xa5types\x91\x82\xa4name\xa1A\xa2is\x00".to_vec(),
            // {"ipc": 1}, which has none of the methods that it announced
            "empty" => b"\x81\xa3ipc\x01".to_vec(),
            other => panic!("no answer {other}"),
        };
        header[2] = 0x03;
        header[7..].copy_from_slice(&u32::try_from(answer.len()).unwrap().to_be_bytes());
        // A parent that has gone meanwhile is one that refused this worker.
        let _ = stream.write_all(&header).and_then(|()| stream.write_all(&answer));
    }
}

pub fn tests() -> Vec<Trial> {
    trials![
        equal_schemas_agree_and_nothing_is_asked,
        a_compatible_change_goes_on,
        a_clash_refuses_the_start_and_says_what_clashes,
        a_clash_in_any_service_of_a_module_refuses_it,
        a_callback_that_clashes_refuses_the_start,
        what_only_serde_describes_agrees_with_everything,
        a_worker_that_cannot_say_its_schema_is_refused,
        what_a_worker_says_of_its_schema_is_not_trusted,
        a_timeout_of_the_schema_is_a_deadline_that_is_sent,
    ]
}

fn order() -> old::Order {
    old::Order { symbol: "A".to_owned(), price: 1.5, note: None }
}

/// What both parents say of a start that fails.
fn refused(command: impl Fn() -> Command, builder: impl Fn() -> ClientBuilder<TradingClient>) -> SpawnError {
    let mut error = None;
    on_runtime(async { error = builder().spawn(command()).await.err() });
    let error = error.expect("it is refused");
    let blocking = builder().spawn_blocking(command()).expect_err("it is refused");
    assert_eq!(error.kind(), SpawnErrorKind::Mismatch, "{error}");
    assert_eq!(blocking.kind(), SpawnErrorKind::Mismatch, "{blocking}");
    error
}

fn forged(methods: &serde_json::Value, answer: &str) -> Command {
    let mut command = role("forged");
    command.env(METHODS, methods.to_string()).env(ANSWER, answer);
    command
}

/// The methods of a worker with their fingerprints, as it announces them.
fn announced(name: &str) -> serde_json::Value {
    let worker = Raw::start(&mut role(name));
    worker.hear("$init")["params"]["schema"]["methods"].clone()
}

/// Methods that differ from all that this program knows.
fn strange() -> serde_json::Value {
    let mut methods = announced("agreement-old");
    methods["place"]["fp"] = NO_FINGERPRINT.into();
    methods
}

fn equal_schemas_agree_and_nothing_is_asked() {
    on_runtime(async {
        let desk = TradingClient::spawn(role("agreement-old")).await.unwrap();
        assert!(desk.place(order()).await.unwrap());
        desk.shutdown().await.unwrap();
        // A worker that answers nothing is started all the same.
        let methods = announced("agreement-old");
        let desk = TradingClient::spawn(forged(&methods, "silent")).await.unwrap();
        assert!(desk.peer().exit().is_none());
    });
}

fn a_compatible_change_goes_on() {
    let ours = announced("agreement-old");
    let theirs = announced("agreement-compatible");
    assert_ne!(ours["place"]["fp"], theirs["place"]["fp"]);
    assert_eq!(ours["ping"]["fp"], theirs["ping"]["fp"]);
    on_runtime(async {
        let desk = TradingClient::spawn(role("agreement-compatible")).await.unwrap();
        assert!(desk.place(order()).await.unwrap());
        assert_eq!(desk.ping().await.unwrap(), 2);
        desk.shutdown().await.unwrap();
    });
    let desk: TradingClient = procwire::blocking::spawn(role("agreement-compatible")).unwrap();
    assert!(desk.place(order()).wait().unwrap());
    procwire::blocking::shutdown(&desk).unwrap();
}

fn a_clash_refuses_the_start_and_says_what_clashes() {
    let error = refused(|| role("agreement-clashing"), ClientBuilder::new).to_string();
    assert!(error.contains("its schema does not agree with this program's:\n    "), "{error}");
    assert!(error.contains("price: f64 became string: "), "{error}");
    assert_eq!(error.lines().count(), 2, "{error}");
    on_runtime(async {
        let builder: ClientBuilder<TradingClient> = ClientBuilder::new().check_schema(false);
        let desk = builder.spawn(role("agreement-clashing")).await.unwrap();
        assert_eq!(desk.ping().await.unwrap(), 1);
        assert_eq!(desk.place(order()).await.unwrap_err().code(), Some(procwire::Code::InvalidArgument));
        desk.shutdown().await.unwrap();
    });
}

fn a_clash_in_any_service_of_a_module_refuses_it() {
    on_runtime(async {
        let floor = FloorClient::spawn(role("agreement-floor")).await.unwrap();
        assert!(floor.trading.place(order()).await.unwrap());
        assert_eq!(floor.weather.cloud().await.unwrap().height, 7);
        floor.shutdown().await.unwrap();
        let error = FloorClient::spawn(role("agreement-other-floor")).await.unwrap_err();
        assert_eq!(error.kind(), SpawnErrorKind::Mismatch);
        assert!(error.to_string().contains("price: f64 became string"), "{error}");
        // The other service of that worker is fine, and its client does not look at what it does not call.
        let sun = WeatherClient::spawn(role("agreement-other-floor")).await.unwrap();
        assert!(sun.degrees().await.unwrap() > 36.5);
        sun.shutdown().await.unwrap();
    });
}

fn a_callback_that_clashes_refuses_the_start() {
    let error = refused(|| role("agreement-calls"), || ClientBuilder::new().callbacks(other::Answers)).to_string();
    assert!(error.contains("back.ask: string became u32: "), "{error}");
    on_runtime(async {
        let builder: ClientBuilder<TradingClient> = ClientBuilder::new().callbacks(Answers);
        builder.spawn(role("agreement-calls")).await.unwrap().shutdown().await.unwrap();
        // A callback that nobody answers clashes with nothing.
        TradingClient::spawn(role("agreement-calls")).await.unwrap().shutdown().await.unwrap();
    });
}

fn what_only_serde_describes_agrees_with_everything() {
    let methods = announced("agreement-floor");
    assert_eq!(methods["cloud"].get("fp"), None);
    assert!(methods["degrees"].get("fp").is_some());
    on_runtime(async {
        // A fingerprint that only one side says is none.
        let mut methods = announced("agreement-floor");
        methods["cloud"]["fp"] = NO_FINGERPRINT.into();
        WeatherClient::spawn(forged(&methods, "silent")).await.unwrap();
    });
}

fn a_worker_that_cannot_say_its_schema_is_refused() {
    let mut methods = strange();
    methods.as_object_mut().unwrap().remove("$schema");
    let error = refused(|| forged(&methods, "silent"), ClientBuilder::new).to_string();
    assert!(
        error.contains("differs from this program's in Trading.place, and it does not say how: it has no `$schema`"),
        "{error}"
    );
    let methods = strange();
    let hurried = || ClientBuilder::new().init_timeout(Duration::from_secs(2));
    let error = refused(|| forged(&methods, "silent"), hurried).to_string();
    assert!(error.contains("its `$schema` is not answered within "), "{error}");
    let error = refused(|| forged(&methods, "gone"), ClientBuilder::new).to_string();
    assert!(error.contains("it does not say how: "), "{error}");
}

fn what_a_worker_says_of_its_schema_is_not_trusted() {
    let methods = strange();
    let answers = [
        ("huge", "67108865 bytes, expected at most 67108864"),
        ("deep", "cannot be used: "),
        ("garbage", "cannot be used: "),
        ("nil", "expected a map"),
        ("circle", "types[0].is"),
    ];
    for (answer, said) in answers {
        let error = refused(|| forged(&methods, answer), ClientBuilder::new).to_string();
        assert!(error.contains(said), "{answer}: {error}");
    }
    on_runtime(async {
        // Which members there are is what `$init` says.
        TradingClient::spawn(forged(&methods, "empty")).await.unwrap();
    });
}

fn a_timeout_of_the_schema_is_a_deadline_that_is_sent() {
    on_runtime(async {
        let desk = TradingClient::spawn(role("agreement-old")).await.unwrap();
        assert!(desk.left().await.unwrap(), "the handler is told");
        desk.shutdown().await.unwrap();
    });
    let desk: TradingClient = procwire::blocking::spawn(role("agreement-old")).unwrap();
    assert!(desk.left().wait().unwrap(), "the handler is told");
    procwire::blocking::shutdown(&desk).unwrap();
}
