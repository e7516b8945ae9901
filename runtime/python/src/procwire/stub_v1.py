"""What generated code may name. Not for people; frozen once released."""

from collections.abc import Callable
from typing import Any, TypedDict

from .callbacks import Called, CalledStream, Calls
from .caller import Stream
from .client import Client, Events, Subscription
from .codec import stub
from .codec.stub import *
from .context import Context
from .emit import Emit, Emitted
from .error import DeclaredError
from .handler import handler, stream_handler
from .module import Module, ModuleClient, ModuleSyncClient
from .parent import CallbackHandlers, CallbacksOption, Command, Heartbeat
from .schema import schema
from .service import Callbacks, Event, Method, Service
from .sync import SyncClient, SyncEvents, SyncStream, SyncSubscription
from .worker import Worker

__all__ = [
    "Any",
    "Callable",
    "CallbackHandlers",
    "Callbacks",
    "CallbacksOption",
    "Called",
    "CalledStream",
    "Calls",
    "Client",
    "Command",
    "Context",
    "DeclaredError",
    "Emit",
    "Emitted",
    "Event",
    "Events",
    "Heartbeat",
    "Method",
    "Module",
    "ModuleClient",
    "ModuleSyncClient",
    "Service",
    "Stream",
    "Subscription",
    "SyncClient",
    "SyncEvents",
    "SyncStream",
    "SyncSubscription",
    "TypedDict",
    "Worker",
    "handler",
    "schema",
    "stream_handler",
]
__all__ += stub.__all__
