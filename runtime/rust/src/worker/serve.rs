//! A worker's life: announce, let the parent in, serve, and leave in time.

use std::os::fd::AsFd;
use std::pin::pin;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tokio::time::Instant;

use super::admission::{admit, admit_inherited};
use super::builder::{OnShutdown, Worker, WorkerBuilder};
use super::by_hand;
use super::driving::Driving;
use super::environment::Environment;
use super::handle::Stage;
use super::inherited;
use super::socket;
use super::stdio;
use super::watch::{Folder, Phase, Watch, remove_folder};
use crate::connection::{CloseReason, Closed, Connection, Driver, Extensions, Role, Settings, Takes};
use crate::control::{self, Callback, DESCRIPTOR_PREFIX, Event, Method, Schema};
use crate::error::{Code, Error, Failure, Result};
use crate::service::builtin::Spoken;
use crate::service::{Bound, Fingerprint, Handlers, MethodDescriptor, Services, builtin, fingerprints};

/// How long handlers have after their tokens fired, once nobody can get an answer.
const CANCEL_GRACE: Duration = Duration::from_millis(100);
/// How long a parent that is about to leave may take to come in.
const LAST_ENTRY: Duration = Duration::from_millis(250);
/// How long what was answered may take to leave at the end of a shutdown.
const LAST_WRITE: Duration = Duration::from_millis(200);
/// The last will's share of the time from the loss of the parent to the forced exit.
const LAST_WILL: Duration = Duration::from_millis(250);

pub(super) async fn serve(worker: Worker) -> Result<()> {
    let environment = Environment::take();
    if by_hand::is_by_hand(&environment) {
        by_hand::explain_and_exit(&worker);
    }
    let folder = Folder::default();
    let unusable = |error: std::io::Error| failed(format!("stdin and stdout cannot be used: {error}"));
    let plane = stdio::take().map_err(unusable)?;
    let watch = Watch::start(plane, Arc::clone(&folder)).map_err(unusable)?;
    let outcome = run(worker, &watch, environment, &folder).await;
    watch.data_plane_ended();
    remove_folder(&folder);
    outcome
}

fn failed(message: impl Into<String>) -> Error {
    Error::new(Code::Unavailable, message)
}

async fn run(worker: Worker, watch: &Watch, environment: Environment, folder: &Folder) -> Result<()> {
    let Worker { parts, emitter, callbacks, stage } = worker;
    let mut phase = watch.phase.clone();
    let (services, entrance) = match prepare(&parts, &environment, folder) {
        Ok((services, entrance, pipe)) => {
            let announced = watch.write(&init_line(&services, &pipe, &parts));
            announced.map_err(|error| failed(format!("the parent cannot be told about this worker: {error}")))?;
            (services, entrance)
        }
        Err(failure) => {
            // A parent that is gone cannot be told; the caller of this is.
            let _ = watch.write(&control::print_error(failure.message()));
            return Err(failure.into());
        }
    };
    let admitted = parent(entrance, environment.token.as_deref(), &mut phase).await;
    remove_folder(folder);
    let mut outcome = Ok(());
    match admitted {
        None => {}
        Some(Err(error)) => outcome = Err(failed(format!("the socket takes no connection: {error}"))),
        Some(Ok(stream)) => {
            let lost = |error: std::io::Error| failed(format!("the connection cannot be watched: {error}"));
            watch.data_plane(stream.as_fd()).map_err(lost)?;
            let (connection, driver) = connect(stream, services, &parts);
            emitter.attach(&connection);
            callbacks.attach(&connection);
            stage.send_replace(Stage::Ready);
            outcome = attend(&connection, driver, &mut phase).await;
        }
    }
    stage.send_replace(Stage::Ended);
    last_will(parts.on_shutdown, &phase).await;
    outcome
}

/// Waits for the parent, unless it wants no more.
async fn parent(
    entrance: Entrance,
    token: Option<&[u8]>,
    phase: &mut watch::Receiver<Phase>,
) -> Option<std::io::Result<UnixStream>> {
    let mut admitted = pin!(async {
        match entrance {
            Entrance::Path(listener) => admit(&listener, token).await,
            Entrance::Inherited(stream) => admit_inherited(stream, token).await,
        }
    });
    let begun = tokio::select! {
        admitted = &mut admitted => return Some(admitted),
        begun = left(phase) => begun,
    };
    if begun == Phase::Leaving {
        return None;
    }
    // The control plane is faster: a parent that connected, called and said `$shutdown` is still to be let in.
    tokio::time::timeout(LAST_ENTRY, admitted).await.ok()
}

/// Where the parent comes in.
enum Entrance {
    Path(UnixListener),
    /// It is there already.
    Inherited(UnixStream),
}

/// What is served, and where.
fn prepare(
    parts: &WorkerBuilder,
    environment: &Environment,
    folder: &Folder,
) -> std::result::Result<(Services, Entrance, String), Failure> {
    let bound = &parts.services;
    let wrong = |message: String| Failure::new(Code::InvalidArgument, message);
    if bound.is_empty() {
        return Err(wrong("a worker needs at least one service".to_owned()));
    }
    let served: usize = bound.iter().map(|bound| bound.service().methods.len() + bound.service().events.len()).sum();
    let count = served + parts.callbacks.len();
    let most = usize::from(builtin::SCHEMA.1) - 1;
    if count > most {
        let message = format!("a worker has at most {most} methods, events and callbacks, these services have {count}");
        return Err(wrong(message));
    }
    let services = Services::new(bound).map_err(|taken| wrong(taken.to_string()))?;
    let services = services.with_callbacks(&parts.callbacks);
    let spoken = Spoken {
        services: bound.iter().map(Bound::service).collect(),
        callbacks: services.callbacks().map(|(_, wanted)| *wanted).collect(),
    };
    let services = services.with_builtins(builtin::served(parts.knowledge.clone(), spoken));
    let unavailable = |error: std::io::Error| Failure::new(Code::Unavailable, error.to_string());
    if parts.extensions.contains(Extensions::FD)
        && let Some((number, stream)) = inherited::take(environment.descriptor.as_deref())
    {
        stream.set_nonblocking(true).map_err(unavailable)?;
        let stream = UnixStream::from_std(stream).map_err(unavailable)?;
        return Ok((services, Entrance::Inherited(stream), format!("{DESCRIPTOR_PREFIX}{number}")));
    }
    let (listener, created) = socket::listen().map_err(unavailable)?;
    let path = created.path();
    *folder.lock().unwrap_or_else(PoisonError::into_inner) = Some(created);
    listener.set_nonblocking(true).map_err(unavailable)?;
    let listener = UnixListener::from_std(listener).map_err(unavailable)?;
    Ok((services, Entrance::Path(listener), path.to_string_lossy().into_owned()))
}

fn init_line(services: &Services, pipe: &str, parts: &WorkerBuilder) -> Vec<u8> {
    let announced = |id, method: &MethodDescriptor, fingerprint| {
        let MethodDescriptor { response, raw, timeout, .. } = *method;
        Method { id, response, raw, timeout, fingerprint }
    };
    let methods: Vec<_> = services
        .served()
        .map(|(id, served)| {
            let fingerprint = fingerprints(served.bound.service()).methods[served.index];
            (served.method.name, announced(id, served.method, fingerprint))
        })
        .collect();
    let builtins = services.builtins().map(|(id, method)| (method.name, announced(id, method, None)));
    let events: Vec<_> = services
        .events()
        .map(|(id, (service, index))| {
            (service.events[index].name, Event { id, fingerprint: fingerprints(service).events[index] })
        })
        .collect();
    let callbacks: Vec<_> = services
        .callbacks()
        .map(|(id, wanted)| {
            let MethodDescriptor { name, response, raw, .. } = *wanted.method();
            let fingerprint = fingerprints(wanted.service).methods[wanted.index];
            (name, Callback { id, response, raw, required: wanted.required, fingerprint })
        })
        .collect();
    let fingerprint = Fingerprint::of_all(
        methods
            .iter()
            .map(|(name, method)| ("method", *name, method.fingerprint))
            .chain(events.iter().map(|(name, event)| ("event", *name, event.fingerprint)))
            .chain(callbacks.iter().map(|(name, callback)| ("callback", *name, callback.fingerprint))),
    );
    let ipc = Schema { module: parts.module, fingerprint };
    let takes =
        Takes { payload: Some(parts.limits.payload), window: Some(parts.limits.window), tracebacks: parts.tracebacks };
    control::print_init(pipe, methods.into_iter().chain(builtins), events, callbacks, ipc, parts.extensions, takes)
}

fn connect(stream: UnixStream, services: Services, parts: &WorkerBuilder) -> (Connection, Driver) {
    let settings = Settings {
        role: Role::Child,
        services,
        handlers: Handlers::default(),
        offers: parts.extensions,
        agreed: None,
        limits: parts.limits.clone(),
        handling: parts.handling,
        spin: parts.spin,
    };
    Connection::new(stream, settings, &[])
}

/// Serves until one side wants no more.
async fn attend(connection: &Connection, driver: Driver, phase: &mut watch::Receiver<Phase>) -> Result<()> {
    let mut driver = Driving::start(driver);
    let begun = tokio::select! {
        closed = &mut driver => return lost(closed).await,
        begun = left(phase) => begun,
    };
    if let Phase::Draining { until } = begun {
        connection.drain();
        let in_time = tokio::select! {
            closed = &mut driver => return lost(closed).await,
            () = connection.drained() => true,
            () = tokio::time::sleep_until(until.into()) => false,
            () = leaving(phase) => false,
        };
        if !in_time {
            connection.cancel_handlers();
            tokio::select! {
                closed = &mut driver => return lost(closed).await,
                () = connection.drained() => {}
                () = tokio::time::sleep(CANCEL_GRACE) => {}
            }
        }
        tokio::select! {
            _ = &mut driver => return Ok(()),
            () = connection.flush() => {}
            () = tokio::time::sleep(LAST_WRITE) => {}
        }
        driver.stop().await;
        return Ok(());
    }
    connection.close(Failure::new(Code::Unavailable, "the parent is gone"));
    let closed = driver.await;
    lost(closed).await
}

/// Lets handlers notice that nobody can get an answer any more.
async fn lost(mut closed: Closed) -> Result<()> {
    let _ = tokio::time::timeout(CANCEL_GRACE, closed.settle()).await;
    match closed.reason() {
        CloseReason::Protocol(_) => Err(failed(closed.reason().to_string())),
        // That a parent is gone is the usual end of a worker.
        _ => Ok(()),
    }
}

/// The first phase after `Running`.
async fn left(phase: &mut watch::Receiver<Phase>) -> Phase {
    // The thread that sends never ends.
    phase.wait_for(|phase| *phase != Phase::Running).await.map_or(Phase::Leaving, |phase| *phase)
}

async fn leaving(phase: &mut watch::Receiver<Phase>) {
    let _ = phase.wait_for(|phase| *phase == Phase::Leaving).await;
}

async fn last_will(will: Vec<OnShutdown>, phase: &watch::Receiver<Phase>) {
    let shortest = Instant::now() + LAST_WILL;
    let until = match *phase.borrow() {
        Phase::Draining { until } => shortest.max(until.into()),
        Phase::Running | Phase::Leaving => shortest,
    };
    let _ = tokio::time::timeout_at(until, async {
        for run in will {
            run().await;
        }
    })
    .await;
}
