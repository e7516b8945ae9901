//! The numbers of the protocol, held against the table that all runtimes share.

use std::path::Path;

use serde_json::{Value, json};

use crate::codec::limits;
use crate::connection::{Extensions, Limits, extensions, meta};
use crate::error::{Code, payload::DECLARED};
use crate::frame::{self, Flags, id};
use crate::service::{Response, builtin};
use crate::{control, parent, worker};

pub(crate) fn vector(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
#[expect(clippy::too_many_lines, reason = "it is one table")]
fn the_constants_equal_the_table() {
    let limits = Limits::default();
    let to_parent = |flags: Flags| (flags | Flags::TO_PARENT).bits();
    let ours = json!({
        "about": "The numbers of the protocol. Every runtime tests its own against this table, as equality.",
        "frame": {
            "headerLength": frame::HEADER_LENGTH,
            "defaultPayloadLimit": limits.payload,
            "maximumPayloadLimit": frame::MAXIMUM_PAYLOAD_LIMIT,
        },
        "ids": {
            "invalid": id::INVALID,
            "reserved": id::RESERVED,
            "hello": id::HELLO,
            "credit": id::CREDIT,
            "authenticate": id::AUTHENTICATE,
            "abort": id::ABORT,
        },
        "flags": {
            "toParent": Flags::TO_PARENT.bits(),
            "response": Flags::RESPONSE.bits(),
            "error": Flags::ERROR.bits(),
            "stream": Flags::STREAM.bits(),
            "streamEnd": Flags::STREAM_END.bits(),
            "ack": Flags::ACK.bits(),
            "reserved": Flags::RESERVED.bits(),
        },
        "kinds": {
            "request": Flags::NONE.bits(),
            "result": to_parent(Flags::RESULT_ANSWER),
            "ack": to_parent(Flags::ACK_ANSWER),
            "item": to_parent(Flags::ITEM),
            "end": to_parent(Flags::END),
            "error": to_parent(Flags::ERROR_ANSWER),
            "streamError": to_parent(Flags::STREAM_ERROR),
            "event": to_parent(Flags::NONE),
            "abort": Flags::NONE.bits(),
            "authenticate": Flags::NONE.bits(),
        },
        "codes": Code::ALL.map(Code::as_str),
        "declared": DECLARED,
        "responses": [
            Response::Result.as_str(),
            Response::Ack.as_str(),
            Response::None.as_str(),
            Response::Stream.as_str(),
        ],
        "limits": {
            "handlers": limits.handlers,
            "waitingRequests": limits.waiting_requests,
            "waitingBytes": limits.waiting_bytes,
            "writeQueue": limits.write_queue,
            "unwrittenAnswers": limits.unwritten_answers,
            "streamPause": limits.stream_pause,
            "streamQueue": limits.stream_queue,
            "events": limits.events,
        },
        "timeoutsMs": {
            "call": limits.call_timeout.unwrap().as_millis(),
            "cancelGrace": limits.cancel_grace.as_millis(),
            "init": parent::options::INIT_TIMEOUT.as_millis(),
            "connect": parent::options::CONNECT_TIMEOUT.as_millis(),
            "shutdownGrace": control::SHUTDOWN_GRACE.as_millis(),
            "terminateToKill": parent::process::TERM_TO_KILL.as_millis(),
            "pendingPeer": worker::admission::PATIENCE.as_millis(),
        },
        "structure": {
            "depth": limits::DEPTH,
            "containerCost": limits::CONTAINER_COST,
            "scalarCost": limits::SCALAR_COST,
            "budgetBase": limits::BUDGET_BASE,
            "budgetFactor": limits::BUDGET_FACTOR,
        },
        "values": {
            "durationMaxUs": limits::DURATION_MAX,
            "timestampMinS": limits::TIMESTAMP_MIN,
            "timestampMaxS": limits::TIMESTAMP_MAX,
            "forbiddenKey": String::from_utf8_lossy(limits::FORBIDDEN_KEY),
        },
        "control": {
            "addressSize": worker::socket::ADDRESS_SIZE,
            "version": control::VERSION,
            "lineLimit": control::MAX_LINE,
            "pendingPeers": worker::admission::PENDING,
            "tokenVariable": control::TOKEN_VARIABLE,
            "moduleVariable": control::MODULE_NAME_VARIABLE,
            "variablePrefix": control::VARIABLE_PREFIX,
        },
        "extensions": {
            "names": Extensions::ALL.names().collect::<Vec<_>>(),
            "metaFlag": Flags::META.bits(),
            "kinds": {
                "hello": Flags::NONE.bits(),
                "credit": Flags::NONE.bits(),
                "creditToParent": to_parent(Flags::NONE),
                "callback": to_parent(Flags::NONE),
                "callbackResult": Flags::RESULT_ANSWER.bits(),
                "callbackAck": Flags::ACK_ANSWER.bits(),
                "callbackItem": Flags::ITEM.bits(),
                "callbackEnd": Flags::END.bits(),
                "callbackError": Flags::ERROR_ANSWER.bits(),
                "callbackStreamError": Flags::STREAM_ERROR.bits(),
                "callbackAbort": to_parent(Flags::NONE),
            },
            "window": limits.window,
            "itemCost": extensions::ITEM_COST,
            "metaLimit": meta::LIMIT,
            "nesting": extensions::NESTING,
            "nestedHandlers": extensions::NESTED_HANDLERS,
            "firstFrameMs": extensions::FIRST_FRAME.as_millis(),
            "traceback": crate::error::TRACEBACK,
            "descriptorVariable": control::DESCRIPTOR_VARIABLE,
            "descriptorPrefix": control::DESCRIPTOR_PREFIX,
            "builtins": { (builtin::HEALTH.0): builtin::HEALTH.1, (builtin::SCHEMA.0): builtin::SCHEMA.1 },
        },
    });
    assert_eq!(ours, vector("constants.json"));
}
