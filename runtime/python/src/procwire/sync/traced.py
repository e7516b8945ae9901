"""A line whose calls are followed."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from ..asking import Asking, Usual
from ..connection import Counts, RemoteMethod
from ..connection.terms import Terms
from ..error import ProcwireError
from ..following import Following, told
from ..tracing import LEFT, ClientSpan, failed_with
from .line import Arriving, Heard, Line


class TracedLine:
    """Gives each call a span.

    It is a class of its own so that a client whose calls nobody follows asks nothing at all.
    """

    def __init__(self, line: Line, following: Following) -> None:
        self._line = line
        self._following = following

    @property
    def terms(self) -> Terms:
        return self._line.terms

    @property
    def counts(self) -> Counts:
        return self._line.counts

    def call(self, remote: RemoteMethod, payload: bytes, timeout: float | None | Usual, asking: Asking | None) -> Any:
        if remote.name.startswith("$"):
            return self._line.call(remote, payload, timeout, asking)
        with self._following.around(self.terms, remote, asking) as within:
            return self._line.call(remote, payload, timeout, within)

    @contextmanager
    def around(self, remote: RemoteMethod, asking: Asking | None) -> Generator[tuple[Line, Asking | None], None, None]:
        """Follows a call that is made several times; gives the line to make it over, and what to make it with."""
        with self._following.around(self.terms, remote, asking) as within:
            yield self._line, within

    def notify(self, remote: RemoteMethod, payload: bytes, asking: Asking | None) -> None:
        with self._following.around(self.terms, remote, asking) as within:
            self._line.notify(remote, payload, within)

    def open(
        self, remote: RemoteMethod, payload: bytes, timeout: float | None | Usual, asking: Asking | None
    ) -> Arriving:
        span = self._following.begin(remote, asking)
        try:
            items = self._line.open(remote, payload, timeout, told(self.terms, span, asking))
        except BaseException as error:
            span.end(failed_with(error))
            raise
        return _Followed(items, span)

    def subscribe(self, event: int) -> Heard:
        return self._line.subscribe(event)

    def refuse(self, error: ProcwireError) -> None:
        self._line.refuse(error)

    def drain(self, grace: float) -> None:
        self._line.drain(grace)

    def close(self) -> None:
        self._line.close()

    def discard(self) -> None:
        self._line.discard()


class _Followed:
    """The items of a stream that has a span."""

    def __init__(self, items: Arriving, span: ClientSpan) -> None:
        self._items = items
        self._span = span

    def take(self) -> deque[bytes] | None:
        try:
            taken = self._items.take()
        except ProcwireError as error:
            self._span.end(failed_with(error))
            raise
        if taken is None:
            self._span.end()
        else:
            for payload in taken:
                self._span.message(len(payload))
        return taken

    def leave(self) -> None:
        self._span.end(LEFT)
        self._items.leave()
