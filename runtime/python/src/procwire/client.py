"""The asynchronous client: the base of generated ones, streams and subscriptions."""

# The parts of this package know each other; the underscore keeps names from programs, not from here.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Generator, Mapping
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar, cast

from .calling import USUAL, Usual, encoded, known_events, listener
from .codec import DecodeError
from .connection import Connection, Counts, Limits, LoopItems, LoopQueue, RemoteMethod
from .connection.subscriptions import Listener
from .error import Code, ProcwireError, failure
from .parent import Command, Heartbeat, Options, Peer, Resolved, resolve, steps
from .parent.keeper import StderrSink
from .parent.spawn import spawn
from .payload import Coder, event_coder
from .service import Event, Method, Service

Answer = TypeVar("Answer")
Item = TypeVar("Item")
Payload = TypeVar("Payload")
Request = TypeVar("Request")
EventsT = TypeVar("EventsT")
OnT = TypeVar("OnT")
SyncT = TypeVar("SyncT")
StartedT_co = TypeVar("StartedT_co", covariant=True)
ClientT = TypeVar("ClientT", bound="Client[Any, Any, Any]")


class _Starts(Protocol[StartedT_co]):
    """What a synchronous client can do, which this module does not know."""

    def spawn(self, command: Command, **options: Any) -> StartedT_co: ...


class Client(Generic[EventsT, OnT, SyncT]):
    """Calls a worker. Generated classes have a method for each method of the service.

    A call can be cancelled like everything that is awaited; the worker is told to stop then.
    """

    _service: Service
    _events: type[EventsT]
    _sync: type[SyncT]

    def __init__(self, peer: Peer, connection: Connection, resolved: Resolved) -> None:
        """Clients are made by `spawn` and `attach`."""
        self._peer = peer
        self._connection = connection
        self._calls = connection.calls
        self._resolved = resolved
        self._methods = resolved.methods
        self._limit = connection.limits.peer_payload
        self._timeout: float | Usual | None = USUAL

    @classmethod
    def spawn(
        cls,
        command: Command,
        *,
        on: OnT | None = None,
        name: str | None = None,
        env: Mapping[str, str] | None = None,
        cwd: str | os.PathLike[str] | None = None,
        call_timeout: float | None = 30.0,
        init_timeout: float = 30.0,
        connect_timeout: float = 10.0,
        shutdown_grace: float = 5.0,
        heartbeat: tuple[float, float] | None = None,
        token: bool = True,
        limits: Limits | None = None,
        spin: bool = True,
        on_stderr: StderrSink | None = None,
    ) -> Spawning[Self]:
        """Starts a worker: `async with TradingClient.spawn([sys.executable, "desk.py"]) as desk`, or `await` it.

        `command` is the program and its arguments, `env` is added to this process's environment, and `name` is what
        the worker goes by in messages. `on` has a function for each event that is to be heard from the start on; it
        runs on the loop and must not wait. All times are seconds: `call_timeout` is for calls that are answered once
        (`None` is for ever), `init_timeout` and `connect_timeout` for the start, `shutdown_grace` for what runs when
        the end begins. `heartbeat` is how often the worker is asked whether it is alive, and how long it may take to
        answer. `token` off lets any process of this user connect to the worker. `spin` off keeps this process from
        looking again for up to 50 µs, where answers come at once, before it sleeps. `on_stderr` takes what the
        worker writes, in the thread that hears it, instead of this process's stderr. Raises `SpawnError`.
        """
        options = Options(
            name=name or cls._service.name,
            env=env or {},
            cwd=cwd,
            token=token,
            init_timeout=init_timeout,
            connect_timeout=connect_timeout,
            shutdown_grace=shutdown_grace,
            heartbeat=None if heartbeat is None else Heartbeat(*heartbeat),
            call_timeout=call_timeout,
            limits=limits or Limits(),
            spin=spin,
            on_stderr=on_stderr,
        )
        handlers = cast("Mapping[str, Callable[..., object]]", on or {})
        return Spawning(cls, command, options, handlers)

    @classmethod
    def spawn_sync(
        cls,
        command: Command,
        *,
        on: OnT | None = None,
        name: str | None = None,
        env: Mapping[str, str] | None = None,
        cwd: str | os.PathLike[str] | None = None,
        call_timeout: float | None = 30.0,
        init_timeout: float = 30.0,
        connect_timeout: float = 10.0,
        shutdown_grace: float = 5.0,
        heartbeat: tuple[float, float] | None = None,
        token: bool = True,
        limits: Limits | None = None,
        spin: bool = True,
        on_stderr: StderrSink | None = None,
    ) -> SyncT:
        """Starts a worker for code without a loop: `with TradingClient.spawn_sync(["./desk"]) as desk`.

        The parameters are those of `spawn`; the functions of `on` run in whatever thread waits for an answer.
        """
        start = cast("_Starts[SyncT]", cls._sync)
        return start.spawn(
            command,
            on=on,
            name=name,
            env=env,
            cwd=cwd,
            call_timeout=call_timeout,
            init_timeout=init_timeout,
            connect_timeout=connect_timeout,
            shutdown_grace=shutdown_grace,
            heartbeat=heartbeat,
            token=token,
            limits=limits,
            spin=spin,
            on_stderr=on_stderr,
        )

    @property
    def peer(self) -> Peer:
        """The process: its pid, its counts, how it ended."""
        return self._peer

    @property
    def counts(self) -> Counts:
        """What was read, written, dropped or went wrong on the connection so far."""
        return self._peer.counts

    @property
    def events(self) -> EventsT:
        """Subscribes to events: `async for progress in desk.events.progress()`."""
        return cast("Callable[[Client[EventsT, OnT, SyncT]], EventsT]", self._events)(self)

    def with_options(self, *, timeout: float | None) -> Self:
        """The same client whose calls may take so many seconds; `None` is for ever.

        When the time has passed a call fails with `DeadlineExceeded`, which is a `TimeoutError`, and the worker is told
        to stop. A stream may take it until its end.
        """
        other: Self = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        other._timeout = timeout
        return other

    def attach(self, client: type[ClientT]) -> ClientT:
        """A client of another service of the same process. Raises `SpawnError` where the process does not serve it."""
        init = self._peer._init
        resolved, mismatches = resolve(init, client._service, self._peer._call_timeout)
        if mismatches:
            raise steps.mismatched(self._peer._child, self._peer.name, mismatches)
        return client(self._peer, self._connection, resolved)

    async def shutdown(self) -> None:
        """Ends the worker: new calls fail, what runs may go on for the grace, and then it is ended by force.

        Raises `ProcwireError` where it did not end by itself with exit code 0.
        """
        await self._peer.shutdown()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of worker `{self._peer.name}`, pid {self._peer.pid}>"

    async def _call(self, method: Method[Request, Answer], request: Request) -> Answer:
        """Calls a method that is answered once."""
        remote = self._methods[method]
        payload = encoded(remote, request, self._limit)
        timeout = self._timeout
        if isinstance(timeout, Usual):
            timeout = remote.timeout
        calls = self._calls
        if self._connection.outbox.full:
            timeout = await self._room(remote, timeout)
        id, future = calls.begin(remote, payload, timeout)
        try:
            answer: Answer = await future
        except asyncio.CancelledError:
            calls.abandon(id)
            raise
        return answer

    async def _notify(self, method: Method[Request, None], request: Request) -> None:
        """Calls a method that answers nothing; returns once the request is handed over."""
        remote = self._methods[method]
        payload = encoded(remote, request, self._limit)
        if self._connection.outbox.full:
            await self._room(remote, None)
        self._calls.send(remote, payload)

    def _stream(self, method: Method[Request, Item], request: Request) -> Stream[Item]:
        """Calls a method that is answered with items."""
        remote = self._methods[method]
        timeout = self._timeout
        if isinstance(timeout, Usual):
            timeout = remote.timeout
        return Stream(self, remote, encoded(remote, request, self._limit), timeout)

    def _subscribe(self, event: Event[Payload]) -> Subscription[Payload]:
        return Subscription(self, self._resolved.events[event], event)

    async def _room(self, remote: RemoteMethod, timeout: float | None) -> float | None:
        """Waits for room in the write queue; gives what is left of the time."""
        loop = self._connection.loop
        begun = loop.time()
        limit = asyncio.timeout(timeout)
        try:
            async with limit:
                await self._connection.outbox.room()
        except TimeoutError:
            if not limit.expired():
                raise
            message = f"{remote.name}: the request was not written before the deadline"
            raise failure(Code.DEADLINE_EXCEEDED, message) from None
        return None if timeout is None else timeout - (loop.time() - begun)


class Spawning(Generic[ClientT]):
    """A worker that is about to start: awaited it is a client, and in `async with` it is ended with the block."""

    def __init__(
        self,
        client: type[ClientT],
        command: Command,
        options: Options,
        on: Mapping[str, Callable[..., object]],
    ) -> None:
        self._class = client
        self._command = command
        self._options = options
        self._on = on
        self._client: ClientT | None = None

    def __await__(self) -> Generator[Any, None, ClientT]:
        return self._spawn().__await__()

    async def __aenter__(self) -> ClientT:
        self._client = await self._spawn()
        return self._client

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        client, self._client = self._client, None
        if client is None:
            return
        if error is None:
            await client.shutdown()
        elif isinstance(error, Exception):
            # What went wrong in the block is what its reader wants to see.
            with contextlib.suppress(ProcwireError):
                await client.shutdown()
        else:
            # Whoever cancels waits for this.
            await client.peer.kill()

    async def _spawn(self) -> ClientT:
        kind = self._class
        events = known_events(kind._service, self._on)

        def listeners(resolved: Resolved, connection: Connection) -> list[tuple[int, Listener]]:
            return [
                (resolved.events[event], listener(event, self._on[event.name], connection.counts, connection.report))
                for event in events
            ]

        return kind(*await spawn(self._command, kind._service, self._options, listeners))


class Stream(AsyncIterator[Item]):
    """The items of a stream. It is asked for with the first item, and can be read once.

    Leaving it early tells the worker to stop: at once with `async with` or `aclose()`, and where nothing else holds the
    stream, as in `async for quote in desk.quotes(...)`, when the loop is left.
    """

    __slots__ = ("__weakref__", "_answer", "_client", "_items", "_payload", "_remote", "_taken", "_timeout")

    def __init__(
        self, client: Client[Any, Any, Any], remote: RemoteMethod, payload: bytes, timeout: float | None
    ) -> None:
        # The peer lives as long as somebody reads from it.
        self._client = client
        self._remote = remote
        self._answer: Coder = remote.answer
        self._payload: bytes | None = payload
        self._timeout = timeout
        self._items: LoopItems | None = None
        self._taken: deque[bytes] = deque()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Item:
        if not self._taken:
            await self._take()
        try:
            item: Item = self._answer.decode(self._taken.popleft())
        except DecodeError as problem:
            await self.aclose()
            raise ProcwireError(Code.INTERNAL, f"{self._remote.name} item: {problem}") from None
        return item

    async def _take(self) -> None:
        """Takes what arrived, after the begin of the stream where that is still to come."""
        if self._payload is not None:
            payload, self._payload = self._payload, None
            connection = self._client._connection
            timeout = self._timeout
            if connection.outbox.full:
                timeout = await self._client._room(self._remote, timeout)
            self._items = connection.calls.begin_stream(self._remote, payload, timeout)
        if self._items is None:
            raise StopAsyncIteration
        try:
            taken = await self._items.take()
        except ProcwireError:
            self._items = None
            raise
        if taken is None:
            self._items = None
            raise StopAsyncIteration
        self._taken = taken

    async def aclose(self) -> None:
        """Leaves the stream, so that the worker stops."""
        self._leave()

    def _leave(self) -> None:
        self._payload = None
        self._taken.clear()
        items, self._items = self._items, None
        if items is not None:
            items.leave()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._leave()

    def __del__(self) -> None:
        items: LoopItems | None = getattr(self, "_items", None)
        if items is None:
            return
        loop = self._client._connection.loop
        if loop.is_closed():
            return
        if self._client._connection.thread == threading.get_ident():
            items.leave()
        else:
            # A garbage collection may run anywhere.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(items.leave)


class Subscription(AsyncIterator[Payload]):
    """The events of one kind, as they come. It ends with the connection.

    It begins when it is made, and keeps up to 1,024 events that nobody has taken; then the oldest is dropped for the
    next.
    """

    def __init__(self, client: Client[Any, Any, Any], id: int, event: Event[Payload]) -> None:
        self._client = client
        self._id = id
        self._coder = event_coder(event)
        self._queue: LoopQueue = client._connection.subscriptions.subscribe(id)
        self.undecodable = 0
        """How many events were dropped because they did not decode."""

    @property
    def dropped(self) -> int:
        """How many events were dropped because nobody took them."""
        return self._queue.dropped

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Payload:
        while True:
            payload = await self._queue.take()
            if payload is None:
                raise StopAsyncIteration
            try:
                return cast(Payload, self._coder.decode(payload))
            except DecodeError:
                self.undecodable += 1
                self._client._connection.counts.events_undecodable += 1

    async def aclose(self) -> None:
        """Ends the subscription."""
        self._client._connection.subscriptions.unsubscribe(self._id, self._queue)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def __del__(self) -> None:
        queue: LoopQueue | None = getattr(self, "_queue", None)
        if queue is not None:
            self._client._connection.subscriptions.unsubscribe(self._id, queue)


class Events:
    """Base of generated classes that have a method for each event of a service."""

    __slots__ = ("_client",)

    def __init__(self, client: Client[Any, Any, Any]) -> None:
        self._client = client

    def _subscribe(self, event: Event[Payload]) -> Subscription[Payload]:
        return self._client._subscribe(event)
