"""The side that a parent starts: where it listens, how it lives and when it ends."""

from .binding import Health, inline
from .worker import Worker

__all__ = ["Health", "Worker", "inline"]
