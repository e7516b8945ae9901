//! The parent of the scenarios: `interop-parent <scenario>`.

use std::process::ExitCode;

use procwire_interop::scenario::Outcome;

#[path = "../../scenarios/abort-answered/parent.rs"]
mod abort_answered;
#[path = "../../scenarios/abort-call/parent.rs"]
mod abort_call;
#[path = "../../scenarios/abort-stream/parent.rs"]
mod abort_stream;
#[path = "../../scenarios/ack/parent.rs"]
mod ack;
#[path = "../../scenarios/answers-at-once/parent.rs"]
mod answers_at_once;
#[path = "../../scenarios/auth-refused/parent.rs"]
mod auth_refused;
#[path = "../../scenarios/auth-right/parent.rs"]
mod auth_right;
#[path = "../../scenarios/auth-stray/parent.rs"]
mod auth_stray;
#[path = "../../scenarios/behind-shell/parent.rs"]
mod behind_shell;
#[path = "../../scenarios/between/parent.rs"]
mod between;
#[path = "../../scenarios/blocking/parent.rs"]
mod blocking;
#[path = "../../scenarios/bytes-and-dates/parent.rs"]
mod bytes_and_dates;
#[path = "../../scenarios/calls-at-once/parent.rs"]
mod calls_at_once;
#[path = "../../scenarios/captured-answers/parent.rs"]
mod captured_answers;
#[path = "../../scenarios/deadline/parent.rs"]
mod deadline;
#[path = "../../scenarios/error-declared/parent.rs"]
mod error_declared;
#[path = "../../scenarios/error-in-stream/parent.rs"]
mod error_in_stream;
#[path = "../../scenarios/error-map/parent.rs"]
mod error_map;
#[path = "../../scenarios/error-text/parent.rs"]
mod error_text;
#[path = "../../scenarios/events/parent.rs"]
mod events;
#[path = "../../scenarios/ext-abort/parent.rs"]
mod ext_abort;
#[path = "../../scenarios/ext-base/parent.rs"]
mod ext_base;
#[path = "../../scenarios/ext-blocking/parent.rs"]
mod ext_blocking;
#[path = "../../scenarios/ext-callbacks/parent.rs"]
mod ext_callbacks;
#[path = "../../scenarios/ext-credit/parent.rs"]
mod ext_credit;
#[path = "../../scenarios/ext-fd/parent.rs"]
mod ext_fd;
#[path = "../../scenarios/ext-handlers/parent.rs"]
mod ext_handlers;
#[path = "../../scenarios/ext-health/parent.rs"]
mod ext_health;
#[path = "../../scenarios/ext-metadata/parent.rs"]
mod ext_metadata;
#[path = "../../scenarios/ext-nested/parent.rs"]
mod ext_nested;
#[path = "../../scenarios/ext-race-abort/parent.rs"]
mod ext_race_abort;
#[path = "../../scenarios/ext-race-hello/parent.rs"]
mod ext_race_hello;
#[path = "../../scenarios/ext-race-retry/parent.rs"]
mod ext_race_retry;
#[path = "../../scenarios/ext-race-shutdown/parent.rs"]
mod ext_race_shutdown;
#[path = "../../scenarios/ext-subsets/parent.rs"]
mod ext_subsets;
#[path = "../../scenarios/ext-tracebacks/parent.rs"]
mod ext_tracebacks;
#[path = "../../scenarios/heartbeat-blocked/parent.rs"]
mod heartbeat_blocked;
#[path = "../../scenarios/heartbeat-kept/parent.rs"]
mod heartbeat_kept;
#[path = "../../scenarios/heartbeat-lost/parent.rs"]
mod heartbeat_lost;
#[path = "../../scenarios/large/parent.rs"]
mod large;
#[path = "../../scenarios/leave-stream/parent.rs"]
mod leave_stream;
#[path = "../../scenarios/missing-method/parent.rs"]
mod missing_method;
#[path = "../../scenarios/noise/parent.rs"]
mod noise;
#[path = "../../scenarios/none/parent.rs"]
mod none;
#[path = "../../scenarios/optional-parameters/parent.rs"]
mod optional_parameters;
#[path = "../../scenarios/oversized-answer/parent.rs"]
mod oversized_answer;
#[path = "../../scenarios/overtake/parent.rs"]
mod overtake;
#[path = "../../scenarios/panic/parent.rs"]
mod panic;
#[path = "../../scenarios/parent-killed/parent.rs"]
mod parent_killed;
#[path = "../../scenarios/parent-killed-blocked/parent.rs"]
mod parent_killed_blocked;
#[path = "../../scenarios/pieces-of-answers/parent.rs"]
mod pieces_of_answers;
#[path = "../../scenarios/print-after/parent.rs"]
mod print_after;
#[path = "../../scenarios/print-before/parent.rs"]
mod print_before;
#[path = "../../scenarios/raw/parent.rs"]
mod raw;
#[path = "../../scenarios/result/parent.rs"]
mod result;
#[path = "../../scenarios/shapes/parent.rs"]
mod shapes;
#[path = "../../scenarios/shutdown-blocked/parent.rs"]
mod shutdown_blocked;
#[path = "../../scenarios/shutdown-busy/parent.rs"]
mod shutdown_busy;
#[path = "../../scenarios/shutdown-idle/parent.rs"]
mod shutdown_idle;
#[path = "../../scenarios/slow-consumer/parent.rs"]
mod slow_consumer;
#[path = "../../scenarios/spawn-fails/parent.rs"]
mod spawn_fails;
#[path = "../../scenarios/stream/parent.rs"]
mod stream;
#[path = "../../scenarios/streams-at-once/parent.rs"]
mod streams_at_once;
#[path = "../../scenarios/ten-workers/parent.rs"]
mod ten_workers;
#[path = "../../scenarios/two-services/parent.rs"]
mod two_services;
#[path = "../../scenarios/undecodable-answer/parent.rs"]
mod undecodable_answer;
#[path = "../../scenarios/waits-overlap/parent.rs"]
mod waits_overlap;
#[path = "../../scenarios/worker-killed/parent.rs"]
mod worker_killed;

async fn run(scenario: &str) -> Outcome {
    match scenario {
        "abort-answered" => abort_answered::run().await,
        "abort-call" => abort_call::run().await,
        "abort-stream" => abort_stream::run().await,
        "ack" => ack::run().await,
        "answers-at-once" => answers_at_once::run().await,
        "auth-refused" => auth_refused::run().await,
        "auth-right" => auth_right::run().await,
        "auth-stray" => auth_stray::run().await,
        "behind-shell" => behind_shell::run().await,
        "between" => between::run().await,
        "blocking" => blocking::run().await,
        "bytes-and-dates" => bytes_and_dates::run().await,
        "calls-at-once" => calls_at_once::run().await,
        "captured-answers" => captured_answers::run().await,
        "deadline" => deadline::run().await,
        "error-declared" => error_declared::run().await,
        "error-in-stream" => error_in_stream::run().await,
        "error-map" => error_map::run().await,
        "error-text" => error_text::run().await,
        "events" => events::run().await,
        "ext-abort" => ext_abort::run().await,
        "ext-base" => ext_base::run().await,
        "ext-blocking" => ext_blocking::run().await,
        "ext-callbacks" => ext_callbacks::run().await,
        "ext-credit" => ext_credit::run().await,
        "ext-fd" => ext_fd::run().await,
        "ext-handlers" => ext_handlers::run().await,
        "ext-health" => ext_health::run().await,
        "ext-metadata" => ext_metadata::run().await,
        "ext-nested" => ext_nested::run().await,
        "ext-subsets" => ext_subsets::run().await,
        "ext-tracebacks" => ext_tracebacks::run().await,
        "ext-race-abort" => ext_race_abort::run().await,
        "ext-race-hello" => ext_race_hello::run().await,
        "ext-race-retry" => ext_race_retry::run().await,
        "ext-race-shutdown" => ext_race_shutdown::run().await,
        "heartbeat-blocked" => heartbeat_blocked::run().await,
        "heartbeat-kept" => heartbeat_kept::run().await,
        "heartbeat-lost" => heartbeat_lost::run().await,
        "large" => large::run().await,
        "leave-stream" => leave_stream::run().await,
        "missing-method" => missing_method::run().await,
        "noise" => noise::run().await,
        "none" => none::run().await,
        "optional-parameters" => optional_parameters::run().await,
        "oversized-answer" => oversized_answer::run().await,
        "overtake" => overtake::run().await,
        "panic" => panic::run().await,
        "parent-killed" => parent_killed::run().await,
        "parent-killed-blocked" => parent_killed_blocked::run().await,
        "pieces-of-answers" => pieces_of_answers::run().await,
        "print-after" => print_after::run().await,
        "print-before" => print_before::run().await,
        "raw" => raw::run().await,
        "result" => result::run().await,
        "shapes" => shapes::run().await,
        "shutdown-blocked" => shutdown_blocked::run().await,
        "shutdown-busy" => shutdown_busy::run().await,
        "shutdown-idle" => shutdown_idle::run().await,
        "slow-consumer" => slow_consumer::run().await,
        "spawn-fails" => spawn_fails::run().await,
        "stream" => stream::run().await,
        "streams-at-once" => streams_at_once::run().await,
        "ten-workers" => ten_workers::run().await,
        "two-services" => two_services::run().await,
        "undecodable-answer" => undecodable_answer::run().await,
        "waits-overlap" => waits_overlap::run().await,
        "worker-killed" => worker_killed::run().await,
        _ => Err(format!("there is no scenario `{scenario}`").into()),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let scenario = std::env::args().nth(1).unwrap_or_default();
    match run(&scenario).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{scenario}: {error}");
            ExitCode::FAILURE
        }
    }
}
