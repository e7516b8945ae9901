"""The server of grpcio with threads on a Unix socket."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from echo_pb2 import Bulk, Count, Small
from echo_pb2_grpc import EchoServicer, add_EchoServicer_to_server

from grpc_limits import LIMITS
from load import NAME, SCORE


class Service(EchoServicer):
    """Gives back what it gets."""

    def EchoSmall(self, request: Small, context: Any) -> Small:
        return request

    def EchoBulk(self, request: Bulk, context: Any) -> Bulk:
        return request

    def Items(self, request: Count, context: Any) -> Iterator[Small]:
        for number in range(request.items):
            yield Small(id=number, name=NAME, score=SCORE)


# The number of threads that its own documents show.
server = grpc.server(ThreadPoolExecutor(max_workers=10), options=LIMITS)
add_EchoServicer_to_server(Service(), server)
server.add_insecure_port(f"unix:{sys.argv[1]}")
server.start()
print("ready", flush=True)
server.wait_for_termination()
