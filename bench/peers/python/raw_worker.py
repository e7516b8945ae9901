"""A worker on a blocking socket."""

from __future__ import annotations

import socket
import sys

from load import LARGE
from raw import CHUNK, HEADER, SMALL, receive


def echo(connection: socket.socket) -> None:
    """Writes back whatever a read gives."""
    chunk = memoryview(bytearray(CHUNK))
    while length := connection.recv_into(chunk):
        connection.sendall(chunk[:length])


def large(connection: socket.socket) -> None:
    """Reads one large message, then writes it back."""
    message = memoryview(bytearray(HEADER + LARGE))
    while receive(connection, message):
        connection.sendall(message)


def stream(connection: socket.socket) -> None:
    """Writes as many small messages as the request says."""
    chunk = bytes(CHUNK // SMALL * SMALL)
    request = memoryview(bytearray(4))
    while receive(connection, request):
        left = int.from_bytes(request, "big") * SMALL
        while left > 0:
            length = min(left, len(chunk))
            connection.sendall(memoryview(chunk)[:length])
            left -= length


def main() -> None:
    """The whole program."""
    path, mode = sys.argv[1:]
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()
        print("ready", flush=True)
        connection, _ = listener.accept()
    with connection:
        {"echo": echo, "large": large, "stream": stream}[mode](connection)


main()
