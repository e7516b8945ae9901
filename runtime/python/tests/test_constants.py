"""The numbers of the protocol, held against the table that all runtimes share."""

from __future__ import annotations

from typing import get_args

from vectors import load

from procwire import constants
from procwire.codec import limits as structure
from procwire.connection import Limits
from procwire.error import Code
from procwire.parent.options import Options
from procwire.service import Response


def milliseconds(seconds: float | None) -> int:
    assert seconds is not None
    return round(seconds * 1000)


def test_the_constants_equal_the_table() -> None:
    limits = Limits()
    options = Options(name="x")
    ours = {
        "about": "The numbers of the protocol. Every runtime tests its own against this table, as equality.",
        "frame": {
            "headerLength": constants.HEADER_LENGTH,
            "defaultPayloadLimit": limits.payload,
            "maximumPayloadLimit": constants.MAXIMUM_PAYLOAD_LIMIT,
        },
        "ids": {
            "invalid": constants.ID_INVALID,
            "reserved": constants.ID_RESERVED,
            "hello": constants.ID_HELLO,
            "credit": constants.ID_CREDIT,
            "authenticate": constants.ID_AUTHENTICATE,
            "abort": constants.ID_ABORT,
        },
        "flags": {
            "toParent": constants.TO_PARENT,
            "response": constants.RESPONSE,
            "error": constants.ERROR,
            "stream": constants.STREAM,
            "streamEnd": constants.STREAM_END,
            "ack": constants.ACK,
            "reserved": constants.RESERVED_FLAGS,
        },
        "kinds": {
            "request": constants.REQUEST,
            "result": constants.TO_PARENT | constants.RESULT_ANSWER,
            "ack": constants.TO_PARENT | constants.ACK_ANSWER,
            "item": constants.TO_PARENT | constants.ITEM,
            "end": constants.TO_PARENT | constants.END,
            "error": constants.TO_PARENT | constants.ERROR_ANSWER,
            "streamError": constants.TO_PARENT | constants.STREAM_ERROR,
            "event": constants.TO_PARENT,
            "abort": constants.REQUEST,
            "authenticate": constants.REQUEST,
        },
        "codes": [code.value for code in Code],
        "declared": constants.DECLARED,
        "responses": list(constants.RESPONSES),
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
            "call": milliseconds(options.call_timeout),
            "cancelGrace": milliseconds(limits.cancel_grace),
            "init": milliseconds(options.init_timeout),
            "connect": milliseconds(options.connect_timeout),
            "shutdownGrace": milliseconds(options.shutdown_grace),
            "terminateToKill": milliseconds(constants.TERMINATE_TO_KILL),
            "pendingPeer": milliseconds(constants.PENDING_PEER_TIMEOUT),
        },
        "structure": {
            "depth": structure.DEPTH,
            "containerCost": structure.CONTAINER_COST,
            "scalarCost": structure.SCALAR_COST,
            "budgetBase": structure.BUDGET_BASE,
            "budgetFactor": structure.BUDGET_FACTOR,
        },
        "values": {
            "durationMaxUs": structure.DURATION_MAX,
            "timestampMinS": structure.TIMESTAMP_MIN,
            "timestampMaxS": structure.TIMESTAMP_MAX,
            "forbiddenKey": structure.FORBIDDEN_KEY,
        },
        "control": {
            "addressSize": constants.ADDRESS_SIZE,
            "version": constants.CONTROL_VERSION,
            "lineLimit": constants.LINE_LIMIT,
            "pendingPeers": constants.PENDING_PEERS,
            "tokenVariable": constants.TOKEN_VARIABLE,
            "moduleVariable": constants.MODULE_VARIABLE,
            "variablePrefix": constants.VARIABLE_PREFIX,
        },
        "extensions": {
            "names": list(constants.EXTENSIONS),
            "traceback": constants.TRACEBACK_LIMIT,
            "metaFlag": constants.META,
            "kinds": {
                "hello": constants.REQUEST,
                "credit": constants.REQUEST,
                "creditToParent": constants.TO_PARENT,
                "callback": constants.TO_PARENT,
                "callbackResult": constants.RESULT_ANSWER,
                "callbackAck": constants.ACK_ANSWER,
                "callbackItem": constants.ITEM,
                "callbackEnd": constants.END,
                "callbackError": constants.ERROR_ANSWER,
                "callbackStreamError": constants.STREAM_ERROR,
                "callbackAbort": constants.TO_PARENT,
            },
            "window": constants.WINDOW,
            "itemCost": constants.ITEM_COST,
            "metaLimit": constants.META_LIMIT,
            "nesting": constants.NESTING_LIMIT,
            "nestedHandlers": constants.NESTED_HANDLERS,
            "firstFrameMs": milliseconds(constants.FIRST_FRAME_TIMEOUT),
            "descriptorVariable": constants.DESCRIPTOR_VARIABLE,
            "descriptorPrefix": constants.DESCRIPTOR_PREFIX,
            "builtins": constants.BUILTINS,
        },
    }
    assert ours == load("constants.json")


def test_the_response_kinds_of_a_method_are_those_of_the_table() -> None:
    assert sorted(get_args(Response)) == sorted(constants.RESPONSES)
