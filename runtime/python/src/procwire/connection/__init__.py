"""One connection between a parent and a child: calls, streams and events in both directions."""

from .calls import Calls, RemoteMethod
from .closing import CloseReason
from .connection import Connection, Role
from .counters import Counts
from .items import Items, LoopItems
from .limits import Limits
from .served import EmittedEvent, Served, Style, Table
from .subscriptions import LoopQueue, Queue, Subscriptions

__all__ = [
    "Calls",
    "CloseReason",
    "Connection",
    "Counts",
    "EmittedEvent",
    "Items",
    "Limits",
    "LoopItems",
    "LoopQueue",
    "Queue",
    "RemoteMethod",
    "Role",
    "Served",
    "Style",
    "Subscriptions",
    "Table",
]
