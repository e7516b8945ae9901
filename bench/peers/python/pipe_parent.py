"""`multiprocessing.Pipe` between a process and its child, which is this same program."""

from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Iterator
from multiprocessing.connection import Connection
from typing import Any

from load import NAME, SCORE, Settings, main_sync


class Pipe:
    """The parent's end."""

    def __init__(self, connection: Connection[Any, Any], worker: int) -> None:
        self.connection = connection
        self.worker = worker

    def request(self, body: dict[str, Any]) -> dict[str, Any]:
        self.connection.send(body)
        return self.connection.recv()

    def small(self, number: int) -> int:
        return self.request({"id": number, "name": NAME, "score": SCORE})["id"]

    def bulk(self, data: bytes) -> int:
        return len(self.request({"data": data})["data"])

    def raw(self, data: bytes) -> int:
        # Tells the child that what follows is bytes.
        self.connection.send(None)
        self.connection.send_bytes(data)
        return len(self.connection.recv_bytes())

    def stream(self, items: int) -> int:
        self.connection.send(items)
        arrived = 0
        for _ in range(items):
            arrived += self.connection.recv()["id"] == arrived
        return arrived


def serve(connection: Connection[Any, Any]) -> None:
    """The child."""
    with contextlib.suppress(EOFError):
        while True:
            match connection.recv():
                case int() as items:
                    for number in range(items):
                        connection.send({"id": number, "name": NAME, "score": SCORE})
                case None:
                    connection.send_bytes(connection.recv_bytes())
                case body:
                    connection.send(body)


@contextlib.contextmanager
def connect(settings: Settings) -> Iterator[Pipe]:
    # A fresh interpreter, as every other worker here is one.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=serve, args=(theirs,))
    child.start()
    theirs.close()
    assert child.pid is not None
    yield Pipe(ours, child.pid)
    ours.close()
    child.join()


if __name__ == "__main__":
    main_sync(connect)
