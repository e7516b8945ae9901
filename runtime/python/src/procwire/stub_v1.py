"""What generated code may name. Not for people; frozen once released."""

from typing import Any, TypedDict

from .client import Client, Events, Stream, Subscription
from .codec.stub import *
from .codec.stub import __all__ as _codec
from .context import Context
from .emit import Emit, Emitted
from .error import DeclaredError
from .parent import Command, Heartbeat
from .service import Event, Method, Service
from .worker import Worker

__all__ = [  # pyright: ignore[reportUnsupportedDunderAll]
    *_codec,
    "Any",
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
    "Service",
    "Stream",
    "Subscription",
    "TypedDict",
    "Worker",
]
