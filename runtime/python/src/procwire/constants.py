"""The numbers and names of the protocol, the same in all runtimes; a test holds them against the table they share."""

from __future__ import annotations

from typing import Final

HEADER_LENGTH: Final = 11
DEFAULT_PAYLOAD_LIMIT: Final = 1 << 30
MAXIMUM_PAYLOAD_LIMIT: Final = (1 << 31) - 1

ID_INVALID: Final = 0
ID_RESERVED: Final = 0xFFF0
"""Ids from here on belong to the protocol itself."""
ID_HELLO: Final = 0xFFFC
ID_CREDIT: Final = 0xFFFD
ID_AUTHENTICATE: Final = 0xFFFE
ID_ABORT: Final = 0xFFFF

TO_PARENT: Final = 0x01
RESPONSE: Final = 0x02
ERROR: Final = 0x04
STREAM: Final = 0x08
STREAM_END: Final = 0x10
ACK: Final = 0x20
RESERVED_FLAGS: Final = 0xC0

REQUEST: Final = 0
RESULT_ANSWER: Final = RESPONSE
ACK_ANSWER: Final = RESPONSE | ACK
ITEM: Final = RESPONSE | STREAM
END: Final = RESPONSE | STREAM | STREAM_END
ERROR_ANSWER: Final = RESPONSE | ERROR
STREAM_ERROR: Final = RESPONSE | STREAM | ERROR

DECLARED: Final = "declared"
"""The code of an error that the method declares."""
CODES: Final = (
    "failed",
    "internal",
    "cancelled",
    "deadline_exceeded",
    "not_found",
    "invalid_argument",
    "unavailable",
    "resource_exhausted",
    "unsupported",
)
RESPONSES: Final = ("result", "ack", "none", "stream")

CONTROL_VERSION: Final = "1.0.0"
"""The version that all peers announce and nobody checks."""
LINE_LIMIT: Final = 1 << 20
"""The longest control line that is read; what is longer is noise."""
ADDRESS_SIZE: Final = 108
"""The size of a socket address, with the NUL at its end."""
PENDING_PEERS: Final = 8
"""How many strangers are heard at the same time; more wait in the socket's own queue."""
TOKEN_VARIABLE: Final = "PROCWIRE_TOKEN"
MODULE_VARIABLE: Final = "PROCWIRE_MODULE_NAME"
VARIABLE_PREFIX: Final = "PROCWIRE_"

CALL_TIMEOUT: Final = 30.0
"""Seconds that a result or an ack may take where nobody says otherwise."""
INIT_TIMEOUT: Final = 30.0
"""Seconds that a child has to announce itself."""
CONNECT_TIMEOUT: Final = 10.0
"""Seconds that a child's socket has to take the connection."""
SHUTDOWN_GRACE: Final = 5.0
"""Seconds that running handlers may go on after `$shutdown`."""
TERMINATE_TO_KILL: Final = 1.0
"""Seconds from SIGTERM to SIGKILL."""
PENDING_PEER_TIMEOUT: Final = 10.0
"""Seconds that a stranger has to show the token."""

EXTENSIONS: Final = ("fd", "meta", "callbacks", "credit")
"""What our own runtimes add between themselves."""
CREDIT_LENGTH: Final = 4
"""Bytes of a credit's payload."""
META: Final = 0x40
"""The payload begins with metadata."""
WINDOW: Final = 1 << 20
"""Bytes of a stream's items that may be outstanding."""
ITEM_COST: Final = 64
"""What an item costs besides its payload."""
META_LIMIT: Final = 8192
NESTING_LIMIT: Final = 16
NESTED_HANDLERS: Final = 65_536
FIRST_FRAME_TIMEOUT: Final = 1.0
"""Seconds that a child waits for the first frame before it takes the parent for one without extensions."""
TRACEBACK_LIMIT: Final = 16_384
"""Bytes of a traceback that a peer is told."""
DESCRIPTOR_VARIABLE: Final = "PROCWIRE_FD"
DESCRIPTOR_PREFIX: Final = "fd:"
TOOL: Final = "procwire 0.1.0"
"""What a child says that it runs on."""
BUILTINS: Final = {"$health": 65518, "$schema": 65517}
"""The ids of methods that every worker has."""
