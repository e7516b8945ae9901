"""Modules: several services of one process, as one worker and as one client."""

# The parts of this package know each other; the underscore keeps names from programs, not from here.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, Unpack, cast

from .callbacks import CallbackScope, Calls
from .client import Client, Spawning
from .connection import Connection, Counts, Limits
from .connection.emitter import Emitter
from .constants import EXTENSIONS
from .error import Code, ProcwireError
from .parent import Command, Options, Peer, Resolved, SpawnOptions
from .schema import Schema
from .service import Method, Service
from .sync.client import SyncClient, SyncPeer, started
from .tracing import Tracing
from .worker import Worker
from .worker.serve import Settings, serve
from .worker.worker import run

OnT = TypeVar("OnT")
CallsT = TypeVar("CallsT", bound=Calls)
ClientT = TypeVar("ClientT", bound=Client[Any, Any, Any])
SyncClientT = TypeVar("SyncClientT", bound=SyncClient[Any, Any])
SyncT = TypeVar("SyncT", bound="ModuleSyncClient[Any]")

_Services = tuple[tuple[str, Service], ...]


class Module(Generic[CallsT]):
    """A worker of several services. Generated classes ask for a worker of each.

    It announces the callbacks that its schema names, and not what its workers would announce by themselves.
    """

    _calls: type[CallsT]
    _requires: tuple[Method[Any, Any], ...] = ()
    _optional: tuple[Method[Any, Any], ...] = ()
    _schema: Schema | None = None

    def __init__(self, *workers: Worker[Any, Any]) -> None:
        """The workers of its services."""
        self._workers = workers
        self._emitter = Emitter()

    @property
    def callbacks(self) -> CallsT:
        """Calls the parent, outside of handlers. Fails with `unavailable` before the parent is connected."""
        connection = self._emitter.connection
        if connection is None:
            raise ProcwireError(Code.UNAVAILABLE, "no parent is connected yet that could be called")
        return self._calls(CallbackScope(connection, None))

    async def ready(self) -> bool:
        """Waits until a parent is connected; `False` where the worker ended without one, or has ended."""
        return await self._emitter.ready()

    @property
    def counts(self) -> Counts:
        """What was read, written, dropped or went wrong on the connection so far."""
        return self._emitter.counts

    async def serve(
        self,
        *,
        limits: Limits | None = None,
        threads: int = 64,
        spin: bool = True,
        tracebacks: bool = False,
        check_sent: bool = False,
        tracing: Tracing | None = None,
        extensions: Sequence[str] = EXTENSIONS,
    ) -> None:
        """Serves the parent until it asks for the end or is gone, as a worker does."""
        await serve(
            self._workers,
            Settings(
                limits=limits or Limits(),
                threads=threads,
                spin=spin,
                tracebacks=tracebacks,
                check_sent=check_sent,
                tracing=tracing,
                extensions=tuple(extensions),
                lists=(self._requires, self._optional),
                emitter=self._emitter,
                module=type(self).__name__,
                schema=self._schema,
            ),
        )

    def run(
        self,
        *,
        limits: Limits | None = None,
        threads: int = 64,
        spin: bool = True,
        tracebacks: bool = False,
        check_sent: bool = False,
        tracing: Tracing | None = None,
        extensions: Sequence[str] = EXTENSIONS,
        uvloop: bool | None = None,
    ) -> None:
        """Serves the parent in a loop of its own, as a worker does, and ends the process when that returns."""
        run(
            self.serve(
                limits=limits,
                threads=threads,
                spin=spin,
                tracebacks=tracebacks,
                check_sent=check_sent,
                tracing=tracing,
                extensions=extensions,
            ),
            uvloop,
        )


class ModuleClient(Generic[OnT, SyncT]):
    """Calls a worker of several services. Generated classes have a client for each."""

    _services: _Services = ()
    _schema: Schema | None = None
    _sync: type[SyncT]

    def __init__(self, peer: Peer, connection: Connection, resolved: Sequence[Resolved]) -> None:
        """Clients are made by `spawn`."""
        self._peer = peer
        self._connection = connection
        self._resolved = {service: found for (_, service), found in zip(self._services, resolved, strict=True)}

    @classmethod
    def spawn(cls, command: Command, *, on: OnT | None = None, **options: Unpack[SpawnOptions]) -> Spawning[Self]:
        """Starts a worker, as a client of one service does; `on` has an entry for each service whose events are heard."""
        handled = _handled(cls._services, on)
        return Spawning(cls, command, Options.of(cls.__name__.removesuffix("Client"), options), handled)

    @classmethod
    def spawn_sync(cls, command: Command, *, on: OnT | None = None, **options: Unpack[SpawnOptions]) -> SyncT:
        """Starts a worker for code without a loop."""
        return cls._sync.spawn(command, on=on, **options)

    @property
    def peer(self) -> Peer:
        """The process: its pid, its counts, how it ended."""
        return self._peer

    @property
    def counts(self) -> Counts:
        """What was read, written, dropped or went wrong on the connection so far."""
        return self._peer.counts

    async def shutdown(self) -> None:
        """Ends the worker: new calls fail, what runs may go on for the grace, and then it is ended by force.

        Raises `ProcwireError` where it did not end by itself with exit code 0.
        """
        await self._peer.shutdown()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of worker `{self._peer.name}`, pid {self._peer.pid}>"

    def _attached(self, client: type[ClientT]) -> ClientT:
        return client(self._peer, self._connection, self._resolved[client._service])


class ModuleSyncClient(Generic[OnT]):
    """Calls a worker of several services from code without a loop. Generated classes have a client for each."""

    _services: _Services = ()
    _schema: Schema | None = None

    def __init__(self, peer: SyncPeer, resolved: Sequence[Resolved]) -> None:
        """Clients are made by `spawn`."""
        self._peer = peer
        self._resolved = {service: found for (_, service), found in zip(self._services, resolved, strict=True)}

    @classmethod
    def spawn(cls, command: Command, *, on: OnT | None = None, **options: Unpack[SpawnOptions]) -> Self:
        """Starts a worker, and waits until it serves. Raises `SpawnError`."""
        name = cls.__name__.removesuffix("SyncClient")
        return cls(*started(command, Options.of(name, options), _handled(cls._services, on)))

    @property
    def peer(self) -> SyncPeer:
        """The process: its pid, its counts, how it ended."""
        return self._peer

    @property
    def counts(self) -> Counts:
        """What was read, written, dropped or went wrong on the connection so far."""
        return self._peer.counts

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

    def _attached(self, client: type[SyncClientT]) -> SyncClientT:
        return client(self._peer, self._resolved[client._service])


def _handled(services: _Services, on: object) -> list[tuple[Service, Mapping[str, Callable[..., object]]]]:
    """The functions that hear events, service by service. Raises `TypeError` where one is none of these."""
    given = cast("Mapping[str, Mapping[str, Callable[..., object]]]", on or {})
    names = [name for name, _ in services]
    unknown = [name for name in given if name not in names]
    if unknown:
        raise TypeError(f"on= names no service of this module: {', '.join(unknown)}; there are: {', '.join(names)}")
    return [(service, given.get(name, {})) for name, service in services]
