"""The side that starts a child: how it starts, how it is watched, and how it ends."""

from . import steps
from .agreement import Resolved, resolve
from .callbacks import CallbackHandlers, CallbacksOption, Handlers
from .exit import Exit
from .options import Command, Options, SpawnOptions
from .peer import Peer
from .process import Child, Heartbeat
from .spawn_error import SpawnError, SpawnErrorKind

__all__ = [
    "CallbackHandlers",
    "CallbacksOption",
    "Child",
    "Command",
    "Exit",
    "Handlers",
    "Heartbeat",
    "Options",
    "Peer",
    "Resolved",
    "SpawnError",
    "SpawnErrorKind",
    "SpawnOptions",
    "resolve",
    "steps",
]
