"""The synchronous client, for code without a loop."""

from .client import SyncClient, SyncEvents, SyncStream, SyncSubscription

__all__ = ["SyncClient", "SyncEvents", "SyncStream", "SyncSubscription"]
