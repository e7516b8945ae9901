"""Typed calls, streams and events between a parent process and its child processes.

Classes are generated from a schema: a client for the parent, a base class for the worker. What they have in common,
and what programs name beside them, is here.
"""

from .check import check
from .client import Client, Stream, Subscription
from .codec import Ext, Timestamp, Unknown
from .connection import Counts, Limits
from .context import Context
from .emit import Emitted
from .error import Code, DeadlineExceeded, DeclaredError, ProcwireError
from .parent import Command, Exit, Heartbeat, Peer, SpawnError
from .sync import SyncClient, SyncStream, SyncSubscription
from .worker import Worker, inline

__all__ = [
    "Client",
    "Code",
    "Command",
    "Context",
    "Counts",
    "DeadlineExceeded",
    "DeclaredError",
    "Emitted",
    "Exit",
    "Ext",
    "Heartbeat",
    "Limits",
    "Peer",
    "ProcwireError",
    "SpawnError",
    "Stream",
    "Subscription",
    "SyncClient",
    "SyncStream",
    "SyncSubscription",
    "Timestamp",
    "Unknown",
    "Worker",
    "check",
    "inline",
]
