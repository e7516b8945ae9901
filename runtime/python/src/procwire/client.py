"""The asynchronous client: the base of generated ones, streams and subscriptions."""

# The parts of this package know each other; the underscore keeps names from programs, not from here.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable, Generator, Mapping, Sequence
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar, cast

from .asking import PLAIN, USUAL, Asking, Usual
from .caller import Stream, call, notify, room
from .calling import encoded, known_events, listener
from .codec import DecodeError
from .connection import Connection, Counts, Limits, LoopQueue, RemoteMethod
from .connection.subscriptions import Listener
from .constants import EXTENSIONS
from .context import Context
from .error import ProcwireError
from .metadata import Trace
from .parent import CallbacksOption, Command, Options, Peer, Resolved, resolve, steps
from .parent.agreement import has, lacking
from .parent.keeper import StderrSink
from .parent.spawn import spawn
from .payload import event_coder
from .service import Event, Method, Service
from .tracing import Tracing

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
        self._limit = connection.terms.peer_payload
        self._timeout: float | Usual | None = USUAL
        self._asking: Asking | None = None
        self._is_plain = connection.calls.following is None
        """Nothing was said of its calls, and nothing follows them."""

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
    ) -> Spawning[Self]:
        """Starts a worker: `async with TradingClient.spawn([sys.executable, "desk.py"]) as desk`, or `await` it.

        `command` is the program and its arguments, `env` is added to this process's environment, of which
        the worker inherits only the variables that `inherit_env` names where it is given, and `name` is what
        the worker goes by in messages. `on` has a function for each event that is to be heard from the start on; it
        runs on the loop and must not wait, and gets what came beside the event as `cx` where it has that parameter. All times are seconds: `call_timeout` is for calls that are answered once
        (`None` is for ever), `init_timeout` and `connect_timeout` for the start, `shutdown_grace` for what runs when
        the end begins. `heartbeat` is how often the worker is asked whether it is alive, and how long it may take to
        answer. `token` off lets any process of this user connect to the worker. `spin` off keeps this process from
        looking again for up to 50 µs, where answers come at once, before it sleeps. `callbacks` answers what the worker asks. `allow_missing`
        takes a worker that lacks methods: those fail with `unsupported`, and `has` asks. `check_sent` checks constraints
        before anything is sent. A worker of ours whose schema does not fit is refused, unless `check_schema` is off. `tracing` follows calls and callbacks with spans, as `procwire.opentelemetry.Tracing()`
        does. `extensions` are those that may be used with a worker of ours. `tracebacks` asks a worker of ours to say where
        its handlers fail: `error.traceback` has it then, which may show what the code that failed had at hand. `on_stderr` takes what the
        worker writes, in the thread that hears it, instead of this process's stderr. Raises `SpawnError`.
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

        return Spawning(
            lambda peer, connection, resolved: cls(peer, connection, resolved[0]),
            command,
            options,
            [(cls._service, handlers)],
        )

    @classmethod
    def spawn_sync(
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
    ) -> SyncT:
        """Starts a worker for code without a loop: `with TradingClient.spawn_sync(["./desk"]) as desk`.

        The parameters are those of `spawn`; `SyncClient.spawn` says in which threads functions of `on` and `callbacks` run.
        """
        start = cast("_Starts[SyncT]", cls._sync)
        return start.spawn(
            command,
            on=on,
            callbacks=callbacks,
            name=name,
            env=env,
            inherit_env=inherit_env,
            cwd=cwd,
            call_timeout=call_timeout,
            init_timeout=init_timeout,
            connect_timeout=connect_timeout,
            shutdown_grace=shutdown_grace,
            heartbeat=heartbeat,
            token=token,
            limits=limits,
            spin=spin,
            allow_missing=allow_missing,
            check_sent=check_sent,
            check_schema=check_schema,
            tracing=tracing,
            extensions=extensions,
            tracebacks=tracebacks,
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
        time. `metadata` and `trace` go along, to a worker of ours. `context` is the `cx` of a handler that makes the
        calls: they have its trace and what is left of its time, and end when it is aborted.
        """
        other: Self = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        if not isinstance(timeout, Usual):
            other._timeout = timeout
        other._asking = (self._asking or PLAIN).with_options(retries, metadata, trace, context)
        other._is_plain = other._asking is None and isinstance(other._timeout, Usual) and self._calls.following is None
        return other

    def has(self, name: str) -> bool:
        """Whether the worker has the method or event of this name, in Python or on the wire.

        One that this program knows and the worker does not is there where its schema says `@since`, or with
        `allow_missing`.
        """
        return has(self._service, self._resolved, name)

    def attach(self, client: type[ClientT]) -> ClientT:
        """A client of another service of the same process. Raises `SpawnError` where the process does not serve it."""
        init = self._peer._init
        options = self._peer._options
        resolved, mismatches = resolve(
            init,
            client._service,
            options.call_timeout,
            allow_missing=options.allow_missing,
            check=options.check_sent,
        )
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

    def _remote(self, method: Method[Any, Any]) -> RemoteMethod:
        try:
            return self._methods[method]
        except KeyError:
            raise lacking(self._service.name, method.name, method.since) from None

    async def _call(self, method: Method[Request, Answer], request: Request) -> Answer:
        """Calls a method that is answered once."""
        remote = self._remote(method)
        answer: Answer
        if not self._is_plain or remote.named is not None:
            answer = await call(self._connection, remote, request, self._timeout, self._asking)
            return answer
        payload = encoded(remote, request, self._limit)
        timeout = remote.timeout
        calls = self._calls
        if self._connection.outbox.full:
            timeout = await room(self._connection, remote, timeout)
        id, future = calls.begin(remote, payload, timeout)
        try:
            answer = await future
        except asyncio.CancelledError:
            calls.abandon(id)
            raise
        return answer

    async def _notify(self, method: Method[Request, None], request: Request) -> None:
        """Calls a method that answers nothing; returns once the request is handed over."""
        await notify(self._connection, self._remote(method), request, self._asking)

    def _stream(self, method: Method[Request, Item], request: Request) -> Stream[Item]:
        """Calls a method that is answered with items."""
        remote = self._remote(method)
        return Stream(self, remote, encoded(remote, request, self._limit), self._timeout, self._asking)

    def _subscribe(self, event: Event[Payload]) -> Subscription[Payload]:
        id = self._resolved.events.get(event)
        if id is None:
            raise lacking(self._service.name, event.name, event.since)
        return Subscription(self, id, event)


Handled = tuple[Service, Mapping[str, Callable[..., object]]]
"""A service that is called, and the functions that hear its events."""


class Ended(Protocol):
    """A client, as the block that ends it sees it."""

    @property
    def peer(self) -> Peer: ...

    async def shutdown(self) -> None: ...


StartedT = TypeVar("StartedT", bound=Ended)


class Spawning(Generic[StartedT]):
    """A worker that is about to start: awaited it is a client, and in `async with` it is ended with the block."""

    def __init__(
        self,
        client: Callable[[Peer, Connection, list[Resolved]], StartedT],
        command: Command,
        options: Options,
        services: Sequence[Handled],
    ) -> None:
        self._make = client
        self._command = command
        self._options = options
        self._services = services
        self._client: StartedT | None = None

    def __await__(self) -> Generator[Any, None, StartedT]:
        return self._spawn().__await__()

    async def __aenter__(self) -> StartedT:
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

    async def _spawn(self) -> StartedT:
        heard = [(known_events(service, on), on) for service, on in self._services]

        def listeners(resolved: list[Resolved], connection: Connection) -> list[tuple[int, Listener]]:
            return [
                (found.events[event], listener(event, on[event.name], connection.counts, connection.report))
                for found, (events, on) in zip(resolved, heard, strict=True)
                for event in events
                if event in found.events
            ]

        services = [service for service, _ in self._services]
        return self._make(*await spawn(self._command, services, self._options, listeners))


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
