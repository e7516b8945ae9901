"""Typed calls, streams and events between a parent process and its child processes.

Classes are generated from a schema: a client for the parent, a base class for the worker. What they have in common,
and what programs name beside them, is here.
"""

from .callbacks import Called, CalledStream
from .caller import Stream
from .check import check
from .client import Client, Subscription
from .codec import Ext, Timestamp, Unknown
from .connection import Counts, Limits
from .context import Context
from .emit import Emitted
from .error import Code, DeadlineExceeded, DeclaredError, ProcwireError
from .metadata import EventContext, Trace
from .parent import Command, Exit, Handlers, Heartbeat, Peer, SpawnError
from .sync import SyncClient, SyncStream, SyncSubscription
from .worker import Health, Worker, inline

__all__ = [
    "Called",
    "CalledStream",
    "Client",
    "Code",
    "Command",
    "Context",
    "Counts",
    "DeadlineExceeded",
    "DeclaredError",
    "Emitted",
    "EventContext",
    "Exit",
    "Ext",
    "Handlers",
    "Health",
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
    "Trace",
    "Unknown",
    "Worker",
    "check",
    "inline",
]
