"""The synchronous client: the base of generated ones, streams and subscriptions."""

# The parts of this package know each other; the underscore keeps names from programs, not from here.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import contextlib
import os
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, cast

from ..asking import PLAIN, USUAL, Asking, Usual, refuse_retries, wait_before_retry
from ..calling import encoded, known_events, listener
from ..codec import DecodeError
from ..connection import Counts, Limits, RemoteMethod
from ..connection.subscriptions import Listener
from ..constants import EXTENSIONS
from ..context import Context
from ..control import Init
from ..error import Code, ProcwireError
from ..metadata import Trace
from ..parent import CallbacksOption, Child, Command, Exit, Options, Resolved, resolve, steps
from ..parent.agreement import has, lacking
from ..parent.callbacks import Handlers
from ..parent.keeper import StderrSink
from ..payload import Coder, event_coder
from ..service import Event, Method, Service
from ..tracing import Tracing
from ..worker.binding import HEALTH, Health
from .line import Arriving, Heard, Line
from .spawn import spawn
from .traced import TracedLine

Answer = TypeVar("Answer")
Item = TypeVar("Item")
Payload = TypeVar("Payload")
Request = TypeVar("Request")
EventsT = TypeVar("EventsT")
OnT = TypeVar("OnT")
ClientT = TypeVar("ClientT", bound="SyncClient[Any, Any]")


class SyncPeer:
    """The process behind a synchronous client; it is ended when the last client of it is gone."""

    def __init__(self, options: Options, child: Child, line: Line, init: Init, handlers: Handlers) -> None:
        self.name = options.name
        """The name that the process goes by in messages."""
        self.callbacks = handlers
        """What this program answers when the process calls back; handlers may come and go."""
        self._child = child
        self._line = line
        self._init = init
        self._options = options
        self._grace = options.shutdown_grace

    @property
    def pid(self) -> int:
        """The process id."""
        return self._child.pid

    @property
    def counts(self) -> Counts:
        """What was read, written, dropped or went wrong on the connection so far."""
        return replace(self._line.counts)

    @property
    def exit(self) -> Exit | None:
        """How the process ended, if it did."""
        return self._child.find(steps.exit)

    def exited(self, timeout: float | None = None) -> Exit | None:
        """Waits until the process has ended, or so many seconds; `None` where it goes on."""
        return self._child.block_for(steps.exit, timeout)

    def health(self) -> Health:
        """Asks the worker how it is. Raises `ProcwireError` where it is not one of ours."""
        announced = self._init.methods.get(HEALTH.wire)
        if announced is None:
            raise ProcwireError(Code.UNSUPPORTED, f"worker `{self.name}` does not tell its health")
        remote = RemoteMethod(HEALTH.wire, HEALTH, announced.id, self._options.call_timeout)
        client: SyncClient[Any, Any] = SyncClient(self, Resolved())
        health: Health = client._call_once(remote, encoded(remote, None, self._line.terms.peer_payload))
        return health

    def shutdown(self) -> None:
        """Ends the process: new calls fail, what runs may go on for the grace, and then it is ended by force.

        Raises `ProcwireError` where it did not end by itself with exit code 0. A second one waits for the first.
        """
        self._line.refuse(ProcwireError(Code.UNAVAILABLE, f"worker `{self.name}` is shutting down"))
        self._line.drain(self._grace)
        first = self._child.shutdown(self._grace)
        exit = self.exited()
        self._line.close()
        if first and exit is not None and not exit.success:
            raise ProcwireError(Code.UNAVAILABLE, f"worker `{self.name}` did not end in order: {exit}")

    def kill(self) -> None:
        """Ends the process by force, and waits for it."""
        self._child.kill()
        self.exited()
        self._line.close()

    def __del__(self) -> None:
        # Only a constructor that failed leaves it without a child.
        child: Child | None = getattr(self, "_child", None)
        if child is not None and child.find(steps.exit) is None and not child.find(steps.ends):
            child.kill()
            self._line.discard()
            warnings.warn(
                f"worker `{self.name}` was ended because nobody had a client of it any more; use `with`",
                ResourceWarning,
                source=self,
                stacklevel=1,
            )


class SyncClient(Generic[EventsT, OnT]):
    """Calls a worker from code without a loop. Generated classes have a method for each method of the service.

    Several threads may use one client. What arrives is read while somebody waits: for an answer, an item or an event.
    """

    _service: Service
    _events: type[EventsT]

    def __init__(self, peer: SyncPeer, resolved: Resolved) -> None:
        """Clients are made by `spawn` and `attach`."""
        self._peer = peer
        self._line = peer._line
        self._resolved = resolved
        self._methods = resolved.methods
        self._limit = peer._line.terms.peer_payload
        self._timeout: float | Usual | None = USUAL
        self._asking: Asking | None = None

    @classmethod
    def spawn(
        cls,
        command: Command,
        *,
        on: OnT | None = None,
        callbacks: CallbacksOption | None = None,
        name: str | None = None,
        env: Mapping[str, str] | None = None,
        inherit_env: Sequence[str] | None = None,
        cwd: str | os.PathLike[str] | None = None,
        call_timeout: float | None = 30.0,
        init_timeout: float = 30.0,
        connect_timeout: float = 10.0,
        shutdown_grace: float = 5.0,
        heartbeat: tuple[float, float] | None = None,
        token: bool = True,
        limits: Limits | None = None,
        spin: bool = True,
        allow_missing: bool = False,
        check_sent: bool = False,
        check_schema: bool = True,
        tracing: Tracing | None = None,
        extensions: Sequence[str] = EXTENSIONS,
        tracebacks: bool = False,
        on_stderr: StderrSink | None = None,
    ) -> Self:
        """Starts a worker, and waits until it serves: `with TradingSyncClient.spawn(["./desk"]) as desk`.

        The parameters are those of the asynchronous client. A worker that announces callbacks and a client with `on` have
        a thread that reads, also while nobody calls. It runs the functions of `on`, and handlers of callbacks that are
        coroutines, neither of which may call the worker; handlers that are plain functions run in threads of their own and
        may. Every other client has no such thread and is faster for it: whoever waits reads. Raises `SpawnError`.
        """
        options = Options.of(
            cls._service.name,
            {
                "callbacks": callbacks,
                "name": name,
                "env": env,
                "inherit_env": inherit_env,
                "cwd": cwd,
                "call_timeout": call_timeout,
                "init_timeout": init_timeout,
                "connect_timeout": connect_timeout,
                "shutdown_grace": shutdown_grace,
                "heartbeat": heartbeat,
                "token": token,
                "limits": limits,
                "spin": spin,
                "allow_missing": allow_missing,
                "check_sent": check_sent,
                "check_schema": check_schema,
                "tracing": tracing,
                "extensions": extensions,
                "tracebacks": tracebacks,
                "on_stderr": on_stderr,
            },
        )
        handlers = cast("Mapping[str, Callable[..., object]]", on or {})
        peer, (resolved,) = started(command, options, [(cls._service, handlers)])
        return cls(peer, resolved)

    @property
    def peer(self) -> SyncPeer:
        """The process: its pid, its counts, how it ended."""
        return self._peer

    @property
    def counts(self) -> Counts:
        """What was read, written, dropped or went wrong on the connection so far."""
        return self._peer.counts

    @property
    def events(self) -> EventsT:
        """Subscribes to events: `for progress in desk.events.progress()`."""
        return cast("Callable[[SyncClient[EventsT, OnT]], EventsT]", self._events)(self)

    def with_options(
        self,
        *,
        timeout: float | None | Usual = USUAL,
        retries: int | Usual = USUAL,
        metadata: Mapping[str, str | bytes] | Usual = USUAL,
        trace: Trace | None | Usual = USUAL,
        context: Context[Any, Any] | None | Usual = USUAL,
    ) -> Self:
        """The same client with something said of its calls.

        `timeout` is how many seconds they may take; `None` is for ever. When the time has passed a call fails with
        `DeadlineExceeded`, which is a `TimeoutError`, and the worker is told to stop. A stream may take it until its end.
        `retries` is how often a call of an idempotent method is made again after a failure that says so, within its
        time. `metadata` and `trace` go along, to a worker of ours. `context` is the `cx` of a callback's handler that makes
        the calls: they have its trace and what is left of its time, and end when it is aborted.
        """
        other: Self = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        if not isinstance(timeout, Usual):
            other._timeout = timeout
        other._asking = (self._asking or PLAIN).with_options(retries, metadata, trace, context)
        return other

    def has(self, name: str) -> bool:
        """Whether the worker has the method or event of this name, in Python or on the wire.

        One that this program knows and the worker does not is there where its schema says `@since`, or with
        `allow_missing`.
        """
        return has(self._service, self._resolved, name)

    def attach(self, client: type[ClientT]) -> ClientT:
        """A client of another service of the same process. Raises `SpawnError` where the process does not serve it."""
        options = self._peer._options
        resolved, mismatches = resolve(
            self._peer._init,
            client._service,
            options.call_timeout,
            allow_missing=options.allow_missing,
            check=options.check_sent,
        )
        if mismatches:
            raise steps.mismatched(self._peer._child, self._peer.name, mismatches)
        return client(self._peer, resolved)

    def shutdown(self) -> None:
        """Ends the worker: new calls fail, what runs may go on for the grace, and then it is ended by force.

        Raises `ProcwireError` where it did not end by itself with exit code 0. A second one waits for the first.
        """
        self._peer.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.shutdown()
        elif isinstance(error, Exception):
            # What went wrong in the block is what its reader wants to see.
            with contextlib.suppress(ProcwireError):
                self.shutdown()
        else:
            # Ctrl-C is not to wait.
            self._peer.kill()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of worker `{self._peer.name}`, pid {self._peer.pid}>"

    def _remote(self, method: Method[Any, Any]) -> RemoteMethod:
        try:
            return self._methods[method]
        except KeyError:
            raise lacking(self._service.name, method.name, method.since) from None

    def _call(self, method: Method[Request, Answer], request: Request) -> Answer:
        """Calls a method that is answered once."""
        remote = self._remote(method)
        payload = encoded(remote, request, self._limit)
        value: Answer
        if self._asking is not None and self._asking.retries:
            retries = self._asking.retries
            if isinstance(self._line, TracedLine):
                # All tries are one call.
                with self._line.around(remote, self._asking) as (line, asking):
                    value = self._over(line, asking)._call_again(remote, payload, retries)
            else:
                value = self._call_again(remote, payload, retries)
        else:
            value = self._line.call(remote, payload, self._timeout, self._asking)
        return value

    def _over(self, line: Line, asking: Asking | None) -> Self:
        """The same client over another line, with something else said of its calls."""
        other: Self = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        other._line, other._asking = line, asking
        return other

    def _call_once(self, remote: RemoteMethod, payload: bytes) -> Any:
        return self._line.call(remote, payload, self._timeout, self._asking)

    def _call_again(self, remote: RemoteMethod, payload: bytes, retries: int) -> Any:
        refuse_retries(remote)
        limit = remote.timeout if isinstance(self._timeout, Usual) else self._timeout
        until = None if limit is None else time.monotonic() + limit
        client = self
        for retry in range(1, retries + 1):
            try:
                return client._call_once(remote, payload)
            except ProcwireError as error:
                wait = wait_before_retry(error, retry)
                if wait is None or (until is not None and time.monotonic() + wait >= until):
                    raise
            time.sleep(wait)
            if until is not None:
                client = self.with_options(timeout=max(until - time.monotonic(), 0.0))
        return client._call_once(remote, payload)

    def _notify(self, method: Method[Request, None], request: Request) -> None:
        """Calls a method that answers nothing; returns once the system has taken the request."""
        remote = self._remote(method)
        self._line.notify(remote, encoded(remote, request, self._limit), self._asking)

    def _stream(self, method: Method[Request, Item], request: Request) -> SyncStream[Item]:
        """Calls a method that is answered with items."""
        remote = self._remote(method)
        return SyncStream(self, remote, encoded(remote, request, self._limit))

    def _subscribe(self, event: Event[Payload]) -> SyncSubscription[Payload]:
        id = self._resolved.events.get(event)
        if id is None:
            raise lacking(self._service.name, event.name, event.since)
        return SyncSubscription(self, id, event)


def started(
    command: Command, options: Options, services: Sequence[tuple[Service, Mapping[str, Callable[..., object]]]]
) -> tuple[SyncPeer, list[Resolved]]:
    """Starts a worker, of which these services are called, with the functions that hear their events."""
    heard = [(known_events(service, on), on) for service, on in services]

    def listeners(resolved: list[Resolved], counts: Counts) -> list[tuple[int, Listener]]:
        return [
            (found.events[event], listener(event, on[event.name], counts, _report))
            for found, (events, on) in zip(resolved, heard, strict=True)
            for event in events
            if event in found.events
        ]

    hears = any(on for _, on in services)
    started = spawn(command, [service for service, _ in services], options, listeners if hears else None)
    child, line, init, agreement = started
    return SyncPeer(options, child, line, init, agreement.handlers), agreement.resolved


def _report(message: str, error: Exception) -> None:
    warnings.warn(f"{message}: {error!r}", RuntimeWarning, stacklevel=2)


class SyncStream(Iterator[Item]):
    """The items of a stream. It is asked for with the first item, and can be read once.

    Leaving it early tells the worker to stop: at once with `with` or `close()`, and where nothing else holds the stream,
    as in `for quote in desk.quotes(...)`, when the loop is left.
    """

    def __init__(self, client: SyncClient[Any, Any], remote: RemoteMethod, payload: bytes) -> None:
        # The peer lives as long as somebody reads from it.
        self._client = client
        self._remote = remote
        self._answer: Coder = remote.answer
        self._payload: bytes | None = payload
        self._items: Arriving | None = None
        self._taken: deque[bytes] = deque()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Item:
        if not self._taken:
            self._take()
        try:
            item: Item = self._answer.decode(self._taken.popleft())
        except DecodeError as problem:
            self.close()
            raise ProcwireError(Code.INTERNAL, f"{self._remote.name} item: {problem}") from None
        return item

    def _take(self) -> None:
        """Takes what arrived, after the begin of the stream where that is still to come."""
        client = self._client
        if self._payload is not None:
            payload, self._payload = self._payload, None
            self._items = client._line.open(self._remote, payload, client._timeout, client._asking)
        if self._items is None:
            raise StopIteration
        try:
            taken = self._items.take()
        except ProcwireError:
            self._items = None
            raise
        if taken is None:
            self._items = None
            raise StopIteration
        self._taken = taken

    def close(self) -> None:
        """Leaves the stream, so that the worker stops."""
        self._payload = None
        self._taken.clear()
        items, self._items = self._items, None
        if items is not None:
            items.leave()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_items", None) is not None:
            self.close()


class SyncSubscription(Iterator[Payload]):
    """The events of one kind, as they come. It ends with the connection.

    It begins when it is made, and keeps up to 1,024 events that nobody has taken; then the oldest is dropped for the
    next.
    """

    def __init__(self, client: SyncClient[Any, Any], id: int, event: Event[Payload]) -> None:
        self._client = client
        self._coder = event_coder(event)
        self._queue: Heard = client._line.subscribe(id)
        self.undecodable = 0
        """How many events were dropped because they did not decode."""

    @property
    def dropped(self) -> int:
        """How many events were dropped because nobody took them."""
        return self._queue.dropped

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Payload:
        return self._next(None)

    def next(self, timeout: float | None = None) -> Payload:
        """The next event, within so many seconds. Raises `TimeoutError`, and `StopIteration` after the last."""
        return self._next(None if timeout is None else time.monotonic() + timeout)

    def _next(self, deadline: float | None) -> Payload:
        while True:
            payload = self._queue.take(deadline)
            if payload is None:
                raise StopIteration
            try:
                return cast(Payload, self._coder.decode(payload))
            except DecodeError:
                self.undecodable += 1
                self._client._line.counts.events_undecodable += 1

    def close(self) -> None:
        """Ends the subscription."""
        self._queue.leave()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_queue", None) is not None:
            self.close()


class SyncEvents:
    """Base of generated classes that have a method for each event of a service."""

    __slots__ = ("_client",)

    def __init__(self, client: SyncClient[Any, Any]) -> None:
        self._client = client

    def _subscribe(self, event: Event[Payload]) -> SyncSubscription[Payload]:
        return self._client._subscribe(event)
