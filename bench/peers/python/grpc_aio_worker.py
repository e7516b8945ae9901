"""The server of grpcio's asyncio interface on a Unix socket."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from typing import Any

import grpc.aio
from echo_pb2 import Bulk, Count, Small
from echo_pb2_grpc import EchoServicer, add_EchoServicer_to_server

from grpc_limits import LIMITS
from load import NAME, SCORE, run_loop


class Service(EchoServicer):
    """Gives back what it gets."""

    async def EchoSmall(self, request: Small, context: Any) -> Small:
        return request

    async def EchoBulk(self, request: Bulk, context: Any) -> Bulk:
        return request

    async def Items(self, request: Count, context: Any) -> AsyncIterator[Small]:
        for number in range(request.items):
            yield Small(id=number, name=NAME, score=SCORE)


async def serve(path: str) -> None:
    server = grpc.aio.server(options=LIMITS)
    add_EchoServicer_to_server(Service(), server)
    server.add_insecure_port(f"unix:{path}")
    await server.start()
    print("ready", flush=True)
    await server.wait_for_termination()


run_loop(serve(sys.argv[1]))
