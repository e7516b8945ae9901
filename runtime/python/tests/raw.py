"""A peer made of frames, at the other end of a connection that is under test."""

# Tests look behind the names that programs use.
# pyright: reportPrivateUsage=false

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

from procwire.connection import Connection, Limits, RemoteMethod, Table
from procwire.connection.terms import Terms
from procwire.constants import HEADER_LENGTH
from procwire.frame import Header, pack_header
from procwire.frame.header import unpack_header
from procwire.service import Method, Service
from procwire.threads import Threads
from procwire.worker import Worker
from procwire.worker.binding import bind


class Raw:
    """Writes and reads whole frames."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, id: int, flags: int, request: int, payload: bytes = b"") -> None:
        await self.write(pack_header(id, flags, request, len(payload)) + payload)

    async def write(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def next(self) -> tuple[Header, bytes]:
        header = Header(*unpack_header(await self.reader.readexactly(HEADER_LENGTH)))
        return header, await self.reader.readexactly(header.length)

    def pause(self) -> None:
        """Reads nothing any more."""
        cast(asyncio.Transport, self.writer.transport).pause_reading()

    def resume(self) -> None:
        """Reads again."""
        cast(asyncio.Transport, self.writer.transport).resume_reading()

    async def ended(self) -> bool:
        """Whether the other side has closed, after whatever it sent."""
        try:
            while await self.reader.read(65536):
                pass
        except ConnectionError:
            pass
        return True

    async def close(self) -> None:
        self.writer.close()
        try:
            await self.writer.wait_closed()
        except ConnectionError:
            pass


@asynccontextmanager
async def connected(
    role: str,
    *workers: Worker[Any, Any],
    limits: Limits | None = None,
    threads: int = 4,
    table: Table | None = None,
    terms: Terms | None = None,
    extensions: Sequence[str] | None = None,
    tracebacks: bool = False,
) -> AsyncGenerator[tuple[Connection, Raw], None]:
    """A connection of this role, and its peer."""
    loop = asyncio.get_running_loop()
    ours, theirs = socket.socketpair()
    limits = limits or Limits()
    if table is None:
        table = bind(workers) if workers else Table()
    connection = Connection(
        loop,
        "child" if role == "child" else "parent",
        limits,
        table,
        Threads(threads),
        terms,
        extensions=extensions,
    )
    connection.terms.tracebacks = tracebacks
    for worker in workers:
        worker._emitter.attach(connection)
    await loop.create_unix_connection(lambda: connection, sock=ours)
    reader, writer = await asyncio.open_unix_connection(sock=theirs)
    raw = Raw(reader, writer)
    try:
        yield connection, raw
    finally:
        await raw.close()
        connection.close("the test is over")
        reason = await connection.closed
        connection.fail_all(connection.over(reason))
        await asyncio.wait_for(connection.serving.drained(), 5)


def remotes(service: Service, timeout: float | None = 30.0) -> Callable[[Method[Any, Any]], RemoteMethod]:
    """The methods of a service, numbered as a worker numbers them."""
    known = {
        method: RemoteMethod(
            f"{service.name}.{method.name}", method, id + 1, timeout if method.response in ("result", "ack") else None
        )
        for id, method in enumerate(service.methods)
    }
    return known.__getitem__
